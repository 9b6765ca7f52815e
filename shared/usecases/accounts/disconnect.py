"""Disconnect: ends an account's connection, and keeps or removes its contacts.

It goes in this order: record the decision, remove the contacts, revoke the consent, destroy the token, delete
what we know of the account. If anything interrupts it, another press or the next run continues. Until it is
done, the account receives no contacts, and stays listed with its token for as long as either is needed.
"""

from contextlib import suppress

from shared.domain.model.account import Account, Leaving
from shared.domain.model.act import Act
from shared.errors import Denied, Misconfigured, RetryLater, StopAccount, Trouble
from shared.events import Event, log
from shared.ports import MOST_WRITES, Drop, StateStore, Task
from shared.replace import replace
from shared.usecases.accounts.remove_contacts import remove_contacts
from shared.usecases.base import ledger_store
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import (
    account_put,
    act_put,
    active_accounts,
    load_account,
    load_accounts,
    load_wisp,
)
from shared.usecases.base.leases import WAITING_DEADLINE, HeldLease, hold, lease_of, new_claim
from shared.usecases.base.rate_limit import pace_path
from shared.usecases.base.services import Services
from shared.usecases.customers.intake import drain_after_release, hand_on_rest
from shared.usecases.sync import snapshots
from shared.usecases.sync.account import hold_account, open_account
from shared.usecases.sync.session import Run, Session
from shared.usecases.sync.suggestions import suggestion_drops


def disconnect(services: Services, *, wisp: str, account: str, by: str) -> Leaving:
    """Disconnect an account whose contacts stay with its user, or continue after an interruption.

    A disconnection that has removed the contacts already is only brought to its end.

    Args:
        services: The ports.
        wisp: The wisp's id.
        account: The account's id.
        by: Who wants it, in words that others may read.

    Raises:
        LeaseHeld: This wisp has a run at the moment; nothing is done.
        Denied: The wisp has no such account, or it was connected again meanwhile.
        RetryLater: A run of another wisp is in the same Google account, and nothing is done; or the consent
            could not be ended, and a task continues.
    """
    known = load_wisp(services.state, wisp)
    held_lease = hold(services, lease_of(known.id), new_claim(services, "disconnect", by))
    try:
        with held_lease:
            run = Run(services, known, held_lease, services.clock.monotonic() + WAITING_DEADLINE)
            return _disconnect(run, load_account(services.state, known.id, account))
    finally:
        with suppress(Trouble):  # a press that is not handled here waits for the next run
            accounts = active_accounts(load_accounts(services.state, known.id))
            hand_on_rest(services, known.id, drain_after_release(services, known, accounts))


def _disconnect(run: Run, account: Account) -> Leaving:
    with hold_account(run, account) as held_lease:
        leaver = record_decision(run, account.id, remove=False)
        try:
            return carry_out(Session(run, leaver, makes_label=False), held_lease)
        except RetryLater:
            _enqueue_continuation(run)
            raise


def record_decision(run: Run, id_: str, *, remove: bool) -> Account:
    """Record the decision and return the account with it; another press continues, or decides again.

    What was kept can still be removed as long as the account is known; what was removed is only forgotten.
    """
    by = run.held_lease.claim.holder
    with one_at_a_time(run.services, run.wisp.id, by) as held_lease:
        account = load_account(run.services.state, run.wisp.id, id_)
        leaving = account.leaving
        is_removed = leaving is not None and leaving.remove and leaving.kept is not None
        if leaving is None or (leaving.remove != remove and not is_removed):
            leaving = Leaving(remove, by)
        reason = "This goes on by itself with the next run."
        now = run.services.clock.now()
        leaver = replace(
            account, state="disconnecting", reason=reason, since=now.isoformat(), leaving=leaving
        )
        act = Act(now.isoformat(), by, "disconnecting", account.email)
        takes_long = leaving.remove and leaving != account.leaving
        acts = [act_put(run.wisp.id, now, act)] if takes_long else []
        held_lease.write(account_put(leaver), *acts)
    return leaver


def disconnect_in_run(session: Session) -> Leaving:
    """Continue in a run a disconnection that was interrupted; the run holds the wisp's lease.

    Raises:
        Trouble: It cannot be finished now; what was done is remembered.
    """
    with hold_account(session.run, session.account) as held_lease:
        try:
            return carry_out(session, held_lease)
        except (StopAccount, Misconfigured) as stop:
            advised = _with_advice(stop)
            _note_reason(session.run, session.account, advised.user_message)
            raise advised from stop


def _note_reason(run: Run, account: Account, reason: str) -> None:
    """Let people read why a disconnection does not go on, unless it gave way to another decision."""
    with suppress(Trouble), one_at_a_time(run.services, account.wisp, run.held_lease.claim.holder) as held:
        present = _reload_leaver(run.services.state, account)
        held.write(account_put(replace(present, reason=reason)))


