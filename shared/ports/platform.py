"""Platform: what the cloud runs beside our functions, and whether it goes."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec


class QueueState(msgspec.Struct, frozen=True):
    """A queue of ours.

    Attributes:
        name: Its name.
        state: "RUNNING", "PAUSED" or "DISABLED"; empty: it is not there.
    """

    name: str
    state: str


class JobState(msgspec.Struct, frozen=True):
    """A job that calls one of our functions at its times.

    Attributes:
        name: Its name.
        state: "ENABLED", "PAUSED", "DISABLED" or "UPDATE_FAILED".
        failed: Why its last call failed, in a word and a sentence; empty: it did not, or there was none.
    """

    name: str
    state: str
    failed: str


class Platform(Protocol):
    """The cloud that we run on. A machine of one's own has none.

    Every method raises `RetryLater` if it cannot be reached, and `Misconfigured` if we may not look.
    """

    def queues(self) -> Sequence[QueueState]:
        """Return the queues that the settings name."""

    def jobs(self) -> Sequence[JobState]:
        """Return all jobs at our place."""

    def services(self) -> Collection[str]:
        """Return the names of the cloud's services that are switched on, such as ``run.googleapis.com``."""
