"""Run: makes all accounts of one wisp equal to SIMPLer, as far as the deadline allows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.night import Nights
from shared.domain.model.run import AccountOutcome, RunOutcome, summed_up
from shared.domain.model.schedule import NIGHTLY
from shared.errors import LeaseHeld, LeaseLost, RetryLater, StopRun, Trouble
from shared.events import Event, about, log
from shared.ports import Document, Put, Task
from shared.replace import replace
from shared.retry import Waits
from shared.usecases.accounts.disconnect import disconnect_in_run
from shared.usecases.base.documents import (
    AcceptedList,
    Broken,
    accepted_list_put,
    active_accounts,
    is_id,
    load_accepted_list,
    load_wisp,
    read_accounts,
)
from shared.usecases.base.leases import RUN_DEADLINE, TTL, HeldLease, lease_of, new_claim
from shared.usecases.base.rate_limit import LASTING
from shared.usecases.base.run_documents import find_run, load_nights, nights_put, notes_puts, run_put
from shared.usecases.base.services import Services
from shared.usecases.base.steady_clock import with_steady_clock
from shared.usecases.customers.intake import (
    drain,
    drain_after_release,
    forget,
    hand_on_new,
    hand_on_rest,
    take_up,
)
from shared.usecases.customers.press_queue import HANDED_ON, TRIGGER, ask_for_turn, queued
from shared.usecases.runs.notices import send_notices
from shared.usecases.runs.slot import Slot, take_slot
from shared.usecases.sync.account import attempt
from shared.usecases.sync.desired import Gathered, read_desired
from shared.usecases.sync.missing import LAG
from shared.usecases.sync.run import Finished, Target, finish_account, sync_accounts
from shared.usecases.sync.session import Run, Session
from shared.usecases.wisps.trigger_key import known_key

MOST_ATTEMPTS = 12
"""Tasks that one run may take, and tries that each has, first included; the next night does the rest."""

PAUSES = Waits((60.0, 120.0, 240.0, 480.0, *[600.0] * (MOST_ATTEMPTS - 5)), jitter=(1, 1.2))
"""Between the tries of a task: 85 minutes at least, longer than the longest run and a dead one's lease."""

_OF_SIMPLER = ("created", "updated", "removed")
"""What a run does because SIMPLer's records changed."""

Rest = Literal["none", "goes_on", "given_up"]
"""What a run leaves: nothing; what its next task does; or what was tried often enough, for the night."""

MOST_TAKEN_IN = 50
"""Customers whose own button was pressed that a run's record lists; lists of runs are read often."""


class SyncWisp(msgspec.Struct, frozen=True):
    """The request for a run, or for the rest of one.

    Attributes:
        wisp: The wisp's id.
        by: Who wants it, in words that others may read.
        attempt: 1 for a new run; grows with each continuation.
        tries: 1 for a new task; grows with each that is made because the one before could do nothing.
        waits: How often it found no slot at its SIMPLer.
        since: When the run began that this takes up again, ISO 8601, UTC; empty: there was none.
        told: Only the customers of whom SIMPLer's triggers told, while they are few (`sync_told`).
        run: Id of the run whose lease was taken when the button was pressed; empty: a new one.
        owner: Owner of that lease.
        token: Token of that lease.
        allow: A preview's token; the guard lets through the removals that it names.
        undo: The run before which an account is to be brought back; empty: accounts are made equal to
            SIMPLer.
        account: That account's id.
    """

    wisp: str
    by: str = NIGHTLY
    attempt: int = 1
    tries: int = 1
    waits: int = 0
    since: str = ""
    told: bool = False
    run: str = ""
    owner: str = ""
    token: int = 0
    allow: str = ""
    undo: str = ""
    account: str = ""


