"""Apply: writes a plan to one account, batch by batch, with a checkpoint after each.

Before a batch of creates, one fenced write saves the ledger and the progress, and notes the batch's customers
as unconfirmed. So a crash leaves at most one batch whose outcome is unknown. The next run looks for its
contacts by their mark before it creates any of them again.

Preparing a contact takes more processor time than sending it, so the next batch is prepared while Google
answers the present one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from copy import deepcopy

from shared.domain.model.run import Fate, What
from shared.domain.sync.decisions import is_somebodys, update_of
from shared.domain.sync.desired import Desired
from shared.domain.sync.google_fields import changed, fields_of, new_person
from shared.domain.sync.guard import Verdict
from shared.domain.sync.ledger import Content, Entry
from shared.domain.sync.mark import Mark, is_shared, marks
from shared.domain.sync.merge import content_of
from shared.domain.sync.person import Change, NewPerson, Person
from shared.domain.sync.plan import Plan, PlannedChange
from shared.errors import AccountFull, OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import (
    CREATES_AT_ONCE,
    LABELLINGS_AT_ONCE,
    REMOVALS_AT_ONCE,
    UPDATES_AT_ONCE,
    Document,
    Put,
    Refused,
    Result,
    Stale,
    Unknown,
    Written,
)
from shared.prefetch import prefetch
from shared.replace import replace
from shared.usecases.base import ledger_store
from shared.usecases.base.batches import batches
from shared.usecases.sync.missing import UNDER_WAY
from shared.usecases.sync.session import Session
from shared.usecases.sync.snapshots import keep
from shared.usecases.sync.suggestions import keep_edits

FEW = 20
"""The largest batch of suspects, one of which Google may stumble over; fewer than these go one by one."""

MOST_SILENT = 2
"""Unanswered batches in a row after which we leave Google alone for a while."""


def apply(session: Session, desired: Desired, plan: Plan, verdict: Verdict) -> Sequence[Fate]:
    """Apply a plan, and return what became of each contact; one bad contact does not stop the others.

    Raises:
        Trouble: The account cannot go on; what was done until then is saved.
    """
    before, left = len(session.fates), plan.writes - len(verdict.refused)
    session.done, session.to_do = 0, left
    if left:
        keep(session, plan.pending() | {change.customer for change in plan.create})
    _checkpoint(session, "planned")
    _relabel(session, plan.relabel)
    changed_meanwhile = _update(session, desired, plan.update)
    keep_edits(session, desired, changed_meanwhile)
    for update in _update(session, desired, changed_meanwhile):
        _fail(session, update, "google.changed")
    _create(session, desired, [new for new in plan.create if not new.retires], session.label)
    if former := [new for new in plan.create if new.retires]:
        session.resolve_former_label()
        _create(session, desired, former, session.former_label)
    _remove(session, [removal for removal in verdict.allowed if not removal.retires])
    _retire(session, desired, [removal for removal in verdict.allowed if removal.retires])
    _checkpoint(session, "done")
    return session.fates[before:]


def _relabel(session: Session, lost: Sequence[PlannedChange]) -> None:
    """Put contacts back into the label. Their etag is new then, so the next run compares their content."""
    for batch in batches(lost, LABELLINGS_AT_ONCE):
        changes = {change.person.resource_name: change for change in batch}
        results = session.book.put_in_label(list(changes), session.label)
        back = {}
        for change, _ in _written(session, results, changes):
            session.ledger.note_writer(change.customer, session.run.id, made=False)
            session.record(Fate(change.customer, "relabelled", change.reason))
            if session.former_label in change.person.groups:
                back[change.person.resource_name] = change
        _take_out(session, back, session.former_label)
        _checkpoint(session, "labelling")


def _take_out(session: Session, changes: Mapping[str, PlannedChange], label: str) -> list[PlannedChange]:
    """Take contacts out of a label, and return those that are; the next run looks at the others again."""
    results = session.book.take_out_of_label(list(changes), label)
    left = {name: result for name, result in results.items() if not isinstance(result, Written)}
    _note_failures(session, left, changes)
    return [change for name, change in changes.items() if name in results and name not in left]


def _update(session: Session, desired: Desired, updates: Sequence[PlannedChange]) -> list[PlannedChange]:
    """Send updates; where a contact changed meanwhile, return the update that its present state needs."""
    in_order = sorted(updates, key=lambda update: session.ledger.order(update.customer))
    again: list[PlannedChange] = []
    ready = (
        [_changed(session, desired, each) for each in part] for part in batches(in_order, UPDATES_AT_ONCE)
    )
    with closing(prefetch(ready)) as batches_:
        for batch in batches_:
            results = session.book.update([sent for _, sent in batch])
            changes = {change.person.resource_name: change for change, _ in batch}
            requests = {change.person.resource_name: request for change, request in batch}
            for change, person in _written(session, results, changes):
                content = _content(session, desired, change, requests[change.person.resource_name])
                _note_written(session, desired, change.customer, person, content=content)
                session.ledger.note_previous(change.customer, change.person.previous)
                what: What = "mended" if change.reason == "mended" else "updated"
                fate = Fate(change.customer, what, fields=change.fields, additions=change.additions)
                session.record(fate)
            stale = {name: found.person for name, found in results.items() if isinstance(found, Stale)}
            looked = (_refreshed(session, desired, changes[name], person) for name, person in stale.items())
            again += filter(None, looked)
            _checkpoint(session, "updating")
    return again


def _changed(session: Session, desired: Desired, update: PlannedChange) -> tuple[PlannedChange, Change]:
    card = desired.card(update.customer)
    mark = Mark(desired.wisp, update.customer, session.run.id)
    return update, changed(card, update.person, mark, update.merged)


def _content(session: Session, desired: Desired, update: PlannedChange, sent: Change) -> Content:
    """Return whether an updated contact holds only what we sent, or the user's additions too."""
    if update.merged is None:
        return "ours"
    mark = Mark(desired.wisp, update.customer, session.run.id)
    return content_of(fields_of(desired.card(update.customer)), sent.fields, sent.client_data, mark)


