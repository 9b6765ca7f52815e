"""Phone: numbers in the form that an incoming call can be matched with, and what people typed beside them."""

from collections.abc import Sequence

import msgspec
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, format_number

from shared.domain.contact.customer import RawPhone
from shared.domain.contact.dialling import dialled
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.contact.phone_text import FoundNumber, read_text
from shared.domain.contact.phone_words import is_idle
from shared.pattern import pattern
from shared.replace import replace

MOST_PHONES = 100
"""The most numbers that a contact gets."""

_LOOKED_AT = 500
_LONGEST_WHOLE = 13  # with the country's code
_LONGEST_ONE = 12  # digits: more may be two numbers, where they have any length, as in Germany
_PLAIN = pattern(r"(\+?)([0-9 ()-]{6,30})")
_SIGNS = pattern(r"[^0-9]+")
_DATE = pattern(r"\(?[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,4}\)?|(?:[0-9]{2}-){5}[0-9]{2}")
_HOURS = pattern(r" [0-9]{1,2}-[0-9]{1,2}$")
_TAIL = pattern(r"(?:[0-9]{6}[-(]?[ ][ (-]*[0-9]{1,4}|[0-9]{3}[-(]?[ ][ (-]*[0-9])$")
_NORTH_AMERICAN = pattern(r"[+0-9 ()-]{0,6}?[0-9]{3}[ ()-]*[0-9]{3}[ ()-]*[0-9]{4}")
_AMERICAN_GROUPS = pattern(r"\+[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}")
_TWICE = pattern(r"[^0-9]*([1-9][0-9]{4,})[ -]\1|(?:(?:19|20)[0-9]{2}[ -]?){2}")
_NORTH_AMERICA = 1
_LONG_GROUP = pattern(r"\d{5}")
_MAY_BE_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class Phone(msgspec.Struct, frozen=True):
    """A valid telephone number.

    Attributes:
        number: International format without an extension, e.g. ``+353 21 234 8100``: what is dialled.
        kind: What sort of line it is.
        extension: What is dialled once somebody answers, or empty.
        label: What was typed beside it for whoever calls, e.g. ``wife`` or ``after 6pm``; or empty.
    """

    number: str
    kind: PhoneKind
    extension: str = ""
    label: str = ""

    @property
    def words(self) -> str:
        """The words beside the number, without its kind: ``wife, ext. 12``; or empty."""
        extension = f"ext. {self.extension}" if self.extension else ""
        return ", ".join(filter(None, (self.label, extension)))

    @property
    def called(self) -> str:
        """The words beside the number, its kind included: ``Mobile``, ``Mobile, wife``, ``Work, ext. 12``."""
        kind = "" if self.kind is PhoneKind.OTHER and self.words else self.kind.label
        return ", ".join(filter(None, (kind, self.words)))


class ReadPhones(msgspec.Struct, frozen=True):
    """The telephone numbers that were read from a record.

    Attributes:
        phones: Valid numbers, each once and at most `MOST_PHONES`.
        as_given: Texts of which something is neither in a number nor in its label, as typed.
        not_read: Those of them in which digits were not understood, and others with digits that say nothing.
        left_out: Numbers beyond `MOST_PHONES`.
    """

    phones: tuple[Phone, ...]
    as_given: tuple[str, ...]
    not_read: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def read_phones(raw: Sequence[RawPhone], region: str) -> ReadPhones:
    """Read numbers and the words beside them.

    Args:
        raw: Texts as typed; one may hold several numbers.
        region: ISO 3166-1 alpha-2 of the country whose dialling rules a national number follows. Exactly
            one: ``021 234 8100`` is a valid number both in Ireland and in South Africa.
    """
    phones: dict[str, Phone] = {}
    as_given: dict[str, None] = {}
    not_read: dict[str, None] = {}
    for given in raw:
        if number := _plain_number(given.text, region):
            _add(phones, _phone(FoundNumber(*number), given.kind))
            continue
        read = read_text(given.text[:_LOOKED_AT], region)
        for each in read.found:
            _add(phones, _phone(each, given.kind))
        is_idle_ = not read.found and is_idle(given.text)
        is_long = len(given.text) > _LOOKED_AT
        if not is_idle_ and (is_long or not read.is_all):
            as_given[given.text] = None
        if _LONG_GROUP.search(given.text) if is_idle_ else is_long or not read.is_understood:
            not_read[given.text] = None
    numbers = tuple(phones.values())
    left_out = tuple(phone.number for phone in numbers[MOST_PHONES:])
    return ReadPhones(numbers[:MOST_PHONES], tuple(as_given), tuple(not_read), left_out)


def _plain_number(text: str, region: str) -> tuple[PhoneNumber, int] | None:
    """Return the number of a text that is nothing else, as most are."""
    text = text.removesuffix(".0")  # a spreadsheet's float
    plain = _PLAIN.fullmatch(text)
    if not plain or ("-" in text and (_DATE.fullmatch(text) or _HOURS.search(text))):
        return None
    digits = _SIGNS.sub("", plain[2])
    is_plus = bool(plain[1])
    is_whole = is_plus or digits.startswith("00")
    if len(digits) > (_LONGEST_WHOLE + 2 * (not is_plus) if is_whole else _LONGEST_ONE):
        return None
    if (
        text[1] == " "
        or (text[0] == "(" and text[2] == ")")
        or text[-1] == ")"
        or (" " in text[-5:] and _TAIL.search(text))
    ):
        return None  # it may be a number, and something else
    found = dialled(digits, region, is_plus=is_plus)
    if not found:
        return None
    if found[0].country_code == _NORTH_AMERICA:
        return found if _NORTH_AMERICAN.fullmatch(text) else None
    may_be_two = " " in text and len(digits) >= _LONGEST_ONE and not is_whole
    may_be_american = is_plus and bool(_AMERICAN_GROUPS.fullmatch(text))
    is_twice = _TWICE.fullmatch(text) is not None
    return None if may_be_two or may_be_american or is_twice else found


def _phone(found: FoundNumber, given: PhoneKind) -> Phone:
    number = format_number(found.number, PhoneNumberFormat.INTERNATIONAL)
    return Phone(number, _kind(found.type, found.kind or given), found.extension, found.label)


def _add(phones: dict[str, Phone], phone: Phone) -> None:
    """Add a number once, with the first one's kind and all that was typed beside it."""
    known = phones.setdefault(phone.number, phone)
    if known is phone or phone.words in ("", known.words):
        return
    labels = (known.label, phone.words if known.extension else phone.label)
    label = ", ".join(dict.fromkeys(filter(None, labels)))
    phones[phone.number] = replace(known, label=label, extension=known.extension or phone.extension)


def _kind(of_number: int, kind: PhoneKind) -> PhoneKind:
    """Take the kind from the number where the record names none, or one that cannot be."""
    if kind is PhoneKind.OTHER and of_number == PhoneNumberType.MOBILE:
        return PhoneKind.MOBILE
    is_wrong = kind is PhoneKind.MOBILE and of_number not in _MAY_BE_MOBILE
    return PhoneKind.OTHER if is_wrong else kind
