"""Every kind of postal address, from SIMPLer's record to all that is made of it."""

import msgspec
import pytest

from shared.adapters.simpler.profile import load_profile
from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.vcard import vcard_of
from shared.domain.sync.google_fields import fields_of
from shared.mail.letter import letter
from tests.corpus import WISP
from tests.vcard_kit import REVISED


def card_with(kind: str) -> Card:
    """Return the card of a record whose one address is of the kind."""
    record = {"id": 1, "name": "Ann", "addresses": [{"kind": kind, "city": "Bree"}]}
    customer = read_customer(record, 1)
    assert isinstance(customer, Customer)
    return make_card(customer, WISP)


@pytest.mark.parametrize("kind", AddressKind)
def test_an_address_of_every_kind_reaches_all_that_is_made_of_a_card(kind: AddressKind) -> None:
    """The profile may name it; Google, the vCard and the mail each call it their own way."""
    card = card_with(kind.record)
    [field] = load_profile({"fields": {"addresses": [{"kind": kind.record}]}}).fields.addresses

    assert field.kind == kind.record
    assert [address.kind for address in card.addresses] == [kind]
    assert fields_of(card)["addresses"] == ({"type": kind.value, "city": "Bree"},)
    assert f"\r\nADR;TYPE={','.join(kind.vcard)}:;;;Bree;;;\r\n".encode() in vcard_of(card, WISP, REVISED)
    assert f"\n{kind.label}: Bree\n" in letter(card, WISP, side=200).text


@pytest.mark.parametrize("kind", AddressKind)
def test_a_ledger_keeps_every_kind_by_its_value(kind: AddressKind) -> None:
    """A card that another build wrote is read again, whatever the kind's words have become."""
    stored = msgspec.json.encode(card_with(kind.record))

    assert f'"kind":"{kind.value}"'.encode() in stored
    assert msgspec.json.decode(stored, type=Card) == card_with(kind.record)


@pytest.mark.parametrize(("text", "kind"), [("BILLING", "work"), ("work", "home"), ("", "home")])
def test_an_address_of_a_kind_that_nobody_knows_is_where_the_line_is(text: str, kind: str) -> None:
    """A record's own word counts without case."""
    assert AddressKind.of(text) == kind