def carry_out(session: Session, held_lease: HeldLease) -> Leaving:
    """Do what is left of a disconnection, under both leases; return what all attempts did.

    Raises:
        Trouble: It cannot be finished now; what was done is remembered.
    """
    run, account = session.run, session.account
    leaving = account.leaving or Leaving(remove=False, by=run.held_lease.claim.holder)
    if leaving.kept is None:
        leaving = _keep_or_remove(session, leaving, held_lease)
        note_progress(run, account, leaving)
    _forget_account(run, account, leaving)
    log(
        Event.ACCOUNT_FORGOTTEN,
        "an account was disconnected",
        wisp=account.wisp,
        account=account.id,
        by=leaving.by,
        removed=leaving.removed,
        kept=leaving.kept,
    )
    return leaving


def _keep_or_remove(session: Session, leaving: Leaving, held_lease: HeldLease) -> Leaving:
    """Do with the contacts what was decided."""
    run, account = session.run, session.account
    if leaving.remove:
        with open_account(session, held_lease):
            return remove_contacts(session, leaving, lambda counted: note_progress(run, account, counted))
    count = len(ledger_store.load_ledger(run.services.state, account.id))
    return replace(leaving, found=count, kept=count)


def note_progress(run: Run, account: Account, leaving: Leaving) -> None:
    """Remember how far a disconnection is.

    Raises:
        Denied: The account was connected again meanwhile, or is forgotten.
    """
    with one_at_a_time(run.services, account.wisp, run.held_lease.claim.holder) as held_lease:
        present = _reload_leaver(run.services.state, account)
        held_lease.write(account_put(replace(present, leaving=leaving)))


def _reload_leaver(state: StateStore, account: Account) -> Account:
    present = load_account(state, account.wisp, account.id)
    if present.state != "disconnecting":
        raise Denied(
            "account.reconnected",
            f"the account {account.id} was connected again while it was being disconnected",
            "The account was connected again meanwhile, so it stays connected.",
        )
    return present


def _forget_account(run: Run, account: Account, leaving: Leaving) -> None:
    """End the consent and delete what we hold of the account; its own document goes last."""
    services = run.services
    with one_at_a_time(services, account.wisp, run.held_lease.claim.holder) as held_lease:
        _reload_leaver(services.state, account)
        is_shared = _is_shared(services.state, account)
        if not is_shared:
            _revoke_consent(services, account)
        kept = suggestion_drops(services.state, account.wisp, account.id)
        for some in batches([*kept, *snapshots.snapshot_drops(services.state, account.id)], MOST_WRITES):
            held_lease.write(*some)
        services.secrets.destroy(account.secret)
        now = services.clock.now()
        act = Act(now.isoformat(), leaving.by, "disconnected", account.email, detail=leaving.told())
        own = [f"wisps/{account.wisp}/{kind}/{account.id}" for kind in ("synced", "progress", "notices")]
        own += [] if is_shared else [pace_path(account)]
        ledger = ledger_store.ledger_drops(services.state, account.id)
        gone = Drop(f"wisps/{account.wisp}/accounts/{account.id}")
        held_lease.write(*map(Drop, own), *ledger, gone, act_put(account.wisp, now, act))


def _revoke_consent(services: Services, account: Account) -> None:
    try:
        token = services.secrets.get(account.secret)
    except Misconfigured as error:
        if error.reason != "secret.missing":
            raise
        return
    services.consent().revoke(token)


def _is_shared(state: StateStore, account: Account) -> bool:
    """Return whether another wisp has the same Google account: revoking would end its newer token too."""
    same = {"google_id": account.google_id}
    wisps = (wisp for wisp, _ in state.find("wisps"))
    accounts = (id_ for wisp in wisps for id_, _ in state.find(f"wisps/{wisp}/accounts", where=same))
    return any(id_ != account.id for id_ in accounts)


def _enqueue_continuation(run: Run) -> None:
    """Enqueue a run that continues; if that fails, the nightly run continues."""
    claim = run.held_lease.claim
    with suppress(Trouble):
        body = {"wisp": run.wisp.id, "by": claim.holder}
        run.services.tasks.enqueue(Task("sync_wisp", body, name=f"after-{claim.run}", delay=60, urgent=True))


_ADVICE = {
    "google.reconnect": "Google no longer accepts the connection to this account, so its contacts cannot be"
    " removed. Please connect it again first, or disconnect it and keep the contacts.",
    "google.label_refused": "Google refuses to change the label. If its contacts are gone already, please"
    " delete the label in Google Contacts, then disconnect the account once more; or disconnect it and keep"
    " the contacts.",
    "secret.missing": "The connection to this account is ended already, or the service is not set up right,"
    " so its contacts cannot be removed. Please connect it again first, disconnect it and keep the contacts,"
    " or tell the service's operator.",
}
"""Advice to a person who cannot go on, by the reason."""


def _with_advice(stop: StopAccount | Misconfigured) -> StopAccount | Misconfigured:
    return type(stop)(stop.reason, stop.message, _ADVICE.get(stop.reason, stop.user_message))
