"""Customer status: one customer in SIMPLer, the contact that they get, and how they stand in each account.

It asks SIMPLer for one record and Google for nothing: our ledgers and the runs' records tell the rest.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Literal

import msgspec

from shared.domain.contact.customer import Skipped, why_unusable
from shared.domain.model.account import Account
from shared.domain.model.act import WITHOUT_RECORD
from shared.domain.model.lease import kind_of
from shared.domain.model.run import AccountOutcome, Note, RunOutcome
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import NOT_PLACED, Desired, Record, why_no_contact
from shared.domain.sync.standing import IS_THERE, Standing, standing_of
from shared.mail.letter import Fact, facts_of
from shared.ports import StateStore
from shared.replace import replace
from shared.usecases.base.documents import Broken, load_wisp, read_accounts, run_time
from shared.usecases.base.ledger_store import load_known
from shared.usecases.base.run_documents import find_run, load_notes, load_runs
from shared.usecases.base.services import Services
from shared.usecases.customers.sync import check_id, desired_of, look_up
from shared.usecases.runs.status import LAST_RUNS, QUOTAS

MOST_TYPED = 100
"""Texts of a record that are shown, and of those that were not understood."""

_NEXT: Mapping[Standing, str] = {
    "outdated": "SIMPLer's record has changed since; the next run brings the contact up to date.",
    "unchecked": "The next run looks whether the contact is as SIMPLer has it.",
    "unlabelled": "Somebody took the contact out of the label; the next run puts it back.",
    "kept": "The contact stays as it is, although the customer is no contact any more.",
    "leaving": "The next run removes the contact.",
    "retiring": "The next run puts the contact under the label of former customers.",
    "former": "The contact is under the label of former customers, and is removed when its days are over.",
    "returning": "The contact was a former customer's; the next run puts it back under the label.",
    "missing": "The next run creates the contact.",
    "unsure": "Google has not confirmed the new contact; a run looks for it again.",
    "unknown": "There has been no complete run in this account, so it is not known what it holds.",
}
"""What comes next in an account, by how the customer stands there."""

Kind = Literal["contact", "no_contact", "unusable", "unknown"]
"""What SIMPLer makes of a customer; "unknown": SIMPLer has no such customer."""


class Typed(msgspec.Struct, frozen=True):
    """One text of SIMPLer's record: the member that holds it, and what is typed there."""

    member: str
    text: str


class NotUnderstood(msgspec.Struct, frozen=True):
    """Something typed that the contact does not show in its place: why, as a code, and the text."""

    cause: str
    text: str


class InAccount(msgspec.Struct, frozen=True):
    """How a customer stands in one account.

    Attributes:
        account: The account's id.
        email: Its address.
        state: How they stand there.
        is_there: Whether their contact is there, under the label.
        reason: What comes next, or what prevents it, in a sentence; empty where all is as it should be.
        since: When the contact was created, ISO 8601, UTC; empty: not known.
        changed: When it was written last; empty: not known.
        run: The run that wrote it last; empty: not known, or it has no record.
        by: Who started that.
        what: What it did to the contact, as in a run's notes; empty: not known any more.
        why: The fields that changed, or a reason.
    """

    account: str
    email: str
    state: Standing
    is_there: bool = False
    reason: str = ""
    since: str = ""
    changed: str = ""
    run: str = ""
    by: str = ""
    what: str = ""
    why: str = ""


class CustomerStatus(msgspec.Struct, frozen=True):
    """The answer to "what of this customer?".

    Attributes:
        customer: The customer's id.
        kind: What SIMPLer makes of them.
        name: As the contact shows it; empty without a usable record.
        status: SIMPLer's status.
        reason: Why they are no contact, in a sentence; otherwise empty.
        link: The record in SIMPLer; empty where the profile names none.
        typed: The record as SIMPLer has it.
        shown: The contact as it looks, below its name.
        findings: What of the record the contact does not show in its place.
        accounts: How they stand in each account, sorted by address.
    """

    customer: str
    kind: Kind
    name: str = ""
    status: str = ""
    reason: str = ""
    link: str = ""
    typed: list[Typed] = msgspec.field(default_factory=list)
    shown: list[Fact] = msgspec.field(default_factory=list)
    findings: list[NotUnderstood] = msgspec.field(default_factory=list)
    accounts: list[InAccount] = msgspec.field(default_factory=list)


