"""Spellings of countries."""

import pytest
from phonenumbers import SUPPORTED_REGIONS

from shared.domain.contact.country import _CODES, country_code, country_of_postcode, typed_country


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
    """An unknown country stays unknown: a guess would read telephone numbers by the wrong rules."""
    assert country_code(text) == ""


@pytest.mark.parametrize("text", ["N/A", "n.a.", "No", "Co", "Co.", "NA", "DE", "CO", "ca", "Me", "is"])
def test_two_letters_that_mean_something_else_as_well_are_no_country(text: str) -> None:
    """A filler, an abbreviation and a state of the US are no countries, in Ireland or the United States."""
    assert typed_country(text, "IE") == ""
    assert typed_country(text, "US") == ""


@pytest.mark.parametrize("home", ["NA", "NO", "CO", "DE", "CA", "IN"])
def test_a_providers_own_country_is_known_by_its_code(home: str) -> None:
    """Whatever else the two letters stand for elsewhere."""
    assert typed_country(home, home) == home


@pytest.mark.parametrize("home", ["IE", "GB", "US", "ZA", "NA"])
@pytest.mark.parametrize(
    ("code", "expected"), [("IE", "IE"), ("GB", "GB"), ("uk", "GB"), ("US", "US"), ("ZA", "ZA")]
)
def test_codes_that_mean_nothing_else_are_known_everywhere(home: str, code: str, expected: str) -> None:
    """Those of the markets among them."""
    assert expected == typed_country(code, home)


@pytest.mark.parametrize(
    ("text", "home", "expected"),
    [
        ("NI", "IE", "GB"),
        ("N.I.", "GB", "GB"),
        ("NI", "US", ""),
        ("SA", "ZA", "ZA"),
        ("SA", "IE", ""),
        ("KE", "IE", ""),
        ("KE", "ZA", "KE"),
        ("Georgia", "US", ""),
        ("Georgia", "IE", "GE"),
        ("Northern Ireland, UK", "IE", "GB"),
        ("Belfast, N. Ireland", "IE", "GB"),
        ("Éire / Ireland", "IE", "IE"),
        ("Boston, MA, USA", "IE", "US"),
        ("ie, gb", "IE", ""),
    ],
)
def test_what_two_letters_or_a_name_mean_depends_on_where_they_are_typed(
    text: str, home: str, expected: str
) -> None:
    """Parts of a text count where all that are known agree."""
    assert expected == typed_country(text, home)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BT1 5GS", "GB"),
        ("bt15gs", "GB"),
        ("SW1A 1AA", "GB"),
        ("JE2 3AB", "JE"),
        ("K1A 0B6", ""),
        ("T12 X0X0", ""),
        ("1012 AB", ""),
        ("60601", ""),
    ],
)
def test_a_british_postcode_is_known(text: str, expected: str) -> None:
    """Canada's, Ireland's, the Netherlands' and the United States' are another form."""
    assert expected == country_of_postcode(text)


def test_every_country_has_dialling_rules() -> None:
    """Each code that a spelling gives is one that telephone numbers can be read by."""
    assert set(_CODES.values()) <= SUPPORTED_REGIONS
