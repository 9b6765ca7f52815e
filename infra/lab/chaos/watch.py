"""Watch: what must hold while processes go on side by side, whoever is killed, stopped or late."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.lab.chaos.message import Event
from infra.lab.chaos.owner import Owner
from infra.lab.chaos.process import Process
from infra.lab.chaos.verdict import count_of
from infra.lab.chaos.world import World

WORST_CASE = 180.0
"""Seconds that a lease outlives the moment before a request by, at least."""

LATE = 1.0
"""Seconds after it was let through from which a request is late."""

SEEN = 3600.0
"""Seconds after which a run has seen a contact that its owner brought back."""

_WRITES = frozenset({"DELETE", "PATCH", "POST", "PUT"})


@dataclass(frozen=True, slots=True)
class Judged:
    """The state before an event.

    Attributes:
        documents: The state, where a stale holder is about to write; None otherwise.
        creates: In which account contacts are about to be made; empty: in none.
        counts: How many contacts each customer has there.
        excuse: Why a contact may be made twice; empty: it may not.
    """

    documents: Mapping[str, Any] | None = None
    creates: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    excuse: str = ""


class Watch:
    """Looks at every event.

    Attributes:
        clocks_are_wrong: Whether some machine's time of day has jumped.
    """

    def __init__(self, world: World) -> None:
        self.clocks_are_wrong = False
        self._world = world
        self._tokens: dict[str, int] = {}
        self._arrived: dict[tuple[int, int], float] = {}
        self._leases = {account.id: account.lease for account in world.accounts}
        self._late: set[str] = set()

    def before(self, process: Process, event: Event, processes: Sequence[Process]) -> Judged:
        """Look at an event that is about to happen."""
        documents = self._world.database.everything() if self._is_stale_write(process, event) else None
        self._world.tally["requests sent late"] += self._is_sent_late(process, event)
        if not _mutates(event):
            return Judged(documents)
        self._check_alone(process, event, processes)
        stale = self._is_superseded(process, self._leases[event.account])
        creates = event.account if "reateContact" in event.what else ""
        self._world.tally["requests by stale holders"] += stale
        if stale and creates:
            self._late.add(creates)
        counts = self._counted(creates) if creates else {}
        return Judged(documents, creates, counts, self._excuse(creates))

    def after(self, process: Process, event: Event | None, judged: Judged) -> None:
        """Look at what an event has done, when its process has come to another."""
        if event:
            self._arrived[process.pid, event.actor] = self._world.time.seconds
            self._note_lease(process, event)
        if judged.documents is not None:
            self._world.tally["writes by stale holders"] += 1
            if self._world.database.everything() != judged.documents:
                self._world.report("stale", f"{process.name} changed the state after it had lost its lease")
        if judged.creates:
            self._count_doubles(judged)

    def _note_lease(self, process: Process, event: Event) -> None:
        lease = event.facts.get("lease")
        if event.phase == "before" or not lease:
            return
        if event.facts.get("released"):
            process.held.pop(lease, None)
        elif token := event.facts.get("token"):
            process.held[lease] = token
            self._tokens[lease] = max(token, self._tokens.get(lease, 0))

    def _is_superseded(self, process: Process, lease: str) -> bool:
        return process.held.get(lease, 0) < self._tokens.get(lease, 0)

    def _is_stale_write(self, process: Process, event: Event) -> bool:
        if event.phase == "after" or "paths" not in event.facts:
            return False
        leases = {self._lease_of(path) for path in event.facts["paths"]} & process.held.keys()
        return any(self._is_superseded(process, lease) for lease in leases)

    def _is_sent_late(self, process: Process, event: Event) -> bool:
        """Return whether a request that was counted as of one minute reaches Google in another one."""
        now = self._world.time.seconds
        waited = now - self._arrived.get((process.pid, event.actor), now)
        return event.phase == "before" and " /v1/" in event.what and waited > LATE

    def _lease_of(self, path: str) -> str:
        """Return the lease under which a document is written, empty where it is not always the same."""
        first, id_, *rest = path.split("/")
        if first == "ledgers":
            return self._leases.get(id_, "")
        return f"wisp-{id_}" if rest and rest[0] in ("runs", "believed") else ""

    def _check_alone(self, process: Process, event: Event, processes: Sequence[Process]) -> None:
        """Check that of the processes about to write, all but one have waited for too long."""
        now = self._world.time.seconds
        there = [
            other.name
            for other in processes
            for actor, coming in other.ready.items()
            if (other is not process or coming is not event)
            and _mutates(coming)
            and coming.account == event.account
            and now - self._arrived.get((other.pid, actor), now) < WORST_CASE
        ]
        since = now - self._arrived.get((process.pid, event.actor), now)
        if there and since < WORST_CASE:
            names = ", ".join([process.name, *there])
            self._world.report("two writers", f"{names} are about to write to {event.account}")

    def _excuse(self, account: str) -> str:
        """Return why a contact may be made twice; a late holder may also come before its successor."""
        if account in self._late:
            return "by stale holders"
        return "by wrong clocks" if self.clocks_are_wrong else ""

    def _count_doubles(self, judged: Judged) -> None:
        """Find customers with one contact more than before, those left out that owners have merged."""
        brought = self._owner(judged.creates).brought
        late = self._world.time.seconds - SEEN
        for customer, count in self._counted(judged.creates).items():
            if count <= max(judged.counts.get(customer, 0), 1):
                continue
            excuse = "by their owners" if brought.get(customer, 0) > late else judged.excuse
            if excuse:
                self._world.tally[f"made twice {excuse}"] += 1
            else:
                self._world.report("doubled", f"a second contact was made for customer {customer}")

    def _counted(self, account: str) -> Counter[str]:
        return count_of(self._owner(account).snapshot()["contacts"], self._world.wisp.id)

    def _owner(self, account: str) -> Owner:
        both = zip(self._world.accounts, self._world.owners, strict=True)
        return next(owner for one, owner in both if one.id == account)


def _mutates(event: Event) -> bool:
    """Return whether a request that changes an account is about to be sent."""
    method, _, path = event.what.partition(" ")
    is_write = method in _WRITES and path.startswith("/v1/")
    return event.phase == "before" and bool(event.account) and is_write
