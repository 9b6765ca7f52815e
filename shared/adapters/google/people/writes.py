"""Writes: contacts in batches, in which one bad contact does not cost the others.

Google refuses a batch as a whole and may or may not say which contacts are to blame
(rest/v1/BatchCreateContactsErrorDetails: a contact that is not named "would have been successful"). Those
that it names are put aside and the rest is sent again; if it names none, the batch is halved until the bad
ones stand alone. Both are safe for creates too, because a refusal means that nothing was written.

A contact may also make Google fail (HTTP 5xx) instead of refusing. What is safe to resend is then narrowed
down in the same way, as long as only one part fails: if both halves do, it is Google itself that fails.

An account may have no room for a batch, and yet for a part of it: such a batch is halved too.

A few contacts go one by one, for a batch has one price, however small it is.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec

from shared.adapters.google.people.client import Failure, PeopleClient
from shared.adapters.google.people.errors import (
    BATCH_REFUSED,
    CHANGED,
    GONE,
    LABEL_GONE,
    UNTOLD,
    gone,
    translate_status,
)
from shared.adapters.google.people.requests import Calls, PeopleCall
from shared.adapters.google.people.schema import (
    Created,
    PersonResponse,
    PersonWire,
    Updated,
    names_gone,
    persons_in,
)
from shared.domain.model.quota import WORTH_A_BATCH
from shared.domain.sync.person import OWNED, Change, Fields, NewPerson, Person
from shared.errors import AccountFull, OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Refused, Result, Stale, Unknown, Written
from shared.replace import replace
from shared.retry import Tries, Waits

MOST_SENDS = 50
"""Requests for one batch: enough to single out three bad contacts among 200 of which none is named."""

LABEL_WAITS = Waits((2.0, 5.0, 15.0))
"""A label that was just made may not be found for a moment."""

_SERVER_ERRORS = range(500, 600)

T = TypeVar("T")
A = TypeVar("A")


class SentPart(msgspec.Struct, frozen=True):
    """The result of one request: results for some or all of its contacts, and a failure for the others."""

    results: Mapping[str, Result]
    failure: Failure | None = None


class Batches(ABC, Generic[T, A]):
    """One kind of write, sent in as few requests as it takes to get the good contacts through. Run it once.

    Attributes:
        few: Parts smaller than this go one by one.
        fills: Whether each contact takes room: where one finds none, no later one does.
        narrows: Whether a part is narrowed down at which Google fails; only if it is safe to resend.
        waits: Between its tries, while Google may not know yet what was made a moment ago.
    """

    few = WORTH_A_BATCH
    fills = False
    narrows = False
    waits = Waits(())

    def __init__(self, client: PeopleClient, calls: Calls) -> None:
        self._client = client
        self._calls = calls
        self._unknown = 0  # parts that stayed without a telling answer, tries and waits and all
        self._results: dict[str, Result] = {}  # Unknown only until a later request tells
        self._waiting: list[Sequence[T]] = []  # the last one is sent next
        self._suspects: list[Sequence[T]] = []  # at which Google failed since they were last narrowed down

    @abstractmethod
    def key(self, item: T) -> str:
        """Return the name of a contact in the results."""

    @abstractmethod
    def call(self, part: Sequence[T]) -> PeopleCall[A]:
        """Build the request for these contacts; a single one goes by itself."""

    @abstractmethod
    def read(self, part: Sequence[T], answer: A | Failure) -> SentPart:
        """Return what an answer tells of these contacts."""

    def is_early(self, part: Sequence[T], answer: A | Failure) -> bool:
        """Return whether Google may not know yet what was made a moment ago."""
        del part, answer
        return False

    def blamed(self, part: Sequence[T], failure: Failure) -> Mapping[str, Trouble]:
        """Return which contacts a failure names, and why, by key; most kinds have no error that does."""
        del part, failure
        return {}

    def run(self, items: Sequence[T]) -> Mapping[str, Result]:
        """Send all, and return a result for each. After a part without a telling answer, try the others once.

        Raises:
            Trouble: Nothing was written and nothing can be, for a reason that concerns no single contact.
        """
        self._waiting = self._parts(items)
        for _ in range(MOST_SENDS):
            if not self._waiting and len(self._suspects) == 1:
                self._waiting = self._halves(self._suspects.pop())
            if not self._waiting:
                break
            part = self._waiting.pop()
            call = self.call(part)
            for _ in Tries(self.waits, self._client.clock):
                answer = self._client.send(call, is_patient=not self._unknown)
                if not self.is_early(part, answer):
                    break
            sent = self.read(part, answer)
            self._results.update(sent.results)
            rest = [item for item in part if self.key(item) not in sent.results]
            if sent.failure is not None and rest:
                self._take(rest, sent.failure, is_shorter=len(rest) < len(part))
        self._give_up(self._waiting, _too_many())
        return self._results

    def _take(self, rest: Sequence[T], failure: Failure, *, is_shorter: bool) -> None:
        """Take note of a failure, and what of it is to be sent again."""
        match failure.trouble:
            case OutcomeUnknown() as trouble:
                self._unknown += 1
                self._set(rest, Unknown(trouble))
                if self.narrows and failure.http_status in _SERVER_ERRORS:
                    self._suspects.append(rest)
            case AccountFull() if len(rest) > 1:
                self._waiting += self._halves(rest)
            case AccountFull() as trouble:
                self._set(rest, Refused(trouble))
                if self.fills:
                    self._give_up(self._waiting, trouble)
            case SkipCustomer() as trouble:
                blamed = self.blamed(rest, failure)
                self._results.update((key, Refused(why)) for key, why in blamed.items())
                if blamed or is_shorter:
                    self._waiting += self._parts([item for item in rest if self.key(item) not in blamed])
                elif len(rest) > 1:
                    self._waiting += self._halves(rest)
                else:
                    self._set(rest, Refused(trouble))
            case trouble:
                self._stop(rest, failure, trouble)

    def _stop(self, rest: Sequence[T], failure: Failure, trouble: Trouble) -> None:
        """Raise what makes the account refuse everything, unless that would lose what is known by now."""
        if not self._results:
            raise trouble
        if failure.in_doubt:
            self._set(rest, Unknown(trouble))
        self._give_up([rest, *self._waiting], trouble)
        self._suspects.clear()

    def _set(self, items: Sequence[T], result: Result) -> None:
        self._results.update(dict.fromkeys(map(self.key, items), result))

    def _give_up(self, parts: Sequence[Sequence[T]], trouble: Trouble) -> None:
        """Send these no more; what is in doubt remains so."""
        for key in (self.key(item) for part in parts for item in part):
            self._results.setdefault(key, Refused(trouble))
        self._waiting = []

    def _parts(self, *parts: Sequence[T]) -> list[Sequence[T]]:
        """Return what to send, the last one first: each part in one request, but few contacts one by one."""
        return [
            small
            for part in reversed(parts)
            for small in ([[item] for item in reversed(part)] if len(part) < self.few else [part])
            if small
        ]

    def _halves(self, part: Sequence[T]) -> list[Sequence[T]]:
        middle = len(part) // 2
        return self._parts(part[:middle], part[middle:]) if middle else []


class Creates(Batches[NewPerson, Created | PersonWire]):
    """New contacts in one label, each created at most once.

    The API has no request id and detects no duplicate, so a create whose outcome is unknown is never sent
    again. A refusal is: it proves that nothing was created.
    """

    fills = True
    waits = LABEL_WAITS

    def __init__(self, client: PeopleClient, calls: Calls, label: str, *, is_new: bool) -> None:
        """Take the contact group's resource name, and whether it was made a moment ago."""
        super().__init__(client, calls)
        self._label = label
        self._is_new = is_new

    def key(self, item: NewPerson) -> str:
        """Return our key."""
        return item.key

    def call(self, part: Sequence[NewPerson]) -> PeopleCall[Created | PersonWire]:
        """Build a create."""
        return self._calls.create(part, self._label)

    def is_early(self, part: Sequence[NewPerson], answer: Created | PersonWire | Failure) -> bool:
        """Return whether Google does not find the label, or refuses what all contacts share: a new one."""
        if not isinstance(answer, Failure):
            return False
        return _finds_no_label(answer) or (self._is_new and _blames_all(answer, part))

    def read(self, part: Sequence[NewPerson], answer: Created | PersonWire | Failure) -> SentPart:
        """Tell them apart by the key in their client data."""
        self._is_new = False
        if not isinstance(answer, Failure):
            return SentPart(_created(answer, part))
        return SentPart({}, Failure(LABEL_GONE.trouble()) if _finds_no_label(answer) else answer)

    def blamed(self, part: Sequence[NewPerson], failure: Failure) -> Mapping[str, Trouble]:
        """Find the contacts that Google names, by their index in the request."""
        by_index = ((failure.contacts.get(str(index)), new) for index, new in enumerate(part))
        return {new.key: trouble for trouble, new in by_index if trouble}


