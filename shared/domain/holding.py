"""Holding: the items of one field of a contact, and which of them stand for what we wrote last.

Each item that we wrote claims at most one of theirs, the best match; what is claimed by none is the user's,
though it has a title, a company or a number of ours.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from shared.domain import former
from shared.domain.fingerprint import Token, Written, form_of, key_of
from shared.domain.likeness import Reading, is_alike, may_be_one, other_readings, reading
from shared.domain.person import Item


@dataclass(slots=True, eq=False)
class Held:
    """An item that a contact holds.

    Attributes:
        items: It, and its equals: equal items are one.
        read: What it is.
        token: The fingerprint that says that we wrote it.
        is_former: Whether one of the former kind says so.
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


def holding(field: str, theirs: Iterable[Item], written: Written, ours: Sequence[Reading]) -> list[Held]:
    """The items of a field, with what we wrote of them.

    Args:
        field: Google's name of it.
        theirs: What it holds.
        written: What the contact tells of what we wrote.
        ours: What we write now; it decides where a former fingerprint fits more than one.
    """
    held = _grouped(field, theirs)
    taken: set[str] = set()
    _claim(field, [(each, each.read) for each in held], written, taken)
    if _is_open(written, taken):
        others = (
            (each, other)
            for each in held
            if not each.is_known
            for other in other_readings(field, each.item)
            if key_of(field, other.identity) in written.tokens
        )
        _claim(field, list(others), written, taken)
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


def _is_open(written: Written, taken: Collection[str]) -> bool:
    return len(taken) < len(written.prints)


def _claim(field: str, candidates: Sequence[Candidate], written: Written, taken: set[str]) -> None:
    by_key: dict[str, list[Candidate]] = {}
    for each in candidates:
        by_key.setdefault(key_of(field, each[1].identity), []).append(each)
    for key, mine in by_key.items():
        tokens = [token for token in written.tokens.get(key, ()) if token.text not in taken]
        taken.update(_matched(field, tokens, mine))


def _matched(field: str, tokens: Sequence[Token], candidates: Sequence[Candidate]) -> Iterator[str]:
    """Give each fingerprint its item; where several would do and not all are ours, none of them is."""
    scored = sorted(
        (
            (_distance(field, token, each), place, number)
            for place, token in enumerate(tokens)
            for number, each in enumerate(candidates)
            if may_be_one(field, token.rest, each[1].rest)
        ),
    )
    unsure: set[int] = set()
    used: set[int] = set()
    for distance, place, number in scored:
        held, read = candidates[number]
        if place in used | unsure or held.is_known:
            continue
        rivals = [
            other
            for far, same, other in scored
            if (far, same) == (distance, place) and not candidates[other][0].is_known
        ]
        free = sum(not each.is_known for each, _ in candidates)
        if len(rivals) > 1 and free > len(tokens) - len(used):
            unsure.add(place)
            continue
        held.token, held.read = tokens[place], read
        used.add(place)
        yield tokens[place].text


def _distance(field: str, token: Token, candidate: Candidate) -> tuple[bool, bool, int]:
    held, read = candidate
    is_other = all(form_of(item) != token.form for item in held.items)
    return not is_alike(field, token.rest, read.rest), is_other, len(read.added)


def _claim_former(field: str, held: Sequence[Held], prints: Collection[str], ours: Sequence[Reading]) -> None:
    known = {former.fingerprint(field, each.item) for each in held if each.is_known}
    by_print: dict[str, list[Held]] = {}
    for each in held:
        if not each.is_known:
            told = (print_ for print_ in former.possible(field, each.item) if print_ in prints)
            by_print.setdefault(next(told, ""), []).append(each)
    for print_ in by_print.keys() - known - {""}:
        mine = by_print[print_]
        as_now = [each for each in mine if any(_is_one(field, each.read, wanted) for wanted in ours)]
        for each in as_now or mine[: len(mine) == 1]:
            each.is_former = True


def _is_one(field: str, read: Reading, wanted: Reading) -> bool:
    return read.identity == wanted.identity and is_alike(field, read.rest, wanted.rest)
