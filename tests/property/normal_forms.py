"""Normal forms: the ways in which Google, or a phone that saves a contact again, writes what it was given.

Google's are those of the people.v1 description (PhoneNumber.canonicalForm, Address.country and countryCode,
"The items in a field have no guaranteed order"); the others are harmless: they change no letter and no digit.
"""

import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumberFormat

from shared.domain.sync.person import Item

Form = Callable[[str], str]

_WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
_NAMES = {"IE": "Ireland", "GB": "United Kingdom", "US": "United States"}
_CODES = {name: code for code, name in _NAMES.items()}


def _number(text: str) -> phonenumbers.PhoneNumber:
    """Write a number as it is dialled in Ireland, or else in the United States."""
    plain = unicodedata.normalize("NFKC", text)
    read = (phonenumbers.parse(plain, region) for region in ("IE", "US"))
    return next(filter(phonenumbers.is_valid_number, read))


def _formatted(style: int) -> Form:
    def form(text: str) -> str:
        return str(phonenumbers.format_number(_number(text), style))

    return form


def _separated(sign: str) -> Form:
    def form(text: str) -> str:
        number, extension, digits = text.strip().partition(" ext")
        return sign.join(number.split()) + extension + digits

    return form


def _e164(text: str) -> str:
    """Write a number in E.164, which has no room for an extension."""
    return text if "ext" in text else _formatted(PhoneNumberFormat.E164)(text)


def _abroad(text: str) -> str:
    """Write a number as it is dialled from most countries."""
    return _formatted(PhoneNumberFormat.INTERNATIONAL)(text).replace("+", "00", 1)


PHONES: tuple[Form, ...] = (
    _e164,
    _formatted(PhoneNumberFormat.INTERNATIONAL),
    _formatted(PhoneNumberFormat.NATIONAL),
    _formatted(PhoneNumberFormat.RFC3966),
    _abroad,
    _separated("-"),
    _separated("\u00a0"),
    _separated("\u2011"),
    lambda text: text.translate(_WIDE),
    lambda text: f"\u202a{text}\u202c",
    lambda text: f" {text} ",
)
TEXTS: tuple[Form, ...] = (
    str.upper,
    str.lower,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFC", text),
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: f" {text}\n",
)
EMAILS: tuple[Form, ...] = (
    str.upper,
    str.lower,
    lambda text: "@".join((text.partition("@")[0], text.partition("@")[2].encode("idna").decode())),
    lambda text: f" {text}",
)
URLS: tuple[Form, ...] = (
    lambda text: text.removeprefix("https://"),
    lambda text: text.removesuffix("/") + "/",
    lambda text: text.replace("https://simpler.example", "HTTPS://Simpler.Example"),
    unquote,
)


def _member(name: str, form: Form) -> Callable[[Item], Item]:
    return lambda item: {**item, name: form(item[name])} if name in item else item


def _country_as_code(item: Item) -> Item:
    return {**item, "country": _CODES.get(item.get("country", ""), item.get("country", ""))}


def _country_as_name(item: Item) -> Item:
    return {**item, "country": _NAMES.get(item.get("country", ""), item.get("country", ""))}


def _code_filled_in(item: Item) -> Item:
    code = _CODES.get(item.get("country", ""), item.get("country", ""))
    return {**item, "countryCode": code} if code else item


def _without(member: str) -> Callable[[Item], Item]:
    """Leave a member out where the item says it in another member as well."""

    def form(item: Item) -> Item:
        if "country" not in item or "countryCode" not in item:
            return item
        return {name: text for name, text in item.items() if name != member}

    return form


def _split_name(item: Item) -> Item:
    """Split a name as a phone does that has one line for it."""
    given, _, family = item.get("givenName", "").rpartition(" ")
    return {**item, "givenName": given, "familyName": family} if given and "familyName" not in item else item


_ADDRESSES = (
    *(_member(part, form) for part in ("streetAddress", "city", "region", "postalCode") for form in TEXTS),
    _member("streetAddress", lambda text: text.replace(", ", "\n")),
    _country_as_code,
    _country_as_name,
    _code_filled_in,
    _without("country"),
    _without("countryCode"),
)

FORMS: Mapping[str, tuple[Callable[[Item], Item], ...]] = {
    "names": (*(_member(part, form) for part in ("givenName", "familyName") for form in TEXTS), _split_name),
    "organizations": tuple(_member("name", form) for form in TEXTS),
    "nicknames": tuple(_member("value", form) for form in TEXTS),
    "phoneNumbers": tuple(_member("value", form) for form in PHONES),
    "emailAddresses": tuple(_member("value", form) for form in EMAILS),
    "addresses": _ADDRESSES,
    "urls": tuple(_member("value", form) for form in URLS),
    "externalIds": tuple(_member("value", form) for form in TEXTS),
    "userDefined": tuple(_member(part, form) for part in ("key", "value") for form in TEXTS),
}
"""What others make of an item, by field."""


def is_one(field: str, item: Item, other: Item) -> bool:
    """Return whether two items are one thing, by other rules than the service's."""
    return _told(field, item) == _told(field, other)


def _told(field: str, item: Item) -> object:
    return _TELLS[field](item)


def _phone(item: Item) -> object:
    number = _number(item["value"])
    return number.country_code, number.national_number, number.extension


def _email(item: Item) -> object:
    local, _, domain = item["value"].strip().casefold().partition("@")
    return local, domain.encode("idna")


def _place(item: Item) -> object:
    parts = ("streetAddress", "city", "region", "postalCode")
    return [letter for part in parts for letter in _bare(item.get(part, "")) if letter.isalnum()]


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_TELLS: Mapping[str, Callable[[Item], object]] = {
    "names": lambda item: _bare(item.get("givenName", "") + item.get("familyName", "")),
    "organizations": lambda item: _bare(item.get("name", "")),
    "nicknames": lambda item: _bare(item["value"]),
    "phoneNumbers": _phone,
    "emailAddresses": _email,
    "addresses": _place,
    "urls": lambda item: _bare(unquote(item["value"])).removeprefix("https://").removesuffix("/"),
    "externalIds": lambda item: _bare(item["value"]),
    "userDefined": lambda item: (_bare(item["key"]), _bare(item["value"])),
}
