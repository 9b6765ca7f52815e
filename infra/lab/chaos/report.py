"""Report: what the schedules came to, in numbers, and what failed with the command that shows it again."""

from collections import Counter
from collections.abc import Iterator

from infra.lab.chaos.schedule import Result
from infra.lab.chaos.workers import Order

_COUNTS = (
    "schedules",
    "processes",
    "crashes",
    "pauses",
    "rivals",
    "double deliveries",
    "clock jumps",
    "permits",
    "scopes",
    "requests by stale holders",
    "writes by stale holders",
    "made twice by stale holders",
    "made twice by wrong clocks",
    "made twice by their owners",
    "requests sent late",
    "requests beyond quota",
)
_HARMS = {
    "lost": "lost",
    "doubled": "doubled",
    "foreign": "foreign touched",
    "addition": "users' additions lost",
    "content": "not as SIMPLer says",
    "stayed": "not removed",
    "former": "among the former customers, though a contact",
    "label": "without its label",
    "stale": "state changed by a stale holder",
    "two writers": "two writers in one account",
    "quota": "quota not kept",
    "restless": "not converged within two runs",
    "incomplete": "not complete",
    "secret": "secrets in the state",
    "unexpected": "unexpected errors",
    "harness": "failures of this harness",
}
_GROUPS = ("started", "extra runs", "fault", "deed")
_SHOWN = 3
"""Findings shown of a schedule that failed."""


class Report:
    """Adds up what schedules come to."""

    def __init__(self) -> None:
        self._tally: Counter[str] = Counter()
        self._harms: Counter[str] = Counter()
        self.failed: list[tuple[Order, Result]] = []

    def add(self, order: Order, result: Result) -> None:
        """Add what a schedule came to."""
        self._tally += result.tally
        self._harms += Counter({finding.kind for finding in result.findings})
        if result.findings:
            self.failed.append((order, result))

    def lines(self, seconds: float) -> Iterator[str]:
        """Yield the report, line by line."""
        for name in _COUNTS:
            yield _line(name, self._tally[name])
        for group in _GROUPS:
            yield ""
            yield f"{group}:"
            found = {n.split(": ", 1)[1]: c for n, c in self._tally.items() if n.startswith(f"{group}: ")}
            yield from (_line(f"  {name}", found[name]) for name in sorted(found))
        yield ""
        yield "schedules with harm:"
        yield from (_line(f"  {words}", self._harms[kind]) for kind, words in _HARMS.items())
        yield ""
        yield _line("seconds", round(seconds))
        yield _line("schedules a second", round(self._tally["schedules"] / max(seconds, 1), 2))


def failure(order: Order, result: Result) -> Iterator[str]:
    """Return what failed in a schedule, and how to see it again."""
    state = "firestore" if order.emulator else "sqlite"
    yield f"Seed {order.seed} failed. Again: make chaos SEED={order.seed} STATE={state}"
    yield from (f"  {finding.kind}: {finding.sentence}" for finding in result.findings[:_SHOWN])


def _line(name: str, count: float) -> str:
    return f"{name:<40}{count:>10,}"
