"""A run: all accounts of one wisp made equal to SIMPLer, or as much as fits the deadline."""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared.domain.account import Account
from shared.domain.lease import Claim
from shared.domain.outcome import AccountOutcome, RunOutcome, summed_up
from shared.domain.wisp import Wisp
from shared.errors import LeaseLost, Misconfigured, StopRun, Trouble
from shared.events import Event, log
from shared.ports import Put, Task
from shared.usecases.gather import gather
from shared.usecases.keeper import Keeper
from shared.usecases.records import load_accounts, load_runs, load_wisp, run_put
from shared.usecases.services import Services
from shared.usecases.session import LAG, Run
from shared.usecases.sync_account import sync_account

DEADLINE = 25 * 60.0
"""Seconds after which a run starts no more requests; shorter than the function's timeout (29 min)."""

SIDE_BY_SIDE = 4
"""Accounts written at once; each account has one writer."""

MOST_ATTEMPTS = 12
"""Tasks that one run may take, the first included; what is left then waits for the next night."""

LOOK_BACK = 30
"""Runs to look through for the last one whose listing was believed."""


@dataclass(frozen=True, slots=True)
class SyncWisp:
    """The request for a run, or for the rest of one.

    Attributes:
        wisp: The wisp's id.
        by: Who wants it, in words that others may read.
        attempt: 1 for a new run; grows with each continuation.
    """

    wisp: str
    by: str = "nightly run"
    attempt: int = 1


def run_id(now: datetime) -> str:
    """An id that sorts by time and that two runs never share."""
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def sync_wisp(services: Services, request: SyncWisp) -> RunOutcome:
    """Run once.

    Raises:
        LeaseHeld: Another run of this wisp is on.
        Misconfigured: There is no such wisp, or it has no account.
    """
    wisp = load_wisp(services.state, request.wisp)
    accounts = _accounts(services, wisp)
    now = services.clock.now()
    claim = Claim(secrets.token_hex(8), run_id(now), request.by)
    outcome = RunOutcome(claim.run, wisp.id, now.isoformat(), request.by)
    keeper = Keeper(services.leases, services.state, services.clock, f"wisp-{wisp.id}", claim)
    log(Event.RUN_STARTED, "started", run=claim.run, wisp=wisp.id, by=request.by)
    try:
        _run(services, wisp, accounts, keeper, outcome)
        _close(services, keeper, outcome)
    finally:
        keeper.release()
    _continue(services, request, outcome)
    return outcome


def _accounts(services: Services, wisp: Wisp) -> Sequence[Account]:
    accounts = load_accounts(services.state, wisp.id)
    if not accounts:
        raise Misconfigured(
            "wisp.no_account",
            f"the wisp {wisp.id} has no Google account",
            "No Google account is connected yet. Please connect one under Users → Google Accounts.",
        )
    return accounts


def _run(
    services: Services, wisp: Wisp, accounts: Sequence[Account], keeper: Keeper, outcome: RunOutcome
) -> None:
    deadline = services.clock.monotonic() + DEADLINE
    before = _listed_before(services, wisp)
    try:
        keeper.write(run_put(outcome))
        gathered = gather(services.source(wisp), wisp)
        outcome.listed, outcome.contacts = gathered.listed, len(gathered.wanted.cards)
        keeper.outlive(0)
        keeper.write(run_put(outcome), *_first_progress(outcome, accounts))
        run = Run(services, wisp, keeper, deadline)
        work = partial(sync_account, run, gathered, before)
        outcome.accounts = side_by_side(work, accounts)
        outcome.state = summed_up(outcome.accounts)
    except LeaseLost as lost:
        outcome.state, outcome.code, outcome.reason = "superseded", lost.reason, lost.caller
    except Trouble as trouble:
        outcome.state, outcome.code, outcome.reason = "failed", trouble.reason, trouble.caller


def _first_progress(outcome: RunOutcome, accounts: Sequence[Account]) -> list[Put]:
    progress = {"run": outcome.run, "phase": "reading Google", "done": 0, "total": 0}
    return [Put(f"wisps/{outcome.wisp}/progress/{account.id}", progress) for account in accounts]


def side_by_side(
    work: Callable[[Account], AccountOutcome], accounts: Sequence[Account]
) -> list[AccountOutcome]:
    """The work in each account, a few at once; each account has one writer."""
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="account") as pool:
        return list(pool.map(work, accounts))


def _listed_before(services: Services, wisp: Wisp) -> int | None:
    """The length of SIMPLer's list at the last run whose list the guard believed."""
    for run in load_runs(services.state, wisp.id, newest=LOOK_BACK):
        if run.listed and run.accounts and not any(account.refused for account in run.accounts):
            return run.listed
    return None


def _close(services: Services, keeper: Keeper, outcome: RunOutcome) -> None:
    outcome.finished = services.clock.now().isoformat()
    if not outcome.reason:
        outcome.reason = "; ".join(f"{a.email}: {a.reason}" for a in outcome.accounts if a.reason)
        outcome.code = next((account.code for account in outcome.accounts if account.code), "")
    if outcome.state != "superseded":
        try:
            keeper.write(run_put(outcome))
        except StopRun:
            outcome.state = "superseded"
    log(_event(outcome), outcome.reason or "done", run=outcome.run, wisp=outcome.wisp, state=outcome.state)


def _event(outcome: RunOutcome) -> Event:
    match outcome.state:
        case "complete":
            return Event.RUN_COMPLETED
        case "failed":
            return Event.RUN_FAILED
        case _:
            return Event.RUN_INCOMPLETE


def _continue(services: Services, request: SyncWisp, outcome: RunOutcome) -> None:
    """Hand what is left of an unfinished run to a next task."""
    if outcome.state != "unfinished" or request.attempt >= MOST_ATTEMPTS:
        return
    codes = {account.code for account in outcome.accounts if account.state == "unfinished"}
    delay = 0 if codes == {"run.deadline"} else LAG if "google.unconfirmed" in codes else 60 * request.attempt
    body = {"wisp": request.wisp, "by": request.by, "attempt": request.attempt + 1}
    services.tasks.enqueue(Task("sync_wisp", body, name=f"after-{outcome.run}", delay=delay))
    log(Event.TASK_ENQUEUED, "the rest of the run is enqueued", run=outcome.run, wisp=request.wisp)
