"""Sync of one customer: reads them from SIMPLer by id, and their contact in each account by its own name."""

from collections.abc import Sequence
from functools import partial

from shared.domain.contact.card import make_card
from shared.domain.contact.customer import Customer, Skipped, why_unusable
from shared.domain.model.account import Account
from shared.domain.model.run import AccountOutcome, CustomerOutcome
from shared.domain.model.wisp import Wisp
from shared.domain.sync.actual import Actual, actual_of
from shared.domain.sync.desired import Desired
from shared.domain.sync.guard import Verdict
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.mark import marks
from shared.domain.sync.plan import Plan, make_plan
from shared.domain.sync.settle import absorb
from shared.errors import RetryLater
from shared.usecases.sync.account import Run, Session, in_account, in_parallel
from shared.usecases.sync.apply import Application
from shared.usecases.sync.missing import find_missing
from shared.usecases.sync.report import why_kept


def sync_one(run: Run, accounts: Sequence[Account], customer: str) -> list[CustomerOutcome]:
    """Make one customer's contact right in every account; what went wrong in one is in its outcome.

    Raises:
        StopRun: SIMPLer failed.
        Misconfigured: SIMPLer's address, profile or credentials are wrong.
    """
    desired = desired_of(run.wisp, customer, run.services.source(run.wisp).customer(customer))
    work = partial(_sync, customer=customer, desired=desired)
    outcomes = in_parallel(lambda account: in_account(run, account, work), accounts)
    return [_told(outcome, desired.held.get(customer, "")) for outcome in outcomes]


def desired_of(wisp: Wisp, customer: str, found: Customer | Skipped | None) -> Desired:
    """Return what SIMPLer wants of this one customer's contact."""
    match found:
        case Skipped(reason=reason):
            return Desired(wisp.id, {}, held={customer: why_unusable(reason)}, leavers=wisp.leavers)
        case Customer() if wisp.wants(found.status):
            return Desired(wisp.id, {customer: make_card(found, wisp)}, leavers=wisp.leavers)
        case _:
            return Desired(wisp.id, {}, left=frozenset({customer}), leavers=wisp.leavers)


def _sync(session: Session, *, customer: str, desired: Desired) -> None:
    plan = _plan(session, customer, desired)
    _refuse_merged(plan, desired.wisp)
    for reason in plan.kept.values():
        session.outcome.note(customer, "kept", why_kept(reason, customer, desired))
    session.outcome.unchanged = plan.unchanged
    absorb(session.ledger, plan, desired)
    if not plan.kept and customer not in plan.unsure:
        session.ledger.unconfirmed.pop(customer, None)
    Application(session, desired).apply(plan, Verdict(tuple(plan.remove)))
    session.outcome.state = "partial" if session.outcome.failed else "complete"
    if customer in session.ledger.unconfirmed:
        session.outcome.state, session.outcome.code = "unfinished", "google.unconfirmed"
        session.outcome.reason = (
            "Google does not show this contact at the moment; it is looked for in a while."
        )


def _refuse_merged(plan: Plan, wisp: str) -> None:
    """Leave a contact that a user merged from two of ours to a run, which sees all its customers."""
    changes = (*plan.relabel, *plan.update, *plan.remove)
    if any(len(marks(change.person.client_data, wisp)) > 1 for change in changes):
        raise RetryLater(
            "google.merged",
            "a user merged this customer's contact with another customer's; a run parts them",
            "Somebody merged this contact with another customer's in Google; the next run parts them.",
        )


def _plan(session: Session, customer: str, desired: Desired) -> Plan:
    """Plan for one customer; look for the label before anything is put into it."""
    plan = make_plan(desired, session.ledger, _find(session, customer, desired), session.unsure())
    if (plan.create or plan.relabel) and not session.resolve_label():
        plan = make_plan(desired, session.ledger, _everything(session, customer, desired), session.unsure())
    return plan


def _everything(session: Session, customer: str, desired: Desired) -> Actual:
    found = session.everything(desired)
    find_missing(session.book, found, session.ledger, desired, now=session.now(), customer=customer)
    return found.only(customer)


def _find(session: Session, customer: str, desired: Desired) -> Actual:
    """The customer's contact by the ledger, if that is sure; otherwise all contacts are looked through.

    The ledger is sure when it holds every contact of ours and either does not know this customer, or Google
    still has the contact that it names, and tells of each further one. A resource name may change, and an
    unconfirmed creation may show.
    """
    names = session.ledger.names_of(customer)
    if not session.label:
        return _everything(session, customer, desired)
    looked = session.look(names)
    persons = [person for person in looked.values() if person]
    by_ledger = actual_of(persons, desired, session.label, Ledger()).only(customer)
    known = session.ledger.whole and customer not in session.ledger.unconfirmed
    is_told = all(looked.get(n) or (n in looked and n in session.ledger.extras) for n in names)
    if known and is_told and (not names or by_ledger.labelled):
        return by_ledger
    return _everything(session, customer, desired)


def _told(outcome: AccountOutcome, held: str) -> CustomerOutcome:
    notes = sorted(outcome.notes, key=lambda note: note.what != "failed")  # why it failed comes first
    reason = outcome.reason or next((note.why for note in notes), held)
    again = outcome.state in ("unfinished", "superseded")
    match outcome:
        case AccountOutcome(state="complete", created=1):
            return CustomerOutcome(outcome.account, outcome.email, "created")
        case AccountOutcome(state="complete", updated=1) | AccountOutcome(state="complete", relabelled=1):
            return CustomerOutcome(outcome.account, outcome.email, "updated", reason)
        case AccountOutcome(state="complete", removed=1):
            return CustomerOutcome(outcome.account, outcome.email, "removed", reason)
        case AccountOutcome(state="complete", unchanged=1):
            return CustomerOutcome(outcome.account, outcome.email, "unchanged")
        case AccountOutcome(state="complete"):
            return CustomerOutcome(outcome.account, outcome.email, "skipped", reason or "not a contact")
    return CustomerOutcome(outcome.account, outcome.email, "failed", reason, again)
