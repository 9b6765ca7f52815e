"""Undo: brings an account back to what it was before a run, by a task, so that nobody waits for it."""

from shared.domain.model.account import Account
from shared.domain.model.run import RunOutcome, summed_up
from shared.errors import RetryLater, Trouble
from shared.events import Event, about, log
from shared.usecases.accounts.restore import brought_back, restore_in_run
from shared.usecases.base.documents import (
    active_accounts,
    check_stays,
    load_account,
    load_accounts,
    load_wisp,
    run_time,
)
from shared.usecases.base.leases import RUN_DEADLINE, HeldLease, new_claim
from shared.usecases.base.run_documents import run_put, was_undone_since
from shared.usecases.base.services import Services
from shared.usecases.base.steady_clock import with_steady_clock
from shared.usecases.customers.intake import drain_after_release, hand_on_rest
from shared.usecases.runs.run import SyncWisp, close, end_by, first_progress, go_on_later, take
from shared.usecases.runs.start import hand_on, in_turn
from shared.usecases.sync.session import Run
from shared.usecases.sync.snapshots import contacts_before


def start_undo(services: Services, wisp_id: str, account_id: str, before: str, *, by: str) -> RunOutcome:
    """Start a run that brings an account back to what it was, and pauses it.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        account_id: The account's id.
        before: The run before which it was so.
        by: The user's address; others see it during the run.

    Raises:
        LeaseHeld: This wisp has a run at the moment.
        SkipCustomer: That run has no snapshot.
        Denied: The wisp has no such account, or it is being disconnected.
        Misconfigured: The wisp does not exist, or a snapshot cannot be read.
        RetryLater: The task could not be enqueued; nothing is done, and the lease is free again.
    """
    wisp, account = load_wisp(services.state, wisp_id), load_account(services.state, wisp_id, account_id)
    check_stays(account)
    contacts_before(services.state, account.id, before, services.clock.now())  # else it is refused at once
    claim = new_claim(services, "run", by)
    lease = in_turn(services, wisp.id, claim)
    return hand_on(services, wisp.id, lease, claim, told={"undo": before, "account": account.id})


def undo(services: Services, request: SyncWisp) -> RunOutcome:
    """Bring the account back that the request names; a task takes up what does not fit the deadline.

    Raises:
        LeaseHeld: Another run of this wisp holds the lease, or the same run in another task.
        LeaseLost: The lease that was taken for this run has passed to another; there is nothing to do.
        Misconfigured: The wisp does not exist.
    """
    services = with_steady_clock(services)
    wisp = load_wisp(services.state, request.wisp)
    held_lease = HeldLease(services, take(services, request))
    run = Run(services, wisp, held_lease, services.clock.monotonic() + RUN_DEADLINE)
    started = services.clock.now().isoformat()
    outcome = RunOutcome(run.id, wisp.id, started, request.by, undid=request.undo)
    with about(run=run.id, wisp=wisp.id):
        log(Event.RUN_STARTED, "started", run=run.id, wisp=wisp.id, by=request.by, attempt=request.attempt)
        with held_lease:
            asked = _bring_back(run, request, outcome)
            close(run, outcome)
            if asked is not None:
                go_on_later(services, request, outcome, asked)
        handled = drain_after_release(services, wisp, active_accounts(load_accounts(services.state, wisp.id)))
        hand_on_rest(services, wisp.id, handled)
    return outcome


def _bring_back(run: Run, request: SyncWisp, outcome: RunOutcome) -> float | None:
    """Do it, and note in `outcome` what came of it.

    Returns:
        The seconds that a failure asks to wait; None: there is nothing to go on with.
    """
    try:
        account = load_account(run.services.state, run.wisp.id, request.account)
        if what := _overruled(run, request, account):
            outcome.state = "complete"
            outcome.reason = f"The account was {what} meanwhile, so it stays as it is."
            return None
        run.held_lease.write(run_put(outcome), *first_progress(outcome, [account]))
        done = restore_in_run(run, account, request.undo, go=True, is_rest=request.attempt > 1)
        assert done.outcome is not None, "only a look has none"
        outcome.accounts = [done.outcome]
        outcome.state = summed_up(outcome.accounts)
    except Trouble as trouble:
        end_by(outcome, trouble)
        return trouble.after if isinstance(trouble, RetryLater) else None
    return 0


def _overruled(run: Run, request: SyncWisp, account: Account) -> str:
    """Return what somebody did to the account since the undo was asked for; empty: it is still wanted."""
    if request.attempt == 1:
        asked = request.since or run_time(request.run)
        is_done = asked and was_undone_since(run.services.state, run.wisp.id, account.id, asked)
        return "brought back by another undo" if is_done else ""
    is_an_earlier_builds = not account.undid and account.paused.startswith(brought_back(request.by))
    if account.undid == request.undo or is_an_earlier_builds:
        return ""
    return "paused by somebody" if account.paused else "resumed"
