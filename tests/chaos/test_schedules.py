"""Schedules in small numbers, the same twice, and broken builds that do not get through."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.lab.chaos.broken import BUILDS

ROOT = Path(__file__).parents[2]

CATCHES = {"no-intent": 0, "no-fencing": 5, "early-token": 53}
"""A schedule that notices each broken build."""


def chaos(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Perform schedules as `make chaos` does."""
    command = [sys.executable, "-m", "infra.lab.chaos", *arguments]
    settings = os.environ | {"PYTHONHASHSEED": "0"}
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)


def test_schedules_do_no_harm() -> None:
    """After crashes, pauses and rivals everything comes right, on SQLite."""
    done = chaos("--seeds", "6", "--state", "sqlite")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "schedules                                        6" in done.stdout


def test_schedules_do_no_harm_on_firestore(firestore_emulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schedules do no harm on Google's Firestore emulator either."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    done = chaos("--seeds", "2", "--state", "firestore")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_seed_replays_exactly() -> None:
    """One seed gives the same events in the same order, every time."""
    first, second = chaos("--seed", "4"), chaos("--seed", "4")
    assert first.stdout.count("\n") > 100
    assert first.stdout == second.stdout


@pytest.mark.parametrize("build", sorted(BUILDS))
def test_a_broken_build_is_caught(build: str) -> None:
    """Without intents, without fencing, or with a token that is saved early, harm is done and noticed."""
    done = chaos("--broken", build, "--seeds", "1", "--first", str(CATCHES[build]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"The build {build} was caught" in done.stdout
