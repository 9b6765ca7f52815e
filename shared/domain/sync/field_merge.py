"""Field merge: one field of a contact as we send it, *ours + (theirs - what we wrote last)*, item by item."""

from collections.abc import Sequence
from operator import itemgetter

import msgspec

from shared.domain.sync.claims import Held, holding
from shared.domain.sync.item_identity import (
    Reading,
    WrittenLast,
    beside_name,
    fingerprint,
    identity,
    is_alike,
    is_part,
    key,
    key_of,
    may_be_one,
    on_name,
    read_as,
    reading,
    shared,
    whole_name,
)
from shared.domain.sync.person import Item

_STANDS_ALONE = ("organizations", "addresses")
"""Fields in which what the user put on an item of ours can stand as an item by itself."""


class Joined(msgspec.Struct, frozen=True):
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


class _Pair(msgspec.Struct):
    """An item of ours, and the one that stands for it now.

    Attributes:
        item: As SIMPLer has it.
        read: What it is.
        held: What stands for it.
        added: What the user put on that.
        is_shared: Whether the user had it before us, as far as it can be told.
        is_cut: Whether parts of it were taken away.
    """

    item: Item
    read: Reading
    held: Held | None = None
    added: Item = msgspec.field(default_factory=dict)
    is_shared: bool = False
    is_cut: bool = False

    def sent(self) -> Item:
        """Return what is sent: ours with what the user put on it, and with the type that they gave it."""
        own = self.held.item.get("type") if self.held and self.is_shared else None
        return {**self.added, **self.item, **({"type": own} if own else {})}

    def is_sent(self, name: str) -> bool:
        """Return whether it is there already, in whatever form."""
        if self.held is None or len(self.held.items) > 1 or self.is_cut:
            return False
        if self.is_shared:
            return "type" in self.held.item or "type" not in self.item
        return is_alike(name, self.held.read.rest, self.read.rest)

    def print(self, name: str) -> str:
        """Return its fingerprint."""
        print_ = fingerprint(name, self.item)
        return shared(print_) if self.is_shared else print_


def joined(name: str, ours: Sequence[Item], theirs: Sequence[Item], written: WrittenLast) -> Joined:
    """Merge a field, to be sent.

    Args:
        name: Google's name of it.
        ours: What SIMPLer has.
        theirs: What the contact has.
        written: What the contact tells of what we wrote last.
    """
    prints = tuple(fingerprint(name, item) for item in ours)
    if is_equal(ours, theirs) and (not written.prints or written.prints.issuperset(prints)):
        return Joined(tuple(ours), prints)
    if (own := _apart(name, ours, theirs, prints=prints, written=written)) is not None:
        return Joined((*ours, *own), prints, tuple(own))
    reads = [reading(name, item) for item in ours]
    held = holding(name, theirs, written, reads)
    if name == "names" and not ours and all(_is_users_own_name(item, written) for item in theirs):
        return Joined(tuple(theirs), (), added=tuple(theirs))
    pairs = [_Pair(item, read) for item, read in zip(ours, reads, strict=True)]
    _pair(name, pairs, held)
    if name == "addresses":
        _pair_cut(name, pairs, held, written)
    for pair in pairs:
        pair.is_shared = _is_shared(name, pair, is_told=bool(written.prints))
    return _joined(name, pairs, held)


def _is_users_own_name(item: Item, written: WrittenLast) -> bool:
    """Return whether a name is the user's: we wrote none, and it does not just repeat our organisation's.

    With former fingerprints, which say nothing of a name, that is not known.
    """
    company = key_of("organizations", identity("organizations", {"name": whole_name(item)}))
    return bool(written.prints) and not written.of_field("names") and company not in written.tokens()


def _apart(
    name: str, ours: Sequence[Item], theirs: Sequence[Item], *, prints: Sequence[str], written: WrittenLast
) -> list[Item] | None:
    """Return the items besides ours, if ours are there to the letter and none of the others is like them.

    It is what most contacts hold to which a user added something, and takes no time. None: look closer.
    """
    own = [item for item in theirs if item not in ours]
    if name == "names" or len(own) + len(ours) != len(theirs) or any(item not in theirs for item in ours):
        return None
    if written.former or written.of_field(name) != set(prints):
        return None
    keys = {key(print_) for print_ in prints}
    for item in own:
        what = identity(name, item)
        if key_of(name, what) in keys or (name == "phoneNumbers" and not what.startswith("+")):
            return None
    return own


def is_equal(ours: Sequence[Item], theirs: Sequence[Item]) -> bool:
    """Return whether they are the same items to the letter, in whatever order."""
    return (
        len(ours) == len(theirs)
        and all(item in theirs for item in ours)
        and all(item in ours for item in theirs)
    )


