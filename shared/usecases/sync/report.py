"""Report: what a run says about an account, in its record and in the log."""

from collections.abc import Iterator, Mapping, Sequence

from shared.domain.model.run import MOST_NOTES, AccountOutcome, CustomerOutcome, Fate, Note
from shared.domain.sync.guard import Verdict
from shared.domain.sync.plan import Plan
from shared.events import Event, log
from shared.usecases.sync.desired import Gathered
from shared.usecases.sync.session import Session

_CHANGED_JUST_NOW = "it changed a moment ago; looked at again next time"

WHY_KEPT: Mapping[str, str] = {
    "shared": "a user merged it with a contact of another WISP",
    "setting": "no longer a contact, kept by setting",
    "unconfirmed": "its creation was not confirmed; it is looked for again at the next run",
    "own": "a user made a second contact of this customer their own; please merge the two",
    "edited": "a second contact of this customer was edited by hand; please merge the two",
    "changed": _CHANGED_JUST_NOW,
    "put_off": _CHANGED_JUST_NOW,
    "again": "a user changed again what was put right today; the night puts it right once more",
}
"""Why a contact stays, by code; for "held" and "doubt" SIMPLer's list gives the reason."""

WHY_FAILED: Mapping[str, str] = {
    "google.full": "the account has no room for more contacts",
    "google.changed": "it is being changed in Google; looked at again next time",
}
"""Why a contact could not be written, by code, where Google gave no reason."""


def fates_of(plan: Plan, verdict: Verdict, gathered: Gathered) -> Iterator[Fate]:
    """Yield the fates that a plan alone decides: skipped, kept, created again, refused, or without room."""
    desired = gathered.desired
    for record in gathered.skipped:
        yield Fate(record.customer, "skipped", record.reason, f" (record {record.position})")
    for customer, reason in plan.kept.items():
        said = {"held": desired.held.get(customer, ""), "doubt": "".join(desired.doubts[:1])}
        yield Fate(customer, "kept", reason, said.get(reason, ""))
    for new in (*plan.create, *plan.no_room):
        if new.reason == "deleted":
            yield Fate(new.customer, "restored")
    for removal in verdict.refused:
        yield Fate(removal.customer, "refused", removal.reason)
    for new in plan.no_room:
        yield Fate(new.customer, "failed", "google.full")


def sentence(fate: Fate) -> str:
    """Say for people why a contact met its fate; for a removal, give the code that pages put into words."""
    match fate.what:
        case "failed":
            return f"{fate.code}: {fate.detail or WHY_FAILED[fate.code]}"
        case "updated" | "mended":
            kept = f"; kept the user's own {', '.join(fate.additions)}" if fate.additions else ""
            return ", ".join(fate.fields) + kept
        case "relabelled":
            return "it had lost the label" if fate.code == "unlabelled" else "it was a former customer's"
        case "restored":
            return "it had been deleted in Google"
        case "kept":
            return fate.detail or WHY_KEPT[fate.code]
    return "" if fate.what == "created" else fate.code + fate.detail


def outcome_of(session: Session) -> AccountOutcome:
    """Return the record of a run in an account; its counts are those of the session's fates."""
    count, plan = session.count, session.plan
    told = _told(session.fates)
    return AccountOutcome(
        session.account.id,
        session.account.email,
        state=session.state,
        reason=session.reason,
        code=session.code,
        planned=plan is not None,
        created=count["created"],
        updated=count["updated"] + count["mended"],
        mended=count["mended"],
        relabelled=count["relabelled"],
        removed=count["removed"],
        retired=count["retired"],
        unchanged=plan.unchanged if plan else 0,
        skipped=count["skipped"],
        refused=count["refused"],
        failed=count["failed"],
        held=session.held,
        total=session.total,
        requests=session.requests,
        seconds=session.seconds,
        again=session.again,
        notes=[Note(fate.customer, fate.what, sentence(fate)) for fate in told[:MOST_NOTES]],
        notes_left_out=len(told[MOST_NOTES:]),
    )


def _told(fates: Sequence[Fate]) -> Sequence[Fate]:
    """Return what is worth a note: created ones last, for there may be many; none that is told already."""
    restored = {fate.customer for fate in fates if fate.what == "restored"}
    created = [fate for fate in fates if fate.what == "created" and fate.customer not in restored]
    return [*(fate for fate in fates if fate.what != "created"), *created]


def log_plan(session: Session, plan: Plan, verdict: Verdict) -> None:
    """Write the plan's counts to the log, and the guard's refusal."""
    log(
        Event.ACCOUNT_PLANNED,
        "planned",
        run=session.run.id,
        account=session.account.id,
        create=len(plan.create) + len(plan.no_room),
        update=len(plan.update),
        relabel=len(plan.relabel),
        remove=len(verdict.allowed),
        refused=len(verdict.refused),
    )
    if verdict.refused:
        refused = len(verdict.refused)
        log(
            Event.GUARD_TRIPPED,
            verdict.reason,
            run=session.run.id,
            account=session.account.id,
            refused=refused,
        )


def log_outcome(outcome: AccountOutcome, run: str, message: str) -> None:
    """Write what was done to the log.

    Args:
        outcome: What was done.
        run: By which run.
        message: Why it was stopped; empty: the outcome's reason, which no user wrote.
    """
    done = outcome.state == "complete"
    log(
        Event.ACCOUNT_COMPLETED if done else Event.ACCOUNT_INCOMPLETE,
        message or outcome.reason or "the account is equal to SIMPLer",
        run=run,
        account=outcome.account,
        state=outcome.state,
        code=outcome.code,
        created=outcome.created,
        updated=outcome.updated,
        removed=outcome.removed,
        unchanged=outcome.unchanged,
        failed=outcome.failed,
        held=outcome.held,
        total=outcome.total,
        requests=outcome.requests,
        seconds=outcome.seconds,
    )


def log_customer(wisp: str, customer: str, outcomes: Sequence[CustomerOutcome]) -> None:
    """Write what became of one customer to the log."""
    results = {outcome.account: outcome.result for outcome in outcomes}
    log(Event.CUSTOMER_SYNCED, "one customer was synchronised", wisp=wisp, customer=customer, results=results)
