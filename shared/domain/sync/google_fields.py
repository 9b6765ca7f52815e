"""Google fields: a card in the words of the People API, writable members only, as it is sent; its digest."""

import base64
import hashlib
from functools import lru_cache

import msgspec

from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.phone import Phone
from shared.domain.sync.item_identity import fingerprints
from shared.domain.sync.mark import Mark, marked
from shared.domain.sync.merge import Merge
from shared.domain.sync.person import OWNED, Change, Fields, Item, NewPerson, Person


@lru_cache(1024)
def fields_of(card: Card) -> Fields:
    """Write a card as the owned fields of a contact: every one of `OWNED`, in that order.

    Members without a text are left out, and items without a member. A company has no name, only an
    organization: so Google shows and sorts it as one.
    """
    items: dict[str, list[Item]] = {
        "names": [_item(givenName=card.given, familyName=card.family)],
        "organizations": [_item(name=card.company, type="work")] if card.company else [],
        "nicknames": [_item(value=card.nickname)],
        "phoneNumbers": [_phone(phone) for phone in card.phones],
        "emailAddresses": [_item(value=email) for email in card.emails],
        "addresses": [_address(address) for address in card.addresses],
        "urls": [_item(value=card.link, type="SIMPLer")] if card.link else [],
        "externalIds": [_item(value=card.customer, type="customer")],
        "userDefined": [_item(key=key, value=value) for key, value in card.details],
    }
    return {field: tuple(item for item in items[field] if item) for field in OWNED}


def _phone(phone: Phone) -> Item:
    """Write a number; what was typed beside it is its own label, which a phone shows when it rings.

    An extension is no part of the value: Android and iOS dial and match all digits of it.
    """
    return _item(value=phone.number, type=phone.called if phone.words else phone.kind.google)


def _item(**members: str) -> Item:
    return {member: text for member, text in members.items() if text}


def _address(address: PostalAddress) -> Item:
    return _item(
        type=address.kind,
        streetAddress=address.street,
        city=address.city,
        region=address.region,
        postalCode=address.postcode,
        country=address.country,
        countryCode=address.country_code,
    )


def digest(fields: Fields) -> str:
    """Digest what we would send: eight characters a field, in the order of `OWNED`, the same for the same."""
    return "".join(_digest(fields.get(name, ())) for name in OWNED)


def _digest(items: tuple[Item, ...]) -> str:
    """Digest it to 48 bits, as characters that need no escape in JSON."""
    return base64.b64encode(hashlib.sha256(msgspec.json.encode(items, order="sorted")).digest()[:6]).decode()


def changed_fields(before: str, now: str) -> tuple[str, ...]:
    """Return the fields in which two digests differ."""
    places = enumerate(OWNED)
    return tuple(f for n, f in places if before[8 * n : 8 * n + 8] != now[8 * n : 8 * n + 8])


def new_person(card: Card, wisp: str, nonce: str) -> NewPerson:
    """Make a contact to create; its mark is also its key in the answer."""
    ours = fields_of(card)
    mark = Mark(wisp, card.customer, nonce)
    return NewPerson(str(mark), ours, marked(mark, fingerprints(ours)))


def changed(card: Card, person: Person, mark: Mark, merged: Merge | None) -> Change:
    """Make a contact to update.

    Args:
        card: What SIMPLer has of the customer.
        person: The contact as it is known.
        mark: Whose it is.
        merged: Our fields with the user's own additions, if it was read; else it holds ours alone.
    """
    if merged:
        return Change(person, merged.fields, merged.client_data)
    ours = fields_of(card)
    return Change(person, ours, marked(mark, fingerprints(ours)))
