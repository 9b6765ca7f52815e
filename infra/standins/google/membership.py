"""Which contact groups a contact is in."""

from collections.abc import Iterable, Sequence
from typing import Any

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact, Content, Item
from infra.standins.google.errors import invalid
from infra.standins.google.group import MY_CONTACTS, Group
from shared.replace import replace


def new_memberships(account: Account, items: Sequence[Item], source_id: str) -> list[Item]:
    """Return the memberships of a contact that is being created.

    Google is silent on a contact that is created without any: here it is put into "My Contacts". One that is
    created in a label only is in that label only, which is the less convenient of the two possible answers.

    Raises:
        GoogleError: 400, when a group does not exist or cannot gain members.
    """
    names = _group_names(items) or [MY_CONTACTS]
    _check_gains(account, names)
    return [membership(name, source_id) for name in names]


def changed_memberships(
    account: Account, items: Sequence[Item], before: Sequence[str], source_id: str
) -> list[Item]:
    """Return the memberships of a contact whose memberships are in the update mask.

    Raises:
        GoogleError: 400, when there is none, or a group is added that does not exist or cannot gain members.
    """
    names = _group_names(items)
    if not names:
        raise invalid("A contact must always have at least one contact group membership.")
    _check_gains(account, (name for name in names if name not in before))
    return [membership(name, source_id) for name in names]


def put_into(account: Account, contact: Contact, groups: Sequence[str]) -> None:
    """Replace a contact's groups, which is a change of the contact and gives it a new etag (a choice)."""
    items = [membership(name, contact.source_id) for name in groups]
    account.change(contact, Content.of({**contact.fields, "memberships": items}))


def dissolve(account: Account, group: Group) -> None:
    """Delete a group and keep its contacts."""
    for name in list(account.members(group)):
        contact = account.contact(name)
        left = [other for other in contact.groups() if other != group.resource_name]
        put_into(account, contact, left or [MY_CONTACTS])
    account.store_group(replace(group, deleted=True))


def membership(group: str, source_id: str) -> Item:
    """Return a membership as it is answered."""
    return {
        "metadata": {"source": {"type": "CONTACT", "id": source_id}},
        "contactGroupMembership": {
            "contactGroupId": group.removeprefix("contactGroups/"),
            "contactGroupResourceName": group,
        },
    }


def _group_names(items: Iterable[Item]) -> list[str]:
    """Return the groups named, each once; the domain membership is output only."""
    memberships: Iterable[dict[str, Any]] = (item.get("contactGroupMembership") or {} for item in items)
    names = (membership.get("contactGroupResourceName") for membership in memberships)
    return list(dict.fromkeys(name for name in names if name))


def _check_gains(account: Account, names: Iterable[str]) -> None:
    for name in names:
        group = account.groups.get(name)
        if group is None or group.deleted:
            raise invalid(f"Contact group {name} was not found.")
        if not group.can_gain_members:
            raise invalid(f"Contact group {name} is a system group to which contacts cannot be added.")
