"""Computed members: what Google adds to a name, a phone number and an address."""

import re
from typing import Any

import phonenumbers

_WHOLE = ("honorificPrefix", "givenName", "middleName", "familyName")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9 ]{6,18}[0-9]")


def complete_name(name: dict[str, Any], _region: str) -> None:
    """Add `displayName`, `displayNameLastFirst` and `unstructuredName`.

    Google does not say how it composes or takes apart a name. Here the parts decide when there are any;
    otherwise the last word of the free-form name is the family name.
    """
    if not any(part in name for part in _WHOLE):
        _take_apart(name)
    whole = " ".join(name[part] for part in _WHOLE if part in name)
    suffix = f", {name['honorificSuffix']}" if "honorificSuffix" in name else ""
    first = " ".join(name[part] for part in ("givenName", "middleName") if part in name)
    last_first = ", ".join(part for part in (name.get("familyName", ""), first) if part)
    name["displayName"] = name["unstructuredName"] = whole + suffix
    name["displayNameLastFirst"] = last_first + suffix


def _take_apart(name: dict[str, Any]) -> None:
    given, _, family = name.get("unstructuredName", "").strip().rpartition(" ")
    parts = {"givenName": given or family, "familyName": family if given else ""}
    name.update({part: text for part, text in parts.items() if text})


def complete_phone(phone: dict[str, Any], region: str) -> None:
    """Add `canonicalForm`, the number in E.164, when it is a valid number.

    One that is international already is taken for valid, a choice: to look it up would take most of the time
    of a batch.

    Args:
        phone: The number as the client wrote it, which stays as it is.
        region: The country, in ISO 3166-1 alpha-2, of numbers without a "+". Google guesses it.
    """
    value = phone.get("value", "")
    if _INTERNATIONAL.fullmatch(value):
        phone["canonicalForm"] = value.replace(" ", "")
        return
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_valid_number(number):
        phone["canonicalForm"] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def complete_address(address: dict[str, Any], _region: str) -> None:
    """Add `formattedValue` unless the client has set it, from the structured values.

    How Google lays the lines out is not documented; this is one plain way.
    """
    if "formattedValue" in address:
        return
    lines = (
        ("streetAddress",),
        ("extendedAddress",),
        ("poBox",),
        ("city", "region", "postalCode"),
        ("country",) if "country" in address else ("countryCode",),
    )
    texts = (" ".join(address[part] for part in line if part in address) for line in lines)
    formatted = "\n".join(text for text in texts if text)
    if formatted:
        address["formattedValue"] = formatted
