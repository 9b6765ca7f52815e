"""Leave: lets an account go with its contacts, by a run of its own, so that nobody waits for it."""

from shared.domain.model.run import RunOutcome
from shared.errors import Trouble
from shared.usecases.accounts.disconnect import record_decision
from shared.usecases.base.documents import load_account, load_wisp
from shared.usecases.base.leases import HeldLease, new_claim
from shared.usecases.base.services import Services
from shared.usecases.runs.start import HANDOVER, hand_on, in_turn
from shared.usecases.sync.session import Run


def start_disconnecting(services: Services, wisp_id: str, account_id: str, by: str) -> RunOutcome:
    """Decide that an account goes with its contacts, and start a run that removes them.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        account_id: The account's id.
        by: The user's address; others see it during the run.

    Raises:
        LeaseHeld: This wisp has a run at the moment; nothing is decided.
        Denied: The wisp has no such account.
        Misconfigured: The wisp does not exist.
        RetryLater: Somebody else changes the accounts, or the task could not be enqueued; if the account is
            being disconnected by then, the next run does it.
    """
    wisp = load_wisp(services.state, wisp_id)
    load_account(services.state, wisp.id, account_id)
    claim = new_claim(services, "run", by)
    lease = in_turn(services, wisp.id, claim)
    try:
        run = Run(services, wisp, HeldLease(services, lease), services.clock.monotonic() + HANDOVER)
        record_decision(run, account_id, remove=True)
    except Trouble:
        services.leases.release(lease)
        raise
    return hand_on(services, wisp.id, lease, claim)
