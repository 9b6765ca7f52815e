"""Press queue: stores each press of a customer's button first, so that none is lost.

Whoever holds the wisp's lease handles the presses: the press itself if it gets the lease, otherwise the run
that has it, before it ends and once more after it released the lease. A press is stored *before* it tries to
take the lease, and a holder looks *after* it released it. So one of the two sees each press, whenever it
comes.

SIMPLer's triggers press too, with an id that each customer has once (`TOLD`): however often they tell of a
customer, one press waits. Handling is in `intake.py`, so that who only stores a press loads no engine.
"""

import secrets
from collections.abc import Collection, Mapping

import msgspec

from shared.domain.model.act import Act
from shared.domain.model.run import CustomerOutcome
from shared.events import Event, log
from shared.ports import MOST_WRITES, SKEW, Drop, Put, StateStore, Task
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import act_put, from_document, to_document
from shared.usecases.base.services import Services

RETRY_WITHIN = 5 * 60.0
"""Seconds within which one run takes up all presses that must be tried again."""

A_MINUTE = 60.0
"""Seconds within which a run looks at everybody before it removes whom a trigger told of."""

SOON = 30.0
"""Seconds within which a run takes up presses that nobody has handled yet."""

TURN = 60.0
"""Seconds for which presses leave the lease to a run that found it with one of them."""

TOLD = "told-"
"""How the id of a press begins that one of SIMPLer's triggers made, until somebody takes it up."""

TRIGGER = "SIMPLer's trigger"
"""Who made such a press, in words that others may read."""

BY_BUTTON = "a customer's button"
"""Who holds the lease for presses, or starts a run for them, in words that others may read."""

HANDED_ON = (TRIGGER, BY_BUTTON)
"""Who starts the runs that take up customers who wait, and that nobody asked for as such."""


class Press(msgspec.Struct, frozen=True):
    """One press of a customer's button.

    Attributes:
        customer: The customer's id.
        by: The user's address.
        at: ISO 8601, UTC.
    """

    customer: str
    by: str
    at: str


class Handled(msgspec.Struct, frozen=True):
    """A press that somebody else handled.

    Attributes:
        press: It.
        accounts: What became of the customer in each account.
    """

    press: Press
    accounts: tuple[CustomerOutcome, ...]


class Turn(msgspec.Struct, frozen=True):
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


def queued(services: Services, wisp: str) -> Mapping[str, Press]:
    """Return the presses that nobody has handled yet, by their document's id."""
    path = f"wisps/{wisp}/presses"
    return {
        id_: from_document(document, Press, f"{path}/{id_}") for id_, document in services.state.find(path)
    }


def drops(wisp: str, presses: Collection[str]) -> list[Drop]:
    """Return the writes that forget presses."""
    return [Drop(press_path(wisp, id_)) for id_ in presses]


def press_path(wisp: str, press: str) -> str:
    """Return the path of a press that waits."""
    return f"wisps/{wisp}/presses/{press}"


def handled_path(wisp: str, press: str) -> str:
    """Return the path of what became of a press that was taken in."""
    return f"wisps/{wisp}/pressed/{press}"


def load_press(state: StateStore, wisp: str, press: str) -> Press | Handled | None:
    """Read a press: as it waits, or with what became of it; None for one that nobody knows, or no longer."""
    path = press_path(wisp, press)
    if waiting := state.get(path):
        return from_document(waiting, Press, path)
    path = handled_path(wisp, press)
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
        services.state.write(*drops(wisp, some))


def enqueue_run(
    services: Services, wisp: str, *, within: float = RETRY_WITHIN, is_told: bool = False
) -> None:
    """Let a task take up what waits within these seconds; many calls in that time make one.

    No task is due at once: by another machine's clock it may have begun, and seen nothing of what waits now.

    Args:
        services: The ports.
        wisp: The wisp's id.
        within: Seconds, of which `SKEW` pass before any task begins.
        is_told: Only of whom SIMPLer's triggers told, while they are few; otherwise the task is a run.

    Raises:
        RetryLater: The queue cannot be reached; the presses wait for the next run.
    """
    now = services.clock.now().timestamp()
    every = within - SKEW
    turn = int((now + SKEW) // every) + 1
    body = {"wisp": wisp, "by": TRIGGER, "told": True} if is_told else {"wisp": wisp, "by": BY_BUTTON}
    name = f"{'told' if is_told else 'presses'}-{wisp}-{within:.0f}-{turn}"
    delay = turn * every - now
    if services.tasks.enqueue(Task("sync_wisp", body, name=name, delay=delay, urgent=True)):
        log(Event.TASK_ENQUEUED, "customers who wait are handed on", wisp=wisp)
