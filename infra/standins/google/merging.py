"""Merging: what an owner does in Google Contacts that leaves a contact under another resource name.

"The resource name may change when adding or removing fields that link a contact and profile"; former ones are
told in answers to a sync token (PersonMetadata.previousResourceNames). What "Merge & fix" makes of resource
names and client data Google does not say. By choice here: all fields are united, equal items once, except for
client data; of singletons the first contact's is kept; the contacts that were merged into it go to the trash,
and their names are told as former ones. A get finds a contact by the former name of a link or a merge with a
new name; nothing can be written by it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact, Content, Item
from infra.standins.google.errors import invalid
from shared.replace import replace

_SINGLETONS = frozenset({"biographies", "birthdays", "genders", "names"})
_AT_LEAST = 2
_WITHOUT_PRIMARY = "memberships"
_KEPT_TWICE = "clientData"


def merge(account: Account, names: Sequence[str], *, new_name: bool) -> Contact:
    """Make one contact of several, of which the first one survives.

    Args:
        account: Whose they are.
        names: Their resource names.
        new_name: Whether the survivor gets another resource name and source id.

    Raises:
        GoogleError: 404 for a contact that there is not, 400 for fewer than two.
    """
    contacts = [account.contact(name) for name in dict.fromkeys(names)]
    if len(contacts) < _AT_LEAST:
        raise invalid("Two contacts or more are needed for a merge.")
    first, *others = contacts
    for other in others:
        account.delete(other)
    former = [name for contact in contacts for name in (*contact.former_names, contact.resource_name)]
    source_id = account.new_source_id() if new_name else first.source_id
    name = f"people/c{int(source_id, 16)}" if new_name else first.resource_name
    merged = replace(
        first,
        resource_name=name,
        source_id=source_id,
        former_names=tuple(one for one in former if one != name),
    )
    return account.supersede(first, merged.holding(Content.of(united(contacts, source_id))))


def link(account: Account, name: str) -> Contact:
    """Link a contact with somebody's profile, which changes its resource name.

    Raises:
        GoogleError: 404.
    """
    contact = account.contact(name)
    former = (*contact.former_names, contact.resource_name)
    linked = replace(contact, resource_name=f"people/{account.new_profile_id()}", former_names=former)
    return account.supersede(contact, linked)


def united(contacts: Sequence[Contact], source_id: str) -> dict[str, Sequence[Item]]:
    """Return the fields of all these contacts together, as those of the contact with this source id."""
    names = dict.fromkeys(name for contact in contacts for name in contact.fields)
    return {name: _items(name, contacts, source_id) for name in names}


def _items(name: str, contacts: Sequence[Contact], source_id: str) -> list[Item]:
    bare = [_bare(item) for contact in contacts for item in contact.fields.get(name, ())]
    if name in _SINGLETONS:
        bare = bare[:1]
    elif name != _KEPT_TWICE:
        bare = [item for place, item in enumerate(bare) if item not in bare[:place]]
    source = {"source": {"type": "CONTACT", "id": source_id}}
    items: list[Item] = [{**item, "metadata": source} for item in bare]
    if name != _WITHOUT_PRIMARY:
        items[0] = {**items[0], "metadata": {"primary": True, **source, "sourcePrimary": True}}
    return items


def _bare(item: Item) -> Mapping[str, Any]:
    return {key: value for key, value in item.items() if key != "metadata"}
