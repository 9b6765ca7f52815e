"""Listing: one answer of the list call, paged in SIMPLer's supposed three ways, and spoiled if wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.standins.simpler.failure import Failure
from infra.standins.simpler.state import State


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the list that a call asks for."""

    number: int
    start: int
    size: int

    def before(self) -> "Window":
        """Return the page before; the first has none."""
        return Window(max(1, self.number - 1), max(0, self.start - self.size), self.size)


def window_of(state: State, parameters: Mapping[str, Any]) -> Window:
    """Return the window that the parameters ask for.

    Raises:
        ValueError: They are no numbers.
    """
    if state.paging == "all":
        return Window(1, 0, 2**31)
    if state.paging == "page":
        number = max(1, int(parameters.get("page", 1)))
        size = min(max(1, int(parameters.get("limit", state.page_size))), state.page_size)
        return Window(number, (number - 1) * size, size)
    start = int(str(parameters.get("cursor") or "c0").removeprefix("c"))
    return Window(start // state.page_size + 1, start, state.page_size)


def list_answer(state: State, window: Window, failure: Failure | None) -> dict[str, Any]:
    """Return the answer to a list call."""
    kind = failure.kind if failure else ""
    window = window.before() if kind == "repeat" else window
    end = window.start + window.size
    count, records = (0, []) if kind == "empty" else state.customers.part(window.start, end)
    answer: dict[str, Any] = {
        "success": True,
        "total": count + {"wrong total": 1, "moving total": window.number}.get(kind, 0),
        "customers": [] if kind == "gap" else records,
    }
    if state.paging == "cursor":
        answer["next"] = f"c{end}" if end < count else None
    return answer
