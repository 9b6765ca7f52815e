"""Batching: a batch in which one bad contact does not cost the others.

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
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.adapters.google.people.client import Failure, PeopleClient
from shared.adapters.google.people.requests import Call, Calls
from shared.domain.model.quota import WORTH_A_BATCH
from shared.errors import AccountFull, OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Refused, Result, Unknown
from shared.retry import Tries, Waits

MOST_SENDS = 50
"""Requests for one batch: enough to single out three bad contacts among 200 of which none is named."""

_SERVER_ERRORS = range(500, 600)

T = TypeVar("T")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class SentPart:
    """What came of one request: results for some or all of its contacts, and a failure for the others."""

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
        """The name of a contact in the results."""

    @abstractmethod
    def call(self, part: Sequence[T]) -> Call[A]:
        """The request for these contacts; a single one goes by itself."""

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
        """Send them all; a result for each. After a part of which no answer tells, the others are tried once.

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
        """The account refuses everything: raise that, unless it would lose what is known by now."""
        if not self._results:
            raise trouble
        if failure.in_doubt:
            self._set(rest, Unknown(trouble))
        self._give_up([rest, *self._waiting], trouble)
        self._suspects.clear()

    def _set(self, items: Sequence[T], result: Result) -> None:
        self._results.update(dict.fromkeys(map(self.key, items), result))

    def _give_up(self, parts: Sequence[Sequence[T]], trouble: Trouble) -> None:
        """They are not sent (again); what is in doubt remains so."""
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


def _too_many() -> SkipCustomer:
    return SkipCustomer(
        "google.batch_refused",
        "Google refuses too many contacts of the batch without naming them; this one was not tried by itself",
    )
