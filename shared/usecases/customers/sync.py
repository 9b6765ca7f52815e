"""Sync of one customer: reads them from SIMPLer by id, and synchronises their contact in each account."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from shared.domain.contact.customer import Skipped, why_unusable
from shared.domain.contact.customer_id import may_be_id
from shared.domain.model.account import Account
from shared.domain.model.run import CustomerOutcome, CustomerResult
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import Desired, Record, contacts_of, why_no_contact
from shared.errors import SkipCustomer
from shared.usecases.base.documents import load_accepted_list
from shared.usecases.base.services import Services
from shared.usecases.sync.desired import Gathered, former_before
from shared.usecases.sync.report import sentence
from shared.usecases.sync.run import Finished, Target, sync_accounts
from shared.usecases.sync.session import Run

NOT_HELD = "outside of what this account holds"
_FOR_A_RUN = ("customer.left", "customer.moved", "google.merged")
"""Why a customer who is a contact has none in an account."""


def check_id(customer: str) -> None:
    """Refuse a text that cannot be a customer's id.

    Raises:
        SkipCustomer: The text is empty, too long or not printable.
    """
    if not may_be_id(customer):
        raise SkipCustomer(
            "customer.id",
            "the id is empty, too long or not printable",
            "No customer of SIMPLer can have this id. Please open the customer in SIMPLer and press again.",
        )


def sync_one(
    run: Run,
    accounts: Sequence[Account],
    customer: str,
    *,
    seen_in: Collection[str] = (),
    is_told: bool = False,
) -> list[CustomerOutcome]:
    """Synchronise one customer's contact in every account; an account's outcome says what went wrong there.

    Args:
        run: The run that holds the lease.
        accounts: The accounts.
        customer: The customer's id.
        seen_in: Ids of the accounts in which a run has looked at all customers since this was asked for.
        is_told: Nobody asked for this customer but SIMPLer's triggers, so nothing is removed for them.

    Raises:
        StopRun: SIMPLer failed.
        Misconfigured: SIMPLer's address, profile or credentials are wrong.
    """
    found = look_up(run.services, run.wisp, customer)
    desired = desired_of(run.wisp, customer, found, run.services.clock.now())
    target = Target(
        Gathered(desired, (), listed=1),
        customer,
        spares_users=True,
        seen_in=frozenset(seen_in),
        is_told=is_told,
    )
    finished = sync_accounts(run, target, accounts)
    why = _why_none(found, run.wisp)
    here = [desired.within(account.scope) for account in accounts]
    whys = [NOT_HELD if customer in each.outside else each.held.get(customer, why) for each in here]
    return [_outcome(each, reason) for each, reason in zip(finished, whys, strict=True)]


def _why_none(found: Record | Skipped | None, wisp: Wisp) -> str:
    """Say in a sentence why no contact is made of what SIMPLer has; empty where one is."""
    match found:
        case None:
            return "SIMPLer has no customer with this number."
        case Skipped(reason=reason):
            return why_unusable(reason)
        case record:
            return why_no_contact(record, wisp)


def look_up(services: Services, wisp: Wisp, customer: str) -> Record | Skipped | None:
    """Read one customer from SIMPLer. Refuse an id that its list had twice: the lookup may return only one.

    Raises:
        StopRun: SIMPLer failed.
        Misconfigured: SIMPLer's address, profile or credentials are wrong.
    """
    if customer in load_accepted_list(services.state, wisp.id).doubled:
        return Skipped(customer, "id used twice", 0)
    return services.source(wisp).customer(customer)


def desired_of(wisp: Wisp, customer: str, found: Record | Skipped | None, now: datetime) -> Desired:
    """Return what an account should hold of this one customer; `now` is the time of day."""
    wanted: Mapping[str, Record] = {}
    held: Mapping[str, str] = {}
    match found:
        case None:
            pass
        case Skipped(reason=reason):
            held = {customer: why_unusable(reason)}
        case record:
            wanted = contacts_of({customer: record}, wisp)
    return Desired(
        wisp.id,
        wanted,
        held=held,
        left=frozenset({customer} - wanted.keys() - held.keys()),
        leavers=wisp.leavers,
        is_alone=True,
        now=now.timestamp(),
        former_before=former_before(wisp, now),
    )


def _outcome(finished: Finished, why: str) -> CustomerOutcome:
    """Say what became of the customer; `why` says why no contact is made of them."""
    outcome = finished.outcome
    result = _result(finished)
    notable = [fate for fate in finished.fates if fate.what != "created"]
    notable.sort(key=lambda fate: fate.what != "failed")  # a failure's reason comes first
    reason = outcome.reason or next(map(sentence, notable), why)
    is_left = any(fate.code == "again" for fate in finished.fates)
    if result == "created" or (result == "unchanged" and not is_left):
        reason = ""
    again = outcome.state in ("unfinished", "superseded")
    return CustomerOutcome(
        outcome.account, outcome.email, result, reason, again=again, for_a_run=outcome.code in _FOR_A_RUN
    )


def _result(finished: Finished) -> CustomerResult:
    done = {fate.what for fate in finished.fates}
    if finished.outcome.state != "complete":
        return "failed"
    if "created" in done:
        return "created"
    if done & {"updated", "mended", "relabelled"}:
        return "updated"
    if done & {"removed", "retired"}:
        return "removed"
    return "unchanged" if finished.outcome.unchanged else "skipped"
