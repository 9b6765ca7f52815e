"""Disconnect: ends the connection of an account for a person, and keeps or removes its contacts.

The decision is recorded first. Whatever interrupts the rest (`leaving`), a further press or the next run goes
on with it; until then the account receives no contacts.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from shared.domain.model.account import Account, Leaving
from shared.errors import RetryLater, StopAccount, Trouble
from shared.ports import Task
from shared.usecases.accounts.leaving import leave_leased
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import (
    account_put,
    active_accounts,
    load_account,
    load_accounts,
    load_wisp,
)
from shared.usecases.base.leases import WAITING_DEADLINE, hold, lease_of, new_claim
from shared.usecases.base.services import Services
from shared.usecases.customers.press_queue import drain_after_release
from shared.usecases.sync.account import Run, Session, leased


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The outcome of all attempts together.

    Attributes:
        removed: Contacts that were ours and are gone.
        kept: Contacts with our mark that stay: all, or those whose label the user had taken off.
        label_removed: Whether the label is gone too.
        shared: How many of those that stay are another WISP's as well.
        label_gone: Whether the others stay since there is no label any more.
    """

    removed: int
    kept: int
    label_removed: bool
    shared: int = 0
    label_gone: bool = False


def disconnect(services: Services, *, wisp: str, account: str, remove: bool, by: str) -> Disconnected:
    """Disconnect an account, or continue after an interruption.

    Args:
        services: The ports.
        wisp: The wisp's id.
        account: The account's id.
        remove: Whether our contacts are removed; otherwise they stay with the user.
        by: Who wants it, in words that others may read.

    Raises:
        LeaseHeld: A run of this wisp is on; nothing is done.
        Denied: The wisp has no such account, or it was connected again meanwhile.
        StopAccount: Google does not let the contacts be removed; it says why, and what to do.
        RetryLater: A run of another wisp is on in the same Google account, and nothing is done; or it is not
            finished, and a task was handed on that goes on.
    """
    known = load_wisp(services.state, wisp)
    held_lease = hold(services, lease_of(known.id), new_claim(services, "disconnect", by))
    try:
        with held_lease:
            run = Run(services, known, held_lease, services.clock.monotonic() + WAITING_DEADLINE)
            return _disconnect(run, load_account(services.state, known.id, account), remove=remove)
    finally:
        with suppress(Trouble):  # what that does not get done waits for the next run
            drain_after_release(services, known, active_accounts(load_accounts(services.state, known.id)))


def _disconnect(run: Run, account: Account, *, remove: bool) -> Disconnected:
    with leased(run, account) as held_lease:
        leaver = begun(run, account.id, remove=remove)
        try:
            left = leave_leased(Session(run, leaver, makes_label=False), held_lease)
        except RetryLater:
            _hand_on(run)
            raise
        except StopAccount as stop:
            raise _explained(stop) from stop
    return Disconnected(
        removed=left.removed,
        kept=left.kept or 0,
        label_removed=left.label_removed,
        shared=left.shared,
        label_gone=left.label_gone,
    )


def begun(run: Run, id_: str, *, remove: bool) -> Account:
    """Record the decision and return the account with it; another press continues, or decides again."""
    by = run.held_lease.claim.holder
    with one_at_a_time(run.services, run.wisp.id, by) as held_lease:
        account = load_account(run.services.state, run.wisp.id, id_)
        leaving = account.leaving
        if leaving is None or (leaving.kept is None and leaving.remove != remove):
            leaving = Leaving(remove, by)
        reason = "It is being disconnected. If that does not end, press Disconnect once more."
        since = run.services.clock.now().isoformat()
        leaver = replace(account, state="disconnecting", reason=reason, since=since, leaving=leaving)
        held_lease.write(account_put(leaver))
    return leaver


def _hand_on(run: Run) -> None:
    """Hand on to a run; if it cannot be enqueued, the nightly run continues."""
    claim = run.held_lease.claim
    with suppress(Trouble):
        body = {"wisp": run.wisp.id, "by": claim.holder}
        run.services.tasks.enqueue(Task("sync_wisp", body, name=f"after-{claim.run}", delay=60))


_ADVICE = {
    "google.reconnect": "Google no longer accepts the connection to this account, so its contacts cannot be"
    " removed. Please connect it again first, or disconnect it and keep the contacts.",
    "google.label_refused": "Google does not accept what is to be done with the label. If its contacts are"
    " gone already, please delete the label in Google Contacts, then disconnect the account once more; or"
    " disconnect it and keep the contacts.",
}
"""Advice on what a person can do instead, by Google's reason."""


def _explained(stop: StopAccount) -> StopAccount:
    return StopAccount(stop.reason, stop.message, _ADVICE.get(stop.reason, stop.user_message))
