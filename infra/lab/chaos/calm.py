"""Calm: at the end what went wrong is well again and nobody interferes; then everything must come right.

At most two runs may have something to do, the next one writes nothing. Removals that the guard refuses are
let through as a person would: by a preview's token.
"""

import json
from typing import Any

import msgspec

from infra.lab.chaos.verdict import expected_of, judge
from infra.lab.chaos.world import World, secrets_of
from infra.standins.google import Lag
from shared.adapters.local.clock import SystemClock
from shared.adapters.local.vault import Vault
from shared.adapters.simpler.source import SimplerSource
from shared.usecases.sync.missing import LAG

MOST_RUNS = 2
"""Calm runs that may have something to do."""

MOST_PERMITS = 3
"""Runs in which a person lets removals through."""

SETTLED = 3600.0
"""Seconds after which no creation is in doubt and nothing lags any more."""

RECOVERED = 26 * 3600.0
"""Seconds after which no quota is used up any more."""


def calm_down(world: World) -> None:
    """Let everything come right, and see whether it has."""
    _mend(world)
    needed = 0
    while (outcome := _run(world)) is not None:
        needed += 1
        if needed > MOST_RUNS:
            world.report("restless", f"calm run {needed} still wrote: {outcome}")
            break
    world.tally[f"extra runs: {needed}"] += 1
    _judge(world)


def _mend(world: World) -> None:
    for name, times in world.fault_plan.clear().items():
        world.tally[f"fault: {name}"] += times
    world.tell_google("rules", lag=msgspec.to_builtins(Lag()), max_contacts=25_000)
    for owner in world.owners:
        world.tell_google(f"accounts/{owner.email}/long-quota", seconds=0)
    world.provider.recover()
    world.consent()
    world.pass_time(SETTLED)
    world.note("calm")


def _run(world: World) -> str | None:
    """Run once, and again for what a person allows; return None when nothing was written."""
    before = world.counters()["writes"]
    outcome = _outcome(world, "run")
    if any(account["code"] == "google.quota_long" for account in outcome["accounts"]):
        world.pass_time(RECOVERED)
        outcome = _outcome(world, "run")
    if any(account["code"] == "google.incomplete" for account in outcome["accounts"]):
        world.pass_time(
            LAG
        )  # whether the account is empty is told by a second list, for which its task comes again
        outcome = _outcome(world, "run")
    for _ in range(MOST_PERMITS):
        if not any(account["refused"] for account in outcome["accounts"]):
            break
        outcome = _permitted(world)
    wrote = world.counters()["writes"] - before
    if wrote:
        return f"{outcome['state']} {outcome['reason']}"
    if outcome["state"] != "complete" and outcome["code"] != "simpler.empty":
        world.report(
            "incomplete", f"a calm run that wrote nothing was {outcome['state']}: {outcome['reason']}"
        )
    return None


def _permitted(world: World) -> dict[str, Any]:
    """Look at a preview, as a person does, and allow exactly its removals."""
    world.tally["permits"] += 1
    ended = world.do("preview")
    token = ended["result"]["token"]
    body = {"wisp": world.wisp.id, "by": "mary@example.com", "allow": token}
    return _outcome(world, "task", body=body)


def _outcome(world: World, kind: str, **arguments: Any) -> dict[str, Any]:
    ended = world.do(kind, **arguments)
    outcome: dict[str, Any] = ended.get("result") or {
        "state": "failed",
        "code": ended.get("reason", ""),
        "reason": ended.get("reason", ""),
        "accounts": [],
    }
    world.note(f"{outcome['state']} {outcome['reason']}".rstrip())
    return outcome


def _judge(world: World) -> None:
    source = SimplerSource(world.wisp, Vault(world.site.vault), SystemClock())
    everybody = expected_of(source, world.wisp)
    for account, owner in zip(world.accounts, world.owners, strict=True):
        expected, strayed = everybody, frozenset(world.provider.strayed)
        if account.id in world.scopes:  # anybody may have been outside for a while
            expected = expected_of(source, world.wisp, world.scopes[account.id])
            strayed |= everybody.fields.keys()
        world.report_all(judge(expected, owner.snapshot(), owner.diary, strayed))
    state = json.dumps(world.database.everything())
    for secret in secrets_of(world):
        if secret in state:
            world.report("secret", "the state holds a secret")
    if world.plan.rules.quota is None:
        return
    used = world.counters()["quota"]
    refused = {metric: use["refused"] for metric, use in used.items() if use["refused"]}
    world.tally["requests beyond quota"] += sum(refused.values())
    excuses = ("requests by stale holders", "clock jumps", "requests sent late")
    if refused and not any(world.tally[excuse] for excuse in excuses):
        world.report("quota", f"requests were beyond Google's quota: {refused}")