def sync_wisp(services: Services, request: SyncWisp) -> RunOutcome:
    """Run once; a wisp without accounts is done at once.

    Raises:
        LeaseHeld: Another run of this wisp holds the lease, or the same run in another task.
        NoSlot: As many runs as may do so are reading this SIMPLer.
        LeaseLost: The lease that was taken for this run has passed to another; there is nothing to do.
        Misconfigured: The wisp does not exist.
    """
    services = with_steady_clock(services)
    wisp = load_wisp(services.state, request.wisp)
    with take_slot(services, wisp) as slot:
        held_lease = HeldLease(services, take(services, request))
        run = Run(services, wisp, held_lease, services.clock.monotonic() + RUN_DEADLINE)
        outcome = RunOutcome(run.id, wisp.id, services.clock.now().isoformat(), request.by)
        with about(run=run.id, wisp=wisp.id):
            log(
                Event.RUN_STARTED, "started", run=run.id, wisp=wisp.id, by=request.by, attempt=request.attempt
            )
            with held_lease:
                accounts, broken = read_accounts(services.state, wisp.id)  # none is disconnected from here on
                nights = load_nights(services.state, wisp).begun(outcome, active_accounts(accounts))
                outcome.accounts = [_stop_broken(run, account) for account in broken]
                asked = _run(run, slot, accounts, request, outcome=outcome, nights=nights)
                close(run, outcome, nights)
                rest = go_on_later(services, request, outcome, asked)
                send_notices(run, outcome)
                tried = () if rest == "none" else queued(services, wisp.id).keys()
            handled = drain_after_release(services, wisp, active_accounts(accounts), tried=tried)
            match rest:
                case "none":
                    hand_on_rest(services, wisp.id, handled)
                case "given_up":
                    hand_on_new(services, wisp.id, outcome.started)
                case "goes_on":  # its next task takes up who pressed while this one was ending
                    pass
    return outcome


def take(services: Services, request: SyncWisp) -> Lease:
    """Take the wisp's lease, or take it over from the button's press.

    A task is delivered at least once. A second delivery finds that the first has taken the lease over. It
    comes again (by `LeaseHeld`) while the first may be at work, takes over if the first has died, and ends
    otherwise. A task that was held up for so long that the lease was given back meanwhile takes it anew, also
    after others had it, while the run's record says that nobody has begun it.
    """
    name = lease_of(request.wisp)
    claim = new_claim(services, "run", request.by, request.run)
    if not request.owner:
        try:
            return services.leases.acquire(name, claim, TTL)
        except LeaseHeld as held:
            if held.kind == "customers":  # the task comes again, and presses leave the lease to it
                ask_for_turn(services, request.wisp)
            raise
    given = Lease(
        name,
        Claim(request.owner, claim.run, claim.holder),
        request.token,
        acquired_at=0,
        expires_at=0,
    )
    try:
        return services.leases.hand_on(given, claim, TTL)
    except LeaseLost:
        present, _ = services.leases.look(name)
        if present is None:
            raise
        is_its = present.claim.run == claim.run if present.claim else present.token == request.token
        if is_its:
            return services.leases.acquire(name, claim, TTL)
        if not _waits(services, request):
            raise
        lease = services.leases.acquire(name, claim, TTL)
        if not _waits(services, request):  # another delivery began it, and ended
            services.leases.release(lease)
            raise
        return lease


def _waits(services: Services, request: SyncWisp) -> bool:
    """Return whether nobody has begun the run that somebody asked for."""
    run = find_run(services.state, request.wisp, request.run) if is_id(request.run) else None
    return run is not None and run.state == "waiting"


def _run(
    run: Run,
    slot: Slot,
    accounts: Sequence[Account],
    request: SyncWisp,
    *,
    outcome: RunOutcome,
    nights: Nights,
) -> float:
    """Do the run, and note in `outcome` what came of it; return the seconds that a failure asks to wait."""
    try:
        before = load_accepted_list(run.services.state, run.wisp.id)
        stay = active_accounts(accounts)
        begun = (run_put(outcome), nights_put(run.wisp.id, nights))
        run.held_lease.write(*begun, *first_progress(outcome, stay))
        outcome.accounts += [
            _finish_leaving(run, account) for account in accounts if account.state == "disconnecting"
        ]
        if stay:
            seen = take_up(run)
            told = {id_: press.customer for id_, press in seen.items() if press.by == TRIGGER}
            gathered = _gather(run, slot, outcome, before)
            begins_a_day = request.by not in HANDED_ON and request.attempt == 1
            target = Target(
                gathered,
                listed_before=before.listed,
                allow=request.allow,
                spares_users=request.by in HANDED_ON,
                begins_a_day=begins_a_day,
            )
            finished = sync_accounts(run, target, stay)
            done = _taken_over(run, outcome, [each.outcome for each in finished])
            is_believed = all(account.planned and not account.refused for account in done)
            if is_believed and begins_a_day:  # else a few at a time would pass the guard
                believed = AcceptedList(outcome.listed, gathered.doubled)
                run.held_lease.write(accepted_list_put(run.wisp.id, believed))
            outcome.accounts += done
            if all(account.state != "unfinished" or account.code == LASTING for account in done):
                forget(run, list(told))  # after hours without quota, the run's next task compares everybody
            outcome.untold = _untold(run, outcome, finished, told.values())
            ended = {account.account for account in done if account.state in ("complete", "partial")}
            taken_in = drain(run, stay, set(told), seen=seen, finished=ended)
            outcome.taken_in = dict(list(taken_in.items())[:MOST_TAKEN_IN])
            outcome.taken_in_left_out = len(taken_in) - len(outcome.taken_in)
        elif not outcome.accounts:
            outcome.reason = "No Google account is connected, so there was nothing to do."
        outcome.state = summed_up(outcome.accounts)
    except Trouble as trouble:
        end_by(outcome, trouble)
        return trouble.after if isinstance(trouble, RetryLater) else 0
    return 0


