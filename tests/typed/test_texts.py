"""Texts that came through the wrong hands, or hold what nobody sees."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.card import make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.garbled import repaired
from shared.domain.contact.text import clean, text_of
from shared.domain.contact.vcard import vcard_of
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from shared.usecases.customers.card_mail import card_mail

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")

TEXTS = json.loads((Path(__file__).parent / "texts.json").read_text())


def test_a_text_is_shown_as_it_was_meant() -> None:
    """Entities, letters that were decoded twice and invisible characters are put right; all else stays."""
    assert {typed: text_of(typed) for typed, _ in TEXTS} == dict(TEXTS)


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_what_was_decoded_once_too_often_is_put_right(text: str) -> None:
    """Whatever letters of Latin scripts it has: the text, or what that was meant."""
    garbled = text.encode().decode("latin-1")
    letters = [letter for letter in text if letter.isalpha() and letter <= "\u017f"]
    if text.isalpha() and len(letters) == len(text):
        assert repaired(garbled) == repaired(text)


@given(st.text(st.characters(max_codepoint=0xFF)))
def test_a_repaired_text_shows_something_where_there_was_something(text: str) -> None:
    """No letter or digit of a text is lost: it is one again, or a sign."""
    if any(map(str.isalnum, clean(text))):
        assert repaired(text)


@pytest.mark.parametrize("ended", ["\n", "\r\n", "<br>", "<BR />", "&lt;br/&gt;", "&#10;"])
def test_lines_of_an_address_stay_lines(ended: str) -> None:
    """However a form ended them: none is glued to the next, and no sign of HTML is left."""
    lines = [f"12 Main St{ended}Schull"]
    found = read_customer(
        {"id": 1, "name": "Ann", "addresses": [{"kind": "installation", "lines": lines}]}, 1
    )
    assert isinstance(found, Customer)
    assert found.addresses[0].lines == ("12 Main St", "Schull")


def test_lines_of_an_address_reach_the_contact_and_the_vcard_as_lines() -> None:
    """A line that was typed is one in Google and in the vCard; a mail shows one line."""
    record = {
        "id": 1,
        "name": "Ann",
        "addresses": [{"kind": "installation", "lines": ["12 Main St\nSchull"]}],
    }
    found = read_customer(record, 1)
    assert isinstance(found, Customer)
    card = make_card(found, WISP)

    assert fields_of(card)["addresses"][0]["streetAddress"] == "12 Main St\nSchull"
    assert "12 Main St\\nSchull" in vcard_of(card, WISP, NOW).decode().replace("\r\n ", "")
    assert "12 Main St, Schull" in card_mail(card, WISP, to="a@example.com", request="r", now=NOW).text
