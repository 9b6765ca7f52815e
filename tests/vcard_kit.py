"""What a card's vCard must say, and readers of vCards that are not the library that wrote it."""

import json
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from uuid import UUID, uuid5

import pytest

from shared.domain.contact.card import Card
from shared.domain.contact.link import read_link
from shared.domain.contact.text import clean
from shared.domain.model.wisp import Wisp

Property = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A property's name, its types in order, and its value's parts."""

REVISED = datetime(2026, 3, 2, 5, 0, 9, tzinfo=UTC)

_PARSERS = Path(__file__).parent / "parsers"
_NODE_PACKAGES = Path(__file__).parents[1] / ".cache/node"
_JARS = (Path("/usr/share/java/ez-vcard.jar"), Path("/usr/share/java/vinnie.jar"))
_STRUCTURED = {"N", "ADR", "ORG"}
_LISTS = {"CATEGORIES", "NICKNAME"}
_PHONE_TYPES = {
    "mobile": ("CELL", "VOICE"),
    "home": ("HOME", "VOICE"),
    "work": ("VOICE", "WORK"),
    "fax": ("FAX", "WORK"),
    "other": ("VOICE",),
}


def expected(card: Card, wisp: Wisp) -> list[Property]:
    """Return every property that the card's vCard must have, and no other."""
    identity = uuid5(UUID("5f0c0b1e-6f2f-4c0b-9d53-5c1a3b0f6a11"), f"{wisp.id}/{clean(card.customer)}")
    display = _plain(card.display) or f"Customer {_plain(card.customer)}".strip()
    given, family, company = _plain(card.given), _plain(card.family), _plain(card.company)
    is_nameless = not (given or family or company)
    found: list[Property] = [
        ("VERSION", (), ("3.0",)),
        ("PRODID", (), ("-//Azotel//SIMPLer Google Contacts//EN",)),
        ("UID", (), (f"urn:uuid:{identity}",)),
        ("REV", (), ("2026-03-02T05:00:09Z",)),
        ("FN", (), (display,)),
        ("N", (), (family, display if is_nameless else given, "", "", "")),
        ("CATEGORIES", (), (_plain(wisp.label),)),
        *_reach(card),
    ]
    if company:
        found.append(("ORG", (), (company,)))
    if company and not (given or family):
        found.append(("X-ABSHOWAS", (), ("COMPANY",)))
    if _plain(card.nickname):
        found.append(("NICKNAME", (), (_plain(card.nickname),)))
    notes = [*_beside(card), *(f"{key}: {_plain(value)}" for key, value in card.details if _plain(value))]
    if notes:
        found.append(("NOTE", (), ("\n".join(notes),)))
    return sorted(found)


def read_strictly(vcard: bytes) -> list[Property]:
    """Read properties strictly by RFC 2425 and RFC 2426; fail on anything else."""
    lines = vcard.decode().replace("\r\n ", "").split("\r\n")
    assert lines[0] == "BEGIN:VCARD"
    assert lines[-2:] == ["END:VCARD", ""]
    return sorted(_line(line) for line in lines[1:-2])


def read_with_ez_vcard(folder: Path) -> dict[str, list[Property]]:
    """Return the properties of each file in the folder, as ez-vcard reads them."""
    if not shutil.which("javac") or not all(jar.exists() for jar in _JARS):
        _without("ez-vcard was not found (Debian packages libez-vcard-java, libvinnie-java and a JDK)")
    classpath = ":".join(map(str, _JARS))
    return _read(
        ["java", "-XX:TieredStopAtLevel=1", "-cp", classpath, str(_PARSERS / "EzVcard.java"), str(folder)]
    )


def read_with_ical(folder: Path) -> dict[str, list[Property]]:
    """Return the same by ical.js."""
    if not shutil.which("node") or not (_NODE_PACKAGES / "node_modules/ical.js").is_dir():
        _without("ical.js was not found")
    read = _read(["node", str(_PARSERS / "ical.mjs"), str(_NODE_PACKAGES), str(folder)])
    return {name: sorted(map(_without_its_fault, properties)) for name, properties in read.items()}


def _plain(text: str) -> str:
    return re.sub("(BEGIN|END):(?=VCARD)", r"\1 ", clean(text).replace("\\", "/"), flags=re.IGNORECASE)


def _beside(card: Card) -> Iterable[str]:
    for phone in card.phones:
        words = [_plain(phone.label), f"ext. {_plain(phone.extension)}" if _plain(phone.extension) else ""]
        said = ", ".join(filter(None, words))
        if said and _plain(phone.number):
            kind = "" if phone.kind == "other" else f"{phone.kind.label}, "
            yield f"{kind}{said}: {_plain(phone.number)}"


def _reach(card: Card) -> Iterable[Property]:
    for phone in card.phones:
        if _plain(phone.number):
            yield "TEL", _PHONE_TYPES[phone.kind], (_plain(phone.number),)
    for position, email in enumerate(card.emails):
        if _plain(email):
            yield "EMAIL", () if position else ("PREF",), (_plain(email),)
    for address in card.addresses:
        street = "\n".join(filter(None, map(_plain, address.street.split("\n"))))
        place = map(_plain, (address.city, address.region, address.postcode, address.country))
        parts = (street, *place)
        if any(parts):
            yield "ADR", (address.kind.upper(),), ("", "", *parts)
    link = re.sub("(BEGIN|END):(?=VCARD)", r"\1%3A", read_link(card.link), flags=re.IGNORECASE)
    if link:
        yield "URL", (), (link,)


def _line(line: str) -> Property:
    match = re.fullmatch(r"([A-Z-]+|X-ABShowAs)(?:;TYPE=([A-Z]+(?:,[A-Z]+)*))?:(.*)", line)
    assert match, line
    name, types, value = match.groups()
    assert not {"Cc", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, value)), line
    return name.upper(), tuple(sorted(types.split(","))) if types else (), _parts(name, value)


def _parts(name: str, value: str) -> tuple[str, ...]:
    if name in {"URL", "VERSION"}:
        return (value,)
    assert not re.search(r"\\(?![\\;,n])", value.replace("\\\\", "")), value
    separator = ";" if name in _STRUCTURED else "," if name in _LISTS else None
    bare = re.sub(r"\\.", "", value)
    assert separator == "," or "," not in bare, value
    assert separator == ";" or ";" not in bare, value
    parts = re.split(rf"(?<!\\){separator}", value) if separator else [value]
    unescaped = {"\\n": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
    return tuple(re.sub(r"\\.", lambda escape: unescaped[escape[0]], part) for part in parts)


def _without(reason: str) -> NoReturn:
    reason += "; tests/parsers/setup installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _read(command: list[str]) -> dict[str, list[Property]]:
    output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return {
        Path(name).stem: sorted((word, tuple(types), tuple(parts)) for word, types, parts in properties)
        for name, properties in json.loads(output).items()
    }


def _without_its_fault(property: Property) -> Property:  # noqa: A002  a vCard's word
    r"""Mend a fault of ical.js, which leaves the backslash of ``\;`` in texts; ours have no backslash."""
    name, types, parts = property
    return name, types, tuple(part.replace("\\;", ";") for part in parts)