class Updates(Batches[Change, Updated | PersonWire]):
    """Changes to contacts, each guarded by the etag with which the contact was read.

    An update may be sent again when its outcome is unknown: if the first copy took effect, the etag makes
    Google refuse the second. Such a refusal looks like a user's edit; so the contacts are read again. One
    that is what was sent is written, by our own first copy; one with another etag was changed by somebody
    else.
    """

    narrows = True

    def key(self, item: Change) -> str:
        """Return the name that it was read by."""
        return item.person.resource_name

    def call(self, part: Sequence[Change]) -> PeopleCall[Updated | PersonWire]:
        """Build an update."""
        return self._calls.update(part)

    def read(self, part: Sequence[Change], answer: Updated | PersonWire | Failure) -> SentPart:
        """Tell them apart by the name they were read by, and look again at those refused as changed."""
        if isinstance(answer, Failure):
            sent = SentPart({}, answer)
        elif isinstance(answer, PersonWire):
            response = PersonResponse(person=answer)
            sent = SentPart({self.key(part[0]): _result(response, "updated")})
        else:
            results = answer.update_result
            sent = SentPart({key: _result(results.get(key), "updated") for key in map(self.key, part)})
        refused = [change for change in part if self._reason(change, sent) == CHANGED]
        return SentPart({**sent.results, **self._look_again(refused)}, sent.failure) if refused else sent

    def blamed(self, part: Sequence[Change], failure: Failure) -> Mapping[str, Trouble]:
        """Find the contacts that Google names, by their resource names."""
        names = map(self.key, part)
        return {name: failure.contacts[name] for name in names if name in failure.contacts}

    def _reason(self, change: Change, sent: SentPart) -> str:
        """Return why Google refused this one; empty if it did not."""
        result = sent.results.get(self.key(change))
        if isinstance(result, Refused):
            return result.trouble.reason
        if sent.failure is None:
            return ""
        blamed = sent.failure.contacts
        trouble = blamed.get(self.key(change)) if blamed else sent.failure.trouble
        return trouble.reason if trouble else ""

    def _look_again(self, refused: Sequence[Change]) -> Mapping[str, Result]:
        """Return what a second look tells of the contacts that Google refused as changed.

        Nothing of those that look as they did when they were read: the look, or the refusal, is behind the
        times.
        """
        answer = self._client.send(self._calls.read([*map(self.key, refused)]))
        results: dict[str, Result] = {}
        with suppress(msgspec.ValidationError):
            if not isinstance(answer, Failure):
                persons, names = persons_in(answer), names_gone(answer)
                for change in refused:
                    key = self.key(change)
                    person = persons.get(key)
                    if key in names:
                        results[key] = Refused(gone())
                    elif person and has_landed(change, person):
                        results[key] = Written(replace(person, fields={}))
                    elif person and person.source_etag != change.person.source_etag:
                        results[key] = Stale(person)
                return results
        return {self.key(change): Unknown(UNTOLD.trouble(done="updated")) for change in refused}