def _pair(name: str, pairs: Sequence[_Pair], held: Sequence[Held]) -> None:
    """Give each of ours the one of theirs that is most like it, each of theirs once."""
    found = [
        (_rank(name, pair, each, read), place, number, read)
        for place, pair in enumerate(pairs)
        for number, each in enumerate(held)
        if (read := _read(name, each, pair)) and _may_stand(name, pair, each, read)
    ]
    used: set[int] = set()
    for _, place, number, read in sorted(found, key=itemgetter(0, 1, 2)):
        if pairs[place].held is None and number not in used:
            pairs[place].held, pairs[place].added = held[number], _put_on(held[number], read)
            held[number].read = read
            used.add(number)


def _put_on(held: Held, read: Reading) -> Item:
    """Return what the user put on an item, without a part of ours that SIMPLer has dropped."""
    if not held.is_known:
        return read.added
    return {member: text for member, text in read.added.items() if member in held.read.added}


def _pair_cut(name: str, pairs: Sequence[_Pair], held: Sequence[Held], written: WrittenLast) -> None:
    """Pair an address of ours with what the user left of it."""
    for pair in pairs:
        tokens = written.tokens().get(key_of(name, pair.read.identity), ())
        left = [each for each in held if not each.is_known and is_part(each.item, pair.item)]
        if pair.held is None and tokens and len(left) == 1:
            pair.held, pair.added, pair.is_cut = left[0], left[0].read.added, True
            left[0].token = tokens[0]


def _read(name: str, held: Held, pair: _Pair) -> Reading | None:
    return read_as(name, held.item, held.read, pair.read.identity)


def _may_stand(name: str, pair: _Pair, held: Held, read: Reading) -> bool:
    """Tell whether they may be one; a row of the user's own is never ours for its title."""
    if name == "userDefined" and not held.is_known:
        return is_alike(name, read.rest, pair.read.rest)
    return may_be_one(name, read.rest, pair.read.rest)


def _rank(name: str, pair: _Pair, held: Held, read: Reading) -> tuple[int, bool, int]:
    """Rank what we wrote first, but what the user has in our very form before ours in another one."""
    if is_alike(name, read.rest, pair.read.rest):
        kind = 0 if held.is_known else 1
    else:
        kind = 2 if held.is_shared else 3 if held.is_known else 4
    return kind, pair.item not in held.items, len(read.added)


def _is_shared(name: str, pair: _Pair, *, is_told: bool) -> bool:
    """Tell whether the user had it first; without present fingerprints, what is just like ours is ours."""
    if pair.held is None or name == "names":
        return False
    if pair.held.is_known:
        return pair.held.is_shared
    return is_told or not is_alike(name, pair.held.read.rest, pair.read.rest)


def _joined(name: str, pairs: Sequence[_Pair], held: Sequence[Held]) -> Joined:
    used = [pair.held for pair in pairs]
    free = [each for each in held if each not in used]
    gone = [each for each in free if _goes(name, each, pairs)]
    kept = [item for each in free if each not in gone for item in each.items]
    stranded = [
        each.read.added for each in gone if each.is_known and each.read.added and name in _STANDS_ALONE
    ]
    if name == "organizations":
        _hand_on(pairs, stranded)
    if name == "names":
        _hand_on_to_name(pairs, free)
    return Joined(
        (*(pair.sent() for pair in pairs), *kept, *stranded),
        tuple(pair.print(name) for pair in pairs),
        (
            *(pair.added or pair.sent() for pair in pairs if pair.added or pair.is_shared),
            *kept,
            *stranded,
        ),
        not gone and all(pair.is_sent(name) for pair in pairs),
    )


def _goes(name: str, held: Held, pairs: Sequence[_Pair]) -> bool:
    """Tell whether it is what we wrote once, or the same as what we send. A contact's one name is ours."""
    if name == "names" or (held.is_known and not held.is_shared):
        return True
    return any(_is_sent_already(name, held, pair) for pair in pairs)


def _is_sent_already(name: str, held: Held, pair: _Pair) -> bool:
    read = _read(name, held, pair)
    if pair.held is None or read is None or not is_alike(name, read.rest, pair.read.rest):
        return False
    return read.added.items() <= pair.added.items()


def _hand_on(pairs: Sequence[_Pair], stranded: list[Item]) -> None:
    """Let a company that has another name now keep the user's job title, which is then not stranded."""
    for pair in pairs:
        if pair.held is None and stranded:
            pair.added = stranded.pop(0)


def _hand_on_to_name(pairs: Sequence[_Pair], gone: Sequence[Held]) -> None:
    """Let a contact that has another name now keep what the user put on the one before."""
    for pair in pairs:
        for each in gone:
            pair.added = beside_name(each.read.added if each.token else on_name(each.item), pair.item)
