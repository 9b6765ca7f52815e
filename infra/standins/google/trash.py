"""Trash: taking a contact out of it again.

Google Contacts Help: a deleted contact can be recovered for 30 days. By choice it comes back under its
resource name, with its client data, in those of its groups that there still are, and with a new etag.
"""

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact, Content
from infra.standins.google.errors import not_found
from infra.standins.google.group import MY_CONTACTS
from infra.standins.google.membership import membership


def take_out(account: Account, name: str) -> None:
    """Take a contact out of the trash.

    Raises:
        GoogleError: 404, when it is not in it.
    """
    account.empty_trash()
    contact = account.trash.get(name)
    if contact is None:
        raise not_found()
    account.restore(contact, as_it_was(account, contact))


def as_it_was(account: Account, contact: Contact) -> Content:
    """Return what a former contact held, in those of its groups that still exist."""
    groups = [name for name in contact.groups() if not account.groups[name].deleted]
    items = [membership(name, contact.source_id) for name in groups or [MY_CONTACTS]]
    return Content.of({**contact.fields, "memberships": items})
