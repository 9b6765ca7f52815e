"""Bulk: batches that name contacts instead of describing them: to the trash, into a label.

Both may be sent again whenever the outcome is unknown: doing them twice is doing them once. After a removal
that stayed without an answer, tries and waits and all, the following are tried once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.adapters.google.people.batching import Delivery, Sent
from shared.adapters.google.people.client import Failure, Line
from shared.adapters.google.people.errors import label_gone, not_labelled
from shared.adapters.google.people.requests import Calls
from shared.domain.model.quota import WORTH_A_BATCH
from shared.domain.sync.person import Person
from shared.errors import OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Refused, Result, Written

GONE = "google.gone"
"""What is named is not in the account (any more)."""


def _itself(name: str) -> str:
    return name


def _nobody(_: Sequence[str], __: Failure) -> Mapping[str, Trouble]:
    """These requests have no error that names a contact."""
    return {}


def _written(names: Sequence[str]) -> dict[str, Result]:
    return {name: Written(Person(name, etag="")) for name in names}


class Naming:
    """Removes contacts and adds them to labels."""

    def __init__(self, line: Line, calls: Calls) -> None:
        self._line = line
        self._calls = calls
        self._patient = True

    def remove(self, names: Sequence[str]) -> Mapping[str, Result]:
        """Move contacts to the trash; one that is gone already is as it shall be."""
        return Delivery(_itself, self._send_removal, _nobody, few=WORTH_A_BATCH).run(names)

    def put_in_label(self, names: Sequence[str], label: str) -> Mapping[str, Result]:
        """Add contacts to a label."""
        return Delivery(_itself, lambda part: self._send_addition(part, label), _nobody).run(names)

    def _send_removal(self, part: Sequence[str]) -> Sent:
        answer = self._line.send(self._calls.remove(part), resend_unknown=self._patient)
        if not isinstance(answer, Failure):
            return Sent(_written(part))
        self._patient = self._patient and not isinstance(answer.trouble, OutcomeUnknown)
        is_gone = answer.trouble.reason == GONE and len(part) == 1
        return Sent(_written(part)) if is_gone else Sent({}, answer)

    def _send_addition(self, part: Sequence[str], label: str) -> Sent:
        answer = self._line.send(self._calls.put_in_label(part, label), resend_unknown=True)
        if isinstance(answer, Failure):
            is_label = answer.trouble.reason == GONE  # a contact that is gone is named in an answer 200
            trouble = label_gone() if is_label else not_labelled(answer.trouble)
            return Sent({}, replace(answer, trouble=trouble))
        gone = Refused(SkipCustomer(GONE, "the contact is no longer in the account"))
        return Sent({**_written(part), **dict.fromkeys(answer.not_found_resource_names, gone)})
