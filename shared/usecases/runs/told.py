"""Told changes, taken up: one by one while they are few, by a run when they are many."""

from collections.abc import Mapping, Sequence

from shared.domain.model.account import Account
from shared.ports import SKEW, Task
from shared.usecases.base.documents import active_accounts, find_wisp, read_accounts
from shared.usecases.base.rate_limit import parked_until
from shared.usecases.base.services import Services
from shared.usecases.base.steady_clock import with_steady_clock
from shared.usecases.customers.intake import Outcomes, drain_after_release, retry_within
from shared.usecases.customers.press_queue import TOLD, TRIGGER, Press, drop, enqueue_run, queued

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
    handled = drain_after_release(services, wisp, accounts)
    if any(each.again for outcomes in handled.values() for each in outcomes):
        handled = _without_parked(services, wisp_id, accounts, handled, told=told)
    done = [each for outcomes in handled.values() for each in outcomes]
    still = _told(services, wisp_id)
    # Where nobody waits any more, an account is paused, full or not ours to write: no run would change that.
    if any(each.again for each in done) or (still and any(each.result == "failed" for each in done)):
        enqueue_run(services, wisp_id, within=retry_within(done))
    elif still:
        enqueue_run(services, wisp_id, is_told=True)
    return True


def _without_parked(
    services: Services,
    wisp: str,
    accounts: Sequence[Account],
    handled: Outcomes,
    *,
    told: Mapping[str, Press],
) -> Outcomes:
    """Leave customers who wait for nothing but accounts that Google limits for hours to one run after that.

    That run compares everybody; until then each trigger would look at all of them again, or cost a run. What
    was told while they were looked at stays: somebody else may have taken it up, and died. So do those whose
    run may have begun by another machine's clock.
    """
    now = services.clock.now().timestamp()
    parked = {each.id: parked_until(services.state, each) for each in accounts}
    left = {
        customer: again
        for customer, outcomes in handled.items()
        if (again := {each.account for each in outcomes if each.again})
        and all(parked[account] > now + SKEW for account in again)
    }
    for account in set().union(*left.values()):
        name, delay = f"parked-{account}-{parked[account]:.0f}", parked[account] - now
        services.tasks.enqueue(Task("sync_wisp", {"wisp": wisp, "by": TRIGGER}, name=name, delay=delay))
    before = {press for press in told.values() if press.customer in left}
    tried = {id_: press for id_, press in queued(services, wisp).items() if not id_.startswith(TOLD)}
    drop(services, wisp, [id_ for id_, press in tried.items() if press in before])
    return {customer: outcomes for customer, outcomes in handled.items() if customer not in left}


def _told(services: Services, wisp: str) -> Mapping[str, Press]:
    return {id_: press for id_, press in queued(services, wisp).items() if press.by == TRIGGER}
