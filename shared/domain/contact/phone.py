"""Phone: numbers in the form that an incoming call can be matched with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
    format_number,
    is_valid_number,
    number_type,
    parse,
)

from shared.domain.contact.customer import RawPhone
from shared.domain.contact.phone_kind import PhoneKind

MOST = 100
"""How many numbers a contact gets at most."""

_LONGEST_TEXT = 500
_LONGEST_NUMBER = 17  # digits: 15 of ITU-T E.164, and "00" before them
_SHORTEST_NUMBER = 3
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
# Two digits or more right beside a match mean that it is a piece of something longer: "0044 208-366-1177",
# read in the United States, holds a valid American number, and it is the wrong one.
_DIGITS_BEFORE = re.compile(r"\d\d[\s().+-]*$")
_DIGITS_AFTER = re.compile(r"[\s.-]*\d\d")


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid telephone number.

    Attributes:
        number: International format, e.g. ``+353 21 234 8100`` or ``+1 312-239-0680 ext. 12``.
        kind: What sort of line it is.
    """

    number: str
    kind: PhoneKind


def read_phones(raw: Sequence[RawPhone], region: str) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    """Read the valid numbers, each once and at most `MOST`, and the texts without one that are no fillers.

    Args:
        raw: Texts as typed; one may hold several numbers.
        region: ISO 3166-1 alpha-2 of the country whose dialling rules a national number follows. Exactly
            one: ``021 234 8100`` is a valid number both in Ireland and in South Africa.
    """
    found: dict[str, Phone] = {}
    unread: dict[str, None] = {}
    for given in raw:
        numbers = _numbers(given.text[:_LONGEST_TEXT], region)
        for number in numbers:
            written = format_number(number, PhoneNumberFormat.INTERNATIONAL)  # with its extension
            found.setdefault(written, Phone(written, _kind(number, given.kind)))
        if not numbers and not _is_filler(given.text):
            unread[given.text] = None
    return tuple(found.values())[:MOST], tuple(unread)


def _numbers(text: str, region: str) -> list[PhoneNumber]:
    if not _LETTER.search(text) and len(_DIGIT.findall(text)) <= _LONGEST_NUMBER:
        try:
            number = parse(text, region)
        except NumberParseException:
            return _matches(text, region)
        if is_valid_number(number):
            return [number]
    return _matches(text, region)


def _matches(text: str, region: str) -> list[PhoneNumber]:
    """The numbers in a longer text, without those that are a piece of another number."""
    matches = list(PhoneNumberMatcher(text, region, Leniency.VALID))
    ends = [0, *(match.end for match in matches)]
    starts = [*(match.start for match in matches), len(text)]
    gaps = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return [
        match.number
        for match, before, after in zip(matches, gaps, gaps[1:], strict=False)
        if not _DIGITS_BEFORE.search(before) and not _DIGITS_AFTER.match(after)
    ]


def _kind(number: PhoneNumber, kind: PhoneKind) -> PhoneKind:
    is_mobile = kind is PhoneKind.OTHER and number_type(number) == PhoneNumberType.MOBILE
    return PhoneKind.MOBILE if is_mobile else kind


def _is_filler(text: str) -> bool:
    """Whether it only fills a field that had to be filled: "n/a", "-", "0", "call after 5", "0000000000"."""
    digits = _DIGIT.findall(text)
    return len(digits) < _SHORTEST_NUMBER or len(set(digits)) == 1
