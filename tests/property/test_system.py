"""The whole system under random stories: SIMPLer, accounts, Google's faults, users, crashes, time."""

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from infra.lab.chaos.fault_plan import FAULTS, FITTING, METHODS
from infra.standins.google import Fault, Lag, Mishap, Quota, Rules
from infra.standins.google.wording import FORMS
from tests.property.calm import calm_down
from tests.property.stage import Stage, a_stage
from tests.property.system_model import REUSE, System
from tests.world import customer

AT_SIMPLER = (
    "customers come",
    "a customer changes",
    "a customer leaves",
    "a customer is deleted",
    "a customer comes back",
    "a record is odd",
    "records change places",
    "the list shrinks",
    "the list recovers",
    "SIMPLer fails",
    REUSE,
)
AT_GOOGLE = (
    "adds a contact",
    "edits a contact",
    "deletes a contact",
    "labels a contact",
    "adds to ours",
    "changes ours",
    "renames ours",
    "takes from ours",
    "notes on ours",
    "stars ours",
    "labels ours",
    "unlabels ours",
    "deletes ours",
    "merges ours",
    "merges ours and own",
    "links ours",
    "renames the label",
    "deletes the label",
    "copies ours",
    "restores ours",
    "restores a contact",
    "takes ours off My Contacts",
    "a phone saves ours",
    "a phone saves a contact",
    "undoes changes",
)
AFTERWARDS = ("closed", "reset", "internal", "unavailable")
"""Faults that may also come after the effect; a refusal then would be a lie."""

SLOW = (
    Lag(sync=300, listing=240, get=20, labels=300, label=20),
    Lag(sync=120, labels=540),
    Lag(sync=30, listing=60),
)
LONG = settings.get_current_profile_name() == "long"
"""Thousands of stories, others each time, and longer ones: with --hypothesis-profile=long."""

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

USUAL = Quota()
TIGHT = Quota(critical_reads=14, critical_writes=8, write_requests=10, group_reads=4)

picks = st.integers(0, 99)
which = st.integers(0, 2)
waits = st.sampled_from((1, DAY, 11 * MINUTE, MINUTE, HOUR, 8 * DAY))
lives = st.none() | st.integers(0, 40)
users = st.tuples(which, st.sampled_from(AT_GOOGLE), picks)
visits = st.none() | st.tuples(st.integers(0, 25), users)
worlds = st.builds(
    Rules,
    missing_in_batch_delete=st.sampled_from(("refuse", "ignore")),
    shuffle_answers=st.booleans(),
    expired_sync_token=st.sampled_from(("400 INVALID_ARGUMENT", "400 FAILED_PRECONDITION", "410")),
    max_contacts=st.sampled_from((25_000, 25_000, 12)),
    quota=st.sampled_from((USUAL, TIGHT)),
    lag=st.sampled_from((Lag(), *SLOW)),
    wordings=st.just(()) | st.lists(st.sampled_from(FORMS), max_size=4, unique=True).map(tuple),
)

Visit = tuple[int, tuple[int, str, int]] | None
"""At which step of a process a user does something, and what."""


