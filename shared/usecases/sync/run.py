"""Run: one Google account, once: read, plan, guard, apply, remember."""

from dataclasses import dataclass
from functools import partial

from shared.domain.model.account import Account
from shared.domain.model.run import AccountOutcome
from shared.domain.sync.desired import Desired
from shared.domain.sync.guard import Verdict, judge, let_through
from shared.domain.sync.ledger import MOST_EXTRAS, Ledger
from shared.domain.sync.plan import Plan, make_plan
from shared.domain.sync.settle import absorb_all
from shared.usecases.base import ledger_store
from shared.usecases.base.documents import Synced, synced_put
from shared.usecases.sync.account import Run, Session, in_account
from shared.usecases.sync.apply import Application
from shared.usecases.sync.desired import Gathered
from shared.usecases.sync.report import cut_to_room, log_plan, note_plan


@dataclass(frozen=True, slots=True)
class Target:
    """What an account is to be made equal to, and what a person has decided.

    Attributes:
        gathered: What SIMPLer says, read to its end before any account is asked.
        listed_before: How many records SIMPLer's list had at the last run that was believed.
        allow: A preview's token; removals that it names are let through.
        is_decided: Whether a person has decided on all removals, so that the guard is not asked. Everything
            is then listed, for they saw the whole account.
    """

    gathered: Gathered
    listed_before: int | None = None
    allow: str = ""
    is_decided: bool = False


def sync_account(run: Run, target: Target, account: Account) -> AccountOutcome:
    """Make one account equal to SIMPLer. Never raises: what went wrong is the outcome's state and reason."""
    return in_account(run, account, partial(make_equal, target=target))


def make_equal(session: Session, target: Target) -> None:
    """Read what the account holds, plan and guard; then apply and remember."""
    plan, verdict = plan_account(session, target)
    carry_out(session, target.gathered, plan, verdict)


def plan_account(session: Session, target: Target) -> tuple[Plan, Verdict]:
    """What is to be done in an account, and what of it may be."""
    gathered = target.gathered
    plan = None if target.is_decided else _by_changes(session, gathered.desired)
    if plan is None:
        found = session.anew(gathered.desired)
        plan = make_plan(gathered.desired, session.ledger, found, session.unsure())
    if target.is_decided:
        return plan, Verdict(tuple(plan.remove))
    verdict = judge(plan, listed=gathered.listed, listed_before=target.listed_before)
    return plan, let_through(verdict, session.account.id, target.allow)


def _by_changes(session: Session, desired: Desired) -> Plan | None:
    """The plan by what changed; None when the ledger, or the label that it knows, does not serve."""
    found = session.changes(desired)
    if found is None:
        return None
    plan = make_plan(desired, session.ledger, found)
    needs_label = plan.create or plan.relabel
    return plan if not needs_label or session.resolve_label() else None


def carry_out(session: Session, gathered: Gathered, plan: Plan, verdict: Verdict) -> None:
    """Apply a plan, as far as it may be, and remember what the account holds then."""
    outcome = session.outcome
    note_plan(outcome, plan, verdict, gathered.desired, gathered.skipped)
    log_plan(outcome, plan, verdict, session.run.id)
    if not session.by_changes:  # else the count is an old listing's, and Google knows what fits
        cut_to_room(outcome, plan)
    outcome.total = plan.total
    absorb_all(session.ledger, plan, gathered.desired)
    desired = gathered.desired.count
    session.ledger = ledger_store.fitted(session.ledger, max(desired, len(session.ledger)))
    if len(plan.extras) > MOST_EXTRAS:  # more than are kept: only a listing of everything tells them
        session.token = ""
    application = Application(session, gathered.desired)
    application.apply(plan, verdict)
    outcome.held = plan.owned + outcome.relabelled + outcome.created - outcome.removed
    outcome.total += outcome.created - outcome.removed
    session.remove_surplus_labels()
    _conclude(outcome, session.ledger, application.put_off)
    _close(session, desired)


def _close(session: Session, expected: int) -> None:
    """Ledger and token together, only after the work that they stand for."""
    ledger, outcome = session.ledger, session.outcome
    ledger.token = "" if ledger.unconfirmed else session.token
    ledger.listed, ledger.label, ledger.total = session.listed, session.label, outcome.total
    if session.knows_label:
        ledger.made_labels.clear()
    writes = ledger_store.puts(session.account.id, ledger)
    if outcome.state == "complete":
        now = session.run.services.clock.now().isoformat()
        writes.append(synced_put(session.account, Synced(now, outcome.held, expected)))
    session.held_lease.write(*writes)


def _conclude(outcome: AccountOutcome, ledger: Ledger, put_off: int) -> None:
    outcome.state = "partial" if outcome.failed or outcome.refused or outcome.code else "complete"
    if ledger.unconfirmed:
        outcome.state, outcome.code = "unfinished", "google.unconfirmed"
        outcome.reason = "Google did not confirm every new contact; they are looked for in a while."
    elif put_off and outcome.state == "complete":
        outcome.state, outcome.code = "unfinished", "google.changed"
        outcome.reason = (
            "Contacts that are to be removed changed a moment ago; they are looked at in a while."
        )
