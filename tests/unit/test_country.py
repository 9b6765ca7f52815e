"""Spellings of countries."""

import pytest
from phonenumbers import SUPPORTED_REGIONS

from shared.domain.contact.country import _CODES, country_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ireland", "IE"),
        ("Éire", "IE"),
        ("E\u0301IRE", "IE"),
        ("Republic of Ireland", "IE"),
        ("Ireland, Republic of", "IE"),
        ("ie", "IE"),
        ("IRL", "IE"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("GB", "GB"),
        ("England", "GB"),
        ("N. Ireland", "GB"),
        ("Northern  Ireland", "GB"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("The United States", "US"),
        ("South Africa", "ZA"),
        ("RSA", "ZA"),
        ("za", "ZA"),
        ("Österreich", "AT"),
        ("FO", "FO"),
    ],
)
def test_a_country_is_known_by_its_name_and_its_code(text: str, expected: str) -> None:
    """Names, common spellings and supported codes give the ISO code."""
    assert expected == country_code(text)


@pytest.mark.parametrize("text", ["", "-", "XX", "EU", "001", "Cork", "NI", "SA", "ie, gb"])
def test_what_is_not_known_for_sure_is_no_country(text: str) -> None:
    """A guess would read telephone numbers by the wrong rules, so there is none."""
    assert country_code(text) == ""


def test_every_country_has_dialling_rules() -> None:
    """Each code that a spelling gives is one that telephone numbers can be read by."""
    assert set(_CODES.values()) <= SUPPORTED_REGIONS
