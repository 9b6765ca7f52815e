"""Merge: our fields into a person without losing what its user added.

In every list field the result is *ours + (theirs - what we wrote last)*. Items are the same when their
*identity* is: a number by its digits, an e-mail address without case, a custom row by its key. So a number
that Google shows in another format is not taken for the user's, and a row of ours that a user edited is ours.
"""

import base64
import hashlib
import re
from collections.abc import Iterator

import msgspec

from shared.domain.ledger import Content
from shared.domain.mark import ClientData, Mark, is_shared, marked, marks, wrote
from shared.domain.person import OWNED, Fields, Item, Person

_NOT_OF_A_PHONE = re.compile(r"[^+0-9x]+")
_NOT_OF_A_WORD = re.compile(r"[\W_]+")


def _phone(value: str) -> str:
    """``+1 312-239-0680 ext. 12`` and ``+13122390680;ext=12`` are one number."""
    return _NOT_OF_A_PHONE.sub("", value.lower())


def _address(item: Item) -> str:
    parts = (value for member, value in sorted(item.items()) if member not in ("type", "countryCode"))
    return _NOT_OF_A_WORD.sub("", "".join(parts).casefold())


def identity(field: str, item: Item) -> str:
    """What makes two items of a field the same one."""
    match field:
        case "names":
            return ""  # a contact has exactly one name, and it is ours
        case "phoneNumbers":
            return _phone(item.get("value", ""))
        case "addresses":
            return _address(item)
        case "userDefined":
            return item.get("key", "")
        case "organizations":
            return item.get("name", "").casefold()
        case _:
            return item.get("value", "").strip().casefold()


def fingerprint(field: str, item: Item) -> str:
    """Eight hex digits for an item's identity; short, since a contact carries all of them."""
    return hashlib.sha256(f"{field}\0{identity(field, item)}".encode()).hexdigest()[:8]


def fingerprints(fields: Fields) -> frozenset[str]:
    """The fingerprints of all items."""
    return frozenset(fingerprint(field, item) for field, items in fields.items() for item in items)


def digest(fields: Fields) -> str:
    """Changes exactly when what we would send changes: eight characters a field, in the order of `OWNED`."""
    return "".join(_digest(fields.get(name, ())) for name in OWNED)


def _digest(items: tuple[Item, ...]) -> str:
    """48 bits, as characters that need no escape in JSON."""
    return base64.b64encode(hashlib.sha256(msgspec.json.encode(items, order="sorted")).digest()[:6]).decode()


def changed_fields(before: str, now: str) -> tuple[str, ...]:
    """The fields in which two digests differ."""
    places = enumerate(OWNED)
    return tuple(f for n, f in places if before[8 * n : 8 * n + 8] != now[8 * n : 8 * n + 8])


def _additions(field: str, person: Person, known: frozenset[str]) -> Iterator[Item]:
    if field != "names":
        yield from (item for item in person.fields.get(field, ()) if fingerprint(field, item) not in known)


def additions(ours: Fields, person: Person, wisp: str) -> Fields:
    """What the user added to a contact of ours, by field; fields without additions are left out."""
    known = wrote(person.client_data, wisp) | fingerprints(ours)
    found = {field: tuple(_additions(field, person, known)) for field in OWNED}
    return {field: items for field, items in found.items() if items}


def merged(ours: Fields, person: Person, wisp: str) -> Fields:
    """The fields to send: ours, then the user's own additions."""
    extra = additions(ours, person, wisp)
    kept = {**ours, "organizations": _with_details(ours.get("organizations", ()), person)}
    return {field: (*kept.get(field, ()), *extra.get(field, ())) for field in OWNED}


def _with_details(ours: tuple[Item, ...], person: Person) -> tuple[Item, ...]:
    """Our organizations with what the user noted about them: a job title, a department."""
    theirs = {identity("organizations", item): item for item in person.fields.get("organizations", ())}
    return tuple({**theirs.get(identity("organizations", item), {}), **item} for item in ours)


def remarked(ours: Fields, person: Person, mark: Mark) -> ClientData:
    """The client data to send with them: the mark as it is on the person, other programs' entries kept."""
    kept = next((own for own in marks(person.client_data, mark.wisp) if own.customer == mark.customer), mark)
    return marked(kept, fingerprints(ours), person.client_data)


def _holds(theirs: tuple[Item, ...], item: Item) -> bool:
    """Whether an item is there as we send it; members that only Google or the user set don't matter."""
    return any(item.items() <= other.items() for other in theirs)


def _is_as_sent(wanted: tuple[Item, ...], theirs: tuple[Item, ...]) -> bool:
    return len(wanted) == len(theirs) and all(_holds(theirs, item) for item in wanted)


def differences(ours: Fields, person: Person, mark: Mark) -> tuple[str, ...]:
    """The fields in which a person is not what it shall be; empty when a write would change nothing."""
    wanted = merged(ours, person, mark.wisp)
    changed = [f for f in OWNED if not _is_as_sent(wanted[f], tuple(person.fields.get(f, ())))]
    if sorted(remarked(ours, person, mark)) != sorted(person.client_data):
        changed.append("clientData")
    return tuple(changed)


def content_of(ours: Fields, fields: Fields, client_data: ClientData, mark: Mark) -> Content:
    """Whether a contact with these fields holds exactly what we write, or more."""
    if is_shared(client_data, mark.wisp):
        return "shared"
    own = next((known for known in marks(client_data, mark.wisp) if known.customer == mark.customer), mark)
    is_ours = sorted(client_data) == sorted(marked(own, fingerprints(ours)))
    return "ours" if is_ours and all(_equal(ours, fields, name) for name in OWNED) else "mixed"


def _equal(ours: Fields, fields: Fields, name: str) -> bool:
    mine, theirs = ours.get(name, ()), fields.get(name, ())
    return len(mine) == len(theirs) and all(item in theirs for item in mine)
