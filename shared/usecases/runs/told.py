"""Told changes, taken up: one by one while they are few, by a run when they are many."""

from shared.usecases.base.documents import active_accounts, find_wisp, read_accounts
from shared.usecases.base.services import Services
from shared.usecases.base.steady_clock import with_steady_clock
from shared.usecases.customers.intake import drain_after_release
from shared.usecases.customers.press_queue import TRIGGER, drop, enqueue_run, queued

FEW_TOLD = 10
"""Customers up to which each is synchronised by itself; a run asks Google and SIMPLer less for more."""


def sync_told(services: Services, wisp_id: str) -> bool:
    """Synchronise the customers of whom SIMPLer's triggers told; return False if a run is to do that.

    A run that is on takes them up, and so does a press. Another task looks after them, should those die. A
    wisp that is gone, or has no account, has nothing that could be out of date.

    Raises:
        Misconfigured: The wisp's settings cannot be read.
        RetryLater: The database or the queue cannot be reached; the customers wait.
    """
    services = with_steady_clock(services)
    told = _told(services, wisp_id)
    wisp = find_wisp(services.state, wisp_id)
    accounts = active_accounts(read_accounts(services.state, wisp_id)[0]) if wisp else ()
    if wisp is None or not accounts:
        drop(services, wisp_id, told)
        return True
    if len(told) > FEW_TOLD:
        return False
    done = [each for outcomes in drain_after_release(services, wisp, accounts).values() for each in outcomes]
    still = _told(services, wisp_id)
    # Where nobody waits any more, an account is paused, full or not ours to write: no run would change that.
    if any(each.again for each in done) or (still and any(each.result == "failed" for each in done)):
        enqueue_run(services, wisp_id)
    elif still:
        enqueue_run(services, wisp_id, is_told=True)
    return True


def _told(services: Services, wisp: str) -> list[str]:
    return [id_ for id_, press in queued(services, wisp).items() if press.by == TRIGGER]