def _refreshed(
    session: Session, desired: Desired, update: PlannedChange, person: Person
) -> PlannedChange | None:
    """Return the update that a contact needs after it changed under our hands; None: none for now.

    A look does not tell the earlier names that a list of changes told.
    """
    session.ledger.invalidate(update.customer)
    own = marks(person.client_data, desired.wisp)
    is_ours = session.label in person.groups and not is_shared(person.client_data, desired.wisp)
    if not is_ours or all(mark.customer != update.customer for mark in own):
        session.record(Fate(update.customer, "kept", "changed"))
        return None
    present = replace(person, previous=update.person.previous)
    return update_of(desired.wisp, desired.card(update.customer), present, card_changed=True)


def _create(session: Session, desired: Desired, creates: Sequence[PlannedChange], label: str) -> None:
    """Create contacts in a label, each once. Suspects (Google may stumble) go last, in small batches."""
    ledger = session.ledger
    suspects = [change for change in creates if change.customer in ledger.head.suspects]
    others = [change for change in creates if change.customer not in ledger.head.suspects]
    others.sort(key=lambda change: ledger.order(change.customer))
    few = FEW if len(suspects) > FEW else 1
    parts = (*batches(others, CREATES_AT_ONCE), *batches(suspects, few))
    ready = ([_new(session, desired, change) for change in part] for part in parts)
    full: AccountFull | None = None
    unanswered = 0
    with closing(prefetch(ready)) as batches_:
        for part in parts:
            if full:  # no need to ask Google again
                _leave_out(session, part, full)
                continue
            _intend(session, part)
            results = _send_creates(session, desired, next(batches_), label)
            is_silent = all(isinstance(result, Unknown) for result in results.values())
            unanswered = unanswered + 1 if is_silent else 0
            if unanswered >= MOST_SILENT:
                _checkpoint(session, "creating")
                text = "Google does not answer; the rest is done later."
                raise OutcomeUnknown("google.silent", text, text)
            full = _no_room(results)
    if creates:
        _checkpoint(session, "creating")


def _new(session: Session, desired: Desired, create: PlannedChange) -> tuple[PlannedChange, NewPerson]:
    desired.digest(create.customer)  # computed here, while Google answers, for the ledger's entry
    return create, new_person(desired.card(create.customer), desired.wisp, session.run.id)


def _leave_out(session: Session, creates: Sequence[PlannedChange], full: AccountFull) -> None:
    """Record that the account has no room for these."""
    session.done += len(creates)
    session.record(*(Fate(create.customer, "failed", full.reason, full.user_message) for create in creates))


