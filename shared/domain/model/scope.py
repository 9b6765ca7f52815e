"""Scope: which of a wisp's contacts one of its accounts is to hold."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

PlaceKind = Literal["site", "ap"]
"""What SIMPLer says of where a customer is served: the site, or the access point."""

LONGEST_NAME = 200
"""Characters of a name."""

LONGEST_DETAIL = 300
"""Characters of a scope that the history keeps, and that a refusal tells."""

ScopeNames = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)], ...],
    Meta(max_length=200, description="Compared without case and white space; none: whichever it is."),
]
"""Names of one kind."""


class Scope(Struct, frozen=True, forbid_unknown_fields=True):
    """The customers whom an account is to hold: those who fit each part that names anything.

    Attributes:
        sites: Names of sites, as SIMPLer writes them.
        access_points: Names of access points.
        statuses: Statuses, of those that make a contact.
    """

    sites: ScopeNames = ()
    access_points: ScopeNames = ()
    statuses: ScopeNames = ()

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the parts that name anything: a title for people, and the names."""
        titles = {"sites": "Site", "access_points": "Access point", "statuses": "Status"}
        yield from ((title, names) for part, title in titles.items() if (names := getattr(self, part)))

    def told(self) -> str:
        """Say for people whom the account is to hold."""
        said = (f"{title} {' or '.join(f'“{name}”' for name in names)}" for title, names in self.parts())
        return "; ".join(said) or "All customers"


EVERYBODY = Scope()
"""The scope of an account for which nobody has chosen."""
