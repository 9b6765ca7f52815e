"""Client: one People request at a time. It asks the gate, counts, waits, and resends what is safe to."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
import requests

from shared.adapters.google.people.errors import GARBLED, contact_errors, is_sent_again, no_answer, translate
from shared.adapters.google.people.requests import PeopleCall
from shared.adapters.google.transport import Http
from shared.errors import OutcomeUnknown, OverQuota, Trouble
from shared.ports import Clock, Gate
from shared.replace import replace
from shared.retry import Tries, Waits
from shared.typed import from_json

REQUEST_MARGIN = 30.0
"""Seconds that a request may take beyond that silence: to open a connection, to refresh a token."""

RESEND_WAITS = Waits((5.0, 10.0, 20.0, 40.0), obeys=True, most_asked=60.0)
"""Together longer than the minute of a quota; if Google asks for more, the caller has to wait."""

MOST_SILENCES = 3
"""Tries without a telling answer; more of them would not tell more."""

_UNAUTHENTICATED = 401

T = TypeVar("T")


class Failure(msgspec.Struct, frozen=True):
    """A call that did not succeed.

    Attributes:
        trouble: What it means.
        http_status: 0 if there was no answer.
        contacts: Which contacts of a batch are to blame, as Google names them, if it does.
        in_doubt: Whether a try of it, the last or one before, may have taken effect.
    """

    trouble: Trouble
    http_status: int = 0
    contacts: Mapping[str, Trouble] = msgspec.field(default_factory=dict)
    in_doubt: bool = False


class PeopleClient:
    """The requests of one account. Not for use by two threads at once.

    Attributes:
        clock: For the waits between tries.
        requests: How many went out; signing in is not one.
    """

    def __init__(self, http: Http, gate: Gate, clock: Clock) -> None:
        """Ask `gate` before every request; what it raises stops us. `http` signs in to the account."""
        self.clock = clock
        self.requests = 0
        self._http = http
        self._gate = gate

    def send(self, call: PeopleCall[T], *, is_patient: bool = True) -> T | Failure:
        """Send a call; send it again while Google asks us to or, where that is safe, while no answer tells.

        What the gate raises is a failure too: the call was then not sent (again).

        Args:
            call: The request.
            is_patient: Whether a call that is safe to repeat is repeated while no answer tells.
        """
        unknown = 0
        tries = Tries(RESEND_WAITS, self.clock)
        try:
            for _ in tries:
                answer = self._exchange(call)
                if isinstance(answer, Failure) and answer.http_status == _UNAUTHENTICATED:
                    answer = self._exchange(call)  # it was not processed, and the transport signs in anew
                if not isinstance(answer, Failure):
                    return answer
                failure, trouble = answer, answer.trouble
                unknown += isinstance(trouble, OutcomeUnknown)
                is_safe = call.is_repeatable and is_patient and unknown < MOST_SILENCES
                if not is_sent_again(trouble, is_safe=is_safe):
                    break
                tries.asked = trouble.after
        except Trouble as stopped:
            failure = Failure(stopped)
        return replace(failure, in_doubt=unknown > 0)

    def _exchange(self, call: PeopleCall[T]) -> T | Failure:
        """Send it once, when the gate opens."""
        self._gate(call.seconds + REQUEST_MARGIN, call.cost)
        self.requests += 1
        try:
            head, content = self._http.request(
                call.uri, call.method, call.body, call.headers, timeout=call.seconds
            )
            if head.status < requests.codes.multiple_choices:
                return from_json(content or b"{}", call.answer)
            failure = Failure(translate(head.status, head, content), head.status, contact_errors(content))
        except Trouble as not_signed_in:
            failure = Failure(not_signed_in)
        except requests.RequestException as error:
            failure = Failure(no_answer(error))
        except ValueError:  # not JSON, or not of the shape: msgspec.ValidationError is one
            failure = Failure(GARBLED.trouble())
        if isinstance(failure.trouble, OverQuota):
            self._gate.refused(failure.trouble)
        return failure
