"""Absorb: the ledger takes over what we saw at Google, before anything is written."""

from itertools import islice

from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import MOST_EXTRAS, Entry, Ledger
from shared.domain.sync.plan import Plan, PlannedChange


def absorb(ledger: Ledger, plan: Plan, desired: Desired) -> None:
    """Note what was found, equal or not; believe nothing of what is to be written until it is.

    So a contact that somebody changed is looked at again if its update fails, although its token is used up.
    """
    for customer, name in plan.found.items():
        entry = ledger.get(customer)
        if entry is None or entry.resource_name != name:
            ledger.put(customer, Entry(name))
        ledger.head.extras.pop(name, None)
    ledger.head.extras |= plan.extras
    for customer, seen in plan.seen.items():
        before = ledger.get(customer)
        is_stored = not seen.sent or (before is not None and before.sent == seen.sent)
        ledger.put(customer, seen, None if is_stored else desired.card(customer))
    for customer, names in plan.previous.items():
        ledger.note_previous(customer, names)
    for relabel in plan.relabel:
        ledger.invalidate(relabel.customer)
    for update in plan.update:
        if update.merged:  # else it is known to hold what we wrote last
            ledger.invalidate(update.customer)
    for removal in plan.remove:
        if removal.customer not in plan.seen:
            _note_removal(ledger, removal, plan.found.get(removal.customer))


def _note_removal(ledger: Ledger, removal: PlannedChange, found: str | None) -> None:
    """Note the contact as it was read: the guard may yet refuse to remove it."""
    person = removal.person
    if person.client_data and person.resource_name == found:
        seen = Entry(person.resource_name, person.source_id, person.source_etag, content="mixed")
        ledger.put(removal.customer, seen)


def absorb_all(ledger: Ledger, plan: Plan, desired: Desired) -> None:
    """Note every contact of the account: who was not found has none, unless that is unsure."""
    lost = {customer for customer, _ in ledger.entries()}.difference(*plan.unread, plan.found, plan.unsure)
    for customer in lost:
        ledger.drop(customer)
    absorb(ledger, plan, desired)
    ledger.head.suspects |= ledger.head.unconfirmed.keys() & {change.customer for change in plan.create}
    ledger.head.unconfirmed = {c: at for c, at in ledger.head.unconfirmed.items() if c in plan.unsure}
    ledger.head.extras = dict(islice(plan.extras.items(), MOST_EXTRAS))
    ledger.head.whole = True
