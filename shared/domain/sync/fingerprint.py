"""Fingerprint: what a contact itself tells of an item that we wrote into it.

Some 20 characters: the field, eight hex digits of what the item is, a few of the rest that we write of it,
and six of its very form. With a "+" behind them it is *shared*: the user had the item before us, so it stays
theirs when SIMPLer drops it, with the type that they gave it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import msgspec

from shared.domain.sync.item_identity import identity, rest
from shared.domain.sync.mark import ClientData, wrote
from shared.domain.sync.person import OWNED, Fields, Item

_SHARED = "+"
_KEY = 9
_FORM = 6
_PLACES = {name: str(place) for place, name in enumerate(OWNED)}


def key_of(name: str, what: str) -> str:
    """A fingerprint's beginning: the field, and what the item is."""
    hashed = hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()
    return _PLACES[name] + hashed[: _KEY - 1]


def fingerprint(name: str, item: Item) -> str:
    """Return what is written for an item of a field."""
    return key_of(name, identity(name, item)) + rest(name, item) + form_of(item)


def form_of(item: Item) -> str:
    """Tells whether an item is to the letter what was written."""
    return f"{crc32(msgspec.json.encode(item, order='sorted')) & 0xFFFFFF:06x}"


def key(print_: str) -> str:
    """The beginning of a fingerprint, which `key_of` gives."""
    return print_[:_KEY]


def shared(print_: str) -> str:
    """The same, of an item that the user had before us."""
    return print_ + _SHARED


def fingerprints(fields: Fields) -> frozenset[str]:
    """Return what is written for a contact that holds ours and nothing else."""
    return frozenset(fingerprint(name, item) for name, items in fields.items() for item in items)


@dataclass(frozen=True, slots=True)
class Token:
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


@dataclass(frozen=True, slots=True)
class WrittenLast:
    """What we wrote into a contact last, as far as it tells.

    Attributes:
        prints: All fingerprints.
        former: Those of the kind that is written no more.
    """

    prints: frozenset[str]
    former: frozenset[str]

    def of_field(self, name: str) -> frozenset[str]:
        """The fingerprints of one field."""
        return frozenset(print_ for print_ in self.prints if print_[0] == _PLACES[name])

    def tokens(self) -> Mapping[str, tuple[Token, ...]]:
        """The fingerprints by what the item is (`key_of`)."""
        return _by_key(self.prints)


@lru_cache(64)
def written(data: ClientData, wisp: str) -> WrittenLast:
    """Return what a contact with this client data tells."""
    return WrittenLast(wrote(data, wisp), wrote(data, wisp, "v1"))


@lru_cache(64)
def _by_key(prints: frozenset[str]) -> Mapping[str, tuple[Token, ...]]:
    found: dict[str, list[Token]] = {}
    for print_ in sorted(prints):
        found.setdefault(key(print_), []).append(Token.of(print_))
    return {start: tuple(tokens) for start, tokens in found.items()}
