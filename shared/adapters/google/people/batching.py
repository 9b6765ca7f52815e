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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared.adapters.google.people.client import Failure
from shared.errors import AccountFull, OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Refused, Result, Unknown

MOST_SENDS = 50
"""Requests for one batch: enough to single out three bad contacts among 200 of which none is named."""

_SERVER_ERRORS = range(500, 600)

T = TypeVar("T")


def _too_many() -> SkipCustomer:
    return SkipCustomer(
        "google.batch_refused",
        "Google refuses too many contacts of the batch without naming them; this one was not tried by itself",
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one request: results for some or all of its contacts, and a failure for the others."""

    results: Mapping[str, Result]
    failure: Failure | None = None


@dataclass(slots=True)
class Delivery(Generic[T]):
    """Sends contacts in as few requests as it takes to get the good ones through.

    Attributes:
        key: Names a contact in the results.
        send: Sends contacts in one request, a single one by itself (and what resends are safe).
        blamed: Which of the contacts a failure names, and why, by key.
        few: Parts smaller than this go one by one.
        fills: Whether each takes room: where one finds none, no later one does.
        narrows: Whether a part is to be narrowed down at which Google fails; only if it is safe to resend.
        results: So far; `Unknown` only until a later request tells.
        suspects: Parts at which Google failed since they were last narrowed down.
    """

    key: Callable[[T], str]
    send: Callable[[Sequence[T]], Sent]
    blamed: Callable[[Sequence[T], Failure], Mapping[str, Trouble]]
    few: int = 1
    fills: bool = False
    narrows: bool = False
    results: dict[str, Result] = field(default_factory=dict)
    suspects: list[Sequence[T]] = field(default_factory=list)

    def run(self, items: Sequence[T]) -> Mapping[str, Result]:
        """Send them all; a result for each.

        Raises:
            Trouble: Nothing was written and nothing can be, for a reason that concerns no single contact.
        """
        parts = self._parts(items)
        for _ in range(MOST_SENDS):
            parts = parts or self._narrowed()
            if not parts:
                break
            again = self._after(parts.pop(), parts)
            parts.extend(again)
        for part in parts:
            self._give_up(part, _too_many())
        return self.results

    def _parts(self, *parts: Sequence[T]) -> list[Sequence[T]]:
        """What to send, the last one first: each part in one request, but few contacts one by one."""
        return [
            small
            for part in reversed(parts)
            for small in ([[item] for item in reversed(part)] if len(part) < self.few else [part])
            if small
        ]

    def _halves(self, part: Sequence[T]) -> list[Sequence[T]]:
        middle = len(part) // 2
        return self._parts(part[:middle], part[middle:])

    def _narrowed(self) -> list[Sequence[T]]:
        """The halves of the part at which Google failed, if there is only one."""
        suspects, self.suspects = self.suspects, []
        return self._halves(suspects[0]) if len(suspects) == 1 and len(suspects[0]) > 1 else []

    def _after(self, part: Sequence[T], waiting: list[Sequence[T]]) -> list[Sequence[T]]:
        """Send a part; what of it is to be sent again, in which parts."""
        sent = self.send(part)
        self.results.update(sent.results)
        rest = [item for item in part if self.key(item) not in sent.results]
        if sent.failure is None or not rest:
            return []
        trouble = sent.failure.trouble
        if isinstance(trouble, OutcomeUnknown):
            self._set(rest, Unknown(trouble))
            if self.narrows and sent.failure.http_status in _SERVER_ERRORS:
                self.suspects.append(rest)
            return []
        if isinstance(trouble, AccountFull):
            return self._fit(rest, trouble, waiting)
        if not isinstance(trouble, SkipCustomer):
            self._stop(sent.failure, rest, waiting)
            return []
        return self._split(rest, sent.failure, is_shorter=len(rest) < len(part))

    def _fit(self, rest: Sequence[T], trouble: Trouble, waiting: list[Sequence[T]]) -> list[Sequence[T]]:
        """The halves of a part that has no room; a single one is refused."""
        if len(rest) > 1:
            return self._halves(rest)
        self._set(rest, Refused(trouble))
        while self.fills and waiting:
            self._give_up(waiting.pop(), trouble)
        return []

    def _split(self, rest: Sequence[T], failure: Failure, *, is_shorter: bool) -> list[Sequence[T]]:
        blamed = self.blamed(rest, failure)
        self.results.update((key, Refused(trouble)) for key, trouble in blamed.items())
        good = [item for item in rest if self.key(item) not in blamed]
        if blamed or is_shorter:
            return self._parts(good)
        if len(rest) == 1:
            self._set(rest, Refused(failure.trouble))
            return []
        return self._halves(rest)

    def _stop(self, failure: Failure, rest: Sequence[T], waiting: list[Sequence[T]]) -> None:
        """The account refuses everything: raise that, unless it would lose what is known by now."""
        if not self.results:
            raise failure.trouble
        if failure.in_doubt:
            self._set(rest, Unknown(failure.trouble))
        self._give_up(rest, failure.trouble)
        while waiting:
            self._give_up(waiting.pop(), failure.trouble)
        self.suspects.clear()

    def _set(self, items: Iterable[T], result: Result) -> None:
        self.results.update((self.key(item), result) for item in items)

    def _give_up(self, items: Iterable[T], trouble: Trouble) -> None:
        """They are not sent (again); what is in doubt remains so."""
        for item in items:
            self.results.setdefault(self.key(item), Refused(trouble))
