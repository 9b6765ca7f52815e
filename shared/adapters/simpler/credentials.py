"""Credentials: what SIMPLer's REST API wants with every call (Azotel's wiki, "SIMPLer API")."""

from dataclasses import dataclass, field

import msgspec

from shared.errors import Misconfigured
from shared.ports import SecretStore
from shared.typed import from_json


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user of SIMPLer's API; shows neither of its parts when printed."""

    api_username: str = field(repr=False)
    api_password: str = field(repr=False)


def read_credentials(secrets: SecretStore, name: str) -> Credentials:
    """The credentials of a secret, a JSON object with `api_username` and `api_password`.

    Raises:
        Misconfigured: There is no such secret, or it is not such an object.
        RetryLater: The store cannot be reached.
    """
    value = secrets.get(name)
    try:
        credentials = from_json(value, Credentials)
    except (msgspec.MsgspecError, UnicodeError):
        credentials = Credentials("", "")
    if not (credentials.api_username and credentials.api_password):
        # Raised out here so that the parser's error, which may quote the secret, does not come along.
        raise Misconfigured(
            "simpler.secret",
            f"The secret {name} must be a JSON object with api_username and api_password. Store it anew.",
            "The connection to SIMPLer is not set up correctly. Please ask your administrator.",
        )
    return credentials
