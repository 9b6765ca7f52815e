"""Full listing: makes the next run list an account as a whole, not by what changed since the last one."""

from shared.domain.model.account import Account
from shared.usecases.base import ledger_store
from shared.usecases.base.leases import hold, new_claim
from shared.usecases.base.services import Services


def force_full_listing(services: Services, account: Account, *, by: str) -> bool:
    """Forget the token for changes; return whether there was one.

    Raises:
        LeaseHeld: A run writes to the account, and keeps the token that it gets; nothing is done.
    """
    with hold(services, account.lease, new_claim(services, "relist", by)) as held_lease:
        ledger = ledger_store.load_ledger(services.state, account.id)
        had, ledger.head.token = bool(ledger.head.token), ""
        if had:
            held_lease.write(ledger_store.head_put(account.id, ledger))
        return had
