"""Create: new contacts, each created at most once.

The API has no request id and detects no duplicate, so a create whose outcome is unknown is never sent again.
A refusal is: it proves that nothing was created.
"""

from collections.abc import Mapping, Sequence

from shared.adapters.google.people.answers import Created, PersonResponse, PersonWire
from shared.adapters.google.people.batching import Delivery, Sent
from shared.adapters.google.people.client import Failure, Line
from shared.adapters.google.people.errors import label_gone, translate_status
from shared.adapters.google.people.requests import Calls
from shared.domain.model.quota import WORTH_A_BATCH
from shared.domain.sync.person import NewPerson
from shared.errors import OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Refused, Result, Unknown, Written

LABEL_WAITS = (2.0, 5.0, 15.0)
"""A label that was just made may not be found for a moment; seconds between looks."""


def _key(new: NewPerson) -> str:
    return new.key


def _finds_no_label(answer: Created | PersonWire | Failure) -> bool:
    """All that a create can fail to find is its label."""
    if not isinstance(answer, Failure):
        return False
    return any(trouble.reason == "google.gone" for trouble in (answer.trouble, *answer.contacts.values()))


def _blames_all(answer: Created | PersonWire | Failure, part: Sequence[NewPerson]) -> bool:
    """Whether what is refused may be what all contacts share: their label."""
    if not isinstance(answer, Failure) or not isinstance(answer.trouble, SkipCustomer):
        return False
    return len(answer.contacts) in (0, len(part))


def _blamed(part: Sequence[NewPerson], failure: Failure) -> Mapping[str, Trouble]:
    """Google names the contacts of a create by their index in the request."""
    by_index = ((failure.contacts.get(str(index)), new) for index, new in enumerate(part))
    return {new.key: trouble for trouble, new in by_index if trouble}


def _result(response: PersonResponse) -> Result:
    trouble = translate_status(response.status)
    if isinstance(trouble, OutcomeUnknown):
        return Unknown(trouble)
    if trouble is not None:
        return Refused(trouble)
    if response.person is None or not response.person.resource_name:
        return Unknown(_untold())
    return Written(response.person.person())


def _untold() -> OutcomeUnknown:
    return OutcomeUnknown("google.untold", "Google's answer does not tell whether the contact was created")


def _key_in(response: PersonResponse, keys: frozenset[str]) -> str | None:
    pairs = response.person.client_data if response.person else ()
    return next((pair.value for pair in pairs if pair.value in keys), None)


def _of_the_missing(anonymous: Sequence[Result], count: int) -> Result:
    """What became of those without an answer of their own.

    An error without a contact tells what happened but not to whom. If there are as many refusals as contacts
    without an answer, that is who.
    """
    if len(anonymous) == count and all(isinstance(result, Refused) for result in anonymous):
        return anonymous[0]
    return Unknown(_untold())


def _results(created: Created | PersonWire, part: Sequence[NewPerson]) -> Mapping[str, Result]:
    """The results by the key in each answered contact's client data: Google promises no order."""
    if isinstance(created, PersonWire):
        return {part[0].key: _result(PersonResponse(person=created))}
    keys = frozenset(map(_key, part))
    answers = [(_key_in(response, keys), _result(response)) for response in created.created_people]
    results = {key: result for key, result in answers if key is not None}
    missing = keys - results.keys()
    if not missing:
        return results
    anonymous = [result for key, result in answers if key is None]
    return {**results, **dict.fromkeys(missing, _of_the_missing(anonymous, len(missing)))}


class Creation:
    """Creates contacts in one label."""

    def __init__(self, line: Line, calls: Calls, label: str, *, is_new: bool) -> None:
        """Take the contact group's resource name, and whether it was made a moment ago."""
        self._line = line
        self._calls = calls
        self._label = label
        self._is_new = is_new

    def run(self, people: Sequence[NewPerson]) -> Mapping[str, Result]:
        """Create them; the results by key."""
        return Delivery(_key, self._send, _blamed, few=WORTH_A_BATCH, fills=True).run(people)

    def _send(self, part: Sequence[NewPerson]) -> Sent:
        call = self._calls.create(part, self._label)
        answer = self._line.send(call, resend_unknown=False)
        for wait in LABEL_WAITS:
            if not _finds_no_label(answer) and not (self._is_new and _blames_all(answer, part)):
                break
            self._line.pause(wait)
            answer = self._line.send(call, resend_unknown=False)
        self._is_new = False
        if isinstance(answer, Failure):
            return Sent({}, Failure(label_gone()) if _finds_no_label(answer) else answer)
        return Sent(_results(answer, part))
