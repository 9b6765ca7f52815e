"""Suggestions: keeps what users wrote in place of values of ours, before it is put right.

The account's ledger knows whose suggestions there are, so a run without an edit reads and writes nothing for
them. They are written before the contact is: a crash between the two loses no user's words.
"""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

from shared.domain.contact.card import Card
from shared.domain.contact.text import short
from shared.domain.model.schedule import last_night
from shared.domain.model.suggestion import KEPT_FOR, MOST, Suggested, Suggestion
from shared.domain.sync.desired import Desired
from shared.domain.sync.edits import Edit, edits_of, value_keys
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.plan import Plan, PlannedChange
from shared.events import Event, log
from shared.ports import MOST_WRITES, Drop, Put, StateStore
from shared.replace import replace
from shared.usecases.base import ledger_store
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import readable, to_document
from shared.usecases.sync.session import Session

_LONGEST = 300
_ID_DIGITS = 24


def leave_to_the_night(session: Session, desired: Desired, plan: Plan) -> Plan:
    """Leave contacts as they are whose only fault is what was put right since the last night already.

    Whoever changes a value again means it: they are not contradicted at every press. The ledger believes
    nothing of such a contact, so the next run looks at it.
    """
    night = last_night(session.run.services.clock.now(), session.run.wisp.time_zone).timestamp()
    lately = {id_ for id_, each in session.ledger.head.suggested.items() if each.at >= night}
    now_due: list[PlannedChange] = []
    cards = _simplers(session, desired, plan.update)
    for update in plan.update:
        ids = {_id(session, update.customer, edit) for edit in _edits(session, desired, update, cards)}
        entry = session.ledger.get(update.customer)
        if update.reason != "mended" or not ids or not ids <= lately or entry is None:
            now_due.append(update)
            continue
        name = update.person.resource_name
        plan.seen[update.customer] = entry._replace(resource_name=name, source_etag="", content="unseen")
        plan.previous[update.customer] = entry.names_before(update.person)
        plan.kept[update.customer] = "again"
        plan.unchanged += 1
    return replace(plan, update=now_due)


def keep_edits(
    session: Session,
    desired: Desired,
    changes: Sequence[PlannedChange],
    customers: Collection[str] = (),
) -> None:
    """Keep what users wrote that is about to be put right or removed, and end what SIMPLer has by now.

    Args:
        session: The run in the account; its ledger has absorbed none of this yet.
        desired: What SIMPLer wants.
        changes: The contacts that are about to be written, or removed though SIMPLer has their customers.
        customers: Of whose suggestions SIMPLer may have taken something over.

    Raises:
        LeaseLost: The account's lease has passed to another.
    """
    head, services = session.ledger.head, session.run.services
    ended = [
        id_
        for id_, known in head.suggested.items()
        if known.customer in customers and _is_over(session, desired, known)
    ]
    cards = _simplers(session, desired, changes)
    found = [(change, edit) for change in changes for edit in _edits(session, desired, change, cards)]
    _note_names(session, changes)
    kept: dict[str, tuple[Suggested, Suggestion]] = {}
    for change, edit in found[:MOST]:
        id_ = _id(session, change.customer, edit)
        before = load_suggestion(services.state, session.run.wisp.id, id_)
        suggestion = _suggestion(session, cards[change.customer], change, edit).after(before)
        known = Suggested(change.customer, edit.value if edit.simpler else "", edit.key, session.now())
        kept[id_] = known, suggestion
    if not (ended or kept):
        return
    after = {id_: known for id_, known in head.suggested.items() if id_ not in ended and id_ not in kept}
    after |= {id_: known for id_, (known, _) in kept.items()}
    oldest = list(after)[: max(0, len(after) - MOST)]
    head.suggested = {id_: known for id_, known in after.items() if id_ not in oldest}
    expires = services.clock.now() + KEPT_FOR
    writes: list[Put | Drop] = [
        *(Drop(_path(session.run.wisp.id, id_)) for id_ in (*ended, *oldest) if id_ not in kept),
        *(
            Put(_path(session.run.wisp.id, id_), to_document(each), expires)
            for id_, (_, each) in kept.items()
        ),
    ]
    for some in batches(writes, MOST_WRITES):
        session.held_lease.write(*some)
    log(
        Event.SUGGESTIONS_KEPT,
        "what users wrote is kept before it is put right or removed",
        run=session.run.id,
        account=session.account.id,
        kept=len(kept),
        ended=len(ended),
        left_out=len(found) - len(kept),
    )


