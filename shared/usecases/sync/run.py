"""Run: makes one Google account equal to SIMPLer: read, plan, guard, apply, remember."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

import msgspec

from shared.domain.model.account import MOST_CONTACTS, Account, State
from shared.domain.model.run import AccountOutcome, Fate
from shared.domain.model.scope import Scope
from shared.domain.sync.absorb import absorb, absorb_all
from shared.domain.sync.actual import Actual
from shared.domain.sync.decisions import make_plan
from shared.domain.sync.desired import Desired
from shared.domain.sync.guard import Bound, Verdict, approved_of, judge, let_through, permit
from shared.domain.sync.ledger import MOST_EXTRAS
from shared.domain.sync.mark import marks
from shared.domain.sync.plan import Plan, PlannedChange, cut_to_room
from shared.errors import RetryLater, SkipCustomer
from shared.ports import SyncTokenExpired
from shared.replace import replace
from shared.usecases.base import ledger_store
from shared.usecases.base.documents import Synced, last_synced, load_account, synced_put
from shared.usecases.sync.account import (
    attempt,
    check_not_paused,
    hold_account,
    in_parallel,
    open_account,
)
from shared.usecases.sync.actual import (
    LedgerDisagrees,
    look_for_one,
    read_changes,
    read_everything,
    read_one,
)
from shared.usecases.sync.apply import apply
from shared.usecases.sync.desired import Gathered
from shared.usecases.sync.health import note_health
from shared.usecases.sync.report import fates_of, log_outcome, log_plan, outcome_of
from shared.usecases.sync.session import Run, Session
from shared.usecases.sync.suggestions import keep_edits, leave_to_the_night


class Target(msgspec.Struct, frozen=True):
    """The goal for an account, and what a person has decided about it.

    Attributes:
        gathered: SIMPLer's customers, read to the end before any account is asked.
        customer: The one customer to synchronise; empty: all of them.
        listed_before: How many records SIMPLer's list had at the last run that accepted it.
        allow: A preview's token; the guard lets through the removals that it names.
        is_decided: A person has seen the whole account and decided. So everything is listed, the guard is not
            asked, and a pause does not count.
        is_rehearsal: Plan only, and write nothing.
        spares_users: What a user changed again after it was put right today is left to the night.
        seen_in: Ids of the accounts in which a run has looked at all customers since this one was asked for.
        is_told: Nobody asked for this customer but SIMPLer's triggers.
        begins_a_day: It is the first task of a night, or of a run that a person started: to the guard all
            runs and tasks from here to the next such one are one.
    """

    gathered: Gathered
    customer: str = ""
    listed_before: int | None = None
    allow: str = ""
    is_decided: bool = False
    is_rehearsal: bool = False
    spares_users: bool = False
    seen_in: frozenset[str] = frozenset()
    is_told: bool = False
    begins_a_day: bool = False

    def within(self, scope: Scope) -> "Target":
        """Return the goal for an account of this scope; what a person decided is for the whole account."""
        return self if self.is_decided else replace(self, gathered=self.gathered.within(scope))


class Finished(msgspec.Struct, frozen=True):
    """The result of a run in an account.

    Attributes:
        outcome: The account's part of the run's record.
        fates: What became of each customer whose contact needed something.
        planned: How many contacts the plan changes, by kind; empty if no plan was made.
        health: The state of the account that the run found; None: it found nothing out.
    """

    outcome: AccountOutcome
    fates: Sequence[Fate]
    planned: Mapping[str, int]
    health: State | None = None


def sync_accounts(run: Run, target: Target, accounts: Sequence[Account]) -> list[Finished]:
    """Make accounts equal to what is desired, a few at once; each account has one writer.

    Never raises. Records the accounts' states one after the other, because their documents share a lease.
    """
    done = in_parallel(partial(sync_account, run, target), accounts)
    for account, each in zip(accounts, done, strict=True):
        note_health(run, account, each.health, each.outcome.reason)
    return done


def sync_account(run: Run, target: Target, account: Account) -> Finished:
    """Make an account, or one customer's contact in it, equal to what is desired.

    Never raises: the outcome's state and reason say what went wrong.
    """
    session = Session(run, account, target.customer, makes_label=not target.is_rehearsal)
    with attempt(session):
        if not target.is_decided:
            check_not_paused(account)
        with hold_account(run, account) as held_lease, open_account(session, held_lease):
            target = _by_now(session, target)
            plan = read_and_plan(session, target)
            if target.spares_users:
                plan = leave_to_the_night(session, target.gathered.desired, plan)
            verdict = _judge(session, target, plan)
            # After changes alone the total is an old listing's.
            if not target.customer and not session.by_changes:
                plan = cut_to_room(plan)
            session.plan = plan
            if target.is_rehearsal:
                session.state = "complete"
            else:
                session.record(*fates_of(plan, verdict, target.gathered))
                _take_in(session, target, plan, verdict)
                apply(session, target.gathered.desired, plan, verdict)
                session.rename_labels()
                _conclude(session, target, plan)
                if not target.customer:
                    _remember(session, target)
            session.health = "connected"
    return finish_account(session)


def _by_now(session: Session, target: Target) -> Target:
    """Return the goal for the account as it is by now: somebody may have paused it, or chosen what it holds.

    Raises:
        StopAccount: It is paused.
        Denied: It is gone.
    """
    account = load_account(session.run.services.state, session.run.wisp.id, session.account.id)
    if not target.is_decided:
        check_not_paused(account)
    session.account = replace(session.account, scope=account.scope)
    return target.within(account.scope)


def finish_account(session: Session, *, removed: int | None = None) -> Finished:
    """Return a session's result, and log it.

    Args:
        session: The run in the account.
        removed: How many contacts were removed, if earlier sessions count as well.
    """
    outcome = outcome_of(session)
    if removed is not None:
        outcome = replace(outcome, removed=removed)
    log_outcome(outcome, session.run.id, session.message)
    return Finished(outcome, session.fates, session.plan.counts() if session.plan else {}, session.health)


def read_and_plan(session: Session, target: Target) -> Plan:
    """Read what suffices, and plan; if the ledger is not enough, or its label is gone, read everything."""
    desired = target.gathered.desired
    with suppress(LedgerDisagrees, SyncTokenExpired):
        plan = make_plan(desired, session.ledger, _read(session, target), session.unsure())
        if not (plan.create or plan.relabel) or session.resolve_label():
            return plan
    return make_plan(desired, session.ledger, _read_everything(session, target), session.unsure())


def _read(session: Session, target: Target) -> Actual:
    """Read only what the ledger does not know; everything, if a person saw everything and decided."""
    if target.is_decided:
        raise LedgerDisagrees
    if target.customer:
        return read_one(session, target.gathered.desired, target.customer)
    return read_changes(session, target.gathered.desired)


def _read_everything(session: Session, target: Target) -> Actual:
    if target.customer:
        return look_for_one(session, target.gathered.desired, target.customer)
    return read_everything(session, target.gathered.desired)


def _judge(session: Session, target: Target, plan: Plan) -> Verdict:
    """Return which removals may be done; for one customer, whoever pressed the button has decided.

    Triggers decide nothing: they tell of customers one by one, and the guard would see none of them.
    """
    if target.customer:
        _refuse_merged(plan, session.run.wisp.id)
        is_seen = session.account.id in target.seen_in
        _leave_moves(plan, is_seen=is_seen)
        if target.is_told:
            _leave_leavers(plan, is_seen=is_seen)
    if target.customer or target.is_decided:
        return Verdict(tuple(plan.remove))
    gathered, bound, head = target.gathered, Bound.of(session.run.wisp), session.ledger.head
    verdict = judge(
        plan,
        listed=gathered.listed,
        listed_before=head.listed_before(target.listed_before),
        bound=bound,
        removed=0 if target.begins_a_day else head.removed_by_day,
        unfound=gathered.desired.unfound,
    )
    if not verdict.refused or permit(verdict, session.account.id) in target.allow.split("."):
        head.approved = approved_of(verdict, session.account.id)
    return let_through(verdict, session.account.id, target.allow, head.approved)


def _refuse_merged(plan: Plan, wisp: str) -> None:
    """Leave a contact that a user merged from two of ours to a run, which sees all of its customers."""
    changes = (*plan.relabel, *plan.update, *plan.remove)
    if any(len(marks(change.person.client_data, wisp)) > 1 for change in changes):
        raise RetryLater(
            "google.merged",
            "a user merged this customer's contact with another customer's; a run separates them",
            "Somebody merged this contact with another customer's in Google; the next run separates them.",
        )


def _leave_moves(plan: Plan, *, is_seen: bool) -> None:
    """Leave to a run whoever is outside now: one record cannot tell a move from a site's new name."""
    if not any(removal.reason == "outside" for removal in plan.remove):
        return
    if is_seen:
        raise SkipCustomer(
            "customer.elsewhere",
            "the customer is outside of the account's scope; the run that looked at everybody held that back",
            "SIMPLer says that this customer is elsewhere now, but the run that looked at all customers did"
            " not remove the contact. Please look at the preview.",
        )
    raise RetryLater(
        "customer.moved",
        "the customer is outside of the account's scope; a run looks at all customers",
        "SIMPLer says that this customer is elsewhere now; the next run looks at all customers first.",
    )