def customer_status(services: Services, wisp_id: str, customer: str) -> CustomerStatus:
    """Tell what there is of one customer; nothing is written.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        customer: The customer's id in SIMPLer.

    Raises:
        SkipCustomer: The id cannot be a customer's.
        StopRun: SIMPLer failed.
        Misconfigured: The wisp does not exist, or SIMPLer's address, profile or credentials are wrong.
    """
    check_id(customer)
    wisp = load_wisp(services.state, wisp_id)
    found = look_up(services, wisp, customer)
    desired = desired_of(wisp, customer, found, services.clock.now())
    runs = load_runs(services.state, wisp.id, newest=LAST_RUNS)
    accounts, broken = read_accounts(services.state, wisp.id)
    question = _Question(services.state, customer, desired, runs)
    standings = [_in_account(question, account) for account in accounts]
    standings += [_in_broken(account) for account in broken]
    standings.sort(key=lambda each: each.email)
    return _told(wisp, found, desired, CustomerStatus(customer, "unknown", accounts=standings))


def _told(
    wisp: Wisp, found: Record | Skipped | None, desired: Desired, told: CustomerStatus
) -> CustomerStatus:
    """Add what SIMPLer has of the customer."""
    match found:
        case None:
            return replace(told, reason="SIMPLer has no customer with this number.")
        case Skipped(reason=code):
            return replace(told, kind="unusable", reason=why_unusable(code))
        case record:
            card, is_wanted = record.card(), desired.wants(told.customer)
            return replace(
                told,
                kind="contact" if is_wanted else "no_contact",
                name=card.display,
                status=record.status,
                reason=why_no_contact(record, wisp),
                link=card.link,
                typed=[Typed(*each) for each in islice(record.typed(), MOST_TYPED)],
                shown=facts_of(card),
                findings=[NotUnderstood(*each) for each in card.findings[:MOST_TYPED]],
            )


class _Question(msgspec.Struct, frozen=True):
    """What is asked of every account, and what is known for all of them.

    Attributes:
        state: Our documents.
        customer: The customer's id.
        desired: What SIMPLer wants of this customer.
        runs: The wisp's last runs, newest first.
    """

    state: StateStore
    customer: str
    desired: Desired
    runs: Sequence[RunOutcome]

    def note(self, account: Account, run: str) -> Note | None:
        """Return what a run noted about the customer in an account."""
        notes = load_notes(self.state, account.wisp, run, account.id)
        return next((note for note in notes if note.customer == self.customer), None)


def _in_account(question: _Question, account: Account) -> InAccount:
    known = load_known(question.state, account.id, question.customer)
    desired = question.desired.within(account.scope)
    standing = standing_of(question.customer, desired, known.head, known.entry)
    writers = known.writers
    run = find_run(question.state, account.wisp, writers.last) if writers.last else None
    note = question.note(account, run.run) if run else None
    is_new = bool(writers.last) and writers.last == writers.made
    return InAccount(
        account.id,
        account.email,
        standing,
        is_there=standing in IS_THERE,
        reason=_reason(question, account, desired, standing),
        since=run_time(writers.made),
        changed=run_time(writers.last),
        run=run.run if run else "",
        by=run.by if run else WITHOUT_RECORD.get(kind_of(writers.last), ""),
        what=note.what if note else "created" if is_new else "",
        why=note.why if note else "",
    )


def _in_broken(account: Broken) -> InAccount:
    return InAccount(account.id, account.email, "unknown", reason=account.trouble.user_message)


def _reason(question: _Question, account: Account, desired: Desired, standing: Standing) -> str:
    """Say what comes next in an account; first, what prevents it."""
    elsewhere = f"This account holds others only: {account.scope.told()}."
    outcomes = [
        (run.run, each) for run in question.runs for each in run.accounts if each.account == account.id
    ]
    planned = next((run for run, each in outcomes if each.planned), "")
    match standing:
        case "absent" if question.desired.wants(question.customer):
            return f"{NOT_PLACED}."
        case "current" | "absent":
            return ""
        case "outside":
            return elsewhere
        case "kept":
            return desired.held.get(question.customer, _NEXT[standing])
        case _ if why := _prevented(account, outcomes[0][1] if outcomes else None):
            return why
    note = question.note(account, planned) if planned else None
    comes = (_noted(standing, note) if note else "") or _NEXT[standing]
    return f"{elsewhere} {comes}" if question.customer in desired.outside else comes


def _prevented(account: Account, last: AccountOutcome | None) -> str:
    """Say why nothing is written to an account, if nothing is."""
    if account.state != "connected":
        return account.reason
    if account.paused:
        return f"The account is paused: {account.paused}."
    return last.reason if last and last.code in QUOTAS else ""


def _noted(standing: Standing, note: Note) -> str:
    """Say why the last run that looked did not do what is to be done; empty where it does not tell."""
    match note.what:
        case "refused" if standing in ("leaving", "retiring"):
            return "So many removals at once wait for somebody's approval; please look at the preview."
        case "kept" if standing in ("leaving", "retiring"):
            return f"The last run kept it: {note.why}."
        case "failed":
            return f"The last run could not write it: {note.why.partition(': ')[2] or note.why}"
    return ""
