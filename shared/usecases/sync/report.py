"""Report: what a run tells about an account, in its record and in the log."""

from collections.abc import Mapping, Sequence

from shared.domain.contact.customer import Skipped
from shared.domain.model.account import MOST_CONTACTS
from shared.domain.model.run import AccountOutcome, CustomerOutcome
from shared.domain.sync.desired import Desired
from shared.domain.sync.guard import Verdict
from shared.domain.sync.plan import KeptReason, Plan
from shared.events import Event, log

WHY_KEPT: Mapping[KeptReason, str] = {
    "shared": "a user merged it with a contact of another WISP",
    "setting": "no longer a contact, kept by setting",
    "unconfirmed": "its creation was not confirmed; it is looked for again at the next run",
    "own": "a user made a second contact of this customer their own; please merge the two",
    "edited": "a second contact of this customer was edited by hand; please merge the two",
}
"""Why a contact stays, for people; of one that is held or in doubt, SIMPLer's list says it."""


def why_kept(reason: KeptReason, customer: str, desired: Desired) -> str:
    """Say for people why a contact stays."""
    match reason:
        case "held":
            return desired.held[customer]
        case "doubt":
            return desired.doubts[0]
    return WHY_KEPT[reason]


def note_plan(
    outcome: AccountOutcome, plan: Plan, verdict: Verdict, desired: Desired, skipped: Sequence[Skipped]
) -> None:
    """Note what the plan leaves alone, and what it makes anew, and why."""
    outcome.planned = True
    outcome.unchanged = plan.unchanged
    outcome.skipped = len(skipped)
    outcome.refused = len(verdict.refused)
    for record in skipped:
        outcome.note(record.customer, "skipped", f"{record.reason} (record {record.position})")
    for customer, reason in plan.kept.items():
        outcome.note(customer, "kept", why_kept(reason, customer, desired))
    for new in plan.create:
        if new.reason == "deleted":
            outcome.note(new.customer, "restored", "it had been deleted in Google")
    for removal in verdict.refused:
        outcome.note(removal.customer, "refused", removal.reason)
    if verdict.refused:
        outcome.code, outcome.reason = "guard", verdict.reason


def log_plan(outcome: AccountOutcome, plan: Plan, verdict: Verdict, run: str) -> None:
    """Write the plan's counts to the log, and the guard's refusal."""
    log(
        Event.ACCOUNT_PLANNED,
        "planned",
        run=run,
        account=outcome.account,
        create=len(plan.create),
        update=len(plan.update),
        relabel=len(plan.relabel),
        remove=len(verdict.allowed),
        refused=len(verdict.refused),
    )
    if verdict.refused:
        refused = len(verdict.refused)
        log(Event.GUARD_TRIPPED, verdict.reason, run=run, account=outcome.account, refused=refused)


def cut_to_room(outcome: AccountOutcome, plan: Plan) -> None:
    """Take out the creates for which the account has no room."""
    room = max(0, MOST_CONTACTS - plan.total)
    if len(plan.create) <= room:
        return
    for new in plan.create[room:]:
        outcome.failed += 1
        outcome.note(new.customer, "failed", "google.full: the account has no room for more contacts")
    outcome.code = "google.full"
    outcome.reason = f"The account holds {plan.total:,} contacts; Google allows {MOST_CONTACTS:,}."
    del plan.create[room:]


def log_outcome(outcome: AccountOutcome, run: str) -> None:
    """Write what was done to the log."""
    done = outcome.state == "complete"
    log(
        Event.ACCOUNT_COMPLETED if done else Event.ACCOUNT_INCOMPLETE,
        outcome.reason or "the account is equal to SIMPLer",
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
