"""OIDC tokens as Google signs them for a service account, under a key of this stand-in's own."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from google.auth import jwt
from google.auth.crypt import RSASigner

KEY_ID = "local-1"
LIFETIME = 3600


class Signer:
    """Signs tokens. The key is made for the first one, since that takes a tenth of a second."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def certificates(self) -> dict[str, str]:
        """The public key by its id, in PEM, as ``https://www.googleapis.com/oauth2/v1/certs`` gives them."""
        public = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return {KEY_ID: public.decode()}

    def token(self, email: str, audience: str, now: float) -> str:
        """Return a token that says that a call comes from `email` and is meant for `audience`."""
        claims = {
            "iss": "https://accounts.google.com",
            "aud": audience,
            "azp": email,
            "sub": email,
            "email": email,
            "email_verified": True,
            "iat": int(now),
            "exp": int(now) + LIFETIME,
        }
        signer: Any = RSASigner
        encode: Callable[..., bytes] = jwt.encode
        return encode(signer(self._key, KEY_ID), claims).decode()