class Story(RuleBasedStateMachine):
    """Anything may happen, in any order; then all is calm, and everything must be right.

    Attributes:
        stage: The servers.
        accounts: How many Google accounts there are to begin with; more may be connected.
    """

    stage: Stage
    accounts: int

    def __init__(self) -> None:
        super().__init__()
        self._system: System

    @initialize(
        customers=st.sampled_from((3, 6, 8, 45)),
        rules=worlds,
        night=st.booleans(),
    )
    def begin(self, customers: int, rules: Rules, night: bool) -> None:
        self._system = System.of(self.stage, customers, rules)
        for _ in range(self.accounts - 1):
            self._system.connect()
        if night:
            self._system.run()

    @rule(wait=waits, life=lives, visit=visits)
    def run(self, wait: float, life: int | None, visit: Visit) -> None:
        self._system.pass_time(wait)
        self._system.run(life, self._visits(visit))

    @rule(wait=waits, pick=picks, life=lives, visit=visits)
    def press(self, wait: float, pick: int, life: int | None, visit: Visit) -> None:
        self._system.pass_time(wait)
        self._system.press(pick, life, self._visits(visit))

    @rule(wait=waits, life=lives, visit=visits)
    def button(self, wait: float, life: int | None, visit: Visit) -> None:
        self._system.pass_time(wait)
        self._system.button()
        self._system.deliver(life, self._visits(visit))

    @rule(life=lives, visit=visits)
    def deliver(self, life: int | None, visit: Visit) -> None:
        self._system.deliver(life, self._visits(visit))

    @rule(deeds=st.lists(st.tuples(st.sampled_from(AT_SIMPLER), picks), min_size=1, max_size=4))
    def simpler(self, deeds: list[tuple[str, int]]) -> None:
        for deed, pick in deeds:
            self._system.at_simpler(deed, pick)

    @rule(deeds=st.lists(users, min_size=1, max_size=4))
    def users(self, deeds: list[tuple[int, str, int]]) -> None:
        for number, deed, pick in deeds:
            self._system.at_google(number, deed, pick)

    @rule(
        name=st.sampled_from(FAULTS),
        anywhere=st.sampled_from(("*", *METHODS)),
        nth=st.integers(1, 5),
        times=st.sampled_from((1, 2, 5)),
        late=st.booleans(),
    )
    def fault(self, name: str, anywhere: str, nth: int, times: int, late: bool) -> None:
        method = FITTING.get(name, (anywhere,))[0]
        after = late and name in AFTERWARDS and method != "oauth2.token"
        when: Literal["before", "after"] = "after" if after else "before"
        self._system.plan_fault(Fault(Mishap(ready=name), method, nth=nth, times=times, when=when))

    @rule(what=st.sampled_from(("connect", "revoke", "consent")), number=which)
    def account(self, what: str, number: int) -> None:
        match what:
            case "connect":
                self._system.connect()
            case "revoke":
                self._system.revoke(number % len(self._system.accounts))
            case _:
                self._system.consent(number % len(self._system.accounts))

    def _visits(self, visit: Visit) -> Mapping[int, Callable[[], None]]:
        if visit is None:
            return {}
        step, (number, deed, pick) = visit
        return {step: lambda: self._system.at_google(number, deed, pick)}

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            assert calm_down(self._system) == []


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The servers of this worker."""
    with a_stage(tmp_path_factory.mktemp("system")) as stage:
        yield stage


def effort() -> settings:
    """Return settings for the same few stories each time."""
    if LONG:
        return settings(stateful_step_count=20, suppress_health_check=list(HealthCheck))
    return settings(
        max_examples=20,
        stateful_step_count=8,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def test_no_request_goes_beyond_what_google_counts(stage: Stage) -> None:
    """By its own clock, in no quota: a first fill, then nights of new, changed and deleted customers."""
    system, customers = System.of(stage, 3, Rules(quota=TIGHT)), stage.simpler.state.customers
    customers.replace([customer(n) for n in range(1, 31)])
    system.run()
    changed = [customer(n, mobile=f"086 {2_000_000 + n}") for n in range(9, 21)]
    customers.replace([*changed, *(customer(n) for n in range(21, 46))])
    system.run()
    customers.replace([*changed[8:], *(customer(n) for n in range(21, 46))])
    system.run()
    quota = stage.google.world.counters()["quota"]

    assert {metric: use["refused"] for metric, use in quota.items() if use["refused"]} == {}
    used = {metric: (use["used"], use["peak"]) for metric, use in quota.items()}
    assert used["critical_writes"] == (18, 6)
    assert used["write_requests"] == (1 + 2 * 10, 10)


@pytest.mark.timeout(0 if LONG else 600)
@pytest.mark.parametrize("accounts", [1, 2])
def test_whatever_happens_everything_comes_right(stage: Stage, accounts: int) -> None:
    """After any story every customer is there once, the users' own is untouched, and no quota was passed."""

    class StoryHere(Story):
        pass

    StoryHere.stage, StoryHere.accounts = stage, accounts
    run_state_machine_as_test(StoryHere, settings=effort())
