"""A Google account as a pure model: what a plan does to it, and what its user does."""

from dataclasses import replace

from shared.domain.fields import fields_of
from shared.domain.ledger import Entry, Ledger
from shared.domain.merge import digest
from shared.domain.person import Item, Person
from shared.domain.plan import Plan
from shared.domain.write import changed, new_person

LABEL = "contactGroups/ours"
MINE = "contactGroups/myContacts"
WISP = "acme"


class AddressBook:
    """Contacts by resource name, each write with a new etag."""

    def __init__(self) -> None:
        self.persons: dict[str, Person] = {}
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
        """A contact of the user's own."""
        return self.store(Person(f"people/c{self._next()}", "", fields=fields, groups=groups))

    def apply(self, plan: Plan, ledger: Ledger, run: str) -> None:
        """Do a plan, and keep the ledger as a run would."""
        for customer in [c for c in ledger.customers() if c not in plan.seen]:
            ledger.drop(customer)
        for customer, entry in plan.seen.items():
            ledger.put(customer, entry)
        for lost in plan.relabel:
            self.store(replace(lost.person, groups=lost.person.groups | {LABEL}))
        for update in plan.update:
            change = changed(update, WISP, run)
            person = self.store(replace(change.person, fields=change.fields, client_data=change.client_data))
            self._note(ledger, update.customer, person, digest(fields_of(update.card)))
        for card in plan.create:
            new = new_person(card, WISP, run)
            name, groups = f"people/c{self._next()}", frozenset({LABEL, MINE})
            person = self.store(
                Person(name, "", fields=new.fields, client_data=new.client_data, groups=groups)
            )
            self._note(ledger, card.customer, person, digest(fields_of(card)))
        for removal in plan.remove:
            del self.persons[removal.person.resource_name]

    def _note(self, ledger: Ledger, customer: str, person: Person, sent: str) -> None:
        ledger.put(customer, Entry(person.resource_name, person.source_etag, sent))
