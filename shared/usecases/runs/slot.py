"""Slot: a place among the runs that read one SIMPLer at once.

Many wisps may share a SIMPLer. When it is slow or hangs, each of their runs waits for it for minutes; without
a limit they would fill every place that runs have, and those of other wisps would wait too.

Each place is a lease by the server's name. So it is taken by one run only, and one whose run died is free
again when it ends by time. It is not renewed: reading a list takes less, and one run too many does no harm.
"""

import re
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit
from zlib import crc32

from shared.domain.model.lease import Lease
from shared.domain.model.wisp import Wisp
from shared.errors import LeaseHeld, RetryLater, Trouble
from shared.usecases.base.leases import new_claim
from shared.usecases.base.services import Services

SLOTS = 5
"""Runs that read one SIMPLer at once."""

PREVIEW_SLOTS = 3
"""Previews that read one SIMPLer at once: fewer than the places of tasks that somebody waits for."""

SLOT_SECONDS = 660.0
"""Seconds after which a slot is free, whatever became of its run: a list takes ten minutes at most."""

_LONGEST_HOST = 100


class NoSlot(RetryLater):
    """As many runs as may do so are reading this SIMPLer."""


class Slot:
    """A slot that a run has; it is given back when the ``with`` block ends, or before."""

    def __init__(self, services: Services, lease: Lease) -> None:
        """Wrap a lease that was granted to us."""
        self._services = services
        self._lease: Lease | None = lease

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Give it back, once; where that fails, it ends by time."""
        lease, self._lease = self._lease, None
        if lease:
            with suppress(Trouble):
                self._services.leases.release(lease)


def take_slot(services: Services, wisp: Wisp, use: Literal["run", "preview"] = "run") -> Slot:
    """Take a slot at a wisp's SIMPLer; previews have slots of their own.

    Raises:
        NoSlot: All are taken.
        RetryLater: The database cannot be reached.
    """
    kind, slots = ("simpler", SLOTS) if use == "run" else ("previews", PREVIEW_SLOTS)
    claim, first = new_claim(services, use, f"a {use}", wisp.id), crc32(wisp.id.encode()) % slots
    server = _server(wisp.simpler_url)
    for number in (*range(first, slots), *range(first)):
        with suppress(LeaseHeld):
            return Slot(services, services.leases.acquire(f"{kind}-{server}-{number}", claim, SLOT_SECONDS))
    raise NoSlot(
        "simpler.busy",
        f"{slots} {use}s are reading the SIMPLer at {server} already",
        "SIMPLer is slow, and is being read for others. Please try again in a few minutes.",
    )


def _server(url: str) -> str:
    """Return a server's name as a lease's may be; an address that is none is told by whoever calls it."""
    with suppress(ValueError):
        return re.sub(r"[^a-z0-9-]", "_", urlsplit(url).hostname or "")[:_LONGEST_HOST]
    return ""
