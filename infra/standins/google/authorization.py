"""Authorization: whether a request may do what it asks for."""

from infra.standins.google.credentials import AccessToken
from infra.standins.google.discovery import Method
from infra.standins.google.errors import GoogleError, error_info

_REALM = 'Bearer realm="https://accounts.google.com/"'
_EXPECTED = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


def bearer_token(header: str | None) -> str:
    """Return the token in an Authorization header, "" when there is none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def authorize(method: Method, token: str, access: AccessToken | None) -> AccessToken:
    """Return the access that a request has.

    Raises:
        GoogleError: 401 UNAUTHENTICATED without a good token; 403 PERMISSION_DENIED with the reason
            ACCESS_TOKEN_SCOPE_INSUFFICIENT when it has none of the method's scopes.
    """
    if access is None:
        raise unauthenticated(missing=not token)
    if not method.scopes & access.scopes:
        raise _insufficient(method)
    return access


def unauthenticated(*, missing: bool) -> GoogleError:
    """Return a 401, for no token at all or for one that is no good."""
    if missing:
        text = f"Request is missing required authentication credential. {_EXPECTED}"
        info = error_info("CREDENTIALS_MISSING", "googleapis.com", service="people.googleapis.com")
        return GoogleError("UNAUTHENTICATED", text, [info], {"WWW-Authenticate": _REALM})
    text = f"Request had invalid authentication credentials. {_EXPECTED}"
    return GoogleError("UNAUTHENTICATED", text, (), {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'})


def _insufficient(method: Method) -> GoogleError:
    info = error_info(
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "googleapis.com",
        service="people.googleapis.com",
        method=method.name,
    )
    needed = " ".join(sorted(method.scopes))
    header = f'{_REALM}, error="insufficient_scope", scope="{needed}"'
    text = "Request had insufficient authentication scopes."
    return GoogleError("PERMISSION_DENIED", text, [info], {"WWW-Authenticate": header})
