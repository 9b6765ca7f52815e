"""Accounts as an operator sees them: how each is, the runs before it, and whole listings asked for."""

from collections.abc import Sequence

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.act import WITHOUT_RECORD
from shared.domain.model.lease import kind_of
from shared.errors import LeaseHeld
from shared.ports import StateStore
from shared.usecases.accounts.full_listing import force_full_listing
from shared.usecases.base.documents import load_account, load_accounts, load_synced, load_wisp, read_accounts
from shared.usecases.base.run_documents import find_run
from shared.usecases.base.services import Services
from shared.usecases.sync import snapshots


class ListedAccount(msgspec.Struct, frozen=True):
    """A Google account of a WISP.

    Attributes:
        account: Its id.
        address: Its address.
        state: "connected", "reconnect", "paused", "disconnecting", or "broken": its document cannot be read.
        since: Since when, ISO 8601, UTC.
        contacts: How many contacts were ours when it last equalled SIMPLer, or was brought back since;
            None: it never was either.
        why: The reason, in a sentence.
    """

    account: str
    address: str
    state: str
    since: str
    contacts: int | None
    why: str


class RunBefore(msgspec.Struct, frozen=True):
    """A run before which an account can be brought back. A button and a restore count nothing.

    Attributes:
        run: Its id.
        when: When, ISO 8601, UTC.
        by: Who started it.
        created: Contacts that it created in this account.
        updated: … changed.
        removed: … removed.
    """

    run: str
    when: str
    by: str = ""
    created: int | None = None
    updated: int | None = None
    removed: int | None = None


class Relisted(msgspec.Struct, frozen=True):
    """An account of which a whole listing was asked for.

    Attributes:
        account: Its id.
        done: The next run lists all of it.
        message: The same in a sentence.
    """

    account: str
    done: bool
    message: str


def list_accounts(services: Services, wisp_id: str) -> Sequence[ListedAccount]:
    """Return a WISP's accounts; raise `Misconfigured` if there is no such WISP."""
    wisp = load_wisp(services.state, wisp_id)
    synced = load_synced(services.state, wisp.id)
    accounts, broken = read_accounts(services.state, wisp.id)
    states = [
        ListedAccount(
            account.id,
            account.email,
            "paused" if account.paused else account.state,
            since=account.since,
            contacts=synced[account.id].held if account.id in synced else None,
            why=account.paused or account.reason,
        )
        for account in accounts
    ]
    return states + [
        ListedAccount(each.id, each.email, "broken", since="", contacts=None, why=each.trouble.message)
        for each in broken
    ]


def list_runs(services: Services, wisp_id: str, account_id: str) -> Sequence[RunBefore]:
    """Return the runs of the last 30 days that wrote into an account, the oldest first.

    Raises:
        Denied: The WISP has no such account.
        Misconfigured: What is kept of a run cannot be read.
    """
    account = load_account(services.state, wisp_id, account_id)
    kept = snapshots.runs(services.state, account.id, services.clock.now())
    return [_before(services.state, account, run, before.at) for run, before in kept.items()]


def _before(state: StateStore, account: Account, run: str, when: str) -> RunBefore:
    kind = kind_of(run)
    outcome = find_run(state, account.wisp, run) if kind == "run" else None
    if outcome is None:
        return RunBefore(run, when, WITHOUT_RECORD.get(kind, ""))
    done = next((each for each in outcome.accounts if each.account == account.id), None)
    if done is None:
        return RunBefore(run, when, outcome.by)
    return RunBefore(run, when, outcome.by, created=done.created, updated=done.updated, removed=done.removed)


def relist(services: Services, wisp_id: str, account_id: str, by: str) -> Sequence[Relisted]:
    """Have the next run list accounts as a whole.

    Args:
        services: The ports.
        wisp_id: The WISP; empty: all of them.
        account_id: One of its accounts; empty: all of them.
        by: Who wants it.

    Raises:
        Denied: The WISP has no such account.
    """
    if account_id:
        return [_relisted(services, load_account(services.state, wisp_id, account_id), by)]
    wisps = [wisp_id] if wisp_id else [id_ for id_, _ in services.state.find("wisps")]
    accounts = (account for wisp in wisps for account in load_accounts(services.state, wisp))
    return [_relisted(services, account, by) for account in accounts]


def _relisted(services: Services, account: Account, by: str) -> Relisted:
    try:
        had = force_full_listing(services, account, by=by)
    except LeaseHeld as held:
        told = f"{account.id}: {held.message}; repeat this when that has ended"
        return Relisted(account.id, done=False, message=told)
    anyway = "" if had else ", as it would have anyway"
    return Relisted(account.id, done=True, message=f"{account.id}: the next run lists all of it{anyway}")
