"""Waiting for what another thread or process is about to do."""

import threading
import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds that anything may take."""

_POLL = 0.02


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: It does not within a minute.
    """
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        threading.Event().wait(_POLL)
