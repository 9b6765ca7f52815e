"""Two items that mean the same are the same, in whatever words; two that do not are not."""

from typing import Any

import pytest

from infra.lab.chaos.sameness import REGION, same, unclaimed
from infra.standins.google.rewording import PHONE
from infra.standins.google.wording import FORMS, Form, worded

ADDRESS = {"streetAddress": "1 Main Street", "city": "Cork", "country": "Ireland", "countryCode": "IE"}
ITEMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("addresses", ADDRESS),
    ("addresses", {"city": "Galway", "countryCode": "IE"}),
    ("addresses", {"city": "Ca\u0301tha", "country": "Narnia"}),
    ("phoneNumbers", {"value": "+353 87 100 0001", "type": "mobile"}),
    ("phoneNumbers", {"value": "021 487 1234 ext. 5", "type": "work"}),
    ("phoneNumbers", {"value": "12 34", "type": "other"}),
    ("emailAddresses", {"value": "Ann.Lee@Example.com"}),
    ("urls", {"value": "https://Example.com", "type": "SIMPLer"}),
    ("urls", {"value": "example.net/1"}),
    ("userDefined", {"key": " Plan  A", "value": "10M / 2M "}),
)


@pytest.mark.parametrize(("field", "item"), ITEMS)
@pytest.mark.parametrize("forms", [*((form,) for form in FORMS), PHONE, FORMS, FORMS[::-1]])
def test_other_words_are_the_same(field: str, item: dict[str, Any], forms: tuple[Form, ...]) -> None:
    """Whatever the stand-in makes of an item is still that item, either way."""
    (other,) = worded(field, [item], forms, REGION)
    assert same(field, item, other) is True
    assert same(field, other, item) is True


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("addresses", {**ADDRESS, "streetAddress": "2 Main Street"}),
        ("addresses", {**ADDRESS, "country": "Germany", "countryCode": "DE"}),
        ("phoneNumbers", {"value": "+353 87 100 0002", "type": "mobile"}),
        ("phoneNumbers", {"value": "+353 87 100 0001", "type": "work"}),
        ("emailAddresses", {"value": "ann@example.com"}),
        ("urls", {"value": "https://example.com/a", "type": "SIMPLer"}),
        ("userDefined", {"key": "Plan A", "value": "20M / 2M"}),
    ],
)
def test_others_are_not_the_same(field: str, other: dict[str, Any]) -> None:
    """Another street, country, number, kind, address or value is another item."""
    items = [item for where, item in ITEMS if where == field]
    assert not any(same(field, item, other) for item in items)


def test_each_that_is_known_accounts_for_one() -> None:
    """A second one of the same is one too many."""
    held = [ADDRESS, {**ADDRESS, "country": "IE"}, {"city": "Cork", "country": "Germany"}]
    assert list(unclaimed("addresses", held, [ADDRESS])) == held[1:]
