"""Told changes, taken up: one by one while they are few, by a run when they are many."""

from shared.usecases.base.documents import active_accounts, load_wisp, read_accounts
from shared.usecases.base.services import Services
from shared.usecases.base.steady_clock import with_steady_clock
from shared.usecases.customers.intake import drain_after_release
from shared.usecases.customers.press_queue import TRIGGER, drop, enqueue_run, queued

FEW_TOLD = 10
"""Customers up to which each is synchronised by itself; a run asks Google and SIMPLer less for more."""


def sync_told(services: Services, wisp_id: str) -> bool:
    """Synchronise the customers of whom SIMPLer's triggers told; return False if a run is to do that.

    A run that is on takes them up, and so does a press. Another task looks after them, should those die.

    Raises:
        Misconfigured: There is no such wisp.
        RetryLater: The database or the queue cannot be reached; the customers wait.
    """
    services = with_steady_clock(services)
    wisp = load_wisp(services.state, wisp_id)
    told = _told(services, wisp.id)
    accounts = active_accounts(read_accounts(services.state, wisp.id)[0])
    if not accounts:
        drop(services, wisp.id, told)
        return True
    if len(told) > FEW_TOLD:
        return False
    done = drain_after_release(services, wisp, accounts)
    if any(outcome.again or outcome.result == "failed" for each in done.values() for outcome in each):
        enqueue_run(services, wisp.id)
    elif _told(services, wisp.id):
        enqueue_run(services, wisp.id, is_told=True)
    return True


def _told(services: Services, wisp: str) -> list[str]:
    return [id_ for id_, press in queued(services, wisp).items() if press.by == TRIGGER]
