"""Telephone numbers as people type them: the right ones, no wrong one, and no word lost."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.simpler.profile import load_profile
from shared.adapters.simpler.record import Reader
from shared.domain.contact.card import Card, make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.qr import qr_card
from shared.domain.contact.vcard import vcard_of
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from shared.mail.letter import letter
from tests.fake_clock import FakeClock

AS_GIVEN = "Phone as given"


class Typed(NamedTuple):
    """A text, in the country whose rules count; the numbers that it means; and what is shown besides."""

    country: str
    text: str
    numbers: tuple[str, ...]
    shown: tuple[str, ...]


def _row(line: str) -> Typed:
    country, text, numbers, shown = re.split(r"(?<!\\)\|", line)
    text = text.replace("\\|", "|")
    words = (text if word == "=" else word for word in shown.split(";") if word)
    return Typed(country, text, tuple(numbers.split()), tuple(words))


ROWS = [
    _row(line)
    for line in (Path(__file__).parent / "phones.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def card_of(text: str, country: str) -> Card:
    """Return the card of a customer who has this typed, at a provider of this country."""
    wisp = Wisp("acme", "ACME", country, "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
    customer = read_customer({"id": 1, "name": "Ann Kelly", "phones": [{"text": text, "kind": "home"}]}, 1)
    assert isinstance(customer, Customer)
    return make_card(customer, wisp)


def dialled(card: Card) -> tuple[str, ...]:
    """Return the numbers, each with its extension behind an x."""
    plain = (re.sub(r"[ -]", "", phone.number) for phone in card.phones)
    return tuple(
        f"{number}x{phone.extension}".removesuffix("x")
        for number, phone in zip(plain, card.phones, strict=True)
    )


def test_what_people_type_gives_the_numbers_that_it_means() -> None:
    """In every country the same: right where it is sure, and as typed where it is not."""
    found = {row: dialled(card_of(row.text, row.country)) for row in ROWS}
    assert found == {row: row.numbers for row in ROWS}


def test_of_what_people_type_nothing_is_lost() -> None:
    """Words beside a number are its label or a row; where there are none, neither is there."""
    for row in ROWS:
        card = card_of(row.text, row.country)
        rows = [text for name, text in card.details if name == AS_GIVEN]
        labels = [phone.label for phone in card.phones if phone.label]
        for word in row.shown:
            assert any(word in text for text in (*labels, *rows)), row
        if not row.shown:
            assert rows == [], row
            assert labels == [], row


def test_words_in_brackets_go_with_the_number_behind_them() -> None:
    """Where the first number has its words before it, so have the others: nobody gets another one's name."""
    card = card_of("(h) 021 4871234 (Mary) 087 1234567", "IE")
    assert [phone.label for phone in card.phones] == ["", "Mary"]


WITH_EXTENSIONS = [row for row in ROWS if "x" in "".join(row.numbers)]


@pytest.mark.parametrize("row", WITH_EXTENSIONS, ids=lambda row: row.text)
def test_what_a_phone_dials_is_the_number_alone(row: Typed) -> None:
    """Contact, vCard, QR code and the mail's link all show the extension."""
    card = card_of(row.text, row.country)
    wisp = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
    numbers = [number.partition("x")[0] for number in row.numbers]
    [extension] = [number.partition("x")[2] for number in row.numbers if "x" in number]
    file = vcard_of(card, wisp, FakeClock().now()).decode().replace("\r\n ", "")
    mail = letter(card, wisp, side=200)
    items = fields_of(card)["phoneNumbers"]
    for text in (file, qr_card(card)):
        assert [imported(value) for value in re.findall(r"TEL;[^:]*:(.*)\r", text)] == numbers
        assert re.search(rf"NOTE:.*ext\. {extension}\b", text)
    assert [imported(item["value"]) for item in items] == numbers
    assert any(f"ext. {extension}" in item["type"] for item in items)
    assert [link.partition(";")[0] for link in re.findall('href="tel:([^"]*)"', mail.html)] == numbers
    assert f';ext={extension}"' in mail.html
    assert f"ext. {extension}" in mail.text