def _finds_no_label(failure: Failure) -> bool:
    """Tell whether a create did not find its label: there is nothing else that it could not find."""
    return any(trouble.reason == GONE for trouble in (failure.trouble, *failure.contacts.values()))


def _blames_all(failure: Failure, part: Sequence[NewPerson]) -> bool:
    """Return whether what is refused may be what all contacts share: their label."""
    return isinstance(failure.trouble, SkipCustomer) and len(failure.contacts) in (0, len(part))


def _result(response: PersonResponse | None, done: str) -> Result:
    trouble = translate_status(response.status) if response else UNTOLD.trouble(done=done)
    if isinstance(trouble, OutcomeUnknown):
        return Unknown(trouble)
    if trouble is not None:
        return Refused(trouble)
    if response is None or response.person is None or not response.person.resource_name:
        return Unknown(UNTOLD.trouble(done=done))
    return Written(response.person.person())


def _created(created: Created | PersonWire, part: Sequence[NewPerson]) -> Mapping[str, Result]:
    """Return the results by the key in each contact's client data, since Google promises no order.

    An error without a contact tells what happened but not to whom. If there are as many refusals as contacts
    without an answer, that is who.
    """
    if isinstance(created, PersonWire):
        return {part[0].key: _result(PersonResponse(person=created), "created")}
    keys = {new.key for new in part}
    results: dict[str, Result] = {}
    anonymous: list[Result] = []
    for response in created.created_people:
        result = _result(response, "created")
        pairs = response.person.client_data if response.person else ()
        if key := next((pair.value for pair in pairs if pair.value in keys), None):
            results[key] = result
        else:
            anonymous.append(result)
    missing = keys - results.keys()
    are_refused = len(anonymous) == len(missing) and all(isinstance(each, Refused) for each in anonymous)
    of_the_missing = anonymous[0] if anonymous and are_refused else Unknown(UNTOLD.trouble(done="created"))
    return results | dict.fromkeys(missing, of_the_missing)


def _comparable(fields: Fields, client_data: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Sort the items: "The items in a field have no guaranteed order" (people.v1 description, Person)."""
    items = {field: sorted(sorted(item.items()) for item in fields.get(field, ())) for field in OWNED}
    return {**items, "clientData": sorted(client_data)}


def has_landed(change: Change, person: Person) -> bool:
    """Return whether a person, as read again, is what the change asked for."""
    wanted = _comparable(change.fields, change.client_data)
    return wanted == _comparable(person.fields, person.client_data)


def _too_many() -> SkipCustomer:
    return SkipCustomer(
        BATCH_REFUSED,
        "Google refuses too many contacts of the batch without naming them; this one was not tried by itself",
        "Google refused many contacts at once. This one is tried again with the next run.",
    )
