"""A number is one, however it is written; and never another one's."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from shared.domain.sync.phone_identity import canonical_number, readings

OURS = "+353 21 487 1234"
SAME = (
    "+353214871234",
    "021 487 1234",
    "(021) 487-1234",
    "tel:+353-21-487-1234",
    "00353 21 487 1234",
    "011 353 21 487 1234",
    "+353 (0)21 487 1234",
    "\u202a+353\u00a021\u00a0487\u00a01234\u202c",
    "\uff0b\uff13\uff15\uff13 21 487 1234",
    "\u0660\u0662\u0661 487 1234",
    "021.487.1234",
    "021\u2013487\u20131234",
)
OTHERS = (
    "+353 21 487 1235",
    "+353 21 487 12345",
    "021 487 123",
    "121 487 1234",
    "821 487 1234",
    "+44 21 487 1234",
    "+353 21 487 1234 ext. 12",
    "+353 21 487 1234 home",
    "*31#021 487 1234",
    "call her mother",
)
LANDS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
STYLES = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)


def may_be(text: str, other: str) -> bool:
    """Return whether a text may be another number."""
    return canonical_number(other) in {canonical_number(text), *readings(canonical_number(text))}


@pytest.mark.parametrize("text", SAME)
def test_a_number_is_one_in_every_form(text: str) -> None:
    """As E.164, RFC 3966 or a country writes it, with any separators, digits and marks."""
    assert may_be(text, OURS)


@pytest.mark.parametrize("text", OTHERS)
def test_another_number_is_another(text: str) -> None:
    """One digit more, less or different, another country, an extension, a word."""
    assert not may_be(text, OURS)


def test_each_digit_counts() -> None:
    """Whichever of them differs, in either form."""
    for number in ("+353214871234", "0214871234"):
        for place in range(number.startswith("+"), len(number)):
            digit = str((int(number[place]) + 1) % 10)
            assert not may_be(number[:place] + digit + number[place + 1 :], OURS)


def test_an_extension_is_one_in_every_form() -> None:
    """As phonenumbers and RFC 3966 write it, and as a phone dials it after a pause."""
    ours = canonical_number("+1 312-239-0680 ext. 12")

    for text in ("+1 312-239-0680 x12", "tel:+1-312-239-0680;ext=12", "+13122390680,,12", "+13122390680#12"):
        assert canonical_number(text) == ours
    assert not may_be("+1 312-239-0680 ext. 13", "+1 312-239-0680 ext. 12")


@pytest.mark.parametrize("region", LANDS)
def test_every_lands_numbers_are_known_in_every_form(region: str) -> None:
    """The examples of phonenumbers; Argentina's mobiles are written otherwise within the country."""
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None or (region, kind) == ("AR", PhoneNumberType.MOBILE):
            continue
        ours = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        for style in STYLES:
            assert may_be(phonenumbers.format_number(number, style), ours)


@pytest.mark.parametrize("region", ["GB", "PE", "RO", "TW", "UY", "IE"])
def test_every_lands_word_for_an_extension_is_known(region: str) -> None:
    """There are five of them."""
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.FIXED_LINE)
    assert number is not None
    number.extension = "12"
    ours = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)

    assert canonical_number(ours).endswith(";12")
    assert may_be(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL), ours)
