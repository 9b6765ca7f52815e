"""Joined: one field of a contact as we send it, *ours + (theirs - what we wrote last)*, item by item."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.domain.fingerprint import Written, fingerprint, shared
from shared.domain.holding import Held, holding
from shared.domain.likeness import Reading, is_alike, may_be_one, read_as, reading
from shared.domain.person import Item

_STANDS_ALONE = ("organizations", "addresses")
"""Fields in which what the user noted on an item of ours makes an item without it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """One field.

    Attributes:
        items: To be sent: ours, then the user's own.
        prints: The fingerprints of ours.
        added: What of it is the user's: items, and members of ours.
        is_same: Whether the contact has it so already, in whatever form.
    """

    items: tuple[Item, ...]
    prints: tuple[str, ...]
    added: tuple[Item, ...] = ()
    is_same: bool = True


@dataclass(slots=True)
class _Pair:
    """An item of ours, and the one that stands for it now."""

    item: Item
    read: Reading
    held: Held | None = None
    added: Item = field(default_factory=dict)


def joined(name: str, ours: Sequence[Item], theirs: Sequence[Item], written: Written) -> Joined:
    """A field to be sent.

    Args:
        name: Google's name of it.
        ours: What SIMPLer has.
        theirs: What the contact has.
        written: What the contact tells of what we wrote last.
    """
    prints = tuple(fingerprint(name, item) for item in ours)
    if is_equal(ours, theirs) and (not written.prints or written.prints.issuperset(prints)):
        return Joined(tuple(ours), prints)
    reads = [reading(name, item) for item in ours]
    held = holding(name, theirs, written, reads)
    pairs = _paired(name, [_Pair(item, read) for item, read in zip(ours, reads, strict=True)], held)
    return _joined(name, pairs, held, is_told=bool(written.prints))


def is_equal(ours: Sequence[Item], theirs: Sequence[Item]) -> bool:
    """Whether they are the same items to the letter, in whatever order."""
    return (
        len(ours) == len(theirs)
        and all(item in theirs for item in ours)
        and all(item in ours for item in theirs)
    )


def _paired(name: str, pairs: list[_Pair], held: Sequence[Held]) -> list[_Pair]:
    """Each of ours with the one of theirs that is most like it, each of theirs once."""
    found = [
        (_rank(name, pair, each, read), place, number, read)
        for place, pair in enumerate(pairs)
        for number, each in enumerate(held)
        if (read := _read(name, each, pair)) and _may_stand(name, pair, each, read)
    ]
    used: set[int] = set()
    for _, place, number, read in sorted(found, key=lambda each: each[:3]):
        if pairs[place].held is None and number not in used:
            pairs[place].held, pairs[place].added = held[number], read.added
            held[number].read = read
            used.add(number)
    return pairs


def _read(name: str, held: Held, pair: _Pair) -> Reading | None:
    if held.read.identity == pair.read.identity:
        return held.read
    return read_as(name, held.item, pair.read.identity)


def _may_stand(name: str, pair: _Pair, held: Held, read: Reading) -> bool:
    """A row of the user's own is never ours for its title."""
    if name == "userDefined" and not held.is_known:
        return is_alike(name, read.rest, pair.read.rest)
    return may_be_one(name, read.rest, pair.read.rest)


def _rank(name: str, pair: _Pair, held: Held, read: Reading) -> tuple[int, bool, int]:
    if is_alike(name, read.rest, pair.read.rest):
        kind = 0 if held.is_known else 1
    else:
        kind = 2 if held.is_shared else 3 if held.is_known else 4
    return kind, pair.item not in held.items, len(read.added)


def _joined(name: str, pairs: Sequence[_Pair], held: Sequence[Held], *, is_told: bool) -> Joined:
    free = [each for each in held if all(pair.held is not each for pair in pairs)]
    gone = [each for each in free if _goes(name, each, pairs)]
    kept = [item for each in free if each not in gone for item in each.items]
    noted = [each.read.added for each in gone if each.is_known and each.read.added and name in _STANDS_ALONE]
    if name == "organizations":
        _hand_on(pairs, noted)
    sent = [_sent(name, pair, is_told=is_told) for pair in pairs]
    own = [pair.added for pair in pairs if pair.added]
    own += [item for pair, (item, print_) in zip(pairs, sent, strict=True) if _is_theirs_too(pair, print_)]
    is_same = not gone and all(
        _is_sent(name, pair, print_) for pair, (_, print_) in zip(pairs, sent, strict=True)
    )
    return Joined(
        (*(item for item, _ in sent), *kept, *noted),
        tuple(print_ for _, print_ in sent),
        (*own, *kept, *noted),
        is_same,
    )


def _hand_on(pairs: Sequence[_Pair], noted: list[Item]) -> None:
    """A company that has another name now keeps the user's job title."""
    for pair in pairs:
        if pair.held is None and noted:
            pair.added = noted.pop(0)


def _goes(name: str, held: Held, pairs: Sequence[_Pair]) -> bool:
    """Whether it is what we wrote once, or the same as what we send. A contact's one name is ours."""
    if name == "names" or (held.is_known and not held.is_shared):
        return True
    return any(_is_sent_already(name, held, pair) for pair in pairs)


def _is_sent_already(name: str, held: Held, pair: _Pair) -> bool:
    read = _read(name, held, pair)
    if pair.held is None or read is None or not is_alike(name, read.rest, pair.read.rest):
        return False
    return read.added.items() <= pair.added.items()


def _sent(name: str, pair: _Pair, *, is_told: bool) -> tuple[Item, str]:
    """An item of ours with what the user put on it, and its fingerprint."""
    print_ = fingerprint(name, pair.item)
    if pair.held is None or not _becomes_shared(name, pair, pair.held, is_told=is_told):
        return {**pair.added, **pair.item}, print_
    kind = {"type": pair.held.item["type"]} if "type" in pair.held.item else {}
    return {**pair.added, **pair.item, **kind}, shared(print_)


def _becomes_shared(name: str, pair: _Pair, held: Held, *, is_told: bool) -> bool:
    """Whether the user had it before us, as far as it can be told."""
    if held.is_known or name == "names":
        return held.is_shared
    return is_told or not is_alike(name, held.read.rest, pair.read.rest)


def _is_theirs_too(pair: _Pair, print_: str) -> bool:
    return print_ == shared(print_.removesuffix("+")) and not pair.added


def _is_sent(name: str, pair: _Pair, print_: str) -> bool:
    held = pair.held
    if held is None or len(held.items) > 1:
        return False
    if print_.endswith("+"):
        return "type" in held.item or "type" not in pair.item
    return is_alike(name, held.read.rest, pair.read.rest)