def _intend(session: Session, creates: Sequence[PlannedChange]) -> None:
    """Save whose contacts are about to be created: the only trace if we die before the answer.

    The time saved is when the request will have been answered or given up. If it takes effect, it does so by
    then, and shows at most `LAG` later.
    """
    if session.refusal is None:
        until = session.now() + UNDER_WAY
        session.ledger.head.unconfirmed |= {create.customer: until for create in creates}
    _checkpoint(session, "creating")


def _send_creates(
    session: Session, desired: Desired, batch: Sequence[tuple[PlannedChange, NewPerson]], label: str
) -> Mapping[str, Result]:
    """Send a batch of creates. A customer for whom Google answers is no longer unconfirmed."""
    changes = {person.key: change for change, person in batch}
    customers = {change.customer for change in changes.values()}
    try:
        results = session.book.create([person for _, person in batch], label)
    except Trouble:  # nothing was created
        _confirm(session, customers)
        session.held_lease.write(ledger_store.head_put(session.account.id, session.ledger))
        raise
    for change, person in _written(session, results, changes):
        if change.retires:
            _note_retired(session, desired, change.customer, person)
        else:
            _note_written(session, desired, change.customer, person, content="ours", made=True)
        session.ledger.head.last_created_at = session.now()
        session.record(Fate(change.customer, "created", change.reason))
    told = (key for key, result in results.items() if not isinstance(result, Unknown))
    _confirm(session, (changes[key].customer for key in told))
    in_doubt = session.ledger.head.unconfirmed.keys() & customers
    session.ledger.head.unconfirmed |= dict.fromkeys(in_doubt, session.now())
    return results


def _confirm(session: Session, customers: Iterable[str]) -> None:
    """Note that Google has answered for these."""
    for customer in customers:
        session.ledger.head.unconfirmed.pop(customer, None)
        session.ledger.head.suspects.discard(customer)


def _no_room(results: Mapping[str, Result]) -> AccountFull | None:
    """Return Google's refusal to take any more contacts, if it gave one."""
    refused = (result.trouble for result in results.values() if isinstance(result, Refused))
    return next((trouble for trouble in refused if isinstance(trouble, AccountFull)), None)


def _remove(session: Session, removals: Sequence[PlannedChange]) -> None:
    """Remove contacts, and look at each once more first."""
    ledger = session.ledger
    for batch in batches(removals, REMOVALS_AT_ONCE):
        changes = {change.person.resource_name: change for change in _still_as_planned(session, batch)}
        results = session.book.remove(list(changes))
        for change, _ in _written(session, results, changes):
            person, entry = change.person, ledger.get(change.customer)
            ledger.head.extras.pop(person.resource_name, None)
            if entry and (entry.resource_name == person.resource_name or entry.source_id == person.source_id):
                ledger.drop(change.customer)
            session.record(Fate(change.customer, "removed", change.reason))
            _count_by_day(session, change)
        _checkpoint(session, "removing")


def _count_by_day(session: Session, removal: PlannedChange) -> None:
    """Count what runs take away, for the guard; who pressed the button of one customer decided that."""
    if removal.reason != "duplicate" and not session.customer:
        session.ledger.head.removed_by_day += 1


def _retire(session: Session, desired: Desired, removals: Sequence[PlannedChange]) -> None:
    """Let contacts go over to the label of former customers: first into that, so that none is in neither.

    Each is looked at once more before, since who takes a contact out of our label makes it theirs.
    """
    if removals:
        session.resolve_former_label()
    for batch in batches(removals, REMOVALS_AT_ONCE):
        planned = {change.person.resource_name: change for change in _still_as_planned(session, batch)}
        results = session.book.put_in_label(list(planned), session.former_label)
        entered = {change.person.resource_name: change for change, _ in _written(session, results, planned)}
        for change in _take_out(session, entered, session.label):
            person, entry = change.person, session.ledger.get(change.customer)
            if entry and (entry.resource_name == person.resource_name or entry.source_id == person.source_id):
                known = desired.former.get(change.customer)
                retired = Entry(person.resource_name, person.source_id, content="former")
                since = (known.retired_at if known else 0.0) or session.now()
                session.ledger.put(change.customer, retired._replace(retired_at=since))
                session.ledger.note_writer(change.customer, session.run.id, made=False)
            session.record(Fate(change.customer, "retired", change.reason))
            _count_by_day(session, change)
        _checkpoint(session, "removing")


