"""Changes: what a listing by sync token tells that the ledger does not know."""

from collections.abc import Iterable, Sequence

import msgspec

from shared.domain.sync.actual import is_changed
from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.person import Person


class Changes(msgspec.Struct, frozen=True):
    """The changes in an account since the sync token.

    Attributes:
        persons: Contacts that are not as the ledger has them, each once.
        gone: Resource names of deleted contacts.
        count: How many contacts were listed, those as the ledger has them included.
    """

    persons: Sequence[Person]
    gone: frozenset[str]
    count: int


def changes_in(listed: Iterable[Person], desired: Desired, ledger: Ledger) -> Changes:
    """Sort a listing of what changed; of a contact that comes several times, the last counts.

    A night of many writes comes back whole the next night: what the ledger knows is not kept.
    """
    count = 0
    gone: set[str] = set()
    changed: dict[str, Person] = {}
    for person in listed:
        count += 1
        if person.deleted:
            gone.update((person.resource_name, *person.previous))
            continue
        id_ = person.source_id or person.resource_name
        gone.discard(person.resource_name)
        changed.pop(id_, None)
        if is_changed(person, desired, ledger.head.label, ledger):
            changed[id_] = person
    persons = [person for person in changed.values() if person.resource_name not in gone]
    renamed = {name for person in persons for name in person.previous}  # not deleted: it has another name now
    return Changes(persons, frozenset(gone - renamed), count)
