"""Intake: handles the presses of customers' buttons that wait, under the wisp's lease.

Told customers (`TOLD`) have one id each, however often SIMPLer's triggers tell of them. Whoever takes them up
gives each another id *before* SIMPLer is read. So what is told later waits again.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from shared.domain.model.account import Account
from shared.domain.model.run import CustomerOutcome
from shared.domain.model.schedule import moment
from shared.domain.model.wisp import Wisp
from shared.errors import LeaseHeld, Trouble
from shared.events import log_internal_error
from shared.ports import MOST_WRITES, SKEW, Drop, Put
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import to_document
from shared.usecases.base.leases import WAITING_DEADLINE, hold, lease_of, new_claim
from shared.usecases.base.services import Services
from shared.usecases.customers.press_queue import (
    A_MINUTE,
    BY_BUTTON,
    RETRY_WITHIN,
    SOON,
    TOLD,
    TRIGGER,
    Handled,
    Press,
    drops,
    enqueue_run,
    handled_path,
    is_a_runs_turn,
    press_path,
    queued,
)
from shared.usecases.customers.sync import sync_one
from shared.usecases.sync.report import log_customer
from shared.usecases.sync.session import Run

LOOKUP_SECONDS = 60.0
"""Seconds that SIMPLer may take for one customer."""

PRESSES_AT_ONCE = 20
"""Other customers that a press handles besides its own before it looks again."""

_DRAIN_SECONDS = 4.0
"""Seconds after which a batch begins no further customer."""

BATCHES = 2
"""Batches that a press handles: one with its own customer, and one of presses that came meanwhile."""

MOST_KEPT = 100
"""Presses of one customer whose outcome is kept when they are handled together."""

KEPT = timedelta(days=1)
"""The time for which the outcome of a press that was taken in is kept."""

Outcomes = dict[str, list[CustomerOutcome]]


def drain(
    run: Run,
    accounts: Sequence[Account],
    attempted: set[str],
    *,
    own: Collection[str] = (),
    seen: Collection[str] = (),
    finished: Collection[str] = (),
    most: int | None = None,
) -> Outcomes:
    """Synchronise every customer who waits and was not attempted yet; the caller holds the wisp's lease.

    Read the presses before the customer, so that a press in between counts as a new one. Presses stay while
    SIMPLer cannot return their customer, or a Google account must be tried again.

    Args:
        run: The run that holds the lease.
        accounts: The accounts that get the customers.
        attempted: Ids of presses that were attempted; this call adds its own.
        own: The presses of the caller's user, whose customer comes first.
        seen: Presses that were there when the run read SIMPLer's whole list.
        finished: Ids of the accounts that the run made equal to that list, but for what the guard held back.
        most: Stop after this many other customers, or `_DRAIN_SECONDS`; None: stop when nobody waits.
    """
    done: Outcomes = {}
    count, end = 0, run.services.clock.monotonic() + _DRAIN_SECONDS
    while (waiting := take_up(run)).keys() - attempted:
        for customer, presses in _by_customer(waiting, own):
            if presses.keys() <= attempted:
                continue
            now = run.services.clock.monotonic()
            is_enough = most is not None and count and (count > most or now > end)
            if is_enough or now > run.deadline:
                return done
            count += 1
            attempted.update(presses)
            run.held_lease.outlive(LOOKUP_SECONDS)
            try:
                seen_in = finished if presses.keys() <= set(seen) else ()
                is_told = all(press.by == TRIGGER for press in presses.values())
                done[customer] = sync_one(run, accounts, customer, seen_in=seen_in, is_told=is_told)
            except Trouble as trouble:  # SIMPLer failed, and would for the next customer
                attempted.update(waiting)
                done[customer] = _failed(accounts, trouble.user_message)
                return done
            except Exception as error:  # noqa: BLE001  one customer must not end a run, nor spoil the next
                log_internal_error("a customer failed unexpectedly", error, customer=customer, run=run.id)
                failed = "An unexpected error occurred; the operators can find it in the log by the run's id."
                done[customer] = _failed(accounts, failed)
            log_customer(run.wisp.id, customer, done[customer])
            if not any(outcome.again for outcome in done[customer]):
                for some in batches(_handled(run, presses, done[customer], own), MOST_WRITES):
                    run.held_lease.write(*some)
    return done


def _failed(accounts: Sequence[Account], reason: str) -> list[CustomerOutcome]:
    return [CustomerOutcome(account.id, account.email, "failed", reason) for account in accounts]


def _by_customer(
    presses: Mapping[str, Press], own: Collection[str]
) -> Sequence[tuple[str, Mapping[str, Press]]]:
    """Return the presses of each customer, those first whose customer somebody waits for."""
    found: dict[str, dict[str, Press]] = {}
    for id_, press in presses.items():
        found.setdefault(press.customer, {})[id_] = press
    return sorted(found.items(), key=lambda each: each[1].keys().isdisjoint(own))


def _handled(
    run: Run, presses: Mapping[str, Press], outcomes: Sequence[CustomerOutcome], own: Collection[str]
) -> list[Put | Drop]:
    """Return the writes that keep what became of a customer's presses that were taken in, then forget all."""
    taken_in = [id_ for id_ in presses if id_ not in own and presses[id_].by != TRIGGER][:MOST_KEPT]
    return [
        *(
            Put(
                handled_path(run.wisp.id, id_),
                to_document(Handled(presses[id_], tuple(outcomes))),
                expires=run.services.clock.now() + KEPT,
            )
            for id_ in taken_in
        ),
        *drops(run.wisp.id, presses),
    ]


