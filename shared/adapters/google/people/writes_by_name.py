"""Writes by name: contacts that go to the trash, into a label or out of it. What they hold is not sent."""

from collections.abc import Sequence
from typing import Any

from shared.adapters.google.people.client import Failure, PeopleClient
from shared.adapters.google.people.errors import GONE, LABEL_GONE, gone, not_labelled
from shared.adapters.google.people.requests import Calls, PeopleCall
from shared.adapters.google.people.schema import Modified
from shared.adapters.google.people.writes import Batches, SentPart
from shared.domain.sync.person import Person
from shared.ports import Refused, Result, Written
from shared.replace import replace


class Removals(Batches[str, dict[str, Any]]):
    """Contacts that go to the trash, by name; doing it twice is doing it once."""

    def key(self, item: str) -> str:
        """Return the name itself."""
        return item

    def call(self, part: Sequence[str]) -> PeopleCall[dict[str, Any]]:
        """Build a removal."""
        return self._calls.remove(part)

    def read(self, part: Sequence[str], answer: dict[str, Any] | Failure) -> SentPart:
        """Count one that is gone already as written."""
        if not isinstance(answer, Failure) or (answer.trouble.reason == GONE and len(part) == 1):
            return SentPart(_written(part))
        return SentPart({}, answer)


class Labellings(Batches[str, Modified]):
    """Contacts that are put into a label, by name; doing it twice is doing it once."""

    few = 1

    def __init__(self, client: PeopleClient, calls: Calls, label: str) -> None:
        """Take the contact group's resource name."""
        super().__init__(client, calls)
        self._label = label

    def key(self, item: str) -> str:
        """Return the name itself."""
        return item

    def call(self, part: Sequence[str]) -> PeopleCall[Modified]:
        """Build an addition."""
        return self._calls.put_in_label(part, self._label)

    def read(self, part: Sequence[str], answer: Modified | Failure) -> SentPart:
        """Find contacts that are gone in an answer 200, where Google names them."""
        if isinstance(answer, Failure):
            is_label = answer.trouble.reason == GONE
            trouble = LABEL_GONE.trouble() if is_label else not_labelled(answer.trouble)
            return SentPart({}, replace(answer, trouble=trouble))
        results = {**_written(part), **dict.fromkeys(answer.not_found_resource_names, Refused(gone()))}
        stuck = answer.can_not_remove_last_contact_group_resource_names
        return SentPart(results | dict.fromkeys(stuck, Refused(not_labelled(gone()))))


class Unlabellings(Labellings):
    """Contacts that are taken out of a label, by name; doing it twice is doing it once."""

    def call(self, part: Sequence[str]) -> PeopleCall[Modified]:
        """Build a removal from the label."""
        return self._calls.take_out_of_label(part, self._label)


def _written(names: Sequence[str]) -> dict[str, Result]:
    return {name: Written(Person(name, etag="")) for name in names}
