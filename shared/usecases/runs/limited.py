"""Limited: accounts that Google's quotas leave out for hours, and a person's wish to try one at once."""

from collections.abc import Mapping

from shared.domain.model.run import RunOutcome
from shared.errors import LeaseHeld, RetryLater
from shared.usecases.base.documents import load_account, load_accounts, load_wisp
from shared.usecases.base.leases import hold, new_claim
from shared.usecases.base.rate_limit import let_in, parked_until
from shared.usecases.base.services import Services
from shared.usecases.runs.start import start_sync


def left_alone(services: Services, wisp_id: str) -> Mapping[str, float]:
    """Return the accounts of a wisp that are left alone, each with when that ends (seconds since 1970)."""
    now, accounts = services.clock.now().timestamp(), load_accounts(services.state, wisp_id)
    found = {each.id: parked_until(services.state, each) for each in accounts}
    return {account: until for account, until in found.items() if until > now}


def try_now(services: Services, wisp_id: str, account_id: str, by: str) -> RunOutcome:
    """Start a run that asks Google for an account that is left alone; a refusal leaves it alone again.

    Raises:
        LeaseHeld: This wisp has a run at the moment.
        Denied: The wisp has no such account.
        Misconfigured: The wisp does not exist.
        RetryLater: Another wisp's run is in the Google account, or the task could not be enqueued.
    """
    account = load_account(services.state, load_wisp(services.state, wisp_id).id, account_id)
    try:
        with hold(services, account.lease, new_claim(services, "accounts", by)) as held_lease:
            held_lease.write(let_in(services.state, account))
    except LeaseHeld:  # do not say who holds it: it may be another wisp's user
        raise RetryLater(
            "google.account_in_use",
            f"a run writes to the Google account of {account.id}",
            "A run is writing to this Google account; please try again when it has finished.",
        ) from None
    return start_sync(services, wisp_id, by)
