"""Apply: a plan into one account, batch by batch, each with its checkpoint.

Before a batch of creates its customers are noted as unconfirmed, in one fenced write with what came of the
batch before: the ledger, the note and the progress. So a crash anywhere leaves at most one batch of which
nobody knows what came, and its contacts are looked for by their mark before anything else is done with them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Protocol, TypeVar

from shared.domain.contact.card import Card
from shared.domain.sync.desired import Desired
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.guard import Verdict
from shared.domain.sync.ledger import Content, Entry
from shared.domain.sync.mark import Mark, is_shared, marks
from shared.domain.sync.merge import content_of
from shared.domain.sync.person import Person
from shared.domain.sync.plan import Plan, PlannedChange, is_somebodys, update_of
from shared.errors import AccountFull, OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Put, Refused, Result, Stale, Unknown, Written
from shared.usecases.base import ledger_store
from shared.usecases.base.batches import batches
from shared.usecases.sync.account import Session
from shared.usecases.sync.missing import UNDER_WAY
from shared.usecases.sync.prepared import PreparedCreate, PreparedUpdate, prepared_creates, prepared_updates
from shared.usecases.sync.report import WHY_KEPT
from shared.usecases.sync.snapshots import keep

CREATES = 200
REMOVALS = 500
LABELLINGS = 1000
"""People API's limits per request (people.v1 description)."""

FEW = 20
"""At most so many at once where one may be what Google stumbles over; one by one when there are no more."""

MOST_UNKNOWN = 2
"""Batches without an answer in a row, after which Google is left alone for a while."""

T = TypeVar("T")


class Subject(Protocol):
    """What is written for a customer: a newcomer, a revision, a removal."""

    @property
    def customer(self) -> str:
        """The customer's id."""


S = TypeVar("S", bound=Subject)


def _no_room(results: Mapping[str, Result]) -> AccountFull | None:
    """Google's word that the account takes no more contacts, if it said so."""
    refused = (result.trouble for result in results.values() if isinstance(result, Refused))
    return next((trouble for trouble in refused if isinstance(trouble, AccountFull)), None)


