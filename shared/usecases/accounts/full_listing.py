"""Full listing: makes the next run list a whole account, instead of what changed since the last run."""

from shared.domain.model.account import Account
from shared.usecases.base import ledger_store
from shared.usecases.base.leases import hold, new_claim
from shared.usecases.base.services import Services


def force_full_listing(services: Services, account: Account, *, by: str) -> bool:
    """Forget the sync token; return whether there was one.

    Raises:
        LeaseHeld: A run is in the account, and will save its own token; nothing is done.
    """
    with hold(services, account.lease, new_claim(services, "relist", by)) as held_lease:
        ledger = ledger_store.load_ledger(services.state, account.id)
        had, ledger.head.token = bool(ledger.head.token), ""
        if had:
            held_lease.write(ledger_store.head_put(account.id, ledger))
        return had
