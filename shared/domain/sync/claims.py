"""Claims: the items of one field of a contact, and which of them stand for what we wrote last.

Each item that we wrote claims at most one of theirs, the best match. What none of ours claims is the user's,
even if it has a title, a company or a number of ours.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from shared.domain.sync import former_fingerprint
from shared.domain.sync.item_identity import (
    Reading,
    Token,
    WrittenLast,
    form_of,
    is_alike,
    key_of,
    may_be_one,
    other_readings,
    reading,
)
from shared.domain.sync.person import Item


@dataclass(slots=True, eq=False)
class Held:
    """An item that a contact holds.

    Attributes:
        items: The item and its equals, which count as one.
        read: What it is.
        token: The fingerprint that says that we wrote it.
        is_former: Whether a fingerprint of the former kind says so.
    """

    items: list[Item]
    read: Reading
    token: Token | None = None
    is_former: bool = False

    @property
    def item(self) -> Item:
        """The item."""
        return self.items[0]

    @property
    def is_known(self) -> bool:
        """Whether we wrote it, alone or after the user."""
        return self.token is not None or self.is_former

    @property
    def is_shared(self) -> bool:
        """Whether the user had it before us."""
        return self.token is not None and self.token.is_shared


Candidate = tuple[Held, Reading]
Distance = tuple[bool, bool, int]


def holding(field: str, theirs: Iterable[Item], written: WrittenLast, ours: Sequence[Reading]) -> list[Held]:
    """Return the items of a field, with what we wrote of them.

    Args:
        field: Google's name of it.
        theirs: What it holds.
        written: What the contact tells of what we wrote.
        ours: What we write now; it decides where a former fingerprint fits more than one.
    """
    held = _grouped(field, theirs)
    plain = [(each, each.read) for each in held]
    taken = set(_claimed(field, plain, written, frozenset(), is_alike_only=True))
    if written.of_field(field) - taken:
        others = (
            (each, other)
            for each in held
            if not each.is_known
            for other in other_readings(field, each.item)
            if key_of(field, other.identity) in written.tokens()
        )
        found = [each for each in plain if not each[0].is_known] + list(others)
        taken.update(_claimed(field, found, written, taken, is_alike_only=False))
    if written.former:
        _claim_former(field, held, written.former, ours)
    return held


def _grouped(field: str, theirs: Iterable[Item]) -> list[Held]:
    found: dict[tuple[str, str, tuple[tuple[str, str], ...]], Held] = {}
    for item in theirs:
        read = reading(field, item)
        key = (read.identity, read.rest, tuple(sorted(read.added.items())))
        found.setdefault(key, Held([], read)).items.append(item)
    return list(found.values())


def _claimed(
    field: str,
    candidates: Iterable[Candidate],
    written: WrittenLast,
    taken: Collection[str],
    *,
    is_alike_only: bool,
) -> Iterator[str]:
    """Give fingerprints their items; return those that have one now."""
    by_key: dict[str, list[Candidate]] = {}
    for each in candidates:
        by_key.setdefault(key_of(field, each[1].identity), []).append(each)
    for key, mine in by_key.items():
        tokens = [token for token in written.tokens().get(key, ()) if token.text not in taken]
        pairs = [
            (_distance(field, token, each), token, each)
            for token in tokens
            for each in mine
            if may_be_one(field, token.rest, each[1].rest)
        ]
        if is_alike_only:
            pairs = [pair for pair in pairs if not pair[0][0]]
        yield from _matched(sorted(pairs, key=lambda pair: pair[0]), len(tokens))


def _matched(pairs: Sequence[tuple[Distance, Token, Candidate]], tokens: int) -> Iterator[str]:
    """Match the nearest first. Where several are as near, and not all can be ours, none of them is."""
    done: set[str] = set()
    unsure: set[str] = set()
    for distance, token, (held, read) in pairs:
        if token.text in done | unsure or held.is_known:
            continue
        free = {id(each): far for far, same, (each, _) in pairs if same is token and not each.is_known}
        rivals = [far for far in free.values() if far == distance]
        if len(rivals) > 1 and len(free) > tokens - len(done):
            unsure.add(token.text)
            continue
        held.token, held.read = token, read
        done.add(token.text)
        yield token.text


def _distance(field: str, token: Token, candidate: Candidate) -> Distance:
    held, read = candidate
    is_other = all(form_of(item) != token.form for item in held.items)
    return not is_alike(field, token.rest, read.rest), is_other, len(read.added)


def _claim_former(field: str, held: Sequence[Held], prints: Collection[str], ours: Sequence[Reading]) -> None:
    known = {former_fingerprint.former_print(field, each.item) for each in held if each.is_known}
    by_print: dict[str, list[Held]] = {}
    for each in held:
        if not each.is_known:
            told = (print_ for print_ in former_fingerprint.possible(field, each.item) if print_ in prints)
            by_print.setdefault(next(told, ""), []).append(each)
    for print_ in by_print.keys() - known - {""}:
        mine = by_print[print_]
        as_now = [each for each in mine if any(_is_one(field, each.read, own) for own in ours)]
        for each in _copies(as_now) or mine[: len(mine) == 1]:
            each.is_former = True


def _copies(held: Sequence[Held]) -> list[Held]:
    """Return the barest of items that equal ours, and its copies; one with more on it is the user's."""
    barest = min(held, key=lambda each: len(each.read.added), default=None)
    return [each for each in held if barest and each.read.added.items() <= barest.read.added.items()]


def _is_one(field: str, read: Reading, own: Reading) -> bool:
    return read.identity == own.identity and is_alike(field, read.rest, own.rest)