def _leave_leavers(plan: Plan, *, is_seen: bool) -> None:
    """Leave to a run, and its guard, whoever would lose their contact although nobody asked for that."""
    if all(removal.reason == "duplicate" for removal in plan.remove):
        return
    if is_seen:
        raise SkipCustomer(
            "customer.kept",
            "the customer is no contact; the run that looked at everybody held the removal back",
            "SIMPLer says that this customer is no contact now, but the run that looked at all customers did"
            " not remove theirs. Please look at the preview.",
        )
    raise RetryLater(
        "customer.left",
        "a trigger told of a customer who is no contact; a run looks at all customers",
        "SIMPLer says that this customer is no contact now; the next run looks at all customers first.",
    )


def _take_in(session: Session, target: Target, plan: Plan, verdict: Verdict) -> None:
    """Let the ledger absorb what was read, before anything is written."""
    desired, customer = target.gathered.desired, target.customer
    stay = {removal.customer for removal in verdict.refused}
    known = {each.customer for each in session.ledger.head.suggested.values()} - stay
    changes = [*plan.update, *(removal for removal in verdict.allowed if _is_had(desired, removal))]
    keep_edits(session, desired, changes, known & {customer} if customer else known)
    if customer:
        absorb(session.ledger, plan, desired)
        if not plan.kept and customer not in plan.unsure:
            session.ledger.head.unconfirmed.pop(customer, None)
        return
    if target.begins_a_day:
        head = session.ledger.head
        head.removed_by_day = 0
        head.believed = head.believed if verdict.refused else target.gathered.listed
    log_plan(session, plan, verdict)
    session.total = plan.total
    absorb_all(session.ledger, plan, desired)
    session.ledger = ledger_store.fitted(session.ledger, max(desired.count, len(session.ledger)))
    if len(plan.extras) > MOST_EXTRAS:  # more than the ledger keeps: only a listing of everything shows them
        session.token = ""
    if verdict.refused:
        session.code, session.reason = "guard", verdict.reason
    if plan.no_room:
        session.code = "google.full"
        session.reason = f"The account holds {plan.total:,} contacts; Google allows {MOST_CONTACTS:,}."


