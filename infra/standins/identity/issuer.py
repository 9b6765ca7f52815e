"""Issuer: the keys in use, and the ID tokens signed with the newest of them."""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from infra.standins.identity.key import Key

TOKENS_LAST = 3600
"""Seconds; Google's ID tokens last as long."""


class Issuer:
    """Plays Google.

    Attributes:
        max_age: Seconds for which whoever fetches the certificates may keep them.
        certificates_fetched: How often somebody has.
    """

    def __init__(self, key: Key | None = None) -> None:
        self.max_age = TOKENS_LAST
        self.certificates_fetched = 0
        self._keys = [key or Key()]

    def rotate(self) -> None:
        """Sign with a new key from now on; the one before it stays known, and no older one."""
        self._keys = [Key(), self._keys[0]]

    def token(self, email: str, audience: str, *, expires_in: int = TOKENS_LAST, **claims: Any) -> str:
        """Return an ID token as Google issues it to a service account.

        Args:
            email: The service account's address.
            audience: The service that the token is for.
            expires_in: Seconds.
            **claims: Further claims, or other values for the usual ones.
        """
        times = {"exp": int(time.time()) + expires_in}
        return self.sign({"aud": audience, "email": email} | times | claims)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return an ID token of the usual claims and these; None leaves a usual one out."""
        now = int(time.time())
        number = str(int(hashlib.sha256(f"{claims.get('email')}".encode()).hexdigest()[:16], 16))
        usual = {
            "iss": "https://accounts.google.com",
            "azp": number,
            "sub": number,
            "email_verified": True,
            "iat": now,
            "exp": now + TOKENS_LAST,
        }
        return self._keys[0].sign(
            {name: value for name, value in (usual | dict(claims)).items() if value is not None}
        )

    @property
    def certificates(self) -> dict[str, str]:
        """X.509 certificates by key id: Google's v1 form."""
        return {key.id: key.certificate for key in self._keys}

    @property
    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """A JSON Web Key Set: Google's v3 form."""
        return {"keys": [key.jwk for key in self._keys]}
