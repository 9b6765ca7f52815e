"""Every kind of telephone, from SIMPLer's record to all that is made of it."""

import re
from datetime import UTC, datetime

import msgspec
import pytest

from shared.adapters.simpler.profile import load_profile
from shared.domain.contact.card import Card, make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.contact.vcard import brief_vcard, vcard_of
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from shared.mail.letter import letter
from shared.usecases.runs.preview import _created

WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
LANDLINE, MOBILE = "+353 21 234 8100", "+353 87 123 4567"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def number_of(kind: str) -> str:
    """Return one that may be of the kind: a landline is no mobile."""
    return MOBILE if kind == PhoneKind.MOBILE else LANDLINE


def card_with(kind: str) -> Card:
    """Return the card of a record whose one number is of the kind."""
    record = {"id": 1, "name": "Ann", "phones": [{"text": number_of(kind), "kind": kind}]}
    customer = read_customer(record, 1)
    assert isinstance(customer, Customer)
    return make_card(customer, WISP)


@pytest.mark.parametrize("kind", PhoneKind)
def test_a_number_of_every_kind_reaches_all_that_is_made_of_a_card(kind: PhoneKind) -> None:
    """The profile may name it; Google, preview, vCard, QR code and mail each call it their own way."""
    card, number = card_with(kind), number_of(kind)
    change = next(change for change in _created(card).changes if change.field == "phoneNumbers")
    words = letter(card, WISP, side=200)
    tel = f"\r\nTEL;TYPE={','.join(kind.vcard)}:{number}\r\n"

    assert (
        load_profile({"fields": {"phones": [{"member": "x", "kind": kind.value}]}}).fields.phones[0].kind
        is kind
    )
    assert card.phones == (Phone(number, kind),)
    assert fields_of(card)["phoneNumbers"] == ({"value": number, "type": kind.google},)
    assert change.new == (f"{number} ({kind.google})",)
    assert tel.encode() in vcard_of(card, WISP, NOW)
    assert tel in brief_vcard(card)
    assert f"\n{kind.label}: {number}\n" in words.text
    assert re.search(rf">{kind.label}</td>\n<td [^>]*><a [^>]*>{re.escape(number)}</a>", words.html)


@pytest.mark.parametrize("kind", PhoneKind)
def test_a_ledger_keeps_every_kind_by_its_value(kind: PhoneKind) -> None:
    """A card that another build wrote is read again, whatever the kind's words have become."""
    stored = msgspec.json.encode(card_with(kind))

    assert f'"kind":"{kind.value}"'.encode() in stored
    assert msgspec.json.decode(stored, type=Card) == card_with(kind)


@pytest.mark.parametrize("kind", PhoneKind)
def test_every_kind_has_words_everywhere(kind: PhoneKind) -> None:
    """None is empty, and a vCard's are what RFC 2426, 3.3.1 allows in a TYPE."""
    assert kind.google
    assert kind.label
    assert kind.vcard
    assert all(re.fullmatch("[A-Z]+", word) for word in kind.vcard)


@pytest.mark.parametrize(("text", "kind"), [("MOBILE", "mobile"), ("pager", "other"), ("", "other")])
def test_a_kind_that_nobody_knows_is_other(text: str, kind: str) -> None:
    """A record's own word counts without case."""
    assert PhoneKind.of(text) == kind
