"""Meter: what programs have used of an account's quota."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from infra.standins.google.quota import METRICS, MINUTE, Quota, long_quota

Counters = Mapping[str, Mapping[str, int]]
"""Of each metric the units `used`, the most in one minute or day (`peak`), and the calls `refused`."""


@dataclass(slots=True)
class _Use:
    """The use of one metric: in its current window, the most in any, in all, and calls refused."""

    window: int = 0
    now: int = 0
    peak: int = 0
    used: int = 0
    refused: int = 0


@dataclass(slots=True)
class Meter:
    """An account's use of the quotas.

    Attributes:
        exhausted_until: Until when every call is refused for the long quota, if it is; in seconds since 1970.
    """

    exhausted_until: float = 0
    _uses: dict[str, _Use] = field(default_factory=dict)

    def charge(self, costs: Mapping[str, int], quota: Quota | None, now: datetime) -> None:
        """Count a call, unless it is refused: a refused one costs nothing.

        Args:
            costs: Its units by metric.
            quota: The limits; None for none.
            now: The time.

        Raises:
            GoogleError: 429, from the long quota or a quota that the call would exceed.
        """
        if now.timestamp() < self.exhausted_until:
            raise long_quota()
        uses = {name: self._use(name, now) for name in costs}
        for name, units in costs.items():
            if quota and uses[name].now + units > getattr(quota, name):
                uses[name].refused += 1
                headers = {"Retry-After": _seconds_left(now)} if quota.retry_after else None
                raise METRICS[name].exceeded(getattr(quota, name), headers)
        for name, units in costs.items():
            use = uses[name]
            use.now += units
            use.used += units
            use.peak = max(use.peak, use.now)

    def counters(self) -> Counters:
        """Return what was used and refused so far."""
        return {
            name: {"used": use.used, "peak": use.peak, "refused": use.refused}
            for name, use in self._uses.items()
        }

    def _use(self, name: str, now: datetime) -> _Use:
        use, window = self._uses.setdefault(name, _Use()), METRICS[name].window(now)
        if use.window != window:
            use.window, use.now = window, 0
        return use


def together(meters: Sequence[Counters]) -> Counters:
    """Return the counters of several accounts: the highest peak, and the sums of the others."""
    by: Mapping[str, Callable[[list[int]], int]] = {"used": sum, "peak": max, "refused": sum}
    found = {name: [meter[name] for meter in meters if name in meter] for name in METRICS}
    return {
        name: {key: total([use[key] for use in uses]) for key, total in by.items()}
        for name, uses in found.items()
        if uses
    }


def _seconds_left(now: datetime) -> str:
    return str(math.ceil(MINUTE - now.timestamp() % MINUTE))
