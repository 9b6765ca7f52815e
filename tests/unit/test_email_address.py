"""E-mail addresses as people type them."""

import pytest

from shared.domain.contact.email import MOST, read_emails


@pytest.mark.parametrize(
    "text",
    [
        "a@b.ie; c@d.ie",
        "a@b.ie,c@d.ie",
        "a@b.ie / c@d.ie",
        "a@b.ie|c@d.ie",
        "a@b.ie\nc@d.ie",
        "A <a@b.ie> <c@d.ie>.",
    ],
)
def test_several_addresses_in_one_text_are_split(text: str) -> None:
    """People use any separator, and write names and brackets around an address."""
    assert read_emails([text]) == ("a@b.ie", "c@d.ie")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("John.OBrien@ACME.ie", "John.OBrien@acme.ie"),
        ("o'brien+wifi@acme.ie", "o'brien+wifi@acme.ie"),
        ("mailto:a@b.ie", "a@b.ie"),
        ("é@MÜNCHEN.de", "é@münchen.de"),
        ("a@उदाहरण.परीक्षा", "a@उदाहरण.परीक्षा"),
    ],
)
def test_a_plausible_address_is_kept_with_its_domain_in_lower_case(text: str, expected: str) -> None:
    """The part before the @ is the mailbox owner's to spell; a domain has no case."""
    assert read_emails([text]) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        "a@b",
        "@b.ie",
        "a@",
        "a@b@c.ie",
        "a..b@c.ie",
        "a@-b.ie",
        "a@b-.ie",
        "a@b..ie",
        "a@b_c.ie",
        "a@10.0.0.1",
        "a\ud800@b.ie",
        "a" * 250 + "@b.ie",
    ],
)
def test_what_cannot_be_an_address_is_dropped(text: str) -> None:
    """One @, something before it, a dotted domain after it, at most 254 characters."""
    assert read_emails([text]) == ()


def test_doubles_are_told_without_case_and_the_first_spelling_stays() -> None:
    """The same mailbox twice is one address."""
    assert read_emails(["Mary@acme.ie", "mary@ACME.ie", "c@d.ie"]) == ("Mary@acme.ie", "c@d.ie")


def test_a_contact_gets_no_more_addresses_than_it_can_use() -> None:
    """The first twenty are kept."""
    assert len(read_emails(f"a{number}@b.ie" for number in range(MOST + 1))) == MOST
