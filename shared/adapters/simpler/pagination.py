"""Pagination: reads the records of a listing to its proven end.

A listing that lost a page looks like customers who left. So whatever is inconsistent ends it: a total
that changes or is not met, a short page with more behind it, a page or a cursor that comes twice.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from shared.adapters.simpler.errors import stop
from shared.adapters.simpler.profile import AllAtOnce, ByCursor, ByPage, ListCall
from shared.adapters.simpler.record import ABSENT, as_bytes, is_empty, pick

Ask = Callable[[Mapping[str, str | int]], Any]
"""Sends the list call with these parameters and returns its answer."""

Records = list[Any]

_WHOLE = re.compile(r"([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?")


def read_pages(ask: Ask, call: ListCall, most: int) -> Iterator[Records]:
    """Yield the records, page by page; they are complete only when the iterator ends without an error.

    Args:
        ask: Sends the call.
        call: What the profile says of it.
        most: Pages there may be.

    Raises:
        StopRun: The answers are not built as the profile says, or do not make one complete listing.
    """
    tally = _Tally(call, most)
    match call.paging:
        case ByPage() as paging:
            return _by_page(ask, paging, tally)
        case ByCursor() as paging:
            return _by_cursor(ask, paging, tally)
    return _all_at_once(ask, tally)


def _all_at_once(ask: Ask, tally: "_Tally") -> Iterator[Records]:
    yield tally.take(ask({}))
    tally.close()


def _by_page(ask: Ask, paging: ByPage, tally: "_Tally") -> Iterator[Records]:
    """Read until a page is not full and the total is reached, or an empty page follows."""
    was_short = False
    for number in count(paging.first):
        records = tally.take(ask({paging.page: number, paging.limit: paging.size}))
        if len(records) > paging.size:
            raise _incomplete(
                f"page {number} holds more than the {paging.size} asked for; is paging ignored?"
            )
        if was_short and records:
            raise _incomplete(f"page {number - 1} was not full, yet page {number} is not empty")
        yield records
        is_short = len(records) < paging.size
        if (is_short and tally.total is not None) or (was_short and not records):
            break
        was_short = is_short
    tally.close()


def _by_cursor(ask: Ask, paging: ByCursor, tally: "_Tally") -> Iterator[Records]:
    """Read until an answer's next cursor is empty, or is missing while the total is reached."""
    seen: set[str | int] = set()
    parameters: dict[str, str | int] = {}
    while True:
        document = ask(parameters)
        yield tally.take(document)
        cursor = pick(document, paging.next)
        if cursor is ABSENT and tally.total is None:
            raise stop("simpler.shape", f"there is no member {paging.next}, so nothing proves the end")
        if is_empty(cursor):
            break
        if not isinstance(cursor, str | int) or isinstance(cursor, bool):
            raise stop("simpler.shape", f"the member {paging.next} is no cursor")
        if cursor in seen:
            raise _incomplete("a cursor came twice")
        seen.add(cursor)
        parameters = {paging.parameter: cursor}
    tally.close()


class _Tally:
    """Counts what a listing has given so far, and refuses what does not belong to it."""

    def __init__(self, call: ListCall, most: int) -> None:
        self._call = call
        self._most = most
        self._pages: set[bytes] = set()
        self._asked = 0
        self._records = 0
        self.total: int | None = None

    def take(self, document: Any) -> Records:
        """Take the next answer, and return its records."""
        self._asked += 1
        if self._asked > self._most:
            raise _incomplete(f"it has more than {self._most} pages")
        self._hear_total(document)
        records = self._as_list(pick(document, self._call.records))
        if not isinstance(records, list):
            raise stop("simpler.shape", f"the member {self._call.records or 'at the top'} is no list")
        if not isinstance(self._call.paging, AllAtOnce):
            self._refuse_repetition(records)
        self._records += len(records)
        return records

    def _as_list(self, records: Any) -> Any:
        """Take the records out of an object that has them by id or by number, as PHP writes a list with gaps.

        An empty object is an empty list only where there were records before: it may as well be no answer.
        """
        if not isinstance(records, dict) or not all(
            isinstance(one, dict) and one for one in records.values()
        ):
            return records
        is_by_id = all(key.isdecimal() or key in map(str, one.values()) for key, one in records.items())
        return [*records.values()] if is_by_id and (records or self._records) else records

    def close(self) -> None:
        """Refuse a listing that does not have as many records as SIMPLer says."""
        if self.total is not None and self._records != self.total:
            raise _incomplete(f"it has {self._records} records, and SIMPLer says {self.total}")

    def _hear_total(self, document: Any) -> None:
        if self._call.total is None:
            return
        total = _whole_number(pick(document, self._call.total))
        if total is None:
            raise stop("simpler.shape", f"the member {self._call.total} is no whole number")
        if self.total not in {None, total}:
            raise _incomplete("the total changed while the list was read")
        self.total = total

    def _refuse_repetition(self, records: Records) -> None:
        digest = hashlib.sha256(as_bytes(records)).digest()
        if records and digest in self._pages:
            raise _incomplete(f"answer {self._asked} repeats an earlier one")
        self._pages.add(digest)


def _whole_number(value: object) -> int | None:
    if isinstance(value, str) and (text := _WHOLE.fullmatch(value.strip())):
        value = int(text[1].replace(",", "")[:18])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _incomplete(detail: str) -> Exception:
    return stop("simpler.incomplete", detail)