def drain_after_release(
    services: Services,
    wisp: Wisp,
    accounts: Sequence[Account],
    *,
    own: Collection[str] = (),
    tried: Collection[str] = (),
) -> Outcomes:
    """Handle presses that wait, unless somebody else does; enqueue a run for the rest.

    Take the lease twice at most, for one batch each, so that this ends however many go on pressing. A run
    that waits for the lease goes first.

    Args:
        services: The ports.
        wisp: The wisp.
        accounts: The accounts that get the customers.
        own: The presses of the caller's user, whose customer comes first.
        tried: Presses that a run has left to its next task, or given up; they start no other run.
    """
    done: Outcomes = {}
    attempted: set[str] = set()
    deadline = services.clock.monotonic() + WAITING_DEADLINE
    batches = 0
    while left := queued(services, wisp.id).keys() - attempted:
        if batches == BATCHES or is_a_runs_turn(services, wisp.id):
            if not left <= set(tried):
                enqueue_run(services, wisp.id, within=SOON)
            break
        try:
            held_lease = hold(services, lease_of(wisp.id), new_claim(services, "customers", BY_BUTTON))
        except LeaseHeld:
            break
        with held_lease:
            run = Run(services, wisp, held_lease, deadline)
            done |= drain(run, accounts, attempted, own=own, most=PRESSES_AT_ONCE)
        batches += 1
    return done


def hand_on_rest(services: Services, wisp: str, done: Outcomes, own: Collection[str] = ()) -> None:
    """Enqueue a run for presses that were handled and must be tried again, so that none waits for the night.

    Args:
        services: The ports.
        wisp: The wisp's id.
        done: What `drain_after_release` returned.
        own: Presses whose user is told, and tries again by themselves.

    Raises:
        RetryLater: The queue cannot be reached; the presses wait for the next run.
    """
    outcomes = [outcome for some in done.values() for outcome in some]
    has_failed = any(outcome.result == "failed" for outcome in outcomes)
    if any(each.again for each in outcomes) or (has_failed and queued(services, wisp).keys() - set(own)):
        enqueue_run(services, wisp, within=retry_within(outcomes))


def retry_within(outcomes: Sequence[CustomerOutcome]) -> float:
    """Return within how many seconds a run takes up customers who must be tried again.

    A run that is only to look at everybody comes soon: nobody is in trouble who should be given time.
    """
    again = [outcome for outcome in outcomes if outcome.again]
    return A_MINUTE if again and all(outcome.for_a_run for outcome in again) else RETRY_WITHIN


def hand_on_new(services: Services, wisp: str, since: str) -> None:
    """Enqueue a run for who pressed since a run began that is given up: they were told that it takes them in.

    Earlier presses wait for the night, since that run tried them often enough; triggers have their own task.

    Args:
        services: The ports.
        wisp: The wisp's id.
        since: When the run began, ISO 8601, UTC.

    Raises:
        RetryLater: The queue cannot be reached; the presses wait for the night.
    """
    began = (moment(since) - timedelta(seconds=SKEW)).isoformat()  # compared as it is written, in UTC
    if any(press.by != TRIGGER and press.at >= began for press in queued(services, wisp).values()):
        enqueue_run(services, wisp)


def forget(run: Run, presses: Sequence[str]) -> None:
    """Forget presses, however many, whose customers are synchronised.

    Raises:
        LeaseLost: The wisp's lease has passed to another.
    """
    for some in batches(presses, MOST_WRITES):
        run.held_lease.write(*drops(run.wisp.id, some))


def take_up(run: Run) -> Mapping[str, Press]:
    """Return the presses that nobody has handled yet; from now on a trigger that tells of them tells anew.

    Raises:
        LeaseLost: The wisp's lease has passed to another.
    """
    found = queued(run.services, run.wisp.id)
    presses = {id_: press for id_, press in found.items() if not id_.startswith(TOLD)}
    for some in batches([id_ for id_ in found if id_.startswith(TOLD)], MOST_WRITES // 2):
        taken = {secrets.token_hex(12): found[id_] for id_ in some}
        puts = [Put(press_path(run.wisp.id, id_), to_document(press)) for id_, press in taken.items()]
        run.held_lease.write(*drops(run.wisp.id, some), *puts)
        presses |= taken
    return presses
