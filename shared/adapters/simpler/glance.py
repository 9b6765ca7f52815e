"""Glance: what a record is, seen without reading all of it.

Only a record that is plainly usable is taken at a glance; all others are read with the mistrust that they
deserve (`shared.domain.customer`).
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec
import phonenumbers

from shared.adapters.simpler.profile import Profile
from shared.adapters.simpler.record import as_bytes, pick
from shared.domain.roll import RULES, Listed
from shared.domain.text import text_of
from shared.domain.wisp import Wisp

_LONGEST = 64
"""Characters of an id, and those of a name among which there must be a letter or a digit."""

_LARGEST = 10**15
_DIGEST = 9


class Glance:
    """Tells plainly usable records from others, and each from what it was before."""

    def __init__(self, wisp: Wisp, profile: Profile, server: str) -> None:
        """What a card depends on besides the record goes into every digest."""
        fields = profile.fields
        rest = (RULES, phonenumbers.__version__, server, wisp.name_template, wisp.country)
        self._salt = hashlib.blake2b(msgspec.json.encode((rest, profile)), digest_size=16).digest()
        self._members = sorted({path.partition(".")[0] for path in _paths(msgspec.to_builtins(fields))})
        self._id, self._name, self._status = fields.id, fields.name, fields.status
        self._text = lru_cache(1024)(text_of)

    def __call__(self, raw: object) -> Listed | None:
        """The record as one that is surely usable; None where that must be found out by reading it."""
        if not isinstance(raw, dict):
            return None
        id_, status = _id(_plain(raw, self._id)), _plain(raw, self._status)
        name = _plain(raw, self._name)
        if not id_ or not isinstance(status, str) or not status.strip() or not _shows(name):
            return None
        return Listed(id_, self._text(status), self.digest(raw), raw)

    def digest(self, raw: Any) -> str:
        """Of what is read of the record, whatever stands in it."""
        seen = {member: raw[member] for member in self._members if member in raw}
        return hashlib.blake2b(as_bytes(seen), key=self._salt, digest_size=_DIGEST).hexdigest()


def _paths(fields: object) -> Iterable[str]:
    """Every path in the profile's fields; kinds come along and do no harm."""
    if isinstance(fields, str):
        yield fields
    elif isinstance(fields, dict):
        yield from (path for value in fields.values() for path in _paths(value))
    elif isinstance(fields, list | tuple):
        yield from (path for value in fields for path in _paths(value))


def _plain(raw: dict[str, Any], paths: tuple[str, ...]) -> object:
    """What stands at the first path; anything but a value that is there calls for a closer look."""
    return pick(raw, paths[0]) if paths else None


def _id(value: object) -> str:
    if type(value) is int:
        return str(value) if 0 <= value < _LARGEST else ""
    is_plain = isinstance(value, str) and len(value) <= _LONGEST and value.isascii() and value.isalnum()
    return str(value) if is_plain else ""


def _shows(name: object) -> bool:
    """Whether something of it is left, however it is cleaned."""
    return isinstance(name, str) and any(map(str.isalnum, name[:_LONGEST]))
