"""Requests: what is sent to Google for a card."""

from shared.domain.contact.card import Card
from shared.domain.sync.fingerprint import fingerprints
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.mark import Mark, marked
from shared.domain.sync.person import Change, NewPerson
from shared.domain.sync.plan import PlannedChange


def new_person(card: Card, wisp: str, nonce: str) -> NewPerson:
    """A contact to create; its mark is also its key in the answer."""
    ours = fields_of(card)
    mark = Mark(wisp, card.customer, nonce)
    return NewPerson(str(mark), ours, marked(mark, fingerprints(ours)))


def changed(update: PlannedChange, card: Card, wisp: str, nonce: str) -> Change:
    """A contact to update: our fields, the user's own additions, and the mark that it has."""
    if update.merged:
        return Change(update.person, update.merged.fields, update.merged.client_data)
    ours = fields_of(card)
    return Change(update.person, ours, marked(Mark(wisp, update.customer, nonce), fingerprints(ours)))
