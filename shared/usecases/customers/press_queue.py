"""Press queue: stores each press of a customer's button before anything else is done.

Whoever holds the wisp's lease works them off: the press itself when it gets the lease, else the run that has
it, before it ends and once more after it gave the lease back. A press is stored *before* it tries for the
lease, and a holder looks *after* it gave it back; so whichever moment a press comes, one of the two sees it.
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
"""Seconds within which a run takes up what could not be done for now: one run for all of that time."""

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
    """Store a press, which from now on is not lost; return it by its document's id."""
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
    """Synchronise every waiting customer, until none waits that was not attempted; the wisp's lease is ours.

    The presses are read first and the customer afterwards, so a press that comes in between is a new one.
    While SIMPLer cannot give a customer, or a Google account is to be tried again, its presses stay.
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
            except Trouble as trouble:  # SIMPLer's: it would be the same for the next customer
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
    """Return the writes that forget the presses of a customer."""
    return [
        Drop(f"wisps/{wisp}/presses/{id_}") for id_, press in presses.items() if press.customer == customer
    ]


def _fresh(services: Services, wisp: str, attempted: set[str]) -> Mapping[str, Press]:
    return {id_: press for id_, press in queued(services, wisp).items() if id_ not in attempted}


def drop(services: Services, wisp: str, presses: Mapping[str, Press], customer: str) -> None:
    """Forget a customer's presses after their user was told the outcome."""
    services.state.write(*_drops(wisp, presses, customer))


def drain_after_release(services: Services, wisp: Wisp, accounts: Sequence[Account]) -> Outcomes:
    """Work off what was stored while the lease was being given back; somebody else may be at it already."""
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
    """Let a run begin soon, which takes up what waits; however many call for it, it is one.

    Raises:
        RetryLater: The queue cannot be reached; what waits stays for the next run.
    """
    now = services.clock.now().timestamp()
    turn = int(now // RETRY_WITHIN) + 1
    body = {"wisp": wisp, "by": "a customer's button"}
    services.tasks.enqueue(
        Task("sync_wisp", body, name=f"presses-{wisp}-{turn}", delay=turn * RETRY_WITHIN - now)
    )
    log(Event.TASK_ENQUEUED, "customers who wait are handed on", wisp=wisp)
