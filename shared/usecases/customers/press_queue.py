"""Press queue: stores each press of a customer's button first, so that none is lost.

Whoever holds the wisp's lease handles the presses: the press itself if it gets the lease, otherwise the run
that has it, before it ends and once more after it released the lease. A press is stored *before* it tries to
take the lease, and a holder looks *after* it released it. So one of the two sees each press, whenever it
comes.

SIMPLer's triggers press too, with an id that each customer has once (`TOLD`): however often they tell of a
customer, one press waits. Whoever takes them up gives each another id *before* SIMPLer is read. So what is
told later waits again.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.model.account import Account
from shared.domain.model.act import Act
from shared.domain.model.run import CustomerOutcome
from shared.domain.model.wisp import Wisp
from shared.errors import LeaseHeld, Trouble
from shared.events import Event, log, log_internal_error
from shared.ports import MOST_WRITES, Drop, Put, StateStore, Task
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import act_put, from_document, to_document
from shared.usecases.base.leases import WAITING_DEADLINE, hold, lease_of, new_claim
from shared.usecases.base.services import Services
from shared.usecases.customers.sync import sync_one
from shared.usecases.sync.account import Run
from shared.usecases.sync.report import log_customer

LOOKUP_SECONDS = 60.0
"""Seconds that SIMPLer may take for one customer."""

RETRY_WITHIN = 5 * 60.0
"""Seconds within which one run takes up all presses that must be tried again."""

SOON = 30.0
"""Seconds within which a run takes up presses that nobody has handled yet."""

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

TURN = 60.0
"""Seconds for which presses leave the lease to a run that found it with one of them."""

TOLD = "told-"
"""How the id of a press begins that one of SIMPLer's triggers made, until somebody takes it up."""

TRIGGER = "SIMPLer's trigger"
"""Who made such a press, in words that others may read."""

_BY = "a customer's button"
"""Who holds the lease for presses, or starts a run for them, in words that others may read."""

HANDED_ON = (TRIGGER, _BY)
"""Who starts the runs that take up customers who wait, and that nobody asked for as such."""

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