def imported(value: str) -> str:
    """Return what Android keeps of a TEL (AOSP, VCardEntry.addPhone), and dials."""
    return "".join(
        sign for at, sign in enumerate(value) if sign in "0123456789*#pw" or (sign == "+" and not at)
    )


READER = Reader(
    Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret"),
    load_profile({}),
    "simpler.example",
)


def card_of_record(**members: object) -> Card:
    """Return the card of a record as SIMPLer gives it."""
    customer = READER.customer({"customerid": 1, "name": "Ann Kelly", **members})
    assert isinstance(customer, Customer)
    return READER.card(customer)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"number": "087 123 4567", "type": "mobile"}, "087 123 4567, mobile"),
        ({"area": "087", "local": ["1234567", {"or": 7654321}]}, "087, 1234567, 7654321"),
        ([[{"number": 871234567}]], "871234567"),
    ],
)
def test_an_object_for_a_number_is_shown_and_told(value: object, shown: str) -> None:
    """Nobody knows what its members mean, so none of them is dialled; nothing of it is lost."""
    card = card_of_record(mobile=value)
    assert card.phones == ()
    assert [text for name, text in card.details if name == AS_GIVEN] == [shown]
    assert card.findings == (("phone not read", shown),)


def test_an_object_for_an_email_is_shown_and_told() -> None:
    """An address may be anybody's there, so that it is not written to."""
    card = card_of_record(email={"address": "ann@kelly.example", "of": "wife"})
    assert card.emails == ()
    assert [text for name, text in card.details if name == "E-mail as given"] == ["ann@kelly.example, wife"]
    assert card.findings == (("email not read", "ann@kelly.example, wife"),)


def test_lists_in_lists_are_read() -> None:
    """However deep a text stands, it is the same text."""
    deep: object = "087 123 4567"
    for _ in range(2000):
        deep = [deep]
    assert dialled(card_of_record(mobile=deep)) == ("+353871234567",)
    assert dialled(card_of_record(mobile=[["087 123 4567"], ["086 123 4567"]])) == (
        "+353871234567",
        "+353861234567",
    )
    assert card_of_record(email=[["ann@kelly.example"]]).emails == ("ann@kelly.example",)


def test_there_are_many_of_them() -> None:
    """Of the four markets and ten other countries."""
    assert len(ROWS) >= 300
    assert len({row.country for row in ROWS}) >= 14


_PIECES = st.sampled_from(
    [
        *(row.text for row in ROWS),
        *("/", "+", " ", ", ", "(", ")", "-", ".", ":", "ext ", "x", "or", "old ", "12", "5", "\n"),
        *(
            "087",
            "1234567",
            "00353",
            "0044",
            "12/03/2021",
            "a/c",
            "0000000",
            "€",
            "\u0660\u0661\u0662\u0663\u0664",
        ),
    ]
)
_TEXTS = st.one_of(
    st.lists(_PIECES, max_size=6).map("".join), st.text("0123456789 +-/().,x#;", max_size=60), st.text()
)


@given(_TEXTS, st.sampled_from(["IE", "GB", "US", "ZA", "DE", "FR", "IT"]))
def test_every_long_group_of_digits_is_found_again(text: str, country: str) -> None:
    """On the contact, as a number or as typed, or on the page about the data's quality."""
    card = card_of(text, country)
    places = [*(value for _, value in card.details), *(value for _, value in card.findings)]
    written = [re.sub(r"\D", "", phone.number + phone.extension) for phone in card.phones]
    written += ["353" for number in written if number.startswith("4428")]  # +353 48 is dialled for it
    labels = [re.sub(r"\D", "", phone.label) for phone in card.phones]
    found = "\0".join([*written, *labels, *(re.sub(r"\D", "", place) for place in places)])
    for group in re.findall(r"\d{5,}", re.sub(r"%2[0-9a-fA-F]", " ", text)):
        assert _is_in(group, found), group


def _is_in(group: str, found: str) -> bool:
    """Return whether a number is shown as it was typed, or without its dialling prefix."""
    digits = "".join(str(int(digit)) for digit in group)
    known = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in found)
    least = 3 if digits[0] == "0" else 5  # "00353" is dialled from abroad
    return any(digits[start:] in known for start in range(min(5, len(digits) - least + 1)))
