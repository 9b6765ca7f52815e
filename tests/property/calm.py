"""Calm: after a story what went wrong is well again; then everything must come right, and stay so."""

from collections.abc import Iterator

import msgspec

from infra.lab.chaos.verdict import Finding, expected_of, judge
from infra.standins.google import Lag
from shared.adapters.simpler.source import SimplerSource
from shared.domain.model.run import RunOutcome
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.property.system_model import System

MOST_RUNS = 2
"""Calm runs that may have something to do.

A contact that is put back into the label has a new etag by that; so it is compared with its customer at the
run after.
"""

MOST_PERMITS = 3
"""Times in a row that a person lets removals through: those that a lost contact hid show at the next run."""

RECOVERED = 26 * 3600.0
"""Seconds after which no lease is held, no quota is used up, and nothing lags or is in doubt any more."""

MINUTE = 61.0
"""Seconds after which the quotas of a minute are free again: nobody counts what a preview asks."""


def calm_down(system: System) -> list[str]:
    """Let everything come right; gives what has not, and what never should have happened, as lines."""
    _mend(system)
    found = [*system.findings, *_runs(system), *_judged(system)]
    return [f"{finding.kind}: {finding.sentence}" for finding in found]


def _mend(system: System) -> None:
    google = system.stage.google.world
    google.faults.clear()
    google.rules = msgspec.structs.replace(google.rules, lag=Lag(), max_contacts=25_000)
    system.provider.recover()
    for number, account in enumerate(system.accounts):
        system.consent(number)
        google.accounts[account.email].exhaust(0)
    system.tasks.tasks.clear()
    system.pass_time(RECOVERED)


def _runs(system: System) -> Iterator[Finding]:
    """Run until a run writes nothing; that must come soon, and be complete."""
    for _ in range(MOST_RUNS + 1):
        before = _writes(system)
        outcome = _run(system)
        if _writes(system) == before:
            if outcome.state != "complete" and outcome.code != "simpler.empty":
                yield Finding("incomplete", f"nothing to write, and {outcome.state}: {outcome.reason}")
            return
    yield Finding("restless", f"calm run {MOST_RUNS + 1} still wrote; it was {outcome.state}")


def _run(system: System) -> RunOutcome:
    """Run once, and again for what a person allows of what the guard refused."""
    outcome = _undisturbed(system)
    for _ in range(MOST_PERMITS):
        if not any(account.refused for account in outcome.accounts):
            break
        system.pass_time(MINUTE)
        allow = preview_sync(system.services, system.wisp.id).token
        system.pass_time(MINUTE)
        outcome = _undisturbed(system, allow)
    return outcome


def _undisturbed(system: System, allow: str = "") -> RunOutcome:
    request = SyncWisp(system.wisp.id, allow=allow)
    outcome = system.process(lambda services: sync_wisp(services, request))
    assert isinstance(outcome, RunOutcome), "nobody else has the lease"
    return outcome


def _writes(system: System) -> int:
    return int(system.stage.google.world.counters()["writes"])


def _judged(system: System) -> Iterator[Finding]:
    """Yield what the accounts hold now, and what Google counted all the time."""
    expected = expected_of(SimplerSource(system.wisp, system.stage.vault, system.stage.clock), system.wisp)
    strayed = frozenset(system.provider.strayed)
    for owner in system.owners:
        yield from judge(expected, owner.snapshot(), owner.diary, strayed)
    if system.services.state.find(f"wisps/{system.wisp.id}/presses"):
        yield Finding("press", "a press of a customer's button was never worked off")
    counters = system.stage.google.world.counters()
    if counters["overlapping_writes"]:
        yield Finding("overlap", "two requests wrote to one account at once")
    for metric, use in counters["quota"].items():
        if use["refused"]:
            yield Finding("quota", f"{use['refused']} requests were beyond {metric}")
