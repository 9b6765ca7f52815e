"""What Google adds to a phone number: its canonical form."""

import re
from typing import Any

import phonenumbers

_INTERNATIONAL = re.compile(r"\+[1-9][0-9 ]{6,18}[0-9]")


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
