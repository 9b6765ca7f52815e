"""One run in one Google account: look at its contacts, decide, apply."""

from dataclasses import dataclass
from functools import partial

from shared.domain.account import Account
from shared.domain.guard import Verdict, judge, let_through
from shared.domain.ledger import Entry, Ledger
from shared.domain.mark import marks
from shared.domain.outcome import AccountOutcome
from shared.domain.plan import Plan, make_plan
from shared.usecases.apply import LOOKS, Application, batches
from shared.usecases.gather import Gathered
from shared.usecases.records import Synced, synced_put
from shared.usecases.report import cut_to_room, log_plan, note_plan
from shared.usecases.session import Run, Session, in_account


@dataclass(frozen=True, slots=True)
class Decision:
    """What every account's plan is made from.

    Attributes:
        gathered: What SIMPLer says.
        listed_before: How many records SIMPLer's list had at the last run that was believed.
        allow: A preview's token; removals that it names are let through.
    """

    gathered: Gathered
    listed_before: int | None
    allow: str = ""

    def plan(self, session: Session) -> tuple[Plan, Verdict]:
        """What is to be done in an account, and what of it may be."""
        plan = make_plan(
            self.gathered.wanted,
            session.ledger,
            session.picture(self.gathered.wanted.cards),
            session.unsure(),
        )
        leave_the_hidden(session, plan)
        verdict = judge(plan, listed=self.gathered.listed, listed_before=self.listed_before)
        return plan, let_through(verdict, session.account.id, self.allow)


def sync_account(run: Run, decision: Decision, account: Account) -> AccountOutcome:
    """Make one account equal to SIMPLer. Never raises: what went wrong is the outcome's state and reason."""
    return in_account(run, account, partial(_sync, decision=decision))


def _sync(session: Session, *, decision: Decision) -> None:
    outcome, gathered = session.outcome, decision.gathered
    unsure = session.unsure()
    plan, verdict = decision.plan(session)
    note_plan(outcome, plan, verdict, session.ledger, gathered.skipped)
    log_plan(outcome, plan, verdict, session.run.id)
    cut_to_room(outcome, plan)
    outcome.total = plan.total
    session.ledger = _settled(session.ledger, plan, unsure, len(gathered.wanted.cards))
    Application(session).apply(plan, verdict)
    outcome.held = plan.owned + outcome.relabelled + outcome.created - outcome.removed
    outcome.total += outcome.created - outcome.removed
    _conclude(outcome, session.ledger)
    if outcome.state == "complete":
        now = session.run.services.clock.now().isoformat()
        synced = Synced(now, outcome.held, len(gathered.wanted.cards))
        session.keeper.write(synced_put(session.account, synced))


def _conclude(outcome: AccountOutcome, ledger: Ledger) -> None:
    outcome.state = "partial" if outcome.failed or outcome.refused or outcome.code else "complete"
    if ledger.unconfirmed:
        outcome.state, outcome.code = "unfinished", "google.unconfirmed"
        outcome.reason = "Google did not confirm every new contact; they are looked for in a while."


def _settled(ledger: Ledger, plan: Plan, unsure: frozenset[str], customers: int) -> Ledger:
    """The ledger as the look at Google has it: what was found equal, and nothing of what is gone."""
    for customer in [customer for customer in ledger.customers() if customer not in plan.found]:
        ledger.drop(customer)
    for customer, name in plan.found.items():
        entry = ledger.get(customer)
        if entry is None or entry.resource_name != name:
            ledger.put(customer, Entry(name, "", ""))  # known to be there, and nothing more
    for customer, entry in plan.seen.items():
        ledger.put(customer, entry)
    ledger.unconfirmed = {c: since for c, since in ledger.unconfirmed.items() if _is_open(c, plan, unsure)}
    ledger.whole = True
    return ledger.fitted(max(customers, len(ledger)))


def leave_the_hidden(session: Session, plan: Plan) -> None:
    """Create nothing for a customer whose contact is there although Google's list leaves it out.

    "Writes may have a propagation delay of several minutes" (people.v1 description, connections.list, of sync
    requests; nothing is promised of others). The ledger knows the contact's name, so it can be looked at.
    """
    entries = {card.customer: session.ledger.get(card.customer) for card in plan.create}
    names = {entry.resource_name: customer for customer, entry in entries.items() if entry}
    hidden: dict[str, str] = {}
    for part in batches(list(names), LOOKS):
        for name, person in session.book.look(part).items():
            own = marks(person.client_data, session.run.wisp.id)
            if any(mark.customer == names[name] for mark in own):
                hidden[names[name]] = name
    plan.create = [card for card in plan.create if card.customer not in hidden]
    plan.found |= hidden
    plan.kept |= dict.fromkeys(hidden, "Google does not list it at the moment")


def _is_open(customer: str, plan: Plan, unsure: frozenset[str]) -> bool:
    """Whether a creation is still not confirmed: looked for, not found, and not yet old enough to be sure."""
    return customer in unsure and customer in plan.kept and customer not in plan.seen