def _is_had(desired: Desired, removal: PlannedChange) -> bool:
    """Tell whether SIMPLer has the customer of a contact that goes: what users wrote there outlasts it."""
    return removal.reason == "outside" or (desired.is_past and not removal.retires)


def _conclude(session: Session, target: Target, plan: Plan) -> None:
    """Record how a session that nothing stopped has ended, and what the account holds now."""
    count = session.count
    if not target.customer:
        former = {customer for customer, entry in plan.seen.items() if entry.content == "former"}
        gone = [fate for fate in session.fates if fate.what in ("removed", "retired")]
        away = sum(fate.code != "former" and fate.customer not in former for fate in gone)
        elsewhere = {new.customer for new in plan.create if new.retires}
        made = [fate for fate in session.fates if fate.what == "created" and fate.customer not in elsewhere]
        session.held = plan.owned + count["relabelled"] + len(made) - away
        session.total += count["created"] - count["removed"]
    in_doubt = session.ledger.head.unconfirmed.keys()
    session.state = "partial" if count["failed"] or count["refused"] or session.code else "complete"
    if target.customer in in_doubt:
        session.state, session.code = "unfinished", "google.unconfirmed"
        session.reason = "Google does not show this contact at the moment; we look for it again in a while."
    elif in_doubt and not target.customer:
        session.state, session.code = "unfinished", "google.unconfirmed"
        session.reason = "Google did not confirm every new contact; we look for them again in a while."
    elif session.state == "complete" and not target.customer and session.has_put_off():
        session.state, session.code = "unfinished", "google.changed"
        session.reason = "Contacts to be removed changed a moment ago; we look at them again in a while."


def _remember(session: Session, target: Target) -> None:
    """Save ledger and token together, after the work that they stand for."""
    session.remove_surplus_labels()
    ledger = session.ledger
    ledger.head.token = "" if ledger.head.unconfirmed else session.token
    ledger.head.listed, ledger.head.label, ledger.head.total = session.listed, session.label, session.total
    ledger.head.former_label = session.former_label
    if session.knows_label and not ledger.head.unconfirmed:
        ledger.head.made_labels.clear()
    writes = ledger_store.puts(session.account.id, ledger)
    account, now = session.account, session.run.services.clock.now().isoformat()
    if target.is_decided:  # an undo makes it equal to what was
        last = last_synced(session.run.services.state, account)
        writes.append(synced_put(account, replace(last, held=session.held, undone=now)))
    elif session.state == "complete":
        synced = Synced(now, session.held, target.gathered.desired.count, account.scope)
        writes.append(synced_put(account, synced))
    session.held_lease.write(*writes)
