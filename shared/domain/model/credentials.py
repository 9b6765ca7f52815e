"""Credentials: a user of SIMPLer's API, with the address that they are for.

They are one secret. While a WISP moves to another address it holds both users: the WISP's settings name the
address, so whoever has read the old settings or the new finds the user that belongs to them (docs/adr/0025).
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared.errors import Misconfigured
from shared.typed import from_json


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user of SIMPLer's API; shows neither of its parts when printed.

    Attributes:
        api_username: The user's name.
        api_password: The user's password or key.
        address: The `simpler_url` that both may be sent to; empty: the WISP's, whichever it is.
        former: Those of the address before, until the WISP's settings have the new one.
    """

    api_username: str = field(repr=False)
    api_password: str = field(repr=False)
    address: str = ""
    former: "Credentials | None" = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The value of the secret."""
        members: dict[str, Any] = msgspec.to_builtins(self)
        return msgspec.json.encode({name: each for name, each in members.items() if each}).decode()

    def sent_to(self, address: str) -> "Credentials | None":
        """Return those that may be sent to an address; None when none may."""
        known = (each for each in (self, self.former) if each is not None)
        return next((each for each in known if not each.address or is_same(each.address, address)), None)


def is_same(address: str, other: str) -> bool:
    """Return whether two spellings are one address: a slash at the end says nothing."""
    return address.rstrip("/") == other.rstrip("/")


def read_credentials(value: str, name: str, address: str) -> Credentials:
    """Return the credentials of a secret that may be sent to an address.

    Args:
        value: A JSON object with `api_username` and `api_password`.
        name: The secret's.
        address: A WISP's `simpler_url`.

    Raises:
        Misconfigured: It is no such object, or its user belongs to another address.
    """
    try:
        found = from_json(value, Credentials).sent_to(address)
    except (msgspec.MsgspecError, UnicodeError):
        found = Credentials("", "")
    # Raised out here so that the parser's error, which may quote the secret, does not come along.
    if found is None:
        raise _wrong(f"The secret {name} is for another address than the WISP's simpler_url. Give both anew.")
    if not (found.api_username and found.api_password):
        raise _wrong(
            f"The secret {name} must be a JSON object with api_username and api_password. Store it anew."
        )
    return found


def _wrong(operator: str) -> Misconfigured:
    return Misconfigured(
        "simpler.secret",
        operator,
        "The connection to SIMPLer is not set up correctly. Please ask your administrator.",
    )
