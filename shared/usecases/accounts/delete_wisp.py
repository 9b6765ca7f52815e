"""Delete a wisp: disconnects its accounts, then deletes its secret, its settings and every document about it.

The settings go before the other documents, so that nothing new can begin for the wisp. After an interruption,
calling it again continues. The records of its leases stay, because their tokens may only grow; they name the
wisp, and no person.
"""

from collections.abc import Iterator

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.errors import RetryLater, StopAccount
from shared.events import Event, log
from shared.ports import MOST_WRITES, Drop, StateStore
from shared.usecases.accounts.disconnect import carry_out, record_decision
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import is_id, load_wisp, read_accounts
from shared.usecases.base.leases import RUN_DEADLINE, HeldLease, hold, lease_of, new_claim
from shared.usecases.base.services import Services
from shared.usecases.sync.account import hold_account
from shared.usecases.sync.session import Run, Session

_QUIET = 60.0
"""Seconds that an account may take without a request to Google, which would renew the leases."""

_OWN = (
    "progress",
    "believed",
    "presses",
    "pressed",
    "turn",
    "mails",
    "synced",
    "history",
    "acts",
    "suggestions",
    "dismissed",
    "weekly",
    "notices",
    "trigger",
)
"""Collections below a wisp that go with it; runs have notes below them, previews have parts, and accounts go
with their tokens."""


class Deleted(msgspec.Struct, frozen=True):
    """The result of this attempt.

    Attributes:
        accounts: How many Google accounts were disconnected.
        removed: How many contacts were removed from them.
        documents: How many documents were deleted afterwards.
    """

    accounts: int
    removed: int
    documents: int


def delete_wisp(services: Services, wisp_id: str, *, remove: bool, by: str) -> Deleted:
    """Delete a wisp, or continue after an interruption.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        remove: Remove our contacts from its accounts; otherwise they stay with the users.
        by: Who wants it, in words that others may read.

    Raises:
        LeaseHeld: This wisp has a run at the moment; nothing is done.
        Misconfigured: The wisp does not exist; its settings are gone, but not its accounts; or an account's
            document cannot be read.
        StopAccount: Google does not let us remove the contacts of an account; it says why, and what to do.
        RetryLater: A run of another wisp is in one of its Google accounts, an account was connected
            meanwhile, or Google does not answer.
    """
    if not left_of(services.state, wisp_id) or _has_accounts(services.state, wisp_id):
        load_wisp(services.state, wisp_id)
    with hold(services, lease_of(wisp_id), new_claim(services, "delete", by)) as held_lease:
        deleted = _delete(services, wisp_id, held_lease, remove=remove)
    log(
        Event.WISP_DELETED,
        "a wisp was deleted",
        wisp=wisp_id,
        by=by,
        accounts=deleted.accounts,
        removed=deleted.removed,
    )
    return deleted


def left_of(state: StateStore, wisp: str) -> list[str]:
    """Return the paths of all documents about a wisp, without its accounts' ledgers and its leases."""
    return list(_paths(state, wisp)) if is_id(wisp) else []


def _delete(services: Services, wisp_id: str, held_lease: HeldLease, *, remove: bool) -> Deleted:
    accounts, removed = 0, 0
    if services.state.get(f"wisps/{wisp_id}") is not None:
        wisp = load_wisp(services.state, wisp_id)
        accounts, removed = _disconnect_all(services, wisp, held_lease, remove=remove)
        _destroy_secret(services, wisp)
        _drop_settings(services, wisp, held_lease.claim.holder)
    documents = left_of(services.state, wisp_id)
    for some in batches(documents, MOST_WRITES):
        held_lease.outlive(_QUIET)
        held_lease.write(*map(Drop, some))
    return Deleted(accounts, removed, len(documents))


def _disconnect_all(
    services: Services, wisp: Wisp, held_lease: HeldLease, *, remove: bool
) -> tuple[int, int]:
    """Disconnect the accounts; return how many, and how many contacts were removed from them."""
    run = Run(services, wisp, held_lease, services.clock.monotonic() + RUN_DEADLINE)
    accounts, broken = read_accounts(services.state, wisp.id)
    if broken:  # without its document we do not know which token to destroy
        raise broken[0].trouble
    return len(accounts), sum(_disconnect_one(run, account, remove=remove) for account in accounts)


def _disconnect_one(run: Run, account: Account, *, remove: bool) -> int:
    run.held_lease.outlive(_QUIET)
    try:
        with hold_account(run, account) as held_lease:
            leaver = record_decision(run, account.id, remove=remove)
            return carry_out(Session(run, leaver, makes_label=False), held_lease).removed
    except StopAccount as stop:
        advice = "connect it again and repeat this, or delete the WISP and keep the contacts"
        raise StopAccount(stop.reason, f"the account {account.id}: {stop.message}; {advice}") from stop


def _destroy_secret(services: Services, wisp: Wisp) -> None:
    """Destroy the password for SIMPLer, unless another wisp has the same."""
    same = services.state.find("wisps", where={"simpler_secret": wisp.simpler_secret})
    if all(id_ == wisp.id for id_, _ in same):
        services.secrets.destroy(wisp.simpler_secret)


def _drop_settings(services: Services, wisp: Wisp, by: str) -> None:
    with one_at_a_time(services, wisp.id, by) as held_lease:
        if _has_accounts(services.state, wisp.id):
            raise RetryLater(
                "account.busy", f"an account of {wisp.id} was connected meanwhile; delete it again"
            )
        held_lease.write(Drop(f"wisps/{wisp.id}"))


def _has_accounts(state: StateStore, wisp: str) -> bool:
    return bool(state.find(f"wisps/{wisp}/accounts"))


def _paths(state: StateStore, wisp: str) -> Iterator[str]:
    root = f"wisps/{wisp}"
    for run, _ in state.find(f"{root}/runs"):
        yield from (f"{root}/runs/{run}/notes/{id_}" for id_, _ in state.find(f"{root}/runs/{run}/notes"))
        yield f"{root}/runs/{run}"
    for preview, _ in state.find(f"{root}/previews"):
        path = f"{root}/previews/{preview}"
        yield from (f"{path}/parts/{id_}" for id_, _ in state.find(f"{path}/parts"))
        yield path
    for kind in _OWN:
        yield from (f"{root}/{kind}/{id_}" for id_, _ in state.find(f"{root}/{kind}"))
    yield from (f"connects/{id_}" for id_, _ in state.find("connects", where={"wisp": wisp}))
    yield from (path for path in (f"durations/{wisp}", root) if state.get(path) is not None)
