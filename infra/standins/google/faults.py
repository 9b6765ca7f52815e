"""The fault plan: which calls go wrong, when and how."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from infra.standins.google.mishap import Mishap

TOKEN_METHOD = "oauth2.token"
"""The method name of the token endpoint in a fault plan."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of the plan.

    Attributes:
        what: What goes wrong.
        method: The method it is about, such as `people.batchCreateContacts`, `oauth2.token`,
            `oauth2.authorize`, `oauth2.revoke`, `oauth2.userinfo` or `oauth2.certs`; "*" for all.
        account: The e-mail address of the account it is about; None for all.
        nth: The first call it strikes, counted from 1 when the rule is made.
        times: How many calls in a row it strikes; None for every one from then on.
        when: Before the method is carried out (an ending then means that it is not), or after. What is wrong
            with a page or a person, and what is left out, is so inside of it.
    """

    what: Mishap
    method: str = "*"
    account: str | None = None
    nth: int = 1
    times: int | None = 1
    when: Literal["before", "after"] = "before"

    def concerns(self, method: str, account: str | None) -> bool:
        """Return whether a call counts for this rule."""
        return self.method in {"*", method} and self.account in {None, account}

    def strikes(self, call: int) -> bool:
        """Return whether the call with this number, from 1, goes wrong."""
        return call >= self.nth and (self.times is None or call < self.nth + self.times)


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that strikes a call.

    Attributes:
        what: What goes wrong.
        when: Before the method is carried out, or after.
        released: Set when the plan is cleared; a call that hangs then goes on.
    """

    what: Mishap
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
        """Return the rules with the number of calls each has seen."""
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
            return Strike(fault.what.resolved(), fault.when, self._released) if fault else None
