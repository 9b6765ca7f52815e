"""Relist: at the next run an account is listed as a whole, not by what changed since the last one."""

import secrets

from shared.domain.model.account import Account
from shared.domain.model.lease import Claim
from shared.usecases.base import ledger_store
from shared.usecases.base.documents import run_id
from shared.usecases.base.leases import TTL, HeldLease
from shared.usecases.base.services import Services


def force_full_listing(services: Services, account: Account, *, by: str) -> bool:
    """Forget the token by which only changes would be asked for; whether there was one.

    Raises:
        LeaseHeld: A run writes to the account, and keeps the token that it gets; nothing is done.
    """
    claim = Claim(secrets.token_hex(8), f"relist-{run_id(services.clock.now())}", by)
    lease = services.leases.acquire(account.lease, claim, TTL)
    held_lease = HeldLease(services.leases, services.state, services.clock, lease)
    try:
        ledger = ledger_store.load(services.state, account.id)
        had, ledger.token = bool(ledger.token), ""
        if had:
            held_lease.write(ledger_store.head_put(account.id, ledger))
        return had
    finally:
        held_lease.release()