class Application:
    """One plan being applied to one account.

    Attributes:
        put_off: Removals that are left for later, since the contact is not as it was when they were planned.
    """

    def __init__(self, session: Session, desired: Desired) -> None:
        self.put_off = 0
        self._session = session
        self._desired = desired
        self._book = session.book
        self._ledger = session.ledger
        self._outcome = session.outcome
        self._run = session.run.id
        self._wisp = desired.wisp
        self._account = session.account.id
        self._unanswered = 0
        self._done = 0
        self._total = 0
        self._stopped_by: Trouble | None = None

    def apply(self, plan: Plan, verdict: Verdict) -> None:
        """Do all of it; one bad contact never costs the others.

        Raises:
            Trouble: The account cannot go on; what was done until then is saved.
        """
        self._total = plan.writes - len(verdict.refused)
        if self._total:
            keep(self._session, plan.pending() | {change.customer for change in plan.create})
        self._checkpoint("planned")
        self._relabel(plan.relabel)
        self._update(plan.update)
        self._create([change.customer for change in plan.create])
        self._remove(verdict.allowed)
        self._checkpoint("done")

    def _relabel(self, lost: Sequence[PlannedChange]) -> None:
        for batch in batches(lost, LABELLINGS):
            subjects = {relabel.person.resource_name: relabel for relabel in batch}
            self._take(
                self._book.put_in_label(list(subjects), self._session.label), subjects, self._relabelled
            )
            self._checkpoint("labelling")

    def _relabelled(self, relabel: PlannedChange, _: Person) -> None:
        """Its content is compared at the next run: the contact has a new etag now."""
        self._outcome.relabelled += 1
        self._outcome.note(relabel.customer, "relabelled", "it had lost the label")

    def _update(self, updates: Sequence[PlannedChange]) -> None:
        """Those that changed meanwhile are compared once more, as they are now."""
        in_order = sorted(updates, key=lambda update: self._ledger.order(update.customer))
        for update in self._send_all(self._send_all(in_order)):
            self._fail(update, "google.changed: it is being changed in Google; looked at again next time")

    def _send_all(self, updates: Sequence[PlannedChange]) -> list[PlannedChange]:
        """Update these, batch by batch; gives those that are to be sent once more."""
        with closing(prepared_updates(self._desired, self._run, updates)) as made:
            return [again for batch in made for again in self._send(batch)]

    def _send(self, revised: Sequence[PreparedUpdate]) -> list[PlannedChange]:
        """Update these; gives those that are to be sent once more."""
        subjects = {each.change.person.resource_name: each for each in revised}
        results = self._book.update([each.change for each in revised])
        self._take(results, subjects, self._updated)
        stale = {name: result.person for name, result in results.items() if isinstance(result, Stale)}
        again = [
            fresh
            for name, person in stale.items()
            if (fresh := self._refreshed(subjects[name].update, person))
        ]
        self._checkpoint("updating")
        return again

    def _refreshed(self, update: PlannedChange, person: Person) -> PlannedChange | None:
        """What is still to be done to a contact that is not as it was known; None: nothing, for now."""
        self._ledger.invalidate(update.customer)
        own = marks(person.client_data, self._wisp)
        is_ours = self._session.label in person.groups and not is_shared(person.client_data, self._wisp)
        if not is_ours or all(mark.customer != update.customer for mark in own):
            self._outcome.note(update.customer, "kept", "it changed a moment ago; looked at again next time")
            return None
        return update_of(self._wisp, self._desired.cards[update.customer], person, is_news=True)

    def _updated(self, revised: PreparedUpdate, person: Person) -> None:
        update, sent = revised.update, revised.change
        content: Content = "ours"
        if update.merged:
            mark = Mark(self._wisp, update.customer, self._run)
            content = content_of(fields_of(revised.card), sent.fields, sent.client_data, mark)
        self._note_written(revised.card, person, content)
        self._outcome.updated += 1
        self._outcome.mended += update.reason == "mended"
        kept = f"; kept the user's own {', '.join(update.additions)}" if update.additions else ""
        what = "mended" if update.reason == "mended" else "updated"
        self._outcome.note(update.customer, what, ", ".join(update.fields) + kept)

    def _create(self, customers: Sequence[str]) -> None:
        suspects = [customer for customer in customers if customer in self._ledger.suspects]
        others = [customer for customer in customers if customer not in self._ledger.suspects]
        few = FEW if len(suspects) > FEW else 1
        parts = (*batches(sorted(others, key=self._ledger.order), CREATES), *batches(suspects, few))
        with closing(prepared_creates(self._desired, self._run, parts)) as made:
            full: AccountFull | None = None
            for part in parts:
                if full:
                    self._leave_out(part, full)
                    continue
                self._intend(part)
                results = self._created_or_withdrawn(next(made))
                self._stop_if_unanswered(results)
                full = _no_room(results)
        if customers:
            self._checkpoint("creating")

    def _leave_out(self, customers: Sequence[str], full: AccountFull) -> None:
        """There is no room for them, which Google need not be asked again."""
        self._done += len(customers)
        self._outcome.failed += len(customers)
        for customer in customers:
            self._outcome.note(customer, "failed", f"{full.reason}: {full.user_message}")

    def _intend(self, customers: Iterable[str]) -> None:
        """Say what is about to be created, before it is: the only trace if we die before the answer.

        The time is that at which its request will have been answered or given up: if it takes effect, then by
        then, and shows `LAG` later.
        """
        if self._stopped_by is None:
            self._ledger.unconfirmed |= dict.fromkeys(customers, self._session.now() + UNDER_WAY)
        self._checkpoint("creating")

    def _created_or_withdrawn(self, batch: Sequence[PreparedCreate]) -> Mapping[str, Result]:
        subjects = {newcomer.person.key: newcomer for newcomer in batch}
        try:
            results = self._book.create([newcomer.person for newcomer in batch], self._session.label)
        except Trouble:  # nothing was created
            self._confirm(newcomer.customer for newcomer in batch)
            self._session.held_lease.write(ledger_store.head_put(self._account, self._ledger))
            raise
        self._take(results, subjects, self._created)
        told = (key for key, result in results.items() if not isinstance(result, Unknown))
        self._confirm(subjects[key].customer for key in told)
        in_doubt = self._ledger.unconfirmed.keys() & {newcomer.customer for newcomer in batch}
        self._ledger.unconfirmed |= dict.fromkeys(in_doubt, self._session.now())
        return results

    def _confirm(self, customers: Iterable[str]) -> None:
        """It is known what became of these."""
        for customer in customers:
            self._ledger.unconfirmed.pop(customer, None)
            self._ledger.suspects.discard(customer)

    def _created(self, newcomer: PreparedCreate, person: Person) -> None:
        self._note_written(newcomer.card, person, "ours")
        self._ledger.made = self._session.now()
        self._outcome.created += 1

    def _stop_if_unanswered(self, results: Mapping[str, Result]) -> None:
        unknown = all(isinstance(result, Unknown) for result in results.values())
        self._unanswered = self._unanswered + 1 if unknown else 0
        if self._unanswered >= MOST_UNKNOWN:
            self._checkpoint("creating")
            raise OutcomeUnknown("google.silent", "Google does not answer; the rest is done later")

    def _remove(self, removals: Sequence[PlannedChange]) -> None:
        for batch in batches(removals, REMOVALS):
            subjects = {removal.person.resource_name: removal for removal in self._look_again(batch)}
            self._take(self._book.remove(list(subjects)), subjects, self._removed)
            self._checkpoint("removing")

    def _look_again(self, removals: Sequence[PlannedChange]) -> list[PlannedChange]:
        """Only what is still as it was when the plan was made: ours, labelled, and touched by nobody."""
        now = self._session.look([removal.person.resource_name for removal in removals])
        sure: list[PlannedChange] = []
        for removal in removals:
            person = now.get(removal.person.resource_name)
            if person and removal.reason == "duplicate" and is_somebodys(person, self._session.label):
                self._outcome.note(removal.customer, "kept", WHY_KEPT["own"])
            elif person and self._is_as_planned(removal, person):
                sure.append(removal)
            else:
                self.put_off += 1
                self._outcome.note(
                    removal.customer, "kept", "it changed a moment ago; looked at again next time"
                )
        return sure

    def _is_as_planned(self, removal: PlannedChange, person: Person) -> bool:
        return (
            person.source_etag == removal.person.source_etag
            and self._session.label in person.groups
            and any(mark.customer == removal.customer for mark in marks(person.client_data, self._wisp))
        )

    def _removed(self, removal: PlannedChange, _: Person) -> None:
        self._ledger.extras.pop(removal.person.resource_name, None)
        person, entry = removal.person, self._ledger.get(removal.customer)
        if entry and (entry.resource_name == person.resource_name or entry.source_id == person.source_id):
            self._ledger.drop(removal.customer)
        self._outcome.removed += 1
        self._outcome.note(removal.customer, "removed", removal.reason)

    def _note_written(self, card: Card, person: Person, content: Content) -> None:
        digest, record = self._desired.digest(card.customer), self._desired.record(card.customer)
        name, id_, etag = person.resource_name, person.source_id, person.source_etag
        self._ledger.put(card.customer, Entry(name, id_, etag, digest, record, content), card)

    def _take(
        self, results: Mapping[str, Result], subjects: Mapping[str, S], written: Callable[[S, Person], None]
    ) -> None:
        for key, result in results.items():
            self._done += 1
            match result:
                case Written(person):
                    written(subjects[key], person)
                case Refused(SkipCustomer() as trouble) | Unknown(trouble):
                    self._fail(subjects[key], f"{trouble.reason}: {trouble.user_message}")
                case Refused(AccountFull() as full):
                    self._fail(subjects[key], f"{full.reason}: {full.user_message}")
                    self._outcome.code, self._outcome.reason = full.reason, full.user_message
                case Refused(trouble):
                    self._stopped_by = trouble

    def _fail(self, subject: Subject, why: str) -> None:
        """It is not as it should be; the ledger believes nothing of it until it is looked at."""
        self._ledger.invalidate(subject.customer)
        self._outcome.failed += 1
        self._outcome.note(subject.customer, "failed", why)

    def _checkpoint(self, phase: str) -> None:
        """Save what was done; then stop if the account, not a single contact, was refused."""
        progress = {"run": self._run, "phase": phase, "done": self._done, "total": self._total}
        counts = {"created": self._outcome.created, "updated": self._outcome.updated}
        counts |= {"removed": self._outcome.removed, "failed": self._outcome.failed}
        path = f"wisps/{self._wisp}/progress/{self._account}"
        self._session.held_lease.write(
            *ledger_store.puts(self._account, self._ledger), Put(path, progress | counts)
        )
        if self._stopped_by:
            raise self._stopped_by
