"""Targets: the figures to reach, and whether they are reached."""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.lab.bench.results import Results
from infra.lab.bench.scenario import QUIET

MIDDLE, LARGEST = 5000, 25_000
"""Customers; targets are of these numbers."""

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to reach.

    Attributes:
        what: In words.
        desired: At most this, or at least.
        measured: The worst that was measured.
        words: How the two are written.
        at_least: Whether more is better.
    """

    what: str
    desired: float
    measured: float
    words: str = "{:.2f}"
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        return self.measured >= self.desired if self.at_least else self.measured <= self.desired


def targets(results: Results) -> list[Target]:
    """Return the targets for which something was measured."""
    return [*_of_nights(results), *_of_pacing(results), *_of_starts(results)]


def _of_nights(results: Results) -> Iterator[Target]:
    for night in results.nights:
        if night.latency and night.customers == MIDDLE:
            what = f"wall time over its floor, {MIDDLE:,} customers at 80 ms: {night.scenario}"
            yield Target(what, 1.15, night.wall / night.served)
    largest = [night for night in results.nights if night.customers == LARGEST and not night.latency]
    for night in largest:
        if night.scenario == QUIET.name:
            yield Target(
                f"processor time over decoding, {LARGEST:,} customers: nothing changed",
                3,
                night.cpu / night.decoding,
            )
    if largest:
        worst = max(largest, key=lambda night: night.peak)
        what = f"peak memory of {LARGEST:,} customers; most: {worst.scenario}"
        yield Target(what, 256, worst.peak / _MIB, "{:.0f} MiB")


def _of_pacing(results: Results) -> Iterator[Target]:
    for pacing in results.pacing:
        yield Target("rate reached over rate allowed", 0.95, pacing.share, "{:.1%}", at_least=True)
        yield Target("answers 429 under the limits set", 0, pacing.refused, "{:.0f}")


def _of_starts(results: Results) -> Iterator[Target]:
    if results.starts:
        worst = max(results.starts, key=lambda start: start.seconds / start.bare)
        what = f"cold start over a bare one's; longest: `{worst.function}`"
        yield Target(what, 1.15, worst.seconds / worst.bare)
