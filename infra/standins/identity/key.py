"""Key: an RSA key with the certificate and the JSON Web Key that make its signatures checkable."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from google.auth import jwt
from google.auth.crypt import RSASigner

_BITS = 2048
_CERTIFICATE_LASTS = timedelta(days=17)  # about as long as Google's


class Key:
    """A fresh key.

    Attributes:
        id: Forty hexadecimal digits, like Google's.
        certificate: X.509 as PEM.
    """

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.id = hashlib.sha256(public).hexdigest()[:40]
        self.certificate = _certificate(self._key)
        self._signer = RSASigner(self._key, self.id)  # type: ignore[no-untyped-call]  # google-auth leaves it unannotated

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a JSON Web Token of the claims, signed with RS256."""
        token: bytes = jwt.encode(self._signer, dict(claims))  # type: ignore[no-untyped-call]  # google-auth leaves it unannotated
        return token.decode()

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as RFC 7517 writes it."""
        numbers = self._key.public_key().public_numbers()
        public = {"n": _base64url(numbers.n), "e": _base64url(numbers.e)}
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id} | public


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "identity.localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + _CERTIFICATE_LASTS,
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _base64url(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