def _taken_over(run: Run, outcome: RunOutcome, accounts: Sequence[AccountOutcome]) -> list[AccountOutcome]:
    """Leave the accounts that another wisp's run took over to the next task.

    Raises:
        LeaseLost: It was the wisp's own lease that passed to another.
    """
    if any(account.state == "superseded" for account in accounts):
        run.held_lease.write(run_put(outcome))
    text = "Another run has this Google account at the moment; this one goes on in a while."
    return [
        replace(each, state="unfinished", code="google.account_in_use", reason=text, again=60)
        if each.state == "superseded"
        else each
        for each in accounts
    ]


def end_by(outcome: RunOutcome, trouble: Trouble) -> None:
    """Note what ended a run: its lease that went to another, or a failure."""
    outcome.state = "superseded" if isinstance(trouble, LeaseLost) else "failed"
    outcome.code, outcome.reason = trouble.reason, trouble.user_message


def _untold(run: Run, outcome: RunOutcome, finished: Sequence[Finished], told: Collection[str]) -> int | None:
    """Return how many customers a night changed of whom no trigger had told; None where none tells."""
    if outcome.by != NIGHTLY or known_key(run.services, run.wisp.id) is None:
        return None
    changed = {fate.customer for each in finished for fate in each.fates if fate.what in _OF_SIMPLER}
    return len(changed - set(told))


def _stop_broken(run: Run, account: Broken) -> AccountOutcome:
    """Return the outcome of an account with an unreadable document; the others go on."""
    trouble = account.trouble
    log(Event.ACCOUNT_BROKEN, trouble.message, run=run.id, account=account.id)
    return AccountOutcome(
        account.id, account.email, "stopped", reason=trouble.user_message, code=trouble.reason
    )


def _finish_leaving(run: Run, account: Account) -> AccountOutcome:
    """Continue a disconnection that was interrupted."""
    session = Session(run, account, makes_label=False)
    removed: int | None = None
    with attempt(session):
        removed = disconnect_in_run(session).removed
        session.state = "complete"
    return finish_account(session, removed=removed).outcome


def _gather(run: Run, slot: Slot, outcome: RunOutcome, before: AcceptedList) -> Gathered:
    """Read SIMPLer's list; remember at once which ids it has twice, because presses do not see the list."""
    with slot:
        gathered = read_desired(run.services.source(run.wisp), run.wisp, run.services.clock.now())
    outcome.listed, outcome.contacts = gathered.listed, gathered.desired.count
    run.held_lease.outlive(0)
    news = replace(before, doubled=gathered.doubled)
    run.held_lease.write(
        run_put(outcome), *([accepted_list_put(run.wisp.id, news)] if news != before else [])
    )
    return gathered


def first_progress(outcome: RunOutcome, accounts: Sequence[Account]) -> list[Put]:
    """Return the writes by which people see in which accounts a run is, before it has done anything."""
    progress = {"run": outcome.run, "phase": "reading Google", "done": 0, "total": 0}
    return [Put(f"wisps/{outcome.wisp}/progress/{account.id}", progress) for account in accounts]


def close(run: Run, outcome: RunOutcome, nights: Nights | None = None) -> None:
    """Record how a run has ended, and log it; without `nights` it was none that SIMPLer was read for."""
    outcome.finished = run.services.clock.now().isoformat()
    if not outcome.reason:
        by_address = sorted(outcome.accounts, key=lambda account: account.email)
        outcome.reason = " ".join(f"{a.email}: {a.reason}" for a in by_address if a.reason)
        outcome.code = next((account.code for account in outcome.accounts if account.code), "")
    if outcome.state != "superseded":
        try:
            ended = [nights_put(run.wisp.id, nights.ended(outcome))] if nights else []
            run.held_lease.write(run_put(outcome), *ended, *notes_puts(outcome))
        except StopRun:
            outcome.state = "superseded"
    _log(outcome)


