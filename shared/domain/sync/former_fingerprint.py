"""Former fingerprint: the kind that contacts may still carry, though we no longer write it.

It is made of a text that others may rewrite: a number's digits, all of an address, a row's title alone. So we
look for an item under each text that it may have had when we wrote it.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, unquote

from shared.domain.contact.country import country_code, spellings
from shared.domain.sync import phone_identity
from shared.domain.sync.item_identity import reading
from shared.domain.sync.person import Fields, Item
from shared.pattern import pattern

_SAFE = "/?#[]@:!$&'()*+="  # what `shared.domain.contact.link` leaves as it is
_NOT_OF_A_PHONE = pattern(r"[^+0-9x]+")
_NOT_OF_A_WORD = pattern(r"[\W_]+")
_NEVER_WRITTEN = ("type", "countryCode", "country", "poBox", "extendedAddress", "formattedValue")


def former_print(field: str, item: Item) -> str:
    """Return what was written for an item: eight hex digits."""
    return _hashed(field, _identity(field, item))


def former_prints(fields: Fields) -> frozenset[str]:
    """Return what was written for a contact."""
    return frozenset(former_print(field, item) for field, items in fields.items() for item in items)


def possible(field: str, item: Item) -> Iterator[str]:
    """Return what may have been written for an item as it is now; the likeliest first."""
    yield former_print(field, item)
    texts = {member: unicodedata.normalize("NFC", " ".join(text.split())) for member, text in item.items()}
    yield former_print(field, texts)
    for identity in _others(field, texts):
        yield _hashed(field, identity)


def _identity(field: str, item: Item) -> str:
    match field:
        case "names":
            return ""
        case "phoneNumbers":
            return _NOT_OF_A_PHONE.sub("", item.get("value", "").lower())
        case "addresses":
            written = (text for name, text in sorted(item.items()) if name not in ("type", "countryCode"))
            return _NOT_OF_A_WORD.sub("", "".join(written).casefold())
        case "userDefined":
            return item.get("key", "")
        case "organizations":
            return item.get("name", "").casefold()
        case _:
            return item.get("value", "").strip().casefold()


def _others(field: str, item: Item) -> Iterator[str]:
    own = reading(field, item).identity
    match field:
        case "phoneNumbers":
            for number in (own, *phone_identity.readings(own)):
                yield number.replace(";", "x")
                yield number.replace(";", "")
        case "addresses":
            place = {member: text for member, text in item.items() if member not in _NEVER_WRITTEN}
            code = country_code(item.get("country", "")) or item.get("countryCode", "")
            for country in (item.get("country", ""), "", code, *spellings(code)):
                yield _identity(field, {**place, "country": country})
        case "userDefined":
            yield own.capitalize()
        case "urls":
            bare = item.get("value", "").casefold().removeprefix("https://").removeprefix("http://")
            for path in (bare, unquote(bare), quote(unquote(bare), safe=_SAFE).casefold()):
                for scheme in ("https://", "http://"):
                    yield scheme + path.rstrip("/")
                    yield scheme + path.rstrip("/") + "/"
        case _:
            yield own


@lru_cache(4096)
def _hashed(field: str, identity: str) -> str:
    return hashlib.sha256(f"{field}\0{identity}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
