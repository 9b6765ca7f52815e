"""A Google account as a pure model: what a plan does to it, and what its user does."""

from shared.domain.contact.card import Card
from shared.domain.sync.absorb import absorb_all
from shared.domain.sync.desired import Desired
from shared.domain.sync.google_fields import changed, digest, fields_of, new_person
from shared.domain.sync.ledger import Content, Entry, Ledger
from shared.domain.sync.mark import Mark
from shared.domain.sync.merge import content_of
from shared.domain.sync.person import Item, Person
from shared.domain.sync.plan import Plan, PlannedChange
from shared.replace import replace

LABEL = "contactGroups/ours"
FORMER = "contactGroups/former"
MINE = "contactGroups/myContacts"
WISP = "acme"


class AddressBook:
    """Contacts by resource name, each write with a new etag."""

    def __init__(self) -> None:
        self.persons: dict[str, Person] = {}
        self.gone: list[str] = []
        self._count = 0

    def _next(self) -> str:
        self._count += 1
        return f"{self._count:06}"

    def store(self, person: Person) -> Person:
        """Write a contact as Google does: with a new etag and time."""
        tag = self._next()
        stored = replace(person, etag=tag, source_etag=tag, updated=tag)
        self.persons[person.resource_name] = stored
        return stored

    def add(self, fields: dict[str, tuple[Item, ...]], groups: frozenset[str]) -> Person:
        """Add a contact of the user's own."""
        name = f"people/c{self._next()}"
        return self.store(Person(name, "", f"id-{name}", fields=fields, groups=groups))

    def remove(self, name: str) -> None:
        """Delete a contact."""
        del self.persons[name]
        self.gone.append(name)

    def apply(self, plan: Plan, ledger: Ledger, desired: Desired, run: str) -> None:
        """Do a plan, and keep the ledger as a run would."""
        absorb_all(ledger, plan, desired)
        for lost in plan.relabel:
            self.store(replace(lost.person, groups=lost.person.groups - {FORMER} | {LABEL}))
        for update in plan.update:
            self._update(update, ledger, desired, run)
        for card in (desired.card(new.customer) for new in plan.create):
            new = new_person(card, WISP, run)
            name, groups = f"people/c{self._next()}", frozenset({LABEL, MINE})
            fields = {field: items for field, items in new.fields.items() if items}
            person = self.store(
                Person(name, "", f"id-{name}", fields=fields, client_data=new.client_data, groups=groups)
            )
            self._note(ledger, desired, card, person, "ours")
        for removal in plan.remove:
            name, entry = removal.person.resource_name, ledger.get(removal.customer)
            is_first = entry is not None and entry.resource_name == name
            if removal.retires:
                now = self.persons[name]
                self.store(replace(now, groups=now.groups - {LABEL} | {FORMER}))
                if is_first:
                    retired = Entry(name, now.source_id, content="former", retired_at=desired.now)
                    ledger.put(removal.customer, retired)
                continue
            self.remove(name)
            ledger.head.extras.pop(name, None)
            if is_first:
                ledger.drop(removal.customer)

    def _update(self, update: PlannedChange, ledger: Ledger, desired: Desired, run: str) -> None:
        """Update as Google does: the etag guards it, and fields that are not ours stay."""
        card = desired.card(update.customer)
        change = changed(card, update.person, Mark(WISP, card.customer, run), update.merged)
        now = self.persons[update.person.resource_name]
        assert now.source_etag == update.person.source_etag
        fields = {field: items for field, items in change.fields.items() if items}
        person = self.store(replace(now, fields=fields, client_data=change.client_data))
        mark = Mark(WISP, card.customer, run)
        content = content_of(fields_of(card), change.fields, change.client_data, mark)
        self._note(ledger, desired, card, person, content)

    @staticmethod
    def _note(ledger: Ledger, desired: Desired, card: Card, person: Person, content: Content) -> None:
        sent, record = digest(fields_of(card)), desired.record(card.customer)
        entry = Entry(person.resource_name, person.source_id, person.source_etag, sent, record, content)
        ledger.put(card.customer, entry, card)

    def changes_since(self, time: int) -> tuple[list[Person], list[str]]:
        """Return what Google's list of changes says, from a reading of `time` on."""
        changed = [person for person in self.persons.values() if person.updated > f"{time:06}"]
        return changed, self.gone

    @property
    def time(self) -> int:
        """Grows with every change."""
        return self._count
