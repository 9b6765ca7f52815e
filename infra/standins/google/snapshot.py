"""The whole of an account at one moment, so that tests can compare it byte for byte."""

from typing import Any

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact
from infra.standins.google.group import Group


def take_snapshot(account: Account) -> dict[str, Any]:
    """Return everything that is stored, by resource name and in a stable order."""
    with account.lock:
        groups = [group for group in account.groups.values() if not group.deleted]
        return {
            "email": account.email,
            "contacts": {name: _contact(contact) for name, contact in sorted(account.contacts.items())},
            "trash": {name: _contact(contact) for name, contact in sorted(account.trash.items())},
            "groups": {group.resource_name: _group(account, group) for group in groups},
        }


def _contact(contact: Contact) -> dict[str, Any]:
    fields = dict(sorted(contact.fields.items()))
    return {"resourceName": contact.resource_name, "metadata": contact.metadata(), **fields}


def _group(account: Account, group: Group) -> dict[str, Any]:
    shown = group.show(("clientData", "groupType", "metadata", "name"), 0)
    return {**shown, "members": sorted(account.members(group))}