def _simplers(session: Session, desired: Desired, changes: Sequence[PlannedChange]) -> Mapping[str, Card]:
    """Return what SIMPLer has of those whose contact was read; what we wrote last, where desired is past."""
    read = {change.customer for change in changes if change.person.client_data}
    if not desired.is_past:
        return {customer: desired.card(customer) for customer in read}
    cards = {customer: desired.card(customer) for customer in read if desired.wants(customer)}
    shards = {session.ledger.shard_of(customer) for customer in read}
    written = (ledger_store.cards_in(session.ledger.shards[number]) for number in shards)
    return cards | {customer: card for some in written for customer, card in some.items() if customer in read}


def _edits(
    session: Session, desired: Desired, change: PlannedChange, cards: Mapping[str, Card]
) -> Sequence[Edit]:
    """Return what users changed of a contact that was read, unless it may be what is left of several."""
    entry, card = session.ledger.get(change.customer), cards.get(change.customer)
    if card is None or entry is None or not _is_alone(session, change):
        return ()
    return edits_of(fields_of(card), change.person, desired.wisp, is_all_new=entry.content == "ours")


def _is_alone(session: Session, change: PlannedChange) -> bool:
    """Tell whether a contact is the one that we knew, with nothing merged into it since.

    It has no other resource name, and had none that we did not know of; or Google linked it with a profile,
    such as for the e-mail that was typed. A look and a list of everything do not tell the earlier names: then
    the source id decides.
    """
    entry, person = session.ledger.get(change.customer), change.person
    if entry is None:
        return False
    names = entry.names_before(person)
    is_linked = entry.is_same(person) and entry.resource_name in names
    if not (is_linked or entry.resource_name == person.resource_name):
        return False
    return session.ledger.knows_previous(change.customer, set(names) - {entry.resource_name})


def _note_names(session: Session, changes: Sequence[PlannedChange]) -> None:
    """Note the earlier names of contacts that are no merged ones, whether the write succeeds or not."""
    for change in changes:
        entry = session.ledger.get(change.customer)
        if entry and _is_alone(session, change):
            session.ledger.note_previous(change.customer, entry.names_before(change.person))


def _is_over(session: Session, desired: Desired, known: Suggested) -> bool:
    """Tell whether SIMPLer has what was written, has something else than it had, or the customer no more."""
    if desired.is_past:
        return False
    is_contact = desired.wants(known.customer) or known.customer in desired.outside
    if not is_contact:
        is_gone = known.customer in desired.left or not desired.doubts
        return is_gone and known.customer not in desired.held
    entry = session.ledger.get(known.customer)
    if entry and desired.wants(known.customer) and desired.is_sent(known.customer, entry):
        return False
    has = value_keys(fields_of(desired.card(known.customer)))
    return known.key in has or (bool(known.value) and known.value not in has)


def _suggestion(session: Session, card: Card, change: PlannedChange, edit: Edit) -> Suggestion:
    now = session.run.services.clock.now().isoformat()
    return Suggestion(
        account=session.account.id,
        customer=change.customer,
        name=card.display,
        field=edit.field,
        title=short(edit.title, _LONGEST),
        simpler=short(edit.simpler, _LONGEST),
        theirs=short(edit.theirs, _LONGEST),
        since=now,
        last=now,
        etag=change.person.source_etag,
    )


def _id(session: Session, customer: str, edit: Edit) -> str:
    """Name a suggestion by the value of ours that it is about: who changes that again changes the same."""
    about = repr((customer, edit.field, edit.title, edit.value))
    digits = sha256(about.encode()).hexdigest()[:_ID_DIGITS]
    return f"{session.account.id}-{digits}"


def _path(wisp: str, id_: str) -> str:
    return f"wisps/{wisp}/suggestions/{id_}"


def load_suggestion(state: StateStore, wisp: str, id_: str) -> Suggestion | None:
    """Return a suggestion, dismissed or not; None if there is none, or it cannot be read."""
    document = state.get(_path(wisp, id_))
    found, _ = readable([(id_, document)] if document else [], Suggestion, f"wisps/{wisp}/suggestions")
    return found.get(id_)


def suggestion_drops(state: StateStore, wisp: str, account: str) -> Sequence[Drop]:
    """Return the writes that delete the suggestions of an account, and what was dismissed of them."""
    kinds = (f"wisps/{wisp}/suggestions", f"wisps/{wisp}/dismissed")
    found = ((kind, id_) for kind in kinds for id_, _ in state.find(kind, where={"account": account}))
    return [Drop(f"{kind}/{id_}") for kind, id_ in found]
