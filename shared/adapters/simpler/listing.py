"""Listing: the records of all pages as customers, each id once, with what casts doubt on an absence."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.domain.customer import Customer, Skipped
from shared.ports import Listing

_NAMED = 10
"""How many positions a doubt names before it only counts."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A record with an id, and where it stood."""

    page: int
    position: int
    outcome: Customer | Skipped

    @property
    def content(self) -> Customer | str:
        """What two records with one id must share to be the same."""
        return self.outcome.reason if isinstance(self.outcome, Skipped) else self.outcome


def assemble(pages: Iterable[Sequence[object]], read: Callable[[object, int], Customer | Skipped]) -> Listing:
    """Read every record and settle the ids that occur twice: the same record counts once, else none does."""
    sightings: dict[str, list[_Sighting]] = {}
    nameless: list[Skipped] = []
    total = 0
    for page, records in enumerate(pages):
        for record in records:
            total += 1
            outcome = read(record, total)
            if isinstance(outcome, Skipped) and not outcome.customer:
                nameless.append(outcome)
            else:
                customer = outcome.customer if isinstance(outcome, Skipped) else outcome.id
                sightings.setdefault(customer, []).append(_Sighting(page, total, outcome))
    settled = [outcome for customer, seen in sightings.items() for outcome in _settle(customer, seen)]
    skipped = [outcome for outcome in settled if isinstance(outcome, Skipped)]
    return Listing(
        customers=tuple(outcome for outcome in settled if isinstance(outcome, Customer)),
        skipped=tuple(sorted([*skipped, *nameless], key=lambda outcome: outcome.position)),
        total=total,
        doubts=(*_no_id(nameless), *_moved(sightings.values())),
    )


def _settle(customer: str, seen: list[_Sighting]) -> list[Customer | Skipped]:
    if all(one.content == seen[0].content for one in seen):
        return [seen[0].outcome]
    return [Skipped(customer, "id used twice", one.position) for one in seen]


def _no_id(nameless: list[Skipped]) -> list[str]:
    positions = [str(outcome.position) for outcome in nameless]
    match positions:
        case []:
            return []
        case [only]:
            return [f"the record at position {only} has no id, so it may be any customer"]
    more = len(positions) - _NAMED
    named = ", ".join(positions[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return [f"the records at positions {named} have no id, so they may be any customers"]


def _moved(sightings: Iterable[list[_Sighting]]) -> list[str]:
    moved = sum(len({one.page for one in seen}) > 1 for seen in sightings)
    if not moved:
        return []
    who = "1 customer stands" if moved == 1 else f"{moved} customers stand"
    return [f"{who} on two pages: the list moved while it was read, so others may be missing from it"]
