"""Trigger key: what a trigger of SIMPLer proves itself with; it lets it tell of changes, and do no more."""

import secrets
from hashlib import sha256
from hmac import compare_digest

import msgspec

_BITS = 256


class TriggerKey(msgspec.Struct, frozen=True):
    """What we keep of a key, which nobody can make the key from.

    Attributes:
        digest: SHA-256 of the key, in hexadecimal digits. A key is random, so a quick digest is safe.
        made: When it was made, ISO 8601, UTC.
        by: The address of the user who had it made.
    """

    digest: str
    made: str
    by: str

    def fits(self, key: str) -> bool:
        """Return whether it is this key, in a time that tells nothing of it."""
        return compare_digest(self.digest, _digest(key))


class KeyUse(msgspec.Struct, frozen=True):
    """The last use of a key.

    It is a document of its own: whoever notes a use must not write a key that was replaced meanwhile.

    Attributes:
        digest: That of the key.
        hour: The hour of its use, ISO 8601, UTC.
    """

    digest: str
    hour: str


def new_key() -> tuple[str, str]:
    """Return a new key and its digest."""
    key = secrets.token_urlsafe(_BITS // 8)
    return key, _digest(key)


def _digest(key: str) -> str:
    return sha256(key.encode(errors="surrogatepass")).hexdigest()