def _log(outcome: RunOutcome) -> None:
    """Log how the run ended, without addresses of accounts and without what a user wrote as a reason."""
    reasons = "; ".join(f"{a.account}: {a.code or a.state}" for a in outcome.accounts if a.reason)
    took = datetime.fromisoformat(outcome.finished) - datetime.fromisoformat(outcome.started)
    log(
        _event(outcome),
        reasons or outcome.reason or "done",
        run=outcome.run,
        wisp=outcome.wisp,
        state=outcome.state,
        code=outcome.code,
        listed=outcome.listed,
        contacts=outcome.contacts,
        seconds=round(took.total_seconds(), 3),
    )


def _event(outcome: RunOutcome) -> Event:
    match outcome.state:
        case "complete":
            return Event.RUN_COMPLETED
        case "failed":
            return Event.RUN_FAILED
        case _:
            return Event.RUN_INCOMPLETE


def go_on_later(services: Services, request: SyncWisp, outcome: RunOutcome, asked: float) -> Rest:
    """Enqueue a task that takes a run up again which failed, or is unfinished, or leaves presses behind."""
    again = replace(request, run="", owner="", token=0, since=outcome.started, told=False)
    if outcome.state == "failed":
        once_more = replace(again, tries=request.tries + 1)
        pause = PAUSES.pause(request.tries, asked)
        try_again(services, once_more, pause, run=outcome.run, code=outcome.code, reason=outcome.reason)
        return "given_up" if pause is None else "goes_on"
    is_open = outcome.state == "unfinished" or (
        outcome.state in ("complete", "partial") and not request.undo and bool(queued(services, outcome.wisp))
    )
    if not is_open:
        return "none"
    if request.attempt >= MOST_ATTEMPTS:
        left = f"{MOST_ATTEMPTS} tasks did not finish the run; what is left waits for the next night"
        log_abandoned(left, request.wisp, outcome.run, outcome.code)
        return "given_up"
    waits = [_wait(account, request.attempt) for account in outcome.accounts if account.state == "unfinished"]
    delay = min(waits, default=60.0 * request.attempt)
    rest = replace(again, attempt=request.attempt + 1, tries=1, waits=0)
    services.tasks.enqueue(Task("sync_wisp", _body(rest), name=f"after-{outcome.run}", delay=delay))
    log(Event.TASK_ENQUEUED, "the rest of the run is enqueued", run=outcome.run, wisp=request.wisp)
    return "goes_on"


def try_again(
    services: Services,
    again: SyncWisp,
    pause: float | None,
    *,
    run: str,
    code: str,
    reason: str,
    urgent: bool = False,
) -> None:
    """Enqueue a task for later, because it could do nothing now; or give it up.

    We do so ourselves, and do not leave it to the queue, because Cloud Tasks slows a whole queue down when
    it is answered with errors (API description, ``HttpRequest``): one SIMPLer's trouble would delay the
    others' runs.

    Args:
        services: The ports.
        again: The task, with its tries and waits counted.
        pause: Seconds until then, 30 at least; None: it was tried often enough.
        run: The run that failed; empty: none began.
        code: Why, as a stable code.
        reason: Why, in a sentence.
        urgent: Whether somebody still waits for it to begin.

    Raises:
        RetryLater: The queue cannot be reached.
    """
    if pause is None:
        tried = f"a task was tried {again.tries + again.waits - 1} times and is not tried again: {reason}"
        log_abandoned(tried, again.wisp, run, code)
        return
    # What comes in the same half-minute is one task. No pause is shorter, so that task has not ended yet.
    turn = int((services.clock.now().timestamp() + pause) // 30)
    body = _body(again)  # by all of it: what only takes up triggers' customers is no night's run
    name = f"again-{again.wisp}-{sha256(msgspec.json.encode(body)).hexdigest()[:16]}-{turn}"
    services.tasks.enqueue(Task("sync_wisp", body, name=name, delay=pause, urgent=urgent))
    log(Event.TASK_ENQUEUED, f"the task is tried again in {pause:.0f} s: {reason}", run=run, wisp=again.wisp)


def _body(request: SyncWisp) -> Document:
    """Return a task's body; a build that does not know a member must not meet it without need."""
    return {name: value for name, value in msgspec.structs.asdict(request).items() if value != _USUAL[name]}


_USUAL: Document = msgspec.structs.asdict(SyncWisp("")) | {"by": ""}


def log_abandoned(message: str, wisp: str, run: str, code: str) -> None:
    """Write that nothing comes back to a run until the next night."""
    log(Event.RUN_ABANDONED, message, wisp=wisp, run=run, code=code)


def _wait(outcome: AccountOutcome, attempt: int) -> float:
    """Return the seconds after which another attempt in an unfinished account is worthwhile."""
    match outcome.code:
        case "run.deadline":
            return 0
        case "google.unconfirmed":
            return LAG
    return outcome.again or 60.0 * attempt
