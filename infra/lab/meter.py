"""Meter: counts what a run asks of the database and of the secrets, as Google would bill it."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from shared.domain.model.lease import Claim, Lease
from shared.events import LOGGER
from shared.log_lines import JsonLines
from shared.ports import Document, Drop, LeaseStore, Put, SecretStore, StateStore


@dataclass(slots=True)
class Meter:
    """The counts so far; threads may share it.

    Attributes:
        trips: Answers that were waited for.
        reads: Documents read, leases among them.
        writes: Documents written, leases among them.
        deletes: Documents deleted.
        secrets: Values of secrets read.
        lines: Lines of the log.
        logged: Bytes of it.
        commits: Writes of one document or more.
        read: Documents read by the collection that they are in; a miss counts, as Firestore's do.
        written: Documents written or dropped, by collection too.
    """

    trips: int = 0
    reads: int = 0
    writes: int = 0
    deletes: int = 0
    secrets: int = 0
    lines: int = 0
    logged: int = 0
    commits: int = 0
    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, **more: int) -> None:
        """Add to the counts."""
        with self._lock:
            for name, number in more.items():
                setattr(self, name, getattr(self, name) + number)


class MeteredState:
    """The `StateStore` port on another one. A query that finds nothing is billed as one document read."""

    def __init__(self, state: StateStore, meter: Meter) -> None:
        self._state = state
        self._meter = meter

    def get(self, path: str) -> Document | None:
        """Do as the port says, and count it."""
        self._meter.count(trips=1, reads=1)
        self._meter.read[_kind(path)] += 1
        return self._state.get(path)

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """Do as the port says, and count it."""
        found = self._state.find(collection, where=where, newest=newest)
        self._meter.count(trips=1, reads=max(1, len(found)))
        self._meter.read[_kind(f"{collection}/")] += max(1, len(found))
        return found

    def write(self, *writes: Put | Drop, fence: Lease | None = None) -> None:
        """Do as the port says, and count a fence as one lease read and written."""
        drops = sum(isinstance(write, Drop) for write in writes)
        fenced = fence is not None
        self._meter.count(
            trips=1 + fenced, reads=int(fenced), writes=len(writes) - drops + fenced, deletes=drops
        )
        self._state.write(*writes, fence=fence)
        self._meter.count(commits=1)
        self._meter.written.update(_kind(write.path) for write in writes)


def _kind(path: str) -> str:
    """Return the names of a path's collections: ``ledgers/shards`` of ``ledgers/acme-1/shards/001``."""
    return "/".join(path.split("/")[::2])


class MeteredLeases:
    """The `LeaseStore` port on another one: every change is a read and a write."""

    def __init__(self, leases: LeaseStore, meter: Meter) -> None:
        self._leases = leases
        self._meter = meter

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Do as the port says, and count it."""
        self._meter.count(trips=2, reads=1, writes=1)
        return self._leases.acquire(name, claim, ttl)

    def renew(self, lease: Lease, ttl: float) -> Lease:
        """Do as the port says, and count it."""
        self._meter.count(trips=2, reads=1, writes=1)
        return self._leases.renew(lease, ttl)

    def hand_on(self, lease: Lease, claim: Claim, ttl: float) -> Lease:
        """Do as the port says, and count it."""
        self._meter.count(trips=2, reads=1, writes=1)
        return self._leases.hand_on(lease, claim, ttl)

    def release(self, lease: Lease) -> None:
        """Do as the port says, and count it."""
        self._meter.count(trips=2, reads=1, writes=1)
        self._leases.release(lease)

    def held(self) -> Sequence[str]:
        """Do as the port says, and count it."""
        names = self._leases.held()
        self._meter.count(trips=1, reads=max(1, len(names)))
        return names

    def names(self, prefix: str) -> Sequence[str]:
        """Do as the port says, and count it."""
        names = self._leases.names(prefix)
        self._meter.count(trips=1, reads=max(1, len(names)))
        return names

    def mend(self, name: str, claim: Claim, ttl: float) -> Lease | None:
        """Do as the port says, and count it."""
        self._meter.count(trips=2, reads=1, writes=1)
        return self._leases.mend(name, claim, ttl)

    def forget(self, name: str) -> bool:
        """Do as the port says, and count it."""
        self._meter.count(trips=2, reads=1, writes=1)
        return self._leases.forget(name)

    def look(self, name: str) -> tuple[Lease | None, float]:
        """Do as the port says, and count it."""
        self._meter.count(trips=1, reads=1)
        return self._leases.look(name)


class MeteredSecrets:
    """The `SecretStore` port on another one; only reading is billed by the piece."""

    def __init__(self, secrets: SecretStore, meter: Meter) -> None:
        self._secrets = secrets
        self._meter = meter

    def get(self, name: str) -> str:
        """Do as the port says, and count it."""
        self._meter.count(secrets=1)
        return self._secrets.get(name)

    def put(self, name: str, value: str) -> None:
        """Do as the port says, and count it."""
        self._secrets.put(name, value)

    def destroy(self, name: str) -> None:
        """Do as the port says, and count it."""
        self._secrets.destroy(name)


class MeteredLog(logging.Handler):
    """Counts the log's lines and bytes instead of writing them."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line."""
        self._meter.count(lines=1, logged=len(self.format(record).encode()) + 1)


@contextmanager
def counted_log() -> Iterator[Meter]:
    """Count the log instead of writing it, while the block runs."""
    meter = Meter()
    handlers, level, propagate = LOGGER.handlers, LOGGER.level, LOGGER.propagate
    LOGGER.handlers, LOGGER.propagate = [MeteredLog(meter)], False
    LOGGER.setLevel(logging.INFO)
    try:
        yield meter
    finally:
        LOGGER.handlers, LOGGER.propagate = handlers, propagate
        LOGGER.setLevel(level)
