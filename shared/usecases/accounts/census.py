"""Census: the contacts of an account that carry our mark, by everything that Google shows.

A listing may leave contacts out, and so may a look. So we list everything, and then look at each contact that
the ledger knows and the listing lacks. What neither shows is `unseen`, which does not prove it gone: see
`proof`.
"""

from collections.abc import Collection, Iterable

import msgspec

from shared.domain.sync.mark import is_shared, marks
from shared.domain.sync.person import SYSTEM_GROUPS, Person
from shared.usecases.sync.session import Session


class Census(msgspec.Struct):
    """Our contacts in an account.

    Attributes:
        wisp: The wisp's id.
        marked: Contacts with the wisp's mark, by source id, or by resource name without one.
        groups: The resource name and the labels of every contact, by the same key.
        names: Every contact's resource name and source id.
        unseen: Resource names of contacts that the ledger knows, and that neither listing nor look shows.
        not_found: Those of `unseen` for which Google says that no such contact exists.
    """

    wisp: str
    marked: dict[str, Person] = msgspec.field(default_factory=dict)
    groups: dict[str, tuple[str, frozenset[str]]] = msgspec.field(default_factory=dict)
    names: set[str] = msgspec.field(default_factory=set)
    unseen: frozenset[str] = frozenset()
    not_found: frozenset[str] = frozenset()

    def add(self, person: Person) -> None:
        """Add a contact; one that comes twice, even under two names, counts as it was read last."""
        id_ = person.source_id or person.resource_name
        self.names |= {id_, person.resource_name}
        self.groups[id_] = (person.resource_name, person.groups - SYSTEM_GROUPS)
        self.marked.pop(id_, None)
        if marks(person.client_data, self.wisp):
            self.marked[id_] = person

    def ours(self, labels: Collection[str]) -> list[Person]:
        """Return those with our mark and one of our labels, and no other wisp's mark."""
        return [person for person in self._labelled(labels) if not is_shared(person.client_data, self.wisp)]

    def shared(self, labels: Collection[str]) -> int:
        """Count those with our mark and one of our labels that are another wisp's as well."""
        return len(self._labelled(labels)) - len(self.ours(labels))

    def inhabitants(self, label: str) -> set[str]:
        """Return the resource names of all contacts in a label."""
        return {name for name, groups in self.groups.values() if label in groups}

    def customers(self) -> set[str]:
        """Return the customers whose marks were seen."""
        return {m.customer for p in self.marked.values() for m in marks(p.client_data, self.wisp)}

    def _labelled(self, labels: Collection[str]) -> list[Person]:
        return [person for person in self.marked.values() if not person.groups.isdisjoint(labels)]


def take_census(session: Session, witnessed: Iterable[Person], removed: set[str]) -> Census:
    """List the account, and look at what the listing lacks.

    Args:
        session: The run in the account.
        witnessed: Contacts that were seen elsewhere, as they were then.
        removed: Resource names of contacts whose removal Google has confirmed; a listing may still show them.
    """
    census = Census(session.run.wisp.id)
    for person in session.book.list():
        if person.resource_name not in removed:
            census.add(person)
    missing = session.ledger.absent(census.names | removed).keys()
    looked = session.look(sorted(missing))
    shown = {name: person for name, person in looked.items() if person}
    for person in (*shown.values(), *witnessed):
        if person.resource_name not in removed:
            census.add(person)
    census.unseen = frozenset(missing - shown.keys())
    census.not_found = frozenset(looked.keys() - shown.keys())
    return census