def _still_as_planned(session: Session, removals: Sequence[PlannedChange]) -> list[PlannedChange]:
    """Return the removals whose contact is as it was planned: ours, in the label, and changed by nobody."""
    now = session.look([removal.person.resource_name for removal in removals])
    sure: list[PlannedChange] = []
    for removal in removals:
        person = now.get(removal.person.resource_name)
        labels = {session.label, session.former_label}
        if person and removal.reason == "duplicate" and is_somebodys(person, labels):
            session.record(Fate(removal.customer, "kept", "own"))
        elif person and _is_as_planned(session, removal, person):
            sure.append(removal)
        else:
            session.record(Fate(removal.customer, "kept", "put_off"))
    return sure


def _is_as_planned(session: Session, removal: PlannedChange, person: Person) -> bool:
    own = marks(person.client_data, session.run.wisp.id)
    return (
        person.source_etag == removal.person.source_etag
        and not person.groups.isdisjoint({session.label, session.former_label})
        and any(mark.customer == removal.customer for mark in own)
    )


def _note_written(
    session: Session, desired: Desired, customer: str, person: Person, *, content: Content, made: bool = False
) -> None:
    entry = Entry(
        person.resource_name,
        person.source_id,
        person.source_etag,
        sent=desired.digest(customer),
        record=desired.record(customer),
        content=content,
    )
    session.ledger.put(customer, entry, desired.card(customer))
    session.ledger.note_writer(customer, session.run.id, made=made)


def _note_retired(session: Session, desired: Desired, customer: str, person: Person) -> None:
    """Note a former customer's contact that was made again."""
    known = desired.former[customer]
    since = known.retired_at or session.now()
    entry = Entry(person.resource_name, person.source_id, person.source_etag, content="former")
    session.ledger.put(customer, entry._replace(retired_at=since), known.made)
    session.ledger.note_writer(customer, session.run.id, made=True)


def _written(
    session: Session, results: Mapping[str, Result], changes: Mapping[str, PlannedChange]
) -> Iterator[tuple[PlannedChange, Person]]:
    """Yield what was written, as Google has it now; record what was not."""
    session.done += len(results)
    for key, result in results.items():
        if isinstance(result, Written):
            yield changes[key], result.person
    _note_failures(session, results, changes)


def _note_failures(
    session: Session, results: Mapping[str, Result], changes: Mapping[str, PlannedChange]
) -> None:
    """Record what was not written."""
    for key, result in results.items():
        match result:
            case Refused(SkipCustomer() as trouble) | Unknown(trouble):
                _fail(session, changes[key], trouble.reason, trouble.user_message)
            case Refused(AccountFull() as full):
                _fail(session, changes[key], full.reason, full.user_message)
                session.code, session.reason = full.reason, full.user_message
            case Refused(trouble):
                session.refusal = trouble


def _fail(session: Session, change: PlannedChange, code: str, detail: str = "") -> None:
    """Record a failure; the ledger then holds nothing for certain of this contact until we read it."""
    session.ledger.invalidate(change.customer)
    session.record(Fate(change.customer, "failed", code, detail))


def _checkpoint(session: Session, phase: str) -> None:
    """Save what was done; then raise if Google refused the account as a whole.

    Nobody watches how far a single customer is, so then only what has changed of the ledger is saved.
    """
    ledger, account = session.ledger, session.account.id
    if not session.customer:
        path = f"wisps/{session.run.wisp.id}/progress/{account}"
        progress = Put(path, _progress(session, phase))
        session.held_lease.write(*ledger_store.puts(account, ledger), progress)
    elif ledger.touched or ledger.head != session.stored:
        session.held_lease.write(*ledger_store.puts(account, ledger))
        session.stored = deepcopy(ledger.head)
    if session.refusal:
        raise session.refusal


def _progress(session: Session, phase: str) -> Document:
    count = session.count
    return {
        "run": session.run.id,
        "phase": phase,
        "done": session.done,
        "total": session.to_do,
        "created": count["created"],
        "updated": count["updated"] + count["mended"],
        "removed": count["removed"],
        "failed": count["failed"],
    }
