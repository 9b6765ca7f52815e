"""Names as people type them: who is a person, what is an organisation, and what the contact shows."""

from csv import DictReader
from pathlib import Path

from shared.domain.contact.card import make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.vcard import vcard_of
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from tests.fake_clock import FakeClock

WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
NAMES = list(DictReader((Path(__file__).parent / "names.csv").read_text().splitlines()))


def customer(row: dict[str, str]) -> Customer:
    """Return the customer of a row's record."""
    record = {"id": "1", "name": row["name"], "company": row["company"], "phones": ["087 123 4567"]}
    found = read_customer({**record, "first_name": row["first"], "last_name": row["last"]}, 1)
    assert isinstance(found, Customer)
    return found


def test_a_name_is_shown_as_it_was_meant() -> None:
    """Google shows an organisation where there is no name; a vCard tells Apple so by X-ABShowAs."""
    for row in NAMES:
        card = make_card(customer(row), WISP)
        fields = fields_of(card)
        file = vcard_of(card, WISP, FakeClock().now()).decode().casefold()
        organisations = [row["shows"]] if row["what"] == "organisation" else []
        assert card.display == row["shows"], row
        assert bool(fields["names"]) is not bool(organisations), row
        assert ("x-abshowas:company" in file) is bool(organisations), row
        assert [item["name"] for item in fields["organizations"]] == organisations, row
        assert dict(card.details).get("Contact person", "") == row["contact_person"], row


def test_a_contact_shows_every_word_of_a_person() -> None:
    """The parts of a name are the name: Google and a phone put nothing else together of them."""
    for row in NAMES:
        card = make_card(customer(row), WISP)
        if not card.company and row["shows"].isascii():
            assert f"{card.given} {card.family}".strip() == card.display, row
