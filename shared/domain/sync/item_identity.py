"""Item identity: what an item of a contact is, in whatever form, and the fingerprint that tells it is ours.

Google and phones rewrite what they store: numbers and addresses in another form, texts in another case, with
other spaces or composed otherwise. An item is therefore read into what such rewriting leaves alone:

- its *identity*: a number in E.164, an address by its letters and digits without the country, a custom row by
  its title, else the text;
- the *rest* that we write of it: its type, an address's country, a row's value;
- what is *added* to it: members that we never write, which are the user's.

A *fingerprint* is what a contact itself tells of an item that we wrote into it, in some 20 characters: the
field, eight hex digits of the identity, a few of the rest, and six of its very form. With a "+" behind them
it is *shared*: the user had the item before us, so it stays theirs when SIMPLer drops it, with the type that
they gave it.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple
from urllib.parse import unquote
from zlib import crc32

import msgspec

from shared.domain.contact.country import country_code
from shared.domain.contact.text import bare_words, letters, plain
from shared.domain.sync import phone_identity
from shared.domain.sync.mark import ClientData, wrote
from shared.domain.sync.person import OWNED, Fields, Item

_WRITTEN: Mapping[str, frozenset[str]] = {
    "names": frozenset({"givenName", "familyName", "unstructuredName"}),
    "organizations": frozenset({"name", "type"}),
    "nicknames": frozenset({"value"}),
    "phoneNumbers": frozenset({"value", "type"}),
    "emailAddresses": frozenset({"value"}),
    "addresses": frozenset(
        {
            "type",
            "streetAddress",
            "city",
            "region",
            "postalCode",
            "country",
            "countryCode",
            "formattedValue",
        }
    ),
    "urls": frozenset({"value", "type"}),
    "externalIds": frozenset({"value", "type"}),
    "userDefined": frozenset({"key", "value"}),
}
"""Members that are ours, by field; the whole of a name or an address follows from its parts."""

NAME = ("honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix")
"""The parts of a name in the order in which it is read."""

_AROUND_NAME = frozenset({"honorificPrefix", "middleName", "honorificSuffix"})
_PLACE = ("streetAddress", "city", "region", "postalCode")
_WEB = ("https://", "http://")
_NOWHERE = "---"
_AMBIGUOUS = ("names", "phoneNumbers", "addresses")
"""Fields whose items can be read in more than one way."""


class Reading(NamedTuple):
    """One way to read an item.

    Attributes:
        identity: What it is.
        rest: What else we write of it, in a few characters.
        added: Members that are not ours.
    """

    identity: str
    rest: str
    added: Item


def reading(field: str, item: Item) -> Reading:
    """Read an item in the plain way."""
    added = {member: text for member, text in item.items() if member not in _WRITTEN[field]}
    if field == "names":
        added = {member: text for member, text in added.items() if member not in _AROUND_NAME}
    return Reading(identity(field, item), rest(field, item), added)


def other_readings(field: str, item: Item) -> Iterator[Reading]:
    """Yield what else it may be: a number that is dialled within a country; ours, with members added."""
    own = reading(field, item)
    if field == "phoneNumbers":
        for number in phone_identity.readings(own.identity):
            yield own._replace(identity=number)
    elif field == "names":
        around = {member: text for member, text in item.items() if member in _AROUND_NAME}
        bare = {member: text for member, text in item.items() if member not in _AROUND_NAME}
        yield Reading(identity(field, bare), own.rest, {**own.added, **around})
    elif field == "addresses":
        parts = [part for part in _PLACE if part in item]
        for count in range(1, len(parts)):
            for left_out in combinations(parts, count):
                bare = {member: text for member, text in item.items() if member not in left_out}
                more = {part: item[part] for part in left_out}
                yield Reading(identity(field, bare), own.rest, {**own.added, **more})


def on_name(item: Item) -> Item:
    """Return what a name holds besides ours: a prefix, a middle name, how it is spoken."""
    return {member: text for member, text in item.items() if member not in _WRITTEN["names"]}


def beside_name(added: Item, ours: Item) -> Item:
    """Return what was put on a name, without a prefix or a middle name that ours has in it."""
    words = {word for text in ours.values() for word in bare_words(text)}
    return {
        member: text
        for member, text in added.items()
        if member not in _AROUND_NAME or not words.issuperset(bare_words(text) or (text,))
    }


def read_as(field: str, item: Item, own: Reading, what: str) -> Reading | None:
    """Return the reading by which an item is this one, if there is any; `own` is the plain one."""
    if own.identity == what:
        return own
    if field not in _AMBIGUOUS or (
        field == "phoneNumbers" and not phone_identity.is_near(own.identity, what)
    ):
        return None
    return next((other for other in other_readings(field, item) if other.identity == what), None)


def is_part(item: Item, whole: Item) -> bool:
    """Return whether an address is another one without some of its parts."""
    parts = [part for part in _PLACE if part in item]
    return bool(parts) and all(letters(item[part]) == letters(whole.get(part, "")) for part in parts)


def may_be_one(field: str, rest_: str, other: str) -> bool:
    """Return whether items of one identity may be one by their rests: not two addresses in two countries."""
    if field != "addresses":
        return True
    one, two = rest_[2:], other[2:]
    return one == two or _NOWHERE in {one, two} or one.startswith("=") != two.startswith("=")


def is_alike(field: str, rest_: str, other: str) -> bool:
    """Return whether their rests are the same as well."""
    if field != "addresses":
        return rest_ == other
    return rest_[:2] == other[:2] and may_be_one(field, rest_, other)


def identity(field: str, item: Item) -> str:
    """Return what an item is."""
    return _IDENTITIES[field](item)


def whole_name(item: Item) -> str:
    """Return a name's parts in their order, or all of it where it has none."""
    parts = " ".join(item[member] for member in NAME if member in item)
    return parts or item.get("unstructuredName", "")


