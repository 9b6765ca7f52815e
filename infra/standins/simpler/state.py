"""State: what the stand-in holds while it runs."""

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from infra.standins.simpler.customers import Customers
from infra.standins.simpler.failure import Failure

Paging = Literal["all", "page", "cursor"]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API, without the credentials."""

    path: str
    parameters: dict[str, Any]


@dataclass(slots=True)
class State:
    """The data of the stand-in while it runs.

    Attributes:
        customers: The customers.
        paging: How its list call is paged.
        page_size: Customers to a page where the caller does not say, and the most there may be.
        api_username: Whom it lets in.
        api_password: Whom it lets in.
        operator: The database that there is.
        calls: The calls of the API so far.
        closing: Set when it shuts down, so that nothing waits any longer.
    """

    customers: Customers
    paging: Paging = "all"
    page_size: int = 500
    api_username: str = "simpler-api"
    api_password: str = "made-up-password"
    operator: str = "corkwireless"
    calls: list[Call] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    _failure: Failure | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def secret(self) -> str:
        """Return what the service keeps as its secret for SIMPLer, as JSON."""
        keys = {"api_username": self.api_username, "api_password": self.api_password}
        return msgspec.json.encode(keys).decode()

    @property
    def failure(self) -> Failure | None:
        """How it misbehaves at present."""
        return self._failure

    @failure.setter
    def failure(self, failure: Failure | None) -> None:
        with self._lock:
            self._failure = failure

    def strike(self, page: int) -> Failure | None:
        """Count an answer, and return the failure that it suffers, if any."""
        with self._lock:
            failure = self._failure
            if failure is None or not failure.hits(page):
                return None
            if failure.times is not None:
                left = failure.times - 1
                self._failure = msgspec.structs.replace(failure, times=left) if left else None
            return failure
