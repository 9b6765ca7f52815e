"""Users: the WISP's staff in SIMPLer, and their rights."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from shared.replace import replace

GCONTACT = "user->gcontact"
"""The right to synchronise Google contacts."""


@dataclass(frozen=True, slots=True)
class User:
    """A user of SIMPLer.

    Attributes:
        id: SIMPLer's id.
        key: Short name, for addresses of pages.
        name: As people read it.
        email: The user's own address.
        rights: SIMPLer's names of the rights.
    """

    id: str
    key: str
    name: str
    email: str
    rights: tuple[str, ...] = ()


class Users:
    """Everybody who can be signed in; safe for use by many threads."""

    def __init__(self, users: Iterable[User]) -> None:
        self._users = {user.key: user for user in users}
        self._lock = threading.Lock()

    def all(self) -> list[User]:
        """Return everybody, in the order given."""
        with self._lock:
            return list(self._users.values())

    def get(self, key: str) -> User | None:
        """Return the user of a short name, or None."""
        with self._lock:
            return self._users.get(key)

    def set_right(self, key: str, *, granted: bool) -> None:
        """Grant or take the right `GCONTACT`; an unknown user has nothing to be granted."""
        with self._lock:
            if user := self._users.get(key):
                self._users[key] = replace(user, rights=(GCONTACT,) if granted else ())


def staff(domain: str) -> Users:
    """Return three users of a WISP with this mail domain: two with the right, one without."""
    return Users(
        [
            User("17", "mary", "Mary Murphy", f"mary@{domain}", (GCONTACT,)),
            User("18", "joe", "Joe Walsh", f"joe@{domain}"),
            User("19", "nora", "Nora Byrne", f"nora@{domain}", (GCONTACT,)),
        ]
    )
