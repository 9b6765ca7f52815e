"""The whole system under random stories: SIMPLer, accounts, Google's faults, users, crashes, time."""

from collections.abc import Callable, Iterator, Mapping
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from infra.local.chaos.weather import FAULTS
from infra.local.google import Fault, Lag, Rules, What
from tests.property.system_model import HOUR, TIGHT, USUAL, Stage, System, a_stage, told

AT_SIMPLER = (
    "a customer comes",
    "a customer changes",
    "a customer leaves",
    "a customer is deleted",
    "a customer comes back",
    "a record is odd",
    "records change places",
    "the list shrinks",
    "the list recovers",
    "SIMPLer fails",
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
)
METHODS = (
    "*",
    "oauth2.token",
    "people.connections.list",
    "people.getBatchGet",
    "people.createContact",
    "people.batchCreateContacts",
    "people.updateContact",
    "people.batchUpdateContacts",
    "people.deleteContact",
    "people.batchDeleteContacts",
    "contactGroups.list",
    "contactGroups.create",
    "contactGroups.members.modify",
)
AFTERWARDS = ("closed", "reset", "internal", "unavailable")
"""Faults that may also come after the effect; a refusal then would be a lie."""

SLOW = (Lag(sync=300, listing=240, get=20), Lag(sync=120), Lag(sync=30, listing=60))
MINUTE, DAY = 60.0, 24 * HOUR

picks = st.integers(0, 99)
which = st.integers(0, 2)
lives = st.none() | st.integers(0, 40)
visits = st.none() | st.tuples(st.integers(0, 25), which, st.sampled_from(AT_GOOGLE), picks)
worlds = st.builds(
    Rules,
    missing_in_batch_delete=st.sampled_from(("refuse", "ignore")),
    shuffle_answers=st.booleans(),
    expired_sync_token=st.sampled_from(("400 INVALID_ARGUMENT", "400 FAILED_PRECONDITION", "410")),
    max_contacts=st.sampled_from((25_000, 25_000, 12)),
    quota=st.sampled_from((USUAL, TIGHT)),
    lag=st.sampled_from((Lag(), *SLOW)),
)


class Story(RuleBasedStateMachine):
    """Anything may happen, in any order; then all is calm, and everything must be right."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self._system: System

    @initialize(
        customers=st.sampled_from((3, 6, 8, 45)),
        rules=worlds,
        accounts=st.sampled_from((1, 1, 2, 3)),
        night=st.booleans(),
    )
    def begin(self, customers: int, rules: Rules, accounts: int, night: bool) -> None:
        self._system = System.of(self.stage, customers, rules)
        for _ in range(accounts - 1):
            self._system.connect()
        if night:
            self._system.run()

    @rule(life=lives, visit=visits)
    def run(self, life: int | None, visit: tuple[int, int, str, int] | None) -> None:
        self._system.run(life, self._visits(visit))

    @rule()
    def button(self) -> None:
        self._system.button()

    @rule(life=lives, visit=visits)
    def deliver(self, life: int | None, visit: tuple[int, int, str, int] | None) -> None:
        self._system.deliver(life, self._visits(visit))

    @rule(pick=picks, life=lives)
    def press(self, pick: int, life: int | None) -> None:
        self._system.press(pick, life)

    @rule(deed=st.sampled_from(AT_SIMPLER), pick=picks)
    def simpler(self, deed: str, pick: int) -> None:
        self._system.at_simpler(deed, pick)

    @rule(pick=picks)
    def reuse_id(self, pick: int) -> None:
        self._system.reuse_id(pick)

    @rule(number=which, deed=st.sampled_from(AT_GOOGLE), pick=picks)
    def user(self, number: int, deed: str, pick: int) -> None:
        self._system.at_google(number, deed, pick)

    @rule(
        name=st.sampled_from(FAULTS),
        method=st.sampled_from(METHODS),
        nth=st.integers(1, 5),
        times=st.sampled_from((1, 2, 5)),
        late=st.booleans(),
    )
    def fault(self, name: str, method: str, nth: int, times: int, late: bool) -> None:
        after = late and name in AFTERWARDS and method != "oauth2.token"
        self._system.plan_fault(
            Fault(What(ready=name), method, nth=nth, times=times, when="after" if after else "before")
        )

    @rule(seconds=st.sampled_from((MINUTE, 5 * MINUTE, 11 * MINUTE, HOUR, DAY, 8 * DAY)))
    def time(self, seconds: float) -> None:
        self._system.pass_time(seconds)

    @rule(number=which)
    def revoke(self, number: int) -> None:
        self._system.revoke(number % len(self._system.accounts))

    @rule(number=which)
    def consent(self, number: int) -> None:
        self._system.consent(number % len(self._system.accounts))

    @rule()
    def connect(self) -> None:
        self._system.connect()

    def _visits(self, visit: tuple[int, int, str, int] | None) -> Mapping[int, Callable[[], None]]:
        if visit is None:
            return {}
        step, number, deed, pick = visit
        return {step: lambda: self._system.at_google(number, deed, pick)}

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self._system.calm_down()
            assert told(self._system.findings) == []


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("system")) as stage:
        yield stage


def test_whatever_happens_everything_comes_right(stage: Stage) -> None:
    """After any story every customer is there once, everything of the users is left, no quota was passed."""
    machine = type("Story", (Story,), {"stage": stage})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=400, stateful_step_count=10, suppress_health_check=list(HealthCheck)),
    )
