"""Calm: after the play, what went wrong is well again and nobody interferes; then everything must come right.

At most two runs may have something to do, the next one writes nothing. Removals that the guard refuses are
let through as a person would: by a preview's token.
"""

import json
from typing import Any

import msgspec

from infra.lab.chaos.scene import Scene, secrets_of
from infra.lab.chaos.verdict import expected_of, judge
from infra.standins.google import Lag
from shared.adapters.local.clock import SystemClock
from shared.adapters.local.vault import Vault
from shared.adapters.simpler.source import SimplerSource

MOST_RUNS = 2
"""Calm runs that may have something to do."""

MOST_PERMITS = 3
"""Runs in which a person lets removals through."""

SETTLED = 3600.0
"""Seconds after which no creation is in doubt and nothing lags any more."""

RECOVERED = 26 * 3600.0
"""Seconds after which no quota is used up any more."""


def calm_down(scene: Scene) -> None:
    """Let everything come right, and see whether it has."""
    _mend(scene)
    needed = 0
    while (outcome := _run(scene)) is not None:
        needed += 1
        if needed > MOST_RUNS:
            scene.report("restless", f"calm run {needed} still wrote: {outcome}")
            break
    scene.tally[f"extra runs: {needed}"] += 1
    _judge(scene)


def _mend(scene: Scene) -> None:
    for name, times in scene.weather.clear().items():
        scene.tally[f"fault: {name}"] += times
    scene.tell_google("rules", lag=msgspec.to_builtins(Lag()), max_contacts=25_000)
    for owner in scene.owners:
        scene.tell_google(f"accounts/{owner.email}/long-quota", seconds=0)
    scene.provider.recover()
    scene.consent()
    scene.pass_time(SETTLED)
    scene.note("calm")


def _run(scene: Scene) -> str | None:
    """Run once, and again for what a person allows; return None when nothing was written."""
    before = scene.counters()["writes"]
    outcome = _outcome(scene, "run")
    if any(account["code"] == "google.quota_long" for account in outcome["accounts"]):
        scene.pass_time(RECOVERED)
        outcome = _outcome(scene, "run")
    for _ in range(MOST_PERMITS):
        if not any(account["refused"] for account in outcome["accounts"]):
            break
        outcome = _permitted(scene)
    wrote = scene.counters()["writes"] - before
    if wrote:
        return f"{outcome['state']} {outcome['reason']}"
    if outcome["state"] != "complete" and outcome["code"] != "simpler.empty":
        scene.report(
            "incomplete", f"a calm run that wrote nothing was {outcome['state']}: {outcome['reason']}"
        )
    return None


def _permitted(scene: Scene) -> dict[str, Any]:
    """Look at a preview, as a person does, and allow exactly its removals."""
    scene.tally["permits"] += 1
    ended = scene.do("preview")
    token = ended["result"]["token"]
    body = {"wisp": scene.wisp.id, "by": "mary@example.com", "allow": token}
    return _outcome(scene, "task", body=body)


def _outcome(scene: Scene, kind: str, **arguments: Any) -> dict[str, Any]:
    ended = scene.do(kind, **arguments)
    outcome: dict[str, Any] = ended.get("result") or {
        "state": "failed",
        "code": ended.get("reason", ""),
        "reason": ended.get("reason", ""),
        "accounts": [],
    }
    scene.note(f"{outcome['state']} {outcome['reason']}".rstrip())
    return outcome


def _judge(scene: Scene) -> None:
    source = SimplerSource(scene.wisp, Vault(scene.site.vault), SystemClock())
    everybody = expected_of(source, scene.wisp)
    for account, owner in zip(scene.accounts, scene.owners, strict=True):
        expected, strayed = everybody, frozenset(scene.provider.strayed)
        if account.id in scene.scopes:  # anybody may have been outside for a while
            expected = expected_of(source, scene.wisp, scene.scopes[account.id])
            strayed |= everybody.fields.keys()
        scene.report_all(judge(expected, owner.snapshot(), owner.diary, strayed))
    state = json.dumps(scene.database.everything())
    for secret in secrets_of(scene):
        if secret in state:
            scene.report("secret", "the state holds a secret")
    if scene.plan.rules.quota is None:
        return
    used = scene.counters()["quota"]
    refused = {metric: use["refused"] for metric, use in used.items() if use["refused"]}
    scene.tally["requests beyond quota"] += sum(refused.values())
    excuses = ("requests by stale holders", "clock jumps", "requests sent late")
    if refused and not any(scene.tally[excuse] for excuse in excuses):
        scene.report("quota", f"requests were beyond Google's quota: {refused}")
