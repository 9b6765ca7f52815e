"""E-mail addresses: which text is one, and what bounds them. What people type is in `tests/typed`."""

import pytest

from shared.domain.contact.card import make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.email import MOST_EMAILS, ReadEmails, is_address, read_emails
from shared.domain.model.wisp import Wisp

WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")


@pytest.mark.parametrize("text", ["a@b.ie", "John.OBrien@ACME.ie", "o'brien+wifi@acme.ie", "é@münchen.de"])
def test_a_plain_address_is_one(text: str) -> None:
    """One that a mail can be sent to."""
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a@b",
        " a@b.ie",
        "<a@b.ie>",
        "mailto:a@b.ie",
        "a@b.ie, c@d.ie",
        "a..b@c.ie",
        "a@b_c.ie",
        "a@b@c.ie",
    ],
)
def test_anything_around_it_makes_it_none(text: str) -> None:
    """A mail goes to exactly one address."""
    assert not is_address(text)


def test_doubles_are_told_without_case_and_the_first_spelling_stays() -> None:
    """A mailbox that is given twice is one address."""
    found = read_emails(["Mary@acme.ie", "mary@ACME.ie", "c@d.ie"])
    assert found == ReadEmails(("Mary@acme.ie", "c@d.ie"))


def test_an_address_that_is_too_long_is_shown_as_typed() -> None:
    """At most 254 characters are one; of a longer one nothing is cut."""
    text = "a" * 250 + "@b.ie"
    assert read_emails([text]) == ReadEmails(as_given=(text,))


def test_more_addresses_than_a_contact_gets_are_told() -> None:
    """The first twenty are on it, and the others are findings."""
    record = {"id": "1", "name": "X", "emails": [f"a{number}@b.ie" for number in range(MOST_EMAILS + 2)]}
    customer = read_customer(record, 1)
    assert isinstance(customer, Customer)
    card = make_card(customer, WISP)
    assert len(card.emails) == MOST_EMAILS
    assert card.findings == (("too many emails", "a20@b.ie"), ("too many emails", "a21@b.ie"))
