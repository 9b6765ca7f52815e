"""The fault plan: which calls go wrong, when and how."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from infra.local.google.errors import error_body, name_of_status
from infra.local.google.ready_faults import READY

TOKEN_METHOD = "oauth2.token"
"""The method name of the token endpoint in a fault plan."""


class What(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong: a delay, an ending, or a delay and then an ending.

    Attributes:
        hang: Seconds to wait first; without an ending the call goes on as usual after that.
        close: End the connection without an answer.
        reset: End the connection with a TCP reset.
        status: Answer with this HTTP status.
        body: Its body: JSON, or a string for anything else. By default Google's usual one.
        headers: Its headers, such as `Retry-After`.
        ready: Answer with one of the ready-made errors (`ready_faults.READY`).
    """

    hang: float = 0
    close: bool = False
    reset: bool = False
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = {}
    ready: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: There is nothing that goes wrong, more than one ending, or no such ready-made error.
        """
        endings = sum((self.close, self.reset, self.status is not None, self.ready is not None))
        if endings > 1 or (endings == 0 and not self.hang):
            raise ValueError("say one of close, reset, status and ready, or hang, or hang and one of them")
        if self.ready is not None and self.ready not in READY:
            raise ValueError(f"ready is one of {', '.join(sorted(READY))}")

    def answer(self) -> tuple[int, Any, Mapping[str, str]] | None:
        """HTTP status, body and headers, None when there is none."""
        if self.ready is not None:
            http, body = READY[self.ready]
            return http, body, self.headers
        if self.status is None:
            return None
        name = name_of_status(self.status)
        body = error_body(self.status, name, f"Planned fault: {name}.") if self.body is None else self.body
        return self.status, body, self.headers


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of the plan.

    Attributes:
        what: What goes wrong.
        method: The method it is about, such as `people.batchCreateContacts`, `oauth2.token`,
            `oauth2.authorize`, `oauth2.revoke`, `oauth2.userinfo` or `oauth2.certs`; "*" for all.
        account: The e-mail address of the account it is about; None for all.
        nth: The first call it strikes, counted from 1 when the rule is made.
        times: How many calls in a row it strikes; None for every one from then on.
        when: Before the method is carried out (an ending then means that it is not), or after.
    """

    what: What
    method: str = "*"
    account: str | None = None
    nth: int = 1
    times: int | None = 1
    when: Literal["before", "after"] = "before"

    def concerns(self, method: str, account: str | None) -> bool:
        """Whether a call counts for this rule."""
        return self.method in {"*", method} and self.account in {None, account}

    def strikes(self, call: int) -> bool:
        """Whether the call with this number, from 1, goes wrong."""
        return call >= self.nth and (self.times is None or call < self.nth + self.times)


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that strikes a call.

    Attributes:
        what: What goes wrong.
        when: Before the method is carried out, or after.
        released: Set when the plan is cleared; a call that hangs then goes on.
    """

    what: What
    when: Literal["before", "after"]
    released: threading.Event


@dataclass(slots=True)
class _Rule:
    """A fault and how many calls it has seen."""

    fault: Fault
    seen: int = 0


class FaultPlan:
    """The rules, and how many calls each has seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._released = threading.Event()

    def add(self, faults: Sequence[Fault]) -> None:
        """Add rules; of several that strike the same call the first one does."""
        with self._lock:
            self._rules.extend(_Rule(fault) for fault in faults)

    def clear(self) -> None:
        """Let everything go right again; calls that hang go on at once."""
        with self._lock:
            self._rules.clear()
            self._released.set()
            self._released = threading.Event()

    def rules(self) -> list[dict[str, Any]]:
        """The rules with the number of calls each has seen."""
        with self._lock:
            return [{**msgspec.to_builtins(rule.fault), "seen": rule.seen} for rule in self._rules]

    def take(self, method: str, account: str | None) -> Strike | None:
        """Count a call and give what strikes it."""
        with self._lock:
            concerned = [rule for rule in self._rules if rule.fault.concerns(method, account)]
            for rule in concerned:
                rule.seen += 1
            striking = (rule.fault for rule in concerned if rule.fault.strikes(rule.seen))
            fault = next(striking, None)
            return Strike(fault.what, fault.when, self._released) if fault else None
