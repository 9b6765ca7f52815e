"""Leaving: carries out a disconnection that was decided, from wherever it was interrupted.

First the contacts, then the consent, then the token, then what we know of the account: whatever interrupts
this, the account is still in the list, and its token still in the secret store, for as long as either is
needed.
"""

from dataclasses import replace

from shared.domain.model.account import Account, Leaving
from shared.errors import Denied, Misconfigured
from shared.events import Event, log
from shared.ports import Drop, StateStore
from shared.usecases.accounts.remove_contacts import remove_contacts
from shared.usecases.base import ledger_store
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import account_put, load_account
from shared.usecases.base.leases import HeldLease
from shared.usecases.base.rate_limit import pace_path
from shared.usecases.base.services import Services
from shared.usecases.sync import snapshots
from shared.usecases.sync.account import Run, Session, leased, opened

_AT_ONCE = 400
"""Documents in one write (`StateStore.write`)."""


def leave(session: Session) -> Leaving:
    """Go on with a disconnection, in a run or after a press; the wisp's lease is ours.

    Raises:
        Trouble: It cannot be finished now; what was done is remembered.
    """
    with leased(session.run, session.account) as held_lease:
        return leave_leased(session, held_lease)


def leave_leased(session: Session, held_lease: HeldLease) -> Leaving:
    """Like `leave`, with the Google account's lease held already."""
    run, account = session.run, session.account
    leaving = account.leaving or Leaving(remove=False, by=run.held_lease.claim.holder)
    if leaving.kept is None:
        leaving = _settled(session, leaving, held_lease)
        note(run, account, leaving)
    _forget(run, account)
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


def note(run: Run, account: Account, leaving: Leaving) -> None:
    """Remember how far a disconnection is.

    Raises:
        Denied: The account was connected again meanwhile, or is forgotten.
    """
    with one_at_a_time(run.services, account.wisp, run.held_lease.claim.holder) as held_lease:
        present = _still_leaving(run.services.state, account)
        held_lease.write(account_put(replace(present, leaving=leaving)))


def _settled(session: Session, leaving: Leaving, held_lease: HeldLease) -> Leaving:
    """Keep or remove the contacts, as was decided."""
    run, account = session.run, session.account
    if leaving.remove:
        with opened(session, held_lease):
            return remove_contacts(session, leaving, lambda counted: note(run, account, counted))
    count = len(ledger_store.load_ledger(run.services.state, account.id))
    return replace(leaving, found=count, kept=count)


def _still_leaving(state: StateStore, account: Account) -> Account:
    present = load_account(state, account.wisp, account.id)
    if present.state != "disconnecting":
        raise Denied(
            "account.reconnected",
            f"the account {account.id} was connected again while it was being disconnected",
            "The account was connected again meanwhile, so it stays connected.",
        )
    return present


def _forget(run: Run, account: Account) -> None:
    services = run.services
    with one_at_a_time(services, account.wisp, run.held_lease.claim.holder) as held_lease:
        _still_leaving(services.state, account)
        is_shared = _is_shared(services.state, account)
        if not is_shared:
            _end_consent(services, account)
        for some in batches(snapshots.snapshot_drops(services.state, account.id), _AT_ONCE):
            held_lease.write(*some)
        services.secrets.destroy(account.secret)
        own = [f"wisps/{account.wisp}/{kind}/{account.id}" for kind in ("synced", "progress", "notices")]
        own += [] if is_shared else [pace_path(account)]
        ledger = ledger_store.ledger_drops(services.state, account.id)
        held_lease.write(*map(Drop, own), *ledger, Drop(f"wisps/{account.wisp}/accounts/{account.id}"))


def _end_consent(services: Services, account: Account) -> None:
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
