"""Health: notes in an account's document whether it works or needs its owner, for its page to show."""

from contextlib import suppress

from shared.domain.model.account import Account, State
from shared.errors import Trouble
from shared.replace import replace
from shared.usecases.base import account_changes
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import account_put, reload_account
from shared.usecases.sync.session import Run


def note_health(run: Run, account: Account, health: State | None, reason: str) -> None:
    """Record that an account needs a person, or that it works again, for its page to show.

    If this cannot be written now, the next run finds it out again; the outcome says it as well.
    """
    with suppress(Trouble):
        if health == "reconnect" and account.state == "connected":
            since = run.services.clock.now().isoformat()
            _note_health(run, account, health, reason=reason, since=since)
        if health == "connected" and account.state == "reconnect":
            _note_health(run, account, health)


def _note_health(run: Run, account: Account, state: State, *, reason: str = "", since: str = "") -> None:
    """Write an account's state, and keep what others recorded meanwhile, such as a pause.

    Write nothing if the account was connected again, or is being disconnected, since the run read it.

    Raises:
        LeaseLost: The run was superseded, and may record nothing.
        RetryLater: Somebody else changes the wisp's accounts, or the database cannot be reached.
    """
    with one_at_a_time(run.services, account.wisp, run.held_lease.claim.holder) as held_lease:
        # This lease expires before the run's: whoever supersedes the run can rely on no late note.
        run.held_lease.outlive(account_changes.TURN_SECONDS)
        now = reload_account(run.services.state, account)
        if now and (now.state, now.since) == (account.state, account.since):
            held_lease.write(account_put(replace(now, state=state, reason=reason, since=since)))
