"""What Google adds to a phone number: its canonical form."""

from typing import Any

import phonenumbers


def complete_phone(phone: dict[str, Any], region: str) -> None:
    """Add `canonicalForm`, the number in E.164, when it is a valid number.

    Args:
        phone: The number as the client wrote it, which stays as it is.
        region: The country, in ISO 3166-1 alpha-2, of numbers without a "+". Google guesses it.
    """
    try:
        number = phonenumbers.parse(phone.get("value", ""), region)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_valid_number(number):
        phone["canonicalForm"] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