@dataclass(frozen=True, slots=True)
class Handled:
    """A press that somebody else handled.

    Attributes:
        press: It.
        accounts: What became of the customer in each account.
    """

    press: Press
    accounts: tuple[CustomerOutcome, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A run waits for the wisp's lease, which a press had.

    Attributes:
        until: The end of the time for which presses leave the lease to it, seconds since 1970.
    """

    until: float


def store(services: Services, wisp: str, customer: str, by: str) -> Mapping[str, Press]:
    """Store a press, so that it cannot be lost; return it by its document's id."""
    now = services.clock.now()
    press, id_ = Press(customer, by, now.isoformat()), secrets.token_hex(12)
    act = Act(press.at, by, "pressed", about=customer)
    services.state.write(Put(press_path(wisp, id_), to_document(press)), act_put(wisp, now, act))
    return {id_: press}


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
        run.held_lease.write(*_drops(run.wisp.id, some), *puts)
        presses |= taken
    return presses


def queued(services: Services, wisp: str) -> Mapping[str, Press]:
    """Return the presses that nobody has handled yet, by their document's id."""
    path = f"wisps/{wisp}/presses"
    return {
        id_: from_document(document, Press, f"{path}/{id_}") for id_, document in services.state.find(path)
    }


def drain(
    run: Run,
    accounts: Sequence[Account],
    attempted: set[str],
    *,
    own: Collection[str] = (),
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
        most: Stop after this many other customers, or `_DRAIN_SECONDS`; None: stop when nobody waits.
    """
    done: Outcomes = {}
    count, end = 0, run.services.clock.monotonic() + _DRAIN_SECONDS
    while fresh := {id_: press for id_, press in take_up(run).items() if id_ not in attempted}:
        for customer, presses in _by_customer(fresh, own):
            now = run.services.clock.monotonic()
            is_enough = most is not None and count and (count > most or now > end)
            if is_enough or now > run.deadline:
                return done
            count += 1
            attempted.update(presses)
            run.held_lease.outlive(LOOKUP_SECONDS)
            try:
                done[customer] = sync_one(run, accounts, customer)
            except Trouble as trouble:  # SIMPLer failed, and would for the next customer
                attempted.update(fresh)
                done[customer] = _failed(accounts, trouble.user_message)
                return done
            except Exception as error:  # noqa: BLE001  one customer must not end a run, nor spoil the next
                log_internal_error("a customer failed unexpectedly", error, customer=customer, run=run.id)
                failed = "An unexpected error occurred; the operators can find it in the log by the run's id."
                done[customer] = _failed(accounts, failed)
            log_customer(run.wisp.id, customer, done[customer])
            if not any(outcome.again for outcome in done[customer]):
                run.held_lease.write(*_handled(run, presses, done[customer], own))
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
    """Return the writes that forget a customer's presses, and keep what became of those taken in."""
    taken_in = [id_ for id_ in presses if id_ not in own and presses[id_].by != TRIGGER][:MOST_KEPT]
    return [
        *_drops(run.wisp.id, presses),
        *(
            Put(
                _handled_path(run.wisp.id, id_),
                to_document(Handled(presses[id_], tuple(outcomes))),
                expires=run.services.clock.now() + KEPT,
            )
            for id_ in taken_in
        ),
    ]


def _drops(wisp: str, presses: Collection[str]) -> list[Drop]:
    return [Drop(press_path(wisp, id_)) for id_ in presses]


def press_path(wisp: str, press: str) -> str:
    """Return the path of a press that waits."""
    return f"wisps/{wisp}/presses/{press}"


def _handled_path(wisp: str, press: str) -> str:
    return f"wisps/{wisp}/pressed/{press}"


def load_press(state: StateStore, wisp: str, press: str) -> Press | Handled | None:
    """Read a press: as it waits, or with what became of it; None for one that nobody knows, or no longer."""
    path = press_path(wisp, press)
    if waiting := state.get(path):
        return from_document(waiting, Press, path)
    path = _handled_path(wisp, press)
    handled = state.get(path)
    return from_document(handled, Handled, path) if handled else None


def ask_for_turn(services: Services, wisp: str) -> None:
    """Have presses leave the wisp's lease to a run, for `TURN` seconds: they are many, and it is one."""
    turn = Turn(services.clock.now().timestamp() + TURN)
    services.state.write(Put(_turn_path(wisp), to_document(turn)))


def is_a_runs_turn(services: Services, wisp: str) -> bool:
    """Return whether a run waits for the lease; then it takes the presses up."""
    path = _turn_path(wisp)
    document = services.state.get(path)
    if document is None:
        return False
    return services.clock.now().timestamp() < from_document(document, Turn, path).until


def _turn_path(wisp: str) -> str:
    return f"wisps/{wisp}/turn/run"


def drop(services: Services, wisp: str, presses: Collection[str]) -> None:
    """Forget presses, however many, whose outcome nobody waits for any more."""
    for some in batches(list(presses), MOST_WRITES):
        services.state.write(*_drops(wisp, some))


def forget(run: Run, presses: Sequence[str]) -> None:
    """Forget presses, however many, whose customers are synchronised.

    Raises:
        LeaseLost: The wisp's lease has passed to another.
    """
    for some in batches(presses, MOST_WRITES):
        run.held_lease.write(*_drops(run.wisp.id, some))


def drain_after_release(
    services: Services, wisp: Wisp, accounts: Sequence[Account], *, own: Collection[str] = ()
) -> Outcomes:
    """Handle presses that wait, unless somebody else does; enqueue a run for the rest.

    Take the lease twice at most, for one batch each, so that this ends however many go on pressing. A run
    that waits for the lease goes first.

    Args:
        services: The ports.
        wisp: The wisp.
        accounts: The accounts that get the customers.
        own: The presses of the caller's user, whose customer comes first.
    """
    done: Outcomes = {}
    attempted: set[str] = set()
    deadline = services.clock.monotonic() + WAITING_DEADLINE
    batches = 0
    while queued(services, wisp.id).keys() - attempted:
        if batches == BATCHES or is_a_runs_turn(services, wisp.id):
            enqueue_run(services, wisp.id, within=SOON)
            break
        try:
            held_lease = hold(services, lease_of(wisp.id), new_claim(services, "customers", _BY))
        except LeaseHeld:
            break
        with held_lease:
            run = Run(services, wisp, held_lease, deadline)
            done |= drain(run, accounts, attempted, own=own, most=PRESSES_AT_ONCE)
        batches += 1
    return done


def enqueue_run(
    services: Services, wisp: str, *, within: float = RETRY_WITHIN, is_told: bool = False
) -> None:
    """Let a task take up what waits within these seconds; many calls in that time make one.

    Args:
        services: The ports.
        wisp: The wisp's id.
        within: Seconds.
        is_told: Only of whom SIMPLer's triggers told, while they are few; otherwise the task is a run.

    Raises:
        RetryLater: The queue cannot be reached; the presses wait for the next run.
    """
    now = services.clock.now().timestamp()
    turn = int(now // within) + 1
    body = {"wisp": wisp, "by": TRIGGER, "told": True} if is_told else {"wisp": wisp, "by": _BY}
    name = f"{'told' if is_told else 'presses'}-{wisp}-{within:.0f}-{turn}"
    delay = turn * within - now
    services.tasks.enqueue(Task("sync_wisp", body, name=name, delay=delay, urgent=True))
    log(Event.TASK_ENQUEUED, "customers who wait are handed on", wisp=wisp)
