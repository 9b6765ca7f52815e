"""Names: what the customers of a run are called; runs keep ids only, so the ledgers tell.

A removed customer's name is known for as long as the removal can be undone, and no longer.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from shared.domain.model.run import RunOutcome
from shared.usecases.base import ledger_store
from shared.usecases.base.services import Services
from shared.usecases.sync import snapshots


def names_of(services: Services, run: RunOutcome, customers: Collection[str]) -> Mapping[str, str]:
    """Return the names of a run's customers as contacts show them, as far as they are known."""
    state, found = services.state, dict[str, str]()
    for account in run.accounts:
        if left := set(customers) - found.keys():
            found |= ledger_store.load_names(state, account.account, left)
    if services.clock.now() < datetime.fromisoformat(run.started) + snapshots.SNAPSHOT_KEPT:
        for account in run.accounts:
            if left := set(customers) - found.keys():
                found |= snapshots.load_old_names(state, account.account, run.run, left)
    return found
