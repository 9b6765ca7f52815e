"""Copying: a second contact that holds what another one holds.

Google Contacts itself has no button for it. But a file that was exported comes back by "Import" as new
contacts, and the contacts app of a phone copies a contact into an account. Which labels and client data come
along Google does not say, so each can be asked for (a choice).
"""

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact, Content
from infra.standins.google.group import MY_CONTACTS
from infra.standins.google.membership import membership
from infra.standins.google.merging import united


def copy(account: Account, name: str, *, client_data: bool, labels: bool) -> Contact:
    """Make a copy of a contact.

    Args:
        account: Whose it is.
        name: Its resource name.
        client_data: Whether the copy has the same client data, or none.
        labels: Whether it is in the same groups, or in My Contacts.

    Raises:
        GoogleError: 404.
    """
    contact = account.contact(name)
    source_id = account.new_source_id()
    fields = united([contact], source_id)
    if not client_data:
        fields.pop("clientData", None)
    groups = contact.groups() if labels else (MY_CONTACTS,)
    fields["memberships"] = [membership(group, source_id) for group in groups]
    return account.add(source_id, Content.of(fields))
