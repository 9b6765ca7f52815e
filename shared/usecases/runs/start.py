"""Start: the button. Takes the lease at once, which refuses a second press, and enqueues the run."""

from collections.abc import Sequence

from shared.domain.model.act import Act
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.run import RunOutcome
from shared.errors import LeaseHeld, Trouble
from shared.ports import Put, Task
from shared.usecases.base.documents import accounts_of, act_put, load_wisp, run_put
from shared.usecases.base.leases import lease_of, new_claim
from shared.usecases.base.services import Services
from shared.usecases.customers.press_queue import ask_for_turn

HANDOVER = 120.0
"""Seconds in which the task must begin; after that another run may take the lease, which ends the task."""

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
    return hand_on(services, wisp.id, lease, claim, writes=[act_put(wisp.id, now, act)], allow=allow)


def hand_on(
    services: Services, wisp: str, lease: Lease, claim: Claim, *, writes: Sequence[Put] = (), allow: str = ""
) -> RunOutcome:
    """Record the run that is to come, and hand its lease on to a task; free the lease if that fails."""
    now = services.clock.now().isoformat()
    outcome = RunOutcome(claim.run, wisp, now, claim.holder, state="waiting")
    try:
        services.state.write(run_put(outcome), *writes, fence=lease)
        services.tasks.enqueue(_task(wisp, claim, lease, allow))
    except Trouble:
        services.leases.release(lease)
        raise
    return outcome


def in_turn(services: Services, wisp: str, claim: Claim) -> Lease:
    """Take the lease, if need be from presses of customers' buttons: each has it for a few seconds."""
    name, end = lease_of(wisp), services.clock.monotonic() + _PATIENCE
    while True:
        try:
            return services.leases.acquire(name, claim, HANDOVER)
        except LeaseHeld as held:
            if held.kind != "customers" or services.clock.monotonic() >= end:
                raise
        ask_for_turn(services, wisp)
        services.clock.sleep(BETWEEN_LOOKS)


def _task(wisp: str, claim: Claim, lease: Lease, allow: str) -> Task:
    body = {"wisp": wisp, "by": claim.holder, "run": claim.run, "owner": claim.owner, "token": lease.token}
    return Task("sync_wisp", {**body, "allow": allow}, name=f"start-{claim.run}", urgent=True)
