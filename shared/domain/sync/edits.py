"""Edits: the values of ours that a user changed or removed on a contact, as far as the contact proves it.

The proof is in the contact: it carries a fingerprint of each item that we wrote last
(`shared.domain.sync.mark`), saved in one step with the items. Where no item stands for a fingerprint any
more, somebody changed or removed that item after we wrote it. So our own older value, another form of the
same value and a crash between a write and our ledger are no edits, nor is what a user merely added.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile

import msgspec

from shared.domain.sync.claims import Held, holding
from shared.domain.sync.item_identity import (
    Token,
    WrittenLast,
    identity,
    key,
    key_of,
    other_readings,
    reading,
    rest,
    whole_name,
    written,
)
from shared.domain.sync.mark import is_shared, marks
from shared.domain.sync.person import OWNED, Fields, Item, Person

EDITABLE = tuple(field for field in OWNED if field not in ("urls", "externalIds"))
"""Fields whose edits are told: what SIMPLer can take over. A link and a customer's number are ours alone."""

_ONE = ("names", "organizations", "nicknames")
"""Fields in which a contact has one item: another one stands in the place of ours."""

_PLACE = ("streetAddress", "city", "region", "postalCode", "country")


class Edit(msgspec.Struct, frozen=True):
    """A value of ours that a user changed or removed.

    Attributes:
        field: Google's name of the field.
        title: Of a row, its title; otherwise empty.
        value: Names the value that SIMPLer has, or had, whatever its form.
        simpler: What SIMPLer has; empty: nothing any more.
        theirs: What stands in its place; empty: the user removed it.
        key: Names what stands there, whatever its form; empty where nothing does.
    """

    field: str
    title: str
    value: str
    simpler: str
    theirs: str
    key: str


def edits_of(ours: Fields, person: Person, wisp: str, *, is_all_new: bool) -> list[Edit]:
    """Return what a user changed or removed of what we wrote last.

    Nothing is told of a contact that was merged with another of ours, nor of one whose fingerprints are of
    the former kind: there nobody knows who wrote what.

    Args:
        ours: What SIMPLer has of the customer.
        person: The contact, as it was read.
        wisp: The wisp's id.
        is_all_new: The contact held nothing but ours after our last write, so all else was typed since.
    """
    told = written(person.client_data, wisp)
    is_one = len(marks(person.client_data, wisp)) == 1 and not is_shared(person.client_data, wisp)
    if not told.prints or told.former or not is_one:
        return []
    return [
        edit
        for field in EDITABLE
        for edit in _in_field(
            field, ours.get(field, ()), person.fields.get(field, ()), told, is_all_new=is_all_new
        )
    ]


def value_keys(fields: Fields) -> frozenset[str]:
    """Return the names of all values of a contact, as `Edit.value` and `Edit.key` have them."""
    return frozenset(_value(field, item) for field in EDITABLE for item in fields.get(field, ()))


def _in_field(
    field: str, ours: Sequence[Item], theirs: Sequence[Item], told: WrittenLast, *, is_all_new: bool
) -> Iterator[Edit]:
    held = holding(field, theirs, told, ())
    if field == "userDefined":
        yield from _rows(ours, held)
    present = {each.token.text for each in held if each.token}
    lost = [
        token
        for token in map(Token.of, sorted(told.of_field(field)))
        if token.text not in present and not token.is_shared and not _is_there(field, token, held)
    ]
    if not lost:
        return
    known = {key(print_) for print_ in told.of_field(field)}
    fresh = [item for item in ours if _what(field, item) not in known]
    own = [each for each in held if not each.is_known and not _is_ours(field, each, ours)]
    for token in lost:
        item = next((each for each in ours if _what(field, each) == key(token.text)), None)
        is_still_ours = item is not None
        if item is None and fresh:
            item = fresh.pop(0)
        typed = _stands_for(field, token, own, is_all_new=is_all_new)
        if typed:
            own.remove(typed)
        if typed or is_still_ours:
            yield _edit(field, token, item, typed.item if typed else None)


def _rows(ours: Iterable[Item], held: Iterable[Held]) -> Iterator[Edit]:
    """Yield the rows of ours with another value; which row it is says its title."""
    rows = list(ours)
    for each in held:
        if each.token is None or each.token.is_shared or each.token.rest == each.read.rest:
            continue
        alike = [row for row in rows if _what("userDefined", row) == key(each.token.text)]
        same = [row for row in alike if rest("userDefined", row) == each.token.rest]
        row = next(iter((*same, *alike)), None)
        if row is None or all(rest("userDefined", own) != each.read.rest for own in alike):
            yield _edit("userDefined", each.token, row, each.item)


def _is_there(field: str, token: Token, held: Iterable[Held]) -> bool:
    """Tell whether an item may stand for a fingerprint after all, though several others may do so too."""
    return any(key(token.text) in _readings(field, each) for each in held)


def _is_ours(field: str, held: Held, ours: Iterable[Item]) -> bool:
    """Tell whether SIMPLer has an item by now, in whatever form."""
    return not _readings(field, held).isdisjoint(_what(field, item) for item in ours)


def _readings(field: str, held: Held) -> frozenset[str]:
    reads = (reading(field, held.item), *other_readings(field, held.item))
    return frozenset(key_of(field, read.identity) for read in reads)


def _stands_for(field: str, token: Token, own: Sequence[Held], *, is_all_new: bool) -> Held | None:
    """Return what a user most likely typed over an item: of its kind, and with nothing more on it.

    Where the user had added items of their own before, another one than that is no proof.
    """
    if field == "userDefined":
        return None
    alike = [each for each in own if each.read.rest == token.rest and not each.read.added]
    return next(iter((*alike, *(own if is_all_new or field in _ONE else ()))), None)


def _edit(field: str, token: Token, item: Item | None, typed: Item | None) -> Edit:
    row = item or typed or {}
    return Edit(
        field,
        title=row.get("key", "") if field == "userDefined" else "",
        value=_value(field, item) if item else key(token.text),
        simpler=_shown(field, item) if item else "",
        theirs=_shown(field, typed) if typed else "",
        key=_typed(field, typed, item or {}) if typed else "",
    )


def _typed(field: str, typed: Item, ours: Item) -> str:
    """Name what was typed; a number as it is dialled at home as one of the same land as ours."""
    number = identity(field, typed)
    if field != "phoneNumbers" or number.startswith("+"):
        return _value(field, typed)
    like = identity(field, ours)
    abroad = (read.identity for read in other_readings(field, typed))
    return key_of(field, max(abroad, key=partial(_in_common, like), default=number))


def _in_common(one: str, other: str) -> int:
    """Count the signs with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _what(field: str, item: Item) -> str:
    return key_of(field, identity(field, item))


def _value(field: str, item: Item) -> str:
    """Name an item's value: of a row, which its title names, that is another with another text."""
    return _what(field, item) + (rest(field, item) if field == "userDefined" else "")


def _shown(field: str, item: Item) -> str:
    """Return an item as people write it."""
    match field:
        case "names":
            return whole_name(item)
        case "organizations":
            return item.get("name", "")
        case "addresses":
            parts = ", ".join(" ".join(item[part].split()) for part in _PLACE if item.get(part))
            return parts or item.get("formattedValue", "")
        case _:
            return item.get("value", "")
