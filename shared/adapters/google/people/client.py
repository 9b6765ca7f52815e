"""Client: one People request at a time. It asks the gate, counts, waits, and resends what is safe to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import httplib2
import requests

from shared.adapters.google.people.error_table import NOT_AGAIN
from shared.adapters.google.people.errors import contact_errors, translate
from shared.adapters.google.transport import Http, was_never_sent
from shared.domain.model.quota import Cost
from shared.errors import OutcomeUnknown, OverQuota, RetryLater, Trouble
from shared.ports import Clock, Gate
from shared.typed import from_json

BATCH_SECONDS = 180.0
"""For a batch of creates or updates: giving up early leaves 200 contacts in doubt."""

QUICK_SECONDS = 60.0
"""For everything else, as Google's client has it."""

MARGIN = 30.0
"""What a request may take beyond its longest silence: a connection to open, a token to be refreshed."""

WAITS = (5.0, 10.0, 20.0, 40.0)
"""Seconds between tries when Google does not say how long: in all more than the minute of a quota."""

LONGEST_WAIT = 60.0
"""If Google asks for more than the minute of a quota, the wait is the caller's."""

MOST_UNKNOWN = 3
"""Tries without a telling answer; more of them would not tell more."""

CONFLICT = 409
NOT_FOUND = 404
_UNAUTHENTICATED = 401

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request that is ready to go.

    Attributes:
        request: googleapiclient's HttpRequest.
        answer: The shape that its answer must have.
        cost: What it takes of the account's quotas.
        seconds: The longest silence to bear.
    """

    request: Any
    answer: type[T]
    cost: Cost
    seconds: float = QUICK_SECONDS


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not succeed.

    Attributes:
        trouble: What it means.
        http_status: 0 if there was no answer.
        contacts: Which contacts of a batch are to blame, as Google names them, if it does.
        in_doubt: Whether a try of it, the last or one before, may have taken effect.
    """

    trouble: Trouble
    http_status: int = 0
    contacts: Mapping[str, Trouble] = field(default_factory=dict)
    in_doubt: bool = False


class _Declined(Exception):
    """Carries an answer other than 2xx past googleapiclient, whose own error quotes Google's message."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.http_status)
        self.failure = failure


class _Timed:
    """googleapiclient's HTTP object for one call."""

    def __init__(self, http: Http, seconds: float) -> None:
        self._http = http
        self._seconds = seconds

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any
    ) -> tuple[httplib2.Response, bytes]:
        head, content = self._http.request(uri, method, body, headers, timeout=self._seconds)
        if head.status >= requests.codes.multiple_choices:
            trouble = translate(head.status, head, content)
            raise _Declined(Failure(trouble, head.status, contact_errors(content)))
        return head, content


class Line:
    """The requests of one account. Not for use by two threads at once."""

    def __init__(self, http: Http, gate: Gate, clock: Clock, going: Callable[[], None]) -> None:
        """`gate` is asked before every request; `going` is called for each that goes out."""
        self._http = http
        self._gate = gate
        self._clock = clock
        self._going = going

    def send(self, call: Call[T], *, resend_unknown: bool) -> T | Failure:
        """Send a call, and again while Google asks to come back or, if that is safe, while no answer tells.

        What the gate raises is a failure too: the call was then not sent (again).
        """
        unknown = 0
        try:
            for wait in (*WAITS, 0.0):
                answer = self._once(call)
                if not isinstance(answer, Failure):
                    return answer
                failure = answer
                unknown += isinstance(failure.trouble, OutcomeUnknown)
                if not wait or not self._may_resend(failure, unknown, resend_unknown=resend_unknown):
                    break
                self._wait(failure.trouble, wait)
        except Trouble as stopped:
            failure = Failure(stopped)
        return replace(failure, in_doubt=unknown > 0)

    def pause(self, seconds: float) -> None:
        """Wait."""
        self._clock.sleep(seconds)

    @staticmethod
    def _may_resend(failure: Failure, unknown: int, *, resend_unknown: bool) -> bool:
        trouble = failure.trouble
        if not isinstance(trouble, RetryLater) or trouble.after > LONGEST_WAIT:
            return False
        if trouble.reason in NOT_AGAIN:
            return False
        return not isinstance(trouble, OutcomeUnknown) or (resend_unknown and unknown < MOST_UNKNOWN)

    def _wait(self, trouble: Trouble, otherwise: float) -> None:
        asked = trouble.after if isinstance(trouble, RetryLater) else 0
        self.pause(asked or otherwise)

    def _once(self, call: Call[T]) -> T | Failure:
        """Send it; a 401 was not processed, and the transport has forgotten the token: send it again."""
        answer = self._attempt(call)
        if isinstance(answer, Failure) and answer.http_status == _UNAUTHENTICATED:
            return self._attempt(call)
        return answer

    def _attempt(self, call: Call[T]) -> T | Failure:
        self._gate(call.seconds + MARGIN, call.cost)
        self._going()
        answer = self._answer(call)
        if isinstance(answer, Failure) and isinstance(answer.trouble, OverQuota):
            self._gate.refused(answer.trouble)
        return answer

    def _answer(self, call: Call[T]) -> T | Failure:
        http: Any = _Timed(self._http, call.seconds)
        try:
            content: bytes = call.request.execute(http=http, num_retries=0)
            return from_json(content or b"{}", call.answer)
        except _Declined as declined:
            return declined.failure
        except Trouble as not_signed_in:
            return Failure(not_signed_in)
        except requests.RequestException as error:
            return Failure(_no_answer(error))
        except ValueError:  # not JSON, or not of the shape: msgspec.ValidationError is one
            return Failure(OutcomeUnknown("google.garbled", "Google's answer has a shape that is not known"))


def _no_answer(error: requests.RequestException) -> RetryLater:
    name = type(error).__name__
    if was_never_sent(error):
        return RetryLater("google.unreachable", f"no connection to Google came about ({name})")
    return OutcomeUnknown("google.no_answer", f"Google gave no whole answer ({name})")
