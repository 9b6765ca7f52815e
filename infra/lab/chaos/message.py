"""Messages: what a process tells the coordinator, and what it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["step", "born", "waits", "ended"]
Phase = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Event:
    """The point that a thread of a process has come to.

    Attributes:
        kind: "step": it stands before or after something; "born": it begins; "waits": for the end of another
            thread; "ended".
        actor: The thread's number; 0 is the first one.
        phase: Of a step.
        what: Of a step: a request, a write …
        account: In which account it is at work.
        facts: What the coordinator needs to know of it.
    """

    kind: Kind
    actor: int
    phase: Phase = "before"
    what: str = ""
    account: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        where = f" in {self.account}" if self.account else ""
        raised = f" ({self.facts['raised']})" if "raised" in self.facts else ""
        return f"{self.phase} {self.what}{where}{raised}"


@dataclass(frozen=True, slots=True)
class Grant:
    """The leave for one thread of a process to go on.

    Attributes:
        actor: The thread's number.
        answer: What the step it stood at comes to, where the coordinator decides that.
        skew: Seconds by which the process's time of day is wrong from now on.
    """

    actor: int
    answer: Any = None
    skew: float = 0
