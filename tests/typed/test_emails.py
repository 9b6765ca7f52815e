"""E-mail addresses as people type and paste them, into the field for them and into others."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.contact.card import Card, make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.text import clean
from shared.domain.model.wisp import Wisp

WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
EMAILS = json.loads((Path(__file__).parent / "emails.json").read_text())


def card_of(**record: object) -> Card:
    """Return the card of a record of Mary Murphy's."""
    found = read_customer({"id": "1", "name": "Mary Murphy", "nickname": "mm", **record}, 1)
    assert isinstance(found, Customer)
    return make_card(found, WISP)


def rows(card: Card, key: str) -> list[str]:
    """Return the values of the rows with this title."""
    return [value for title, value in card.details if title == key]


def test_an_address_is_read_as_it_was_meant() -> None:
    """What is no address for sure, and what stands beside one, is shown as it was typed, and is a finding."""
    for typed, addresses, as_given in EMAILS:
        card = card_of(emails=[typed])
        shown = [as_given] if as_given else []
        assert list(card.emails) == addresses, typed
        assert rows(card, "E-mail as given") == shown, typed
        assert [text for cause, text in card.findings if cause == "email not read"] == shown, typed


@pytest.mark.parametrize(
    ("typed", "number", "addresses"),
    [
        ("087 123 4567 mary@murphy.example", "+353 87 123 4567", ["mary@murphy.example"]),
        ("mary@murphy.example 087 123 4567", "+353 87 123 4567", ["mary@murphy.example"]),
        ("087 123 4567 / mary@murphy.example", "+353 87 123 4567", ["mary@murphy.example"]),
        ("087 123 4567 (mary@murphy.example)", "+353 87 123 4567", ["mary@murphy.example"]),
        ("087 123 4567\nmary@murphy.example", "+353 87 123 4567", ["mary@murphy.example"]),
        ("<Mary 087 123 4567> mary@murphy.example", "+353 87 123 4567", ["mary@murphy.example"]),
        ("mailto:mary@murphy.example?subject=0871234567", "+353 87 123 4567", ["mary@murphy.example"]),
        ("087 123 4567", "+353 87 123 4567", []),
        ("mary0861234567@murphy.example", "", ["mary0861234567@murphy.example"]),
    ],
)
def test_numbers_and_addresses_are_found_in_each_others_fields(
    typed: str, number: str, addresses: list[str]
) -> None:
    """Whoever types both into one field, or one into the other's, finds both on the contact."""
    for field in ("phones", "emails"):
        card = card_of(**{field: [typed]})
        assert list(card.emails) == addresses, field
        assert [phone.number for phone in card.phones] == ([number] if number else []), field
        assert rows(card, "E-mail as given") == [], field


def test_an_address_in_a_phone_field_that_cannot_be_read_is_shown() -> None:
    """It is no number, and no address for sure."""
    card = card_of(phones=["mary murphy@example.ie"])
    assert card.emails == ()
    assert rows(card, "E-mail as given") == ["mary murphy@example.ie"]


def test_one_address_in_two_fields_is_on_the_contact_once() -> None:
    """However it is written."""
    card = card_of(phones=["087 123 4567 MARY@murphy.example"], emails=["mary@murphy.example"])
    assert card.emails == ("mary@murphy.example",)


SIGNS = "@@@@..,;:/ <>()[]'\"&+-_=?*|\\\n\u200b\ufffd\u00e9\uff20"
WORDS = [
    "mary",
    "b.ie",
    "a@b.ie",
    "c@d.ie",
    "Email:",
    "mailto:",
    "087",
    "1234567",
    "n/a",
    "&lt;",
    "home",
    "<b>",
]
pieces = st.lists(st.sampled_from([*SIGNS, *WORDS]), max_size=12).map("".join)


def is_found(word: str, card: Card) -> bool:
    """Return whether all of the word is shown or told."""
    told = clean(" ".join([card.display, *(text for _, text in card.findings)]))
    rest, shown = (text.casefold().replace("<b>", "") for text in (word, told))  # a tag is no word
    if rest in shown.replace("\uff20", "@"):
        return True
    for address in card.emails:
        rest = rest.replace(address.casefold(), " ")
    return not any("@" in left and any(map(str.isalnum, left)) for left in rest.split())


@example("a@b.ie,@<b>", "phones")
@example("Email:<b>@", "phones")
@given(st.one_of(pieces, st.text(max_size=40)), st.sampled_from(["phones", "emails", "name"]))
def test_nothing_with_an_at_is_lost(typed: str, field: str) -> None:
    """Whatever stands in a field for numbers, addresses or a name: each word with an @ is found again."""
    card = card_of(**{field: typed if field == "name" else [typed]})
    for word in clean(typed.replace("\uff20", "@")).split():
        if "@" in word and any(map(str.isalnum, word)) and "&" not in word:
            assert is_found(word, card), word


@pytest.mark.parametrize("typed", ["email mary@murphy.example", "mailto:mary@murphy.example"])
def test_a_label_of_an_address_is_no_telephone_text(typed: str) -> None:
    """In a field for numbers it says nothing besides, and nobody is asked to mend it."""
    card = card_of(phones=[typed])
    assert card.emails == ("mary@murphy.example",)
    assert rows(card, "Phone as given") == []
    assert card.findings == ()
