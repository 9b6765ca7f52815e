"""The fields of a person on their way in: what is kept, what is dropped, what the server adds.

Kept by Google's description of Person: output-only members are ignored and computed; items of another source
than the contact are ignored; an empty string is no value, and an item without any value is no item; `primary`
is set by the server on exactly one item of a field; biographies, birthdays, genders and names are singletons.
Kept by support.google.com/contacts/answer/148779: 1,024 characters in a field, notes excepted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from infra.standins.google.computed import complete_address, complete_name, complete_phone
from infra.standins.google.contact import Item
from infra.standins.google.discovery import Discovery
from infra.standins.google.errors import invalid

Complete = Callable[[dict[str, Any], str], None]

_SPECIAL: Mapping[str, Complete] = {
    "names": complete_name,
    "phoneNumbers": complete_phone,
    "addresses": complete_address,
}
_CHARACTERS = 1024
_UNLIMITED = frozenset({"biographies"})
_ZERO: tuple[Any, ...] = (False, 0)
_ABBREVIATIONS = {"Id": "ID"}


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field of a person, by the description.

    Attributes:
        name: The field.
        singleton: Whether a contact has one item of it at most.
        output_only: Members that clients cannot set.
        formatted: (member, where its text for people goes), for the members that have one.
    """

    name: str
    singleton: bool
    output_only: frozenset[str]
    formatted: tuple[tuple[str, str], ...]

    def clean(self, items: Sequence[Item]) -> list[dict[str, Any]]:
        """Return what a client may have written: `metadata` keeps only `sourcePrimary`.

        Raises:
            GoogleError: 400, when there is more than one item of a singleton, or more than one that says it
                is the source's primary one, or a value that is too long.
        """
        of_contact = [item for item in items if "metadata" not in item or _of_contact(item)]
        if self.singleton and len(of_contact) > 1:
            raise invalid(f"Cannot have more than one person.{self.name} per source.")
        kept = [item for item in map(self._clean_item, of_contact) if item.keys() - {"type", "metadata"}]
        if sum("metadata" in item for item in kept) > 1:
            raise invalid(f"Cannot have more than one primary person.{self.name} per source.")
        if self.name not in _UNLIMITED:
            self._check_lengths(kept)
        return kept

    def _check_lengths(self, cleaned: Sequence[Item]) -> None:
        for item in cleaned:
            for member, value in item.items():
                if isinstance(value, str) and len(value) > _CHARACTERS:
                    raise invalid(f"person.{self.name}.{member} is longer than {_CHARACTERS} characters.")

    def _clean_item(self, item: Item) -> dict[str, Any]:
        cleaned = {
            key: value
            for key, value in item.items()
            if key != "metadata" and key not in self.output_only and (value or value in _ZERO)
        }
        if (item.get("metadata") or {}).get("sourcePrimary"):
            cleaned["metadata"] = {"sourcePrimary": True}
        return cleaned

    def dress(self, cleaned: Sequence[dict[str, Any]], source_id: str, region: str) -> list[Item]:
        """Return the items as answered, with metadata and everything the server computes."""
        primary = next((i for i, item in enumerate(cleaned) if "metadata" in item), 0)
        return [
            self._dress_item(item, source_id, region, primary=index == primary)
            for index, item in enumerate(cleaned)
        ]

    def _dress_item(self, cleaned: Item, source_id: str, region: str, *, primary: bool) -> Item:
        source = {"type": "CONTACT", "id": source_id}
        metadata = (
            {"primary": True, "source": source, "sourcePrimary": True} if primary else {"source": source}
        )
        item = {**cleaned, "metadata": metadata}
        for member, target in self.formatted:
            if member in item:
                item[target] = readable(item[member])
        if self.name in _SPECIAL:
            _SPECIAL[self.name](item, region)
        return item


def field_shapes(discovery: Discovery) -> dict[str, FieldShape]:
    """Return the shape of every field that clients write, memberships excepted."""
    paths = discovery.mask_paths("BatchUpdateContactsRequest", "updateMask") - {"memberships"}
    person = discovery.schemas["Person"]["properties"]
    return {path: _shape(path, person[path], discovery.schemas) for path in paths}


@lru_cache
def readable(value: str) -> str:
    """Return a predefined type as people read it: `homeFax` is "Home Fax"; a custom one stays as it is."""
    if not value.isalpha() or not value.isascii() or value[0].isupper():
        return value
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in value)
    words = [word[0].upper() + word[1:] for word in spaced.split()]
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def _shape(name: str, spec: Mapping[str, Any], schemas: Mapping[str, Any]) -> FieldShape:
    members = schemas[spec["items"]["$ref"]]["properties"]
    output_only = frozenset(member for member, spec in members.items() if spec.get("readOnly"))
    sources = {"formatted" + member[0].upper() + member[1:]: member for member in members}
    formatted = tuple((sources[target], target) for target in sorted(output_only & sources.keys()))
    return FieldShape(name, "singleton for contact sources" in spec["description"], output_only, formatted)


def _of_contact(item: Item) -> bool:
    source = (item.get("metadata") or {}).get("source") or {}
    return bool(source.get("type", "CONTACT") == "CONTACT")
