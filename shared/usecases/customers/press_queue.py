"""Press queue: stores each press of a customer's button first, so that none is lost.

Whoever holds the wisp's lease handles the presses: the press itself if it gets the lease, otherwise the run
that has it, before it ends and once more after it released the lease. A press is stored *before* it tries to
take the lease, and a holder looks *after* it released it. So one of the two sees each press, whenever it
comes.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.model.account import Account
from shared.domain.model.run import CustomerOutcome
from shared.domain.model.wisp import Wisp
from shared.errors import LeaseHeld, Trouble
from shared.events import Event, log, log_internal_error
from shared.ports import Drop, Put, Task
from shared.usecases.base.documents import from_document, to_document
from shared.usecases.base.leases import WAITING_DEADLINE, hold, lease_of, new_claim
from shared.usecases.base.services import Services
from shared.usecases.customers.sync import sync_one
from shared.usecases.sync.account import Run
from shared.usecases.sync.report import log_customer

LOOKUP_SECONDS = 60.0
"""Seconds that SIMPLer may take for one customer."""

RETRY_WITHIN = 5 * 60.0
"""Seconds within which one run takes up all presses that must be tried again."""

Outcomes = dict[str, list[CustomerOutcome]]


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a customer's button.

    Attributes:
        customer: The customer's id.
        by: The user's address.
        at: ISO 8601, UTC.
    """

    customer: str
    by: str
    at: str


def store(services: Services, wisp: str, customer: str, by: str) -> Mapping[str, Press]:
    """Store a press, so that it cannot be lost; return it by its document's id."""
    press, id_ = Press(customer, by, services.clock.now().isoformat()), secrets.token_hex(12)
    services.state.write(Put(f"wisps/{wisp}/presses/{id_}", to_document(press)))
    return {id_: press}


def queued(services: Services, wisp: str) -> Mapping[str, Press]:
    """Return the presses that nobody has handled yet, by their document's id."""
    path = f"wisps/{wisp}/presses"
    return {
        id_: from_document(document, Press, f"{path}/{id_}") for id_, document in services.state.find(path)
    }


def drain(run: Run, accounts: Sequence[Account], attempted: set[str]) -> Outcomes:
    """Synchronise every customer who waits and was not attempted yet; the caller holds the wisp's lease.

    Read the presses before the customer, so that a press in between counts as a new one. Presses stay while
    SIMPLer cannot return their customer, or a Google account must be tried again.
    """
    done: Outcomes = {}
    while presses := _fresh(run.services, run.wisp.id, attempted):
        attempted.update(presses)
        for customer in dict.fromkeys(press.customer for press in presses.values()):
            if run.services.clock.monotonic() > run.deadline:
                return done
            run.held_lease.outlive(LOOKUP_SECONDS)
            try:
                done[customer] = sync_one(run, accounts, customer)
            except Trouble as trouble:  # SIMPLer failed, and would for the next customer
                done[customer] = [
                    CustomerOutcome(a.id, a.email, "failed", trouble.user_message) for a in accounts
                ]
                return done
            except Exception as error:  # noqa: BLE001  one customer must not end a run, nor spoil the next
                log_internal_error("a customer failed unexpectedly", error, customer=customer, run=run.id)
                failed = "An unexpected error occurred; the operators can find it in the log by the run's id."
                done[customer] = [CustomerOutcome(a.id, a.email, "failed", failed) for a in accounts]
            log_customer(run.wisp.id, customer, done[customer])
            if not any(outcome.again for outcome in done[customer]):
                run.held_lease.write(*_drops(run.wisp.id, presses, customer))
    return done


def _drops(wisp: str, presses: Mapping[str, Press], customer: str) -> list[Drop]:
    """Return the writes that delete the presses of a customer."""
    return [
        Drop(f"wisps/{wisp}/presses/{id_}") for id_, press in presses.items() if press.customer == customer
    ]


def _fresh(services: Services, wisp: str, attempted: set[str]) -> Mapping[str, Press]:
    return {id_: press for id_, press in queued(services, wisp).items() if id_ not in attempted}


def drop(services: Services, wisp: str, presses: Mapping[str, Press], customer: str) -> None:
    """Delete a customer's presses, after their user has learnt the outcome."""
    services.state.write(*_drops(wisp, presses, customer))


def drain_after_release(services: Services, wisp: Wisp, accounts: Sequence[Account]) -> Outcomes:
    """Handle the presses that were stored while a lease was being released, unless somebody else does."""
    done: Outcomes = {}
    attempted: set[str] = set()
    while _fresh(services, wisp.id, attempted):
        try:
            held_lease = hold(
                services, lease_of(wisp.id), new_claim(services, "customers", "a customer's button")
            )
        except LeaseHeld:
            return done
        with held_lease:
            run = Run(services, wisp, held_lease, services.clock.monotonic() + WAITING_DEADLINE)
            done |= drain(run, accounts, attempted)
    return done


def enqueue_run(services: Services, wisp: str) -> None:
    """Enqueue a run that takes up the waiting presses; many calls within `RETRY_WITHIN` make one run.

    Raises:
        RetryLater: The queue cannot be reached; the presses wait for the next run.
    """
    now = services.clock.now().timestamp()
    turn = int(now // RETRY_WITHIN) + 1
    body = {"wisp": wisp, "by": "a customer's button"}
    services.tasks.enqueue(
        Task("sync_wisp", body, name=f"presses-{wisp}-{turn}", delay=turn * RETRY_WITHIN - now)
    )
    log(Event.TASK_ENQUEUED, "a run for waiting customers is enqueued", wisp=wisp)
