"""Start: the button. Takes the lease at once, which refuses a second press, and enqueues the run."""

from collections.abc import Mapping, Sequence

from shared.domain.model.act import Act
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.run import RunOutcome
from shared.errors import LeaseHeld, Trouble
from shared.ports import Drop, Put, Task
from shared.usecases.base.documents import accounts_of, act_put, load_wisp
from shared.usecases.base.leases import HeldLease, lease_of, new_claim
from shared.usecases.base.run_documents import run_put
from shared.usecases.base.services import Services
from shared.usecases.customers.press_queue import ask_for_turn

HANDOVER = 120.0
"""Seconds in which the task must begin; after that others may take the lease, and the task waits for them."""

_PATIENCE = 10.0
"""Seconds for which a run waits for presses of customers' buttons that have the lease."""

BETWEEN_LOOKS = 0.5
"""Seconds between two looks whether they have given it back."""


def start_sync(services: Services, wisp_id: str, by: str, allow: str = "") -> RunOutcome:
    """Start a run that a task will do.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        by: The user's address; others see it during the run.
        allow: A preview's token; the guard lets through the removals that it names.

    Raises:
        LeaseHeld: This wisp has a run at the moment.
        Misconfigured: The wisp does not exist, or has no account.
        RetryLater: The task could not be enqueued; the lease is free again.
    """
    wisp = load_wisp(services.state, wisp_id)
    accounts_of(services.state, wisp)
    now = services.clock.now()
    claim = new_claim(services, "run", by)
    lease = in_turn(services, wisp.id, claim)
    act = Act(now.isoformat(), by, "approved" if allow else "started", about=claim.run)
    writes = [act_put(wisp.id, now, act)]
    return hand_on(services, wisp.id, lease, claim, writes=writes, told={"allow": allow})


def hand_on(
    services: Services,
    wisp: str,
    lease: Lease,
    claim: Claim,
    *,
    writes: Sequence[Put] = (),
    told: Mapping[str, str] | None = None,
) -> RunOutcome:
    """Record the run that is to come, and hand its lease on to a task; free the lease if that fails.

    Args:
        services: The ports.
        wisp: The wisp's id.
        lease: Its lease.
        claim: Whose run it is.
        writes: What is written with the record, and dropped with it if that fails.
        told: What the task is told besides, of the members of `SyncWisp`.
    """
    now, told = services.clock.now().isoformat(), told or {}
    undid = told.get("undo", "")
    outcome = RunOutcome(claim.run, wisp, now, claim.holder, state="waiting", undid=undid)
    body = {"wisp": wisp, "by": claim.holder, "run": claim.run, "owner": claim.owner, "token": lease.token}
    task = Task("sync_wisp", {**body, **told}, name=f"start-{claim.run}", urgent=True)
    try:
        services.state.write(run_put(outcome), *writes, fence=lease)
        services.tasks.enqueue(task)
    except Trouble:  # its task may come all the same: it finds another token, and no run that waits for it
        with HeldLease(services, services.leases.hand_on(lease, claim, HANDOVER)) as held_lease:
            held_lease.write(*(Drop(put.path) for put in (run_put(outcome), *writes)))
        raise
    return outcome


def in_turn(services: Services, wisp: str, claim: Claim) -> Lease:
    """Take the lease, if need be from presses of customers' buttons: each has it for a few seconds.

    Not by `Tries`: only presses are waited for, and between two looks they are asked to leave the lease.
    """
    name, end = lease_of(wisp), services.clock.monotonic() + _PATIENCE
    while True:
        try:
            return services.leases.acquire(name, claim, HANDOVER)
        except LeaseHeld as held:
            if held.kind != "customers" or services.clock.monotonic() >= end:
                raise
        ask_for_turn(services, wisp)
        services.clock.sleep(BETWEEN_LOOKS)
