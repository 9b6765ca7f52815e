"""Countries as people type them: what is sure is known, and nothing else is."""

from pathlib import Path

import pytest

from shared.domain.contact.card import make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.model.wisp import Wisp

ROWS = [
    line.split("|")
    for line in (Path(__file__).parent / "countries.txt").read_text().splitlines()
    if not line.startswith("#")
]


def test_a_country_is_known_where_it_is_sure() -> None:
    """Its code is on the address; an unknown text is shown as typed and told, unless it is a filler."""
    for home, typed, postcode, code in ROWS:
        wisp = Wisp("acme", "ACME", home, "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
        address = {"kind": "installation", "city": "X", "country": typed, "postcode": postcode}
        customer = read_customer({"id": 1, "name": "Ann Kelly", "addresses": [address]}, 1)
        assert isinstance(customer, Customer)
        card = make_card(customer, wisp)
        shown = card.addresses[0].country
        told = [text for cause, text in card.findings if cause == "country not known"]
        assert card.addresses[0].country_code == code, (home, typed, postcode)
        assert shown in ("", typed), (home, typed, postcode)
        assert told == ([shown] if shown and not code else []), (home, typed, postcode)


@pytest.mark.parametrize(
    ("place", "code"),
    [("Belfast BT1 1AA", "GB"), ("St Helier, JE2 3AB", "JE"), ("Dublin D02 X285", ""), ("Unit 2b 4th", "")],
)
def test_a_postcode_that_was_typed_behind_the_town_is_one(place: str, code: str) -> None:
    """Numbers of Northern Ireland are read by its rules wherever its postcode stands."""
    for part in ("city", "region"):
        wisp = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
        address = {"kind": "installation", "lines": ["1 Main St"], part: place}
        customer = read_customer({"id": 1, "name": "Ann Kelly", "addresses": [address]}, 1)
        assert isinstance(customer, Customer)
        assert make_card(customer, wisp).addresses[0].country_code == code, part
