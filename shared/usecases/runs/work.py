"""Work: does a run's task, and sees to another one where it can do nothing now."""

from contextlib import suppress

import msgspec

from shared.domain.model.lease import Claim, Lease
from shared.domain.model.run import RunOutcome, RunState
from shared.errors import LeaseHeld, LeaseLost, Misconfigured, RetryLater, Trouble
from shared.replace import replace
from shared.retry import Waits
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.leases import lease_of
from shared.usecases.base.run_documents import load_nights
from shared.usecases.base.services import Services
from shared.usecases.runs.run import PAUSES, SyncWisp, sync_wisp, try_again
from shared.usecases.runs.slot import NoSlot
from shared.usecases.runs.start import HANDOVER
from shared.usecases.runs.told import sync_told
from shared.usecases.runs.undo import undo

BESIDE_PRESSES = 30.0
"""Seconds after which a run comes back that found the lease with presses; they leave it alone for 60 s."""

MOST_TURNS = 3
"""Tries after which whoever has it for presses counts as dead, so that it is free when it ends by time."""

FOR_A_SLOT = Waits((30.0, 60.0, 120.0, 240.0, 480.0, *[600.0] * 35), jitter=(1, 1.2))
"""Between the looks for a slot: six hours, for a SIMPLer whose every answer takes minutes."""

BUTTON_FOR_A_SLOT = Waits((30.0,) * 60, jitter=(1, 1.2))
"""The same for a run whose button somebody pressed: half an hour, in which the button shows that it waits."""


class NoRun(msgspec.Struct, frozen=True):
    """A task that came to no run.

    Attributes:
        wisp: The wisp's id.
        run: The run's id, as far as the task has one.
        state: "superseded": there is nothing to do; "waiting": another task will; "complete": it was done
            without a run.
        code: Why, as a stable code; empty: others do what was to be done.
    """

    wisp: str
    run: str
    state: RunState
    code: str = ""


def work(services: Services, request: SyncWisp) -> RunOutcome | NoRun:  # noqa: PLR0911  one a fate of the task
    """Do a task; whatever comes of it, the queue is done with it.

    Of a run that failed or could not begin there is another task then. A lease that passed on, a newer run
    and a wisp that is gone leave nothing to do.

    Raises:
        RetryLater: There could be no other task, because our queue is away too.
        Misconfigured: The wisp's settings, or our database or queue, are wrong.
    """
    superseded = NoRun(request.wisp, request.run, "superseded")
    try:
        if request.told and sync_told(services, request.wisp):
            return NoRun(request.wisp, request.run, "complete")
        if request.undo:
            return undo(services, request)
        return superseded if _has_newer(services, request) else sync_wisp(services, request)
    except NoSlot as full:
        _wait_for_a_slot(services, request, full)
        return NoRun(request.wisp, request.run, "waiting", full.reason)
    except LeaseLost:
        return superseded
    except LeaseHeld as held:
        is_soon = held.kind == "customers" and request.tries <= MOST_TURNS
        pause = BESIDE_PRESSES if is_soon else PAUSES.pause(request.tries)
        _come_again(services, request, pause, held)
        return NoRun(request.wisp, request.run, "waiting", held.reason)
    except RetryLater as trouble:
        with suppress(Trouble):
            _come_again(services, request, PAUSES.pause(request.tries, trouble.after), trouble)
            return NoRun(request.wisp, request.run, "waiting", trouble.reason)
        raise
    except Misconfigured as error:
        if error.reason != "wisp.unknown":
            raise
        return NoRun(request.wisp, request.run, "superseded", error.reason)


def _come_again(services: Services, request: SyncWisp, pause: float | None, trouble: Trouble) -> None:
    again = replace(request, tries=request.tries + 1)
    # Who holds a lease is for people: the log has no address.
    reason = f"the lease is held for {trouble.run}" if isinstance(trouble, LeaseHeld) else trouble.message
    try_again(services, again, pause, run=request.run, code=trouble.reason, reason=reason)


def _wait_for_a_slot(services: Services, request: SyncWisp, full: NoSlot) -> None:
    """Come back when there may be a slot; a pressed run keeps its lease, so that the button shows it."""
    waits = BUTTON_FOR_A_SLOT if request.owner else FOR_A_SLOT
    pause = waits.pause(request.waits + 1)
    if request.owner and pause:
        claim = Claim(request.owner, request.run, request.by)
        given = Lease(lease_of(request.wisp), claim, request.token, acquired_at=0, expires_at=0)
        with suppress(LeaseLost):  # another delivery has it, and may have died: the next look tells
            services.leases.renew(given, pause + HANDOVER)
    try_again(
        services,
        replace(request, waits=request.waits + 1),
        pause,
        run=request.run,
        code=full.reason,
        reason=full.message,
        urgent=bool(request.owner),
    )


def _has_newer(services: Services, request: SyncWisp) -> bool:
    """Return whether a run has begun since the one that this takes up; it has its own tasks if need be.

    Only the task of a person's permit to remove contacts goes on, because no other run has that.
    """
    if not request.since or request.allow:
        return False
    nights = load_nights(services.state, load_wisp(services.state, request.wisp))
    return nights.began > request.since  # both are ISO 8601 in UTC, as we wrote them
