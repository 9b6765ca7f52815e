"""User: the person in SIMPLer for whom a call is made, and their rights there."""

from typing import Annotated

import msgspec

from shared.domain.contact.email import is_address
from shared.domain.contact.text import clean
from shared.errors import Denied

GCONTACT = "user->gcontact"
"""SIMPLer's right to synchronise Google contacts."""


class User(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A user, as SIMPLer's backend describes them; the backend vouches for their rights.

    Attributes:
        id: SIMPLer's id of the user.
        email: The user's own address: one, and nothing but the address.
        rights: SIMPLer's names of the rights that the user has.
        name: As colleagues know them; empty where SIMPLer does not tell.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    email: Annotated[str, msgspec.Meta(max_length=254)]
    rights: Annotated[tuple[str, ...], msgspec.Meta(max_length=200)]
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""

    @property
    def told(self) -> str:
        """Who they are, as runs and the history tell others: the name with the address, or the address."""
        name = clean(self.name)
        return f"{name} ({self.email})" if name else self.email

    def __post_init__(self) -> None:
        """Refuse an id with invisible characters, and anything but one address."""
        if not self.id.isprintable() or self.id != self.id.strip():
            raise ValueError("A user's id has no spaces around it and no control characters")
        if not is_address(self.email):
            raise ValueError("A user's email is one plain address: mary@acme.ie")


def require(user: User, right: str) -> None:
    """Raise `Denied`, which says who can help, unless the user has the right."""
    if right not in user.rights:
        raise Denied(
            "user.right",
            f"user {user.id} lacks the right {right}",
            f"You need the right {right} for this. Please ask an administrator of SIMPLer to grant it: "
            f"Users → rights → {right}.",
        )
