"""Client: asks SIMPLer, again if need be, until there is an answer or a reason why not."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.simpler.address import Address
from shared.adapters.simpler.credentials import Credentials
from shared.adapters.simpler.decode import contains, failure, read_json
from shared.adapters.simpler.errors import row_for_status, stop
from shared.adapters.simpler.limits import Limits
from shared.adapters.simpler.profile import ErrorMembers, ListCall, LookupCall
from shared.adapters.simpler.record import ABSENT, is_empty, pick
from shared.adapters.simpler.wire import Reply, Setback, Wire
from shared.errors import Trouble
from shared.ports import Clock
from shared.retry_after import retry_after

_OK, _NOT_FOUND = 200, 404
_KEYWORDS = {"GET query": "params", "POST form": "data", "POST json": "json"}


class Client:
    """Calls to one SIMPLer, each with the credentials. Not for use by two threads."""

    def __init__(
        self,
        *,
        wire: Wire,
        address: Address,
        credentials: Credentials,
        operator: str,
        error: ErrorMembers,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._wire = wire
        self._address = address
        self._credentials = credentials
        self._operator = operator
        self._error = error
        self._limits = limits
        self._clock = clock

    def list(self, call: ListCall, parameters: Mapping[str, str | int]) -> Any:
        """The answer to a list call.

        Raises:
            StopRun: There is none that can be used.
        """
        document = read_json(self._ask(call, parameters, {_OK}).body)
        told = failure(document, self._error)
        if told is not None:
            raise self._told(told)
        return document

    def look_up(self, call: LookupCall, customer: str) -> Any:
        """The record of one customer, or None when SIMPLer says in words that there is none.

        A bare 404 and an empty record do not count as saying so: a wrong path or a right that is missing may
        look the same, and a contact would be removed for it.

        Raises:
            StopRun: There is none that can be used.
        """
        reply = self._ask(call, {call.id: customer}, {_OK, _NOT_FOUND})
        document = read_json(reply.body)
        told = failure(document, self._error)
        if told is not None and contains(told, call.missing):
            return None
        if told is not None:
            raise self._told(told)
        if reply.status != _OK:
            raise stop("simpler.refused", f"HTTP {reply.status}")
        if (record := pick(document, call.record)) is ABSENT:
            raise stop("simpler.shape", f"there is no member {call.record}")
        if is_empty(record):
            raise stop("simpler.shape", f"the member {call.record} is empty")
        return record

    def _ask(self, call: ListCall | LookupCall, parameters: Mapping[str, str | int], good: set[int]) -> Reply:
        tried = 0
        while True:
            outcome, tried = self._once(call, parameters, good), tried + 1
            if isinstance(outcome, Reply):
                return outcome
            pause = self._limits.waits.pause(tried, outcome.after) if outcome.passing else None
            if pause is None:
                raise outcome.trouble
            if pause >= self._wire.left():
                raise stop("simpler.slow", "the time for the whole call would be used up by waiting")
            self._clock.sleep(pause)

    def _once(
        self, call: ListCall | LookupCall, parameters: Mapping[str, str | int], good: set[int]
    ) -> Reply | Setback:
        everything = {**call.parameters, **parameters, **self._identity()}
        method = call.send.partition(" ")[0]
        keyword: dict[str, Any] = {_KEYWORDS[call.send]: everything}
        outcome = self._wire.send(method, self._address.of(call.path), **keyword)
        if isinstance(outcome, Setback) or outcome.status in good:
            return outcome
        row = row_for_status(outcome.status)
        wait = retry_after(outcome.retry_after, self._clock.now())
        return Setback(row.trouble(detail=f"HTTP {outcome.status}"), row.again, wait)

    def _identity(self) -> dict[str, str]:
        identity = {
            "api_username": self._credentials.api_username,
            "api_password": self._credentials.api_password,
        }
        return {**identity, "operator": self._operator} if self._operator else identity

    def _told(self, text: str) -> Trouble:
        denied = contains(text, self._error.denied)
        return stop("simpler.denied" if denied else "simpler.refused", "told in the answer itself")
