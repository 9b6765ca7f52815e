"""Sameness: whether two items of a contact mean the same, in whatever words Google or a phone puts them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import phonenumbers

from infra.standins.google.wording import Form, worded

Item = Mapping[str, Any]

REGION = "IE"
"""Where the numbers of schedules are from."""

_PLAIN: Sequence[Form] = (
    "text_composed",
    "text_trimmed",
    "text_spaces",
    "country_name",
    "email_lower",
    "url_scheme",
    "url_slash",
    "url_host_lower",
)
_COMPUTED = frozenset({"metadata", "canonicalForm", "formattedType", "formattedValue"})
_SEPARATORS = re.compile(r"^tel:|[\s().-]")


def same(field: str, desired: Item, held: Item) -> bool:
    """Return whether a held item has everything of a wanted one, in the same words or others."""
    return _plain(field, desired).items() <= _plain(field, held).items()


def unclaimed(field: str, held: Sequence[Item], known: Sequence[Item]) -> Iterator[Item]:
    """Yield the items that are held beyond the known ones, each of which accounts for one."""
    left = list(known)
    for item in held:
        claim = next((one for one in left if same(field, one, item)), None)
        if claim is None:
            yield item
        else:
            left.remove(claim)


def _plain(field: str, item: Item) -> dict[str, Any]:
    bare = {member: value for member, value in item.items() if member not in _COMPUTED}
    plain = next(iter(worded(field, [bare], _PLAIN, REGION)), {})
    if field == "addresses" and plain.get("country"):
        plain.pop("countryCode", None)
    if field == "phoneNumbers" and "value" in plain:
        plain["value"] = _number(plain["value"])
    return plain


@lru_cache(10_000)
def _number(value: str) -> str:
    """Return one text for all ways to write a number; an invalid one only loses its separators.

    It is remembered: a verdict compares the same few numbers with each other again and again.
    """
    try:
        number = phonenumbers.parse(value, REGION)
    except phonenumbers.NumberParseException:
        return _SEPARATORS.sub("", value)
    if not phonenumbers.is_valid_number(number):
        return _SEPARATORS.sub("", value)
    return f"+{number.country_code} {phonenumbers.national_significant_number(number)} {number.extension}"
