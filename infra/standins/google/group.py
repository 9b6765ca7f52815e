"""Contact groups: the labels of a user and the ones that every account has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MY_CONTACTS = "contactGroups/myContacts"
STARRED = "contactGroups/starred"
ALL = "contactGroups/all"

_SYSTEM = {
    "myContacts": "My Contacts",
    "starred": "Starred",
    "friends": "Friends",
    "family": "Family",
    "coworkers": "Coworkers",
    "chatBuddies": "Chat contacts",
    "blocked": "Blocked",
    "all": "All Contacts",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A contact group; a change makes a new one.

    Attributes:
        resource_name: `contactGroups/` and its id.
        name: As its owner named it.
        formatted_name: As people read it; differs for system groups only.
        system: Whether every account has it.
        etag: Its etag; changes with name and client data, not with its members (a choice).
        updated: When it was changed last, as a google-datetime.
        sequence: The number of that change in its account.
        client_data: Keys and values of clients.
        deleted: Whether it is no more.
    """

    resource_name: str
    name: str
    formatted_name: str
    system: bool
    etag: str = ""
    updated: str = ""
    sequence: int = 0
    client_data: Sequence[Mapping[str, str]] = ()
    deleted: bool = False

    @property
    def gone(self) -> bool:
        """Whether it is no more."""
        return self.deleted

    @property
    def can_gain_members(self) -> bool:
        """Whether contacts can be added: "only user group or "myContacts" or "starred" system groups"."""
        return not self.system or self.resource_name in {MY_CONTACTS, STARRED}

    def show(self, paths: Sequence[str], members: int) -> dict[str, Any]:
        """Return the ContactGroup that is answered: resource name and etag always, the rest by the mask.

        Like all of Google's JSON it leaves out what is empty or zero.
        """
        shown: dict[str, Any] = {
            "resourceName": self.resource_name,
            "etag": self.etag,
            **self._masked(paths, members),
        }
        if self.deleted:
            shown["metadata"] = {"deleted": True, "updateTime": self.updated}
        return {key: value for key, value in shown.items() if value}

    def _masked(self, paths: Sequence[str], members: int) -> dict[str, Any]:
        by_path: dict[str, dict[str, Any]] = {
            "metadata": {"metadata": {"updateTime": self.updated}} if self.updated else {},
            "groupType": {"groupType": "SYSTEM_CONTACT_GROUP" if self.system else "USER_CONTACT_GROUP"},
            "name": {"name": self.name, "formattedName": self.formatted_name},
            "memberCount": {"memberCount": members},
            "clientData": {"clientData": self.client_data},
        }
        return {key: value for path in paths for key, value in by_path[path].items()}


def system_groups() -> dict[str, Group]:
    """Return the groups of a new account."""
    groups = (
        Group(f"contactGroups/{name}", name, formatted, system=True) for name, formatted in _SYSTEM.items()
    )
    return {group.resource_name: group for group in groups}
