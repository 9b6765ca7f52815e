"""Delivery: a batch in which one bad contact does not cost the others.

Google refuses a batch as a whole and may or may not say which contacts are to blame
(rest/v1/BatchCreateContactsErrorDetails: a contact that is not named "would have been successful"). Those
that it names are put aside and the rest is sent again; if it names none, the batch is halved until the bad
ones stand alone. Both are safe for creates too, because a refusal means that nothing was written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared.adapters.people.line import Failure
from shared.errors import OutcomeUnknown, SkipCustomer, Trouble
from shared.ports import Refused, Result, Unknown, Written

MOST_SENDS = 40
"""Requests for one batch: enough to single out three bad contacts among 200 of which none is named."""

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
        send: Sends contacts in one request (and what resends are safe).
        blamed: Which of the contacts a failure names, and why, by key.
        results: So far.
    """

    key: Callable[[T], str]
    send: Callable[[Sequence[T]], Sent]
    blamed: Callable[[Sequence[T], Failure], Mapping[str, Trouble]]
    results: dict[str, Result] = field(default_factory=dict)

    def run(self, items: Sequence[T]) -> Mapping[str, Result]:
        """Send them all; a result for each.

        Raises:
            Trouble: Nothing was written and nothing can be, for a reason that concerns no single contact.
        """
        parts = [list(items)] if items else []
        for _ in range(MOST_SENDS):
            if not parts:
                break
            again = self._after(parts.pop(), parts)
            parts.extend(again)
        for part in parts:
            self._refuse(part, _too_many())
        return self.results

    def _after(self, part: list[T], waiting: list[list[T]]) -> list[list[T]]:
        """Send a part; what of it is to be sent again, in which parts."""
        sent = self.send(part)
        self.results.update(sent.results)
        rest = [item for item in part if self.key(item) not in sent.results]
        if sent.failure is None or not rest:
            return []
        trouble = sent.failure.trouble
        if isinstance(trouble, OutcomeUnknown):
            self.results.update((self.key(item), Unknown(trouble)) for item in rest)
            return []
        if not isinstance(trouble, SkipCustomer):
            self._stop(trouble, rest, waiting)
            return []
        return self._split(rest, sent.failure, is_shorter=len(rest) < len(part))

    def _split(self, rest: list[T], failure: Failure, *, is_shorter: bool) -> list[list[T]]:
        blamed = self.blamed(rest, failure)
        self.results.update((key, Refused(trouble)) for key, trouble in blamed.items())
        good = [item for item in rest if self.key(item) not in blamed]
        if blamed or is_shorter:
            return [good] if good else []
        if len(rest) == 1:
            self._refuse(rest, failure.trouble)
            return []
        middle = len(rest) // 2
        return [rest[middle:], rest[:middle]]

    def _stop(self, trouble: Trouble, rest: list[T], waiting: list[list[T]]) -> None:
        """The account refuses everything: raise that, unless it would lose what was written before."""
        if not any(isinstance(result, Written | Unknown) for result in self.results.values()):
            raise trouble
        self._refuse(rest, trouble)
        while waiting:
            self._refuse(waiting.pop(), trouble)

    def _refuse(self, items: Iterable[T], trouble: Trouble) -> None:
        self.results.update((self.key(item), Refused(trouble)) for item in items)
