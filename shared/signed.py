"""Signed: signs what leaves this service and comes back through a browser: links, sessions, states.

It uses itsdangerous, with a separate salt for each purpose. Everybody can read a signed text, and nobody can
change it.
"""

import secrets
import threading
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from shared.errors import Denied, Misconfigured
from shared.ports import SKEW, Clock, SecretStore

REMEMBERED = 60.0
"""Seconds after which an instance reads the key again, and so uses a new one."""

SHORTEST_KEY = 32
"""Characters of a key that an operator stores; a shorter one could be guessed."""

_BYTES = 32


class _Signer(TimestampSigner):
    """A signer that takes the time from our clock."""

    def __init__(self, *arguments: Any, clock: Clock, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock.now().timestamp())


class Signed:
    """A signer and reader that threads may share: one reads or makes the key, and the others wait for it."""

    def __init__(self, secret_store: SecretStore, secret: str, clock: Clock) -> None:
        """Read nothing yet; `secret` names the key, which is made at random if it is missing."""
        self._secrets = secret_store
        self._secret = secret
        self._clock = clock
        self._lock = threading.Lock()
        self._known = ("", 0.0)

    def sign(self, purpose: str, payload: dict[str, Any]) -> str:
        """Sign the payload, as text for a URL or a cookie; `read` accepts it for this purpose only.

        Raises:
            RetryLater: The secret store cannot be reached.
        """
        return self._serializer(purpose).dumps(payload)

    def read(self, purpose: str, token: str, max_age: float) -> dict[str, Any]:
        """Read the payload of a token that was signed for this purpose at most `max_age` seconds ago.

        Raises:
            Denied: ``link.expired``: the token is older. ``link.invalid``: it is not ours, or has another
            purpose.
            RetryLater: The secret store cannot be reached.
            Misconfigured: The key is too short.
        """
        try:
            payload, made = self._serializer(purpose).loads(token, return_timestamp=True)
        except BadData:  # its text quotes the token
            raise _not_ours() from None
        age = self._clock.now().timestamp() - made.timestamp()
        if not isinstance(payload, dict) or age < -SKEW:
            raise _not_ours()
        if int(age) > max_age:
            raise _denied("link.expired", "has expired")
        return payload

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        options = {"clock": self._clock, "digest_method": sha256, "key_derivation": "hmac"}
        return URLSafeTimedSerializer(self._key(), salt=purpose, signer=_Signer, signer_kwargs=options)

    def _key(self) -> str:
        with self._lock:
            key, until = self._known
            now = self._clock.monotonic()
            if now >= until:
                key = self._read_or_make()
                self._known = (key, now + REMEMBERED)
            return key

    def _read_or_make(self) -> str:
        """Read or make the key. If two instances make one, the later counts once both have read it again."""
        try:
            return self._long_enough(self._secrets.get(self._secret))
        except Misconfigured as error:
            if error.reason != "secret.missing":
                raise
        self._secrets.put(self._secret, secrets.token_urlsafe(_BYTES))
        return self._secrets.get(self._secret)

    def _long_enough(self, key: str) -> str:
        if len(key) < SHORTEST_KEY:
            raise Misconfigured(
                "secret.weak",
                f"the secret {self._secret} has fewer than {SHORTEST_KEY} characters and could be guessed;"
                " store a longer one, or destroy it: the service then makes one",
            )
        return key


def _not_ours() -> Denied:
    return _denied("link.invalid", "is not one that this service signed for this purpose")


def _denied(reason: str, what: str) -> Denied:
    return Denied(
        reason,
        f"a token that came back from a browser {what}",
        "This link is no longer good. Please open the page again from SIMPLer.",
    )
