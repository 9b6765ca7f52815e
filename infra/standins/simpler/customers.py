"""The customers of the stand-in, in SIMPLer's order; safe for use by many threads."""

import copy
import threading
from collections.abc import Iterable
from typing import Any

Record = Any
"""What SIMPLer may list: an object with a `customerid` if all is well, and any JSON otherwise."""


def _is(record: Record, customer: str) -> bool:
    return isinstance(record, dict) and str(record.get("customerid")) == customer


def _number(record: Record) -> int:
    number = record.get("customerid") if isinstance(record, dict) else None
    return number if isinstance(number, int) else 0


class Customers:
    """A list of records; whatever it gives or takes is a copy."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records: list[Record] = copy.deepcopy(list(records))
        self._given = 1000
        self._lock = threading.Lock()

    def new_id(self) -> int:
        """Return an id that no customer ever had, not even a deleted one."""
        with self._lock:
            self._given = 1 + max(self._given, *map(_number, self._records), 0)
            return self._given

    def all(self) -> list[Record]:
        """Return every record."""
        with self._lock:
            return copy.deepcopy(self._records)

    def part(self, start: int, end: int) -> tuple[int, list[Record]]:
        """Return how many there are, and those between two positions, from 0."""
        with self._lock:
            return len(self._records), copy.deepcopy(self._records[start:end])

    def replace(self, records: Iterable[Record]) -> None:
        """Have these records instead."""
        with self._lock:
            self._records = copy.deepcopy(list(records))

    def get(self, customer: str) -> Record | None:
        """Return the first record of the id, or None."""
        with self._lock:
            return copy.deepcopy(next((record for record in self._records if _is(record, customer)), None))

    def add(self, record: Record) -> None:
        """Put a record at the end."""
        with self._lock:
            self._records.append(copy.deepcopy(record))

    def patch(self, customer: str, members: dict[str, Any]) -> int:
        """Change members of every record of the id; null removes one (RFC 7396). How many there were."""
        with self._lock:
            found = [record for record in self._records if _is(record, customer)]
            for record in found:
                record.update({name: value for name, value in members.items() if value is not None})
                for name in [name for name, value in members.items() if value is None]:
                    record.pop(name, None)
            return len(found)

    def delete(self, customer: str) -> int:
        """Remove every record of the id; how many there were."""
        with self._lock:
            kept = [record for record in self._records if not _is(record, customer)]
            gone = len(self._records) - len(kept)
            self._records = kept
            return gone
