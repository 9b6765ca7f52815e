"""Summary: what a diary comes to, minute by minute and at its peaks."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from infra.lab.scale.cost import Cost, summed
from infra.lab.scale.night import Dispatch

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Done:
    """A dispatch, with what is known of its wisp.

    Attributes:
        dispatch: When, and with what answer.
        host: The server of its SIMPLer.
        cost: What it took.
    """

    dispatch: Dispatch
    host: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Summary:
    """A night.

    Attributes:
        hours: From the first start to the last end.
        instances: How many runs there were at once, at most.
        on_one_host: How many of them read from one and the same SIMPLer, at most.
        google: Requests to the People API in the busiest minute.
        simpler: Requests to SIMPLer, all servers together, in the busiest minute.
        starts: Runs that started in the busiest minute.
        late: Seconds by which the last dispatch came later than it was due, at most.
        busy: Seconds of instances, all together.
        cost: Everything together.
    """

    hours: float
    instances: int
    on_one_host: int
    google: float
    simpler: float
    starts: int
    late: float
    busy: float
    cost: Cost


def summary(night: Sequence[Done]) -> Summary:
    """Count what a night came to."""
    spans = [(done.dispatch.start, done.dispatch.end) for done in night]
    by_host: dict[str, list[tuple[float, float]]] = {}
    for done, span in zip(night, spans, strict=True):
        by_host.setdefault(done.host, []).append(span)
    return Summary(
        hours=(max(end for _, end in spans) - min(start for start, _ in spans)) / 3600,
        instances=peak(spans),
        on_one_host=max(map(peak, by_host.values())),
        google=max(minutes(night, lambda done: done.cost.google).values()),
        simpler=max(minutes(night, lambda done: done.cost.simpler).values()),
        starts=max(Counter(int(start // MINUTE) for start, _ in spans).values()),
        late=max(done.dispatch.start - done.dispatch.due for done in night),
        busy=sum(end - start for start, end in spans),
        cost=summed([done.cost for done in night]),
    )


def peak(spans: Iterable[tuple[float, float]]) -> int:
    """Return how many spans overlap at most; one that ends when another starts does not."""
    steps = sorted(step for start, end in spans for step in ((start, 1), (end, -1)))
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def minutes(night: Iterable[Done], count: Callable[[Done], float]) -> Mapping[int, float]:
    """Return a count by minute since 1970; each dispatch's is spread evenly over its time."""
    found: dict[int, float] = {}
    for done in night:
        start, end = done.dispatch.start, done.dispatch.end
        amount, seconds = count(done), max(end - start, 0.001)
        for minute in range(int(start // MINUTE), int(end // MINUTE) + 1):
            inside = min(end, (minute + 1) * MINUTE) - max(start, minute * MINUTE)
            found[minute] = found.get(minute, 0) + amount * inside / seconds
    return found
