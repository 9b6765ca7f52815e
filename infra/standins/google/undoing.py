"""Undoing: the account as it was some time ago, which Google Contacts offers as "Undo changes".

Google Contacts Help: contacts go back to any state of the past 30 days; what was deleted or edited since then
is as it was, and what was added since then is gone. By choice here: what was added goes to the trash, a merge
and a link are undone too, every contact that changes by it has a new etag, and one that comes back is in
those of its labels that there are. About labels Google is silent: they stay as they are, or, if that is
wanted, one that was deleted or renamed since then is as it was too, unless another one has its name.
"""

from datetime import timedelta

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact
from infra.standins.google.errors import invalid
from infra.standins.google.group import Group
from infra.standins.google.trash import as_it_was
from shared.replace import replace

UNDONE_AT_MOST = timedelta(days=30)
"""How far changes can be undone (Google Contacts Help)."""


def undo_changes(account: Account, seconds: float, *, labels: bool = False) -> None:
    """Set every contact back to what it was some seconds ago, and labels too on request.

    Raises:
        GoogleError: 400, when that is too long ago.
    """
    if seconds > UNDONE_AT_MOST.total_seconds():
        raise invalid("Changes of the past 30 days can be undone.")
    contacts, groups = account.before(seconds)
    if labels:
        for group in groups.values():
            _set_label_back(account, group)
    added = [name for name, was in contacts.items() if was is None or was.gone]
    for name in added:
        if name in account.contacts:
            account.delete(account.contact(name))
    for was in contacts.values():
        if was and not was.gone:
            _set_back(account, was)


def _set_label_back(account: Account, was: Group | None) -> None:
    """Set a label back, unless it was made since then."""
    if was is None or was.deleted:
        return
    others = (group for group in account.groups.values() if group.resource_name != was.resource_name)
    if any(group.name == was.name for group in others if not group.deleted):
        return
    now = account.groups[was.resource_name]
    if replace(now, etag=was.etag, updated=was.updated, sequence=was.sequence) != was:
        account.store_group(was)


def _set_back(account: Account, was: Contact) -> None:
    content = as_it_was(account, was)
    now = account.contacts.get(was.resource_name)
    if now is None:
        account.restore(was, content)
    elif now.fields != content.fields:
        account.change(now, content)