def _name(item: Item) -> str:
    return "".join(plain(whole_name(item)).split())


def _text(member: str) -> Callable[[Item], str]:
    return lambda item: plain(item.get(member, ""))


def rest(field: str, item: Item) -> str:
    """Return what else we write of it, in a few characters."""
    match field:
        case "names" | "nicknames" | "emailAddresses":
            return ""
        case "userDefined":
            return _short(plain(item.get("value", "")))
        case "addresses":
            return _short(letters(item.get("type", "")))[:2] + _country(item)
        case _:
            return _short(letters(item.get("type", "")))


@lru_cache(1024)
def _short(text: str) -> str:
    return f"{crc32(text.encode('utf-8', 'surrogatepass')) & 0xFFFF:04x}"


def _address(item: Item) -> str:
    """Leave the country out: Google and phones write it as a name, as a code or not at all."""
    place = letters(" ".join([item.get(part, "") for part in _PLACE]))
    place = place or letters(item.get("poBox", "") + " " + item.get("extendedAddress", ""))
    if place:
        return place
    text = item.get("country", "") or item.get("countryCode", "") or item.get("formattedValue", "")
    return country_code(text) or letters(text)


def _country(item: Item) -> str:
    """Return ``ie.``; for a country that is not known two digits of its name, after a "="."""
    name, code = item.get("country", ""), item.get("countryCode", "")
    if known := country_code(name) or country_code(code):
        return f"{known.lower()}."
    text = letters(name or code)
    return "=" + _short(text)[:2] if text else _NOWHERE


def _email(item: Item) -> str:
    local, at, domain = plain(item.get("value", "")).removeprefix("mailto:").rpartition("@")
    return local + at + _host(domain)


def _url(item: Item) -> str:
    """Drop http and https, and put the host in lower case: RFC 3986 6.2 lets these be written otherwise."""
    read = unquote(" ".join(item.get("value", "").split()))
    for scheme in _WEB:
        if read[: len(scheme)].lower() == scheme:
            read = read[len(scheme) :]
    host, slash, path = read.partition("/")
    return (_host(plain(host).removesuffix(":443").removesuffix(":80")) + slash + path).rstrip("/")


def _host(domain: str) -> str:
    """Write an international name in its own letters (RFC 5891), not as ``xn--…``."""
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode().decode("idna")
    except UnicodeError:
        return domain


_IDENTITIES: Mapping[str, Callable[[Item], str]] = {
    "names": _name,
    "organizations": _text("name"),
    "nicknames": _text("value"),
    "phoneNumbers": lambda item: phone_identity.canonical_number(item.get("value", "")),
    "emailAddresses": _email,
    "addresses": _address,
    "urls": _url,
    "externalIds": _text("value"),
    "userDefined": _text("key"),
}


_SHARED = "+"
_KEY = 9
_FORM = 6
_PLACES = {name: str(place) for place, name in enumerate(OWNED)}


def key_of(name: str, what: str) -> str:
    """Make a fingerprint's beginning: the field, and what the item is."""
    hashed = hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()
    return _PLACES[name] + hashed[: _KEY - 1]


def fingerprint(name: str, item: Item) -> str:
    """Make the fingerprint of an item of a field."""
    return key_of(name, identity(name, item)) + rest(name, item) + form_of(item)


def form_of(item: Item) -> str:
    """Make the digits that tell whether an item is to the letter what was written."""
    return f"{crc32(msgspec.json.encode(item, order='sorted')) & 0xFFFFFF:06x}"


def key(print_: str) -> str:
    """Return the beginning of a fingerprint, which `key_of` made."""
    return print_[:_KEY]


def shared(print_: str) -> str:
    """Mark a fingerprint as that of an item that the user had before us."""
    return print_ + _SHARED


def fingerprints(fields: Fields) -> frozenset[str]:
    """Make the fingerprints of a contact that holds ours and nothing else."""
    return frozenset(fingerprint(name, item) for name, items in fields.items() for item in items)


class Token(msgspec.Struct, frozen=True):
    """A fingerprint that a contact carries.

    Attributes:
        text: All of it.
        rest: What else we wrote of the item.
        form: Of the item to the letter.
        is_shared: Whether the user had the item before us.
    """

    text: str
    rest: str
    form: str
    is_shared: bool

    @classmethod
    def of(cls, text: str) -> "Token":
        """Read it."""
        own = text.removesuffix(_SHARED)
        return cls(text, own[_KEY:-_FORM], own[-_FORM:], own != text)


class WrittenLast(msgspec.Struct, frozen=True):
    """Our last write to a contact, as far as the contact tells.

    Attributes:
        prints: All fingerprints.
        former: Those of the kind that is written no more.
    """

    prints: frozenset[str]
    former: frozenset[str]

    def of_field(self, name: str) -> frozenset[str]:
        """Return the fingerprints of one field."""
        return frozenset(print_ for print_ in self.prints if print_[0] == _PLACES[name])

    def tokens(self) -> Mapping[str, tuple[Token, ...]]:
        """Return the fingerprints by what the item is (`key_of`)."""
        return _by_key(self.prints)


@lru_cache(64)
def written(data: ClientData, wisp: str) -> WrittenLast:
    """Read what a contact's client data tells."""
    return WrittenLast(wrote(data, wisp), wrote(data, wisp, "v1"))


@lru_cache(64)
def _by_key(prints: frozenset[str]) -> Mapping[str, tuple[Token, ...]]:
    found: dict[str, list[Token]] = {}
    for print_ in sorted(prints):
        found.setdefault(key(print_), []).append(Token.of(print_))
    return {start: tuple(tokens) for start, tokens in found.items()}
