"""Listing: the records of all pages as customers, each id once, and the doubts about who is absent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.adapters.simpler.record import Reader, SimplerRecord, id_in
from shared.domain.contact.customer import Skipped
from shared.ports import Listing

_NAMED = 10
"""The most positions that a doubt names; it only counts the others."""


@dataclass(slots=True)
class _Sightings:
    """Where an id was seen, when it was seen more than once.

    Attributes:
        pages: On which pages.
        positions: At which positions.
        outcomes: What stood there.
    """

    pages: set[int]
    positions: list[int]
    outcomes: list[SimplerRecord | Skipped]


@dataclass(slots=True)
class _Assembly:
    """The records that the pages have given so far."""

    once: dict[str, tuple[int, int, SimplerRecord | Skipped]] = field(default_factory=dict)
    several: dict[str, _Sightings] = field(default_factory=dict)
    nameless: list[Skipped] = field(default_factory=list)
    total: int = 0

    def take(self, page: int, outcome: SimplerRecord | Skipped) -> None:
        """The next record."""
        customer = id_in(outcome)
        if customer and customer not in self.once and customer not in self.several:
            self.once[customer] = (page, self.total, outcome)
        elif isinstance(outcome, Skipped) and not customer:
            self.nameless.append(outcome)
        elif customer in self.several:
            self.several[customer].pages.add(page)
            self.several[customer].positions.append(self.total)
            self.several[customer].outcomes.append(outcome)
        else:
            first, position, other = self.once.pop(customer)
            self.several[customer] = _Sightings({first, page}, [position, self.total], [other, outcome])


def assemble(pages: Iterable[Sequence[object]], reader: Reader) -> Listing:
    """Look at every record, and settle ids that occur twice: equal records count once, others not at all."""
    found = _Assembly()
    for page, records in enumerate(pages):
        for raw in records:
            found.total += 1
            found.take(page, reader.record(raw, found.total))
    settled = [outcome for _, _, outcome in found.once.values()]
    settled += [one for customer, seen in found.several.items() for one in _settle(customer, seen)]
    skipped = [outcome for outcome in settled if isinstance(outcome, Skipped)]
    return Listing(
        records={outcome.id: outcome for outcome in settled if isinstance(outcome, SimplerRecord)},
        skipped=tuple(sorted([*skipped, *found.nameless], key=lambda outcome: outcome.position)),
        total=found.total,
        doubts=(*_no_id(found.nameless), *_moved(found.several.values())),
    )


def _settle(customer: str, seen: _Sightings) -> Sequence[SimplerRecord | Skipped]:
    """Compare two records with one id by everything that is read of them."""
    contents = [one.reason if isinstance(one, Skipped) else one.customer() for one in seen.outcomes]
    if all(content == contents[0] for content in contents):
        return seen.outcomes[:1]
    return [Skipped(customer, "id used twice", position) for position in seen.positions]


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


def _moved(sightings: Iterable[_Sightings]) -> list[str]:
    moved = sum(len(seen.pages) > 1 for seen in sightings)
    if not moved:
        return []
    who = "1 customer stands" if moved == 1 else f"{moved} customers stand"
    return [f"{who} on two pages: the list moved while it was read, so others may be missing from it"]
