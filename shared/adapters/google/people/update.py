"""Update: changes to contacts, each guarded by the etag with which the contact was read.

An update may be sent again when its outcome is unknown: if the first copy took effect, the etag makes
Google refuse the second. Such a refusal looks like a user's edit; so the contacts are read again. One that is
what was sent is written, by our own first copy; one with another etag was changed by somebody else.

After a part that stayed without a telling answer, tries and waits and all, the following are tried once.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import msgspec

from shared.adapters.google.people.answers import PersonResponse, PersonWire, Read, Updated
from shared.adapters.google.people.batching import Delivery, Sent
from shared.adapters.google.people.bulk import GONE
from shared.adapters.google.people.client import Failure, Line
from shared.adapters.google.people.errors import translate_status
from shared.adapters.google.people.mapping import has_landed, names_gone, persons_in
from shared.adapters.google.people.requests import Calls
from shared.domain.model.quota import WORTH_A_BATCH
from shared.domain.sync.person import Change
from shared.errors import OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Refused, Result, Stale, Unknown, Written

_CHANGED = "google.changed"


def _key(change: Change) -> str:
    return change.person.resource_name


def _blamed(part: Sequence[Change], failure: Failure) -> Mapping[str, Trouble]:
    """Google names the contacts of an update by their resource names."""
    names = map(_key, part)
    return {name: failure.contacts[name] for name in names if name in failure.contacts}


def _untold() -> OutcomeUnknown:
    return OutcomeUnknown("google.untold", "Google's answer does not tell whether the contact was updated")


def _result(response: PersonResponse | None) -> Result:
    trouble = translate_status(response.status) if response else _untold()
    if isinstance(trouble, OutcomeUnknown):
        return Unknown(trouble)
    if trouble is not None:
        return Refused(trouble)
    if response is None or response.person is None or not response.person.resource_name:
        return Unknown(_untold())
    return Written(response.person.person())


def _results(updated: Updated | PersonWire, part: Sequence[Change]) -> dict[str, Result]:
    if isinstance(updated, PersonWire):
        return {_key(part[0]): _result(PersonResponse(person=updated))}
    return {name: _result(updated.update_result.get(name)) for name in map(_key, part)}


def _reason(change: Change, sent: Sent) -> str:
    """Why Google refused this one; empty if it did not."""
    result = sent.results.get(_key(change))
    if isinstance(result, Refused):
        return result.trouble.reason
    if sent.failure is None:
        return ""
    trouble = sent.failure.contacts.get(_key(change)) if sent.failure.contacts else sent.failure.trouble
    return trouble.reason if trouble else ""


def _seen(refused: Sequence[Change], read: Read) -> Iterator[tuple[str, Result]]:
    """What a second look tells of the contacts that Google refused as changed.

    Nothing of those that look as they did when they were read: the look, or the refusal, is behind the times.
    """
    persons, gone = persons_in(read), names_gone(read)
    for change in refused:
        person = persons.get(_key(change))
        if _key(change) in gone:
            yield _key(change), Refused(SkipCustomer(GONE, "the contact is no longer in the account"))
        elif person and has_landed(change, person):
            yield _key(change), Written(replace(person, fields={}))
        elif person and person.source_etag != change.person.source_etag:
            yield _key(change), Stale(person)


class Revision:
    """Updates contacts."""

    def __init__(self, line: Line, calls: Calls) -> None:
        self._line = line
        self._calls = calls
        self._patient = True

    def run(self, changes: Sequence[Change]) -> Mapping[str, Result]:
        """Update them; the results by resource name as it was given."""
        return Delivery(_key, self._send, _blamed, few=WORTH_A_BATCH, narrows=True).run(changes)

    def _send(self, part: Sequence[Change]) -> Sent:
        answer = self._line.send(self._calls.update(part), resend_unknown=self._patient)
        if isinstance(answer, Failure):
            self._patient = self._patient and not isinstance(answer.trouble, OutcomeUnknown)
        sent = Sent({}, answer) if isinstance(answer, Failure) else Sent(_results(answer, part))
        refused = [change for change in part if _reason(change, sent) == _CHANGED]
        return Sent({**sent.results, **self._look_again(refused)}, sent.failure) if refused else sent

    def _look_again(self, refused: Sequence[Change]) -> Mapping[str, Result]:
        answer = self._line.send(self._calls.read([*map(_key, refused)]), resend_unknown=True)
        with suppress(msgspec.ValidationError):
            if not isinstance(answer, Failure):
                return dict(_seen(refused, answer))
        return {_key(change): Unknown(_untold()) for change in refused}
