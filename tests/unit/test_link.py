"""The link to a record in SIMPLer."""

import pytest

from shared.domain.contact.link import read_link


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://acme.azotel.com/customer/42", "https://acme.azotel.com/customer/42"),
        ("HTTP://ACME.ie:8080", "http://acme.ie:8080"),
        ("https://[::1]/x", "https://[::1]/x"),
        ("https://x.ie/a?b=1,2;c=3 4", "https://x.ie/a?b=1%2C2%3Bc=3%204"),
        ("https://x.ie/é%20", "https://x.ie/%C3%A9%20"),
    ],
)
def test_a_web_address_is_kept_in_safe_characters(text: str, expected: str) -> None:
    """What does not belong into a URL, and what separates values in a vCard, is percent-encoded."""
    assert expected == read_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme.ie/42",
        "javascript:alert(1)",
        "ftp://acme.ie",
        "https://",
        "https:///x",
        "https://mary:secret@acme.ie/",
        "https://acme.ie/" + "x" * 1024,
        "https://acme.ie/" + "é" * 1000,
    ],
)
def test_anything_else_is_no_link(text: str) -> None:
    """Other schemes, no host, a password, or too long: no link rather than a wrong one."""
    assert read_link(text) == ""
