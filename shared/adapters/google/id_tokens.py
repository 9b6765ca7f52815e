"""ID tokens: whether an ID token was signed by Google, for us, and is valid now."""

from collections.abc import Collection, Mapping
from typing import Any

from google.auth import jwt
from google.auth.exceptions import GoogleAuthError

from shared.adapters.google.certificates import GoogleCertificates
from shared.errors import Unauthenticated
from shared.ports import SKEW

_UNREADABLE = (GoogleAuthError, ValueError, TypeError, RecursionError)


class GoogleIdentity:
    """Verifies ID tokens with google-auth.

    ``google.auth.jwt.decode`` is what ``google.oauth2.id_token.verify_token`` calls once it has fetched the
    certificates; calling it directly is what lets them be kept.
    """

    def __init__(self, certificates: GoogleCertificates) -> None:
        self._certificates = certificates

    def verify(self, token: str, audiences: Collection[str]) -> Mapping[str, Any]:
        """Verify a token, and return its claims.

        Args:
            token: As it came with the call.
            audiences: One of them the token must be for; none means that no token is accepted.

        Raises:
            Unauthenticated: The signature, the audience or the time is wrong.
            RetryLater: Google's certificates could not be fetched.
        """
        certificates = self._certificates.with_key(_key(token))
        try:
            claims: Mapping[str, Any] = jwt.decode(  # type: ignore[no-untyped-call]  # google-auth leaves it unannotated
                token, certs=certificates, audience=list(audiences), clock_skew_in_seconds=SKEW
            )
        except _UNREADABLE:
            raise _refused("signature, audience or time is wrong") from None  # its text quotes the token
        return claims


def _key(token: str) -> str:
    """Return the id of the key that the token says it is signed with.

    Without one google-auth would try every certificate; Google always names it.
    """
    try:
        key = jwt.decode_header(token).get("kid")  # type: ignore[no-untyped-call]  # google-auth leaves it unannotated
    except _UNREADABLE:
        raise _refused("form is not that of an ID token") from None  # its text quotes the token
    if not isinstance(key, str):
        raise _refused("key is not named")
    return key


def _refused(what: str) -> Unauthenticated:
    return Unauthenticated("caller.token", f"the token's {what}")
