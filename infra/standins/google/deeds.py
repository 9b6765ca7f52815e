"""Deeds: what somebody else does in an account while a program is at work in it."""

from collections.abc import Callable, Mapping
from typing import Literal

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact
from infra.standins.google.copying import copy
from infra.standins.google.credentials import Credentials
from infra.standins.google.group import Group
from infra.standins.google.membership import dissolve
from infra.standins.google.rewording import PHONE, reword
from infra.standins.google.trash import take_out
from infra.standins.google.undoing import undo_changes
from shared.replace import replace

Deed = Literal[
    "delete_labels",
    "rename_labels",
    "revoke_access",
    "end_access_tokens",
    "expire_sync_tokens",
    "exhaust",
    "trash_contacts",
    "copy_contacts",
    "restore_contacts",
    "undo_changes",
    "reword_contacts",
]
"""Labels, and contacts that are trashed, copied or reworded, are those that a program gave client data."""

UNDONE = 3600.0
"""Seconds whose changes the deed `undo_changes` undoes."""

LONG_QUOTA_LASTS = 3600.0
"""Seconds for which the deed `exhaust` has every call refused."""


def _delete_labels(account: Account, _credentials: Credentials) -> None:
    for group in _labels_of_programs(account):
        dissolve(account, group)


def _rename_labels(account: Account, _credentials: Credentials) -> None:
    for group in _labels_of_programs(account):
        name = f"{group.name} (renamed)"
        account.store_group(replace(group, name=name, formatted_name=name))


def _revoke_access(account: Account, credentials: Credentials) -> None:
    credentials.revoke_all(account.email)


def _end_access_tokens(account: Account, credentials: Credentials) -> None:
    credentials.end_access_tokens(account.email)


def _expire_sync_tokens(account: Account, _credentials: Credentials) -> None:
    account.sync_era += 1


def _exhaust(account: Account, _credentials: Credentials) -> None:
    account.exhaust(LONG_QUOTA_LASTS)


def _trash_contacts(account: Account, _credentials: Credentials) -> None:
    for contact in _contacts_of_programs(account):
        account.delete(contact)


def _copy_contacts(account: Account, _credentials: Credentials) -> None:
    for contact in _contacts_of_programs(account):
        copy(account, contact.resource_name, client_data=True, labels=True)


def _restore_contacts(account: Account, _credentials: Credentials) -> None:
    for name in list(account.trash):
        take_out(account, name)


def _undo_changes(account: Account, _credentials: Credentials) -> None:
    undo_changes(account, UNDONE)


def _reword_contacts(account: Account, _credentials: Credentials) -> None:
    reword(account, _contacts_of_programs(account), PHONE)


_DEEDS: Mapping[Deed, Callable[[Account, Credentials], None]] = {
    "delete_labels": _delete_labels,
    "rename_labels": _rename_labels,
    "revoke_access": _revoke_access,
    "end_access_tokens": _end_access_tokens,
    "expire_sync_tokens": _expire_sync_tokens,
    "exhaust": _exhaust,
    "trash_contacts": _trash_contacts,
    "copy_contacts": _copy_contacts,
    "restore_contacts": _restore_contacts,
    "undo_changes": _undo_changes,
    "reword_contacts": _reword_contacts,
}


def do_deed(deed: Deed, account: Account, credentials: Credentials) -> None:
    """Do it, now.

    Args:
        deed: Which.
        account: Whose account it is about.
        credentials: Whom programs have their access from.
    """
    with account.lock:
        _DEEDS[deed](account, credentials)


def _labels_of_programs(account: Account) -> list[Group]:
    own = (group for group in account.groups.values() if not group.system and not group.deleted)
    return [group for group in own if group.client_data]


def _contacts_of_programs(account: Account) -> list[Contact]:
    return [contact for contact in account.contacts.values() if "clientData" in contact.fields]
