"""Odds: how likely things are to happen at an event, and at which sort of event."""

from dataclasses import dataclass

AIMS = (
    *("after POST /v1/people:(create|batchCreate)",) * 3,
    "before POST /v1/people:(create|batchCreate)",
    "(before|after) (PATCH|POST /v1/people:batchUpdate)",
    "(before|after) (DELETE|POST /v1/people:batchDelete)",
    "(before|after) (POST|PATCH|PUT) /v1/contactGroups",
    "(before|after) GET /v1/",
    "(before|after) state.write ledgers",
    "(before|after) state.write",
    "(before|after) lease",
    "(before|after) POST /restapi",
)
"""Where an act's crashes and pauses are likeliest: at one sort of event, so that none is left out."""

AIMED = 0.4
"""How likely they are there."""

MISHAPS = (0, 1, 1, 2, 3)
"""Crashes and pauses in one act."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely things are, at any event.

    Attributes:
        kill: The process is killed.
        stop: It is stopped, for longer than its lease.
        jump: Its machine's time of day jumps.
        hang: A request is never answered.
        visit: An owner, or somebody at SIMPLer, does something.
        rival: Another process is started.
    """

    kill: float
    stop: float
    jump: float
    hang: float
    visit: float
    rival: float
