"""Client: asks SIMPLer, and repeats where that may help, until there is an answer or a reason."""

import random
from collections.abc import Mapping
from typing import Any

from shared.adapters.simpler.address import Address
from shared.adapters.simpler.credentials import Credentials
from shared.adapters.simpler.decode import contains, failure, read_json
from shared.adapters.simpler.errors import stop
from shared.adapters.simpler.limits import Limits
from shared.adapters.simpler.profile import ErrorMembers, ListCall, LookupCall
from shared.adapters.simpler.record import ABSENT, is_empty, pick
from shared.adapters.simpler.wire import Reply, Setback, Wire
from shared.errors import StopRun
from shared.ports import Clock
from shared.retry_after import retry_after

_OK, _NOT_FOUND = 200, 404
_PASSING = {429, 502, 503, 504}
_STATUSES = {401: "simpler.denied", 403: "simpler.denied", 429: "simpler.down"}
_CLASSES = {2: "simpler.refused", 3: "simpler.redirected", 4: "simpler.refused"}
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
        """Return the answer to a list call.

        Raises:
            StopRun: There is none that can be used.
        """
        document = read_json(self._ask(call, parameters, {_OK}).body)
        told = failure(document, self._error)
        if told is not None:
            raise self._told(told)
        return document

    def look_up(self, call: LookupCall, customer: str) -> Any:
        """Return the record of one customer, or None when SIMPLer says in words that there is none.

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
            tried += 1
            outcome = self._once(call, parameters, good)
            if isinstance(outcome, Reply):
                return outcome
            if not outcome.passing or outcome.after > self._limits.patience or tried >= self._limits.tries:
                raise outcome.trouble
            self._wait(outcome.after, tried)

    def _once(
        self, call: ListCall | LookupCall, parameters: Mapping[str, str | int], good: set[int]
    ) -> Reply | Setback:
        everything = {**call.parameters, **parameters, **self._identity()}
        method = call.send.partition(" ")[0]
        keyword: dict[str, Any] = {_KEYWORDS[call.send]: everything}
        outcome = self._wire.send(method, self._address.of(call.path), **keyword)
        if isinstance(outcome, Setback) or outcome.status in good:
            return outcome
        reason = _STATUSES.get(outcome.status) or _CLASSES.get(outcome.status // 100, "simpler.down")
        trouble = stop(reason, f"HTTP {outcome.status}")
        wait = retry_after(outcome.retry_after, self._clock.now())
        return Setback(trouble, outcome.status in _PASSING, wait)

    def _identity(self) -> dict[str, str]:
        identity = {
            "api_username": self._credentials.api_username,
            "api_password": self._credentials.api_password,
        }
        return {**identity, "operator": self._operator} if self._operator else identity

    def _told(self, text: str) -> StopRun:
        denied = contains(text, self._error.denied)
        return stop("simpler.denied" if denied else "simpler.refused", "told in the answer itself")

    def _wait(self, asked: float, tried: int) -> None:
        """Wait as long as SIMPLer asks, at least 1, 2, 4 … s; jitter keeps wisps from returning at once."""
        seconds = max(asked, 2 ** (tried - 1)) * random.SystemRandom().uniform(1, 1.5)
        if seconds >= self._wire.left():
            raise stop("simpler.slow", "the time for the whole call would be used up by waiting")
        self._clock.sleep(seconds)
