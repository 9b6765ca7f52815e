"""Census: the contacts of an account that carry our mark, by all that Google shows.

One listing may leave contacts out, and so may one look. So a listing of everything is held against the
ledger: who is missing in it is looked at by name. What neither shows is `unseen`, which is not yet gone: see
`remove_contacts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.sync.mark import is_shared, marks
from shared.domain.sync.person import SYSTEM_GROUPS, Person
from shared.usecases.sync.account import Session


@dataclass(slots=True)
class Census:
    """Our contacts in an account.

    Attributes:
        wisp: The wisp's id.
        marked: Contacts with the wisp's mark, by what identifies them.
        groups: The labels that everybody is in, likewise.
        names: The resource names of all who were listed, and their other names.
        unseen: Resource names of contacts that the ledger knows, and that neither listing nor look shows.
        not_found: Those for which Google says that there is no contact of that name.
    """

    wisp: str
    marked: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    unseen: frozenset[str] = frozenset()
    not_found: frozenset[str] = frozenset()

    def add(self, person: Person) -> None:
        """Add a contact as it was read last; it may come twice, even under two names."""
        id_ = person.source_id or person.resource_name
        self.names |= {id_, person.resource_name}
        self.groups[id_] = (person.resource_name, person.groups - SYSTEM_GROUPS)
        self.marked.pop(id_, None)
        if marks(person.client_data, self.wisp):
            self.marked[id_] = person

    def ours(self, label: str) -> list[Person]:
        """Return those with our mark and our label, and no other wisp's mark."""
        return [person for person in self._labelled(label) if not is_shared(person.client_data, self.wisp)]

    def shared(self, label: str) -> int:
        """Count those with our mark and our label that are another wisp's as well."""
        return len(self._labelled(label)) - len(self.ours(label))

    def inhabitants(self, label: str) -> set[str]:
        """Return the resource names of all contacts in a label."""
        return {name for name, groups in self.groups.values() if label in groups}

    def customers(self) -> set[str]:
        """Return the customers whose marks were seen."""
        return {m.customer for p in self.marked.values() for m in marks(p.client_data, self.wisp)}

    def _labelled(self, label: str) -> list[Person]:
        return [person for person in self.marked.values() if label in person.groups]


def take_census(session: Session, witnessed: Iterable[Person], removed: set[str]) -> Census:
    """Look through the account.

    Args:
        session: In the account.
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
