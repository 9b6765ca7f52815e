"""Broken: builds of the service from which one of its promises was taken; the schedules must notice each."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
_CAUGHT = "Again: make chaos SEED="


@dataclass(frozen=True, slots=True)
class Build:
    """The text that is taken out, and its stead.

    Attributes:
        file: Where, from the root.
        text: What stands there.
        instead: What stands there afterwards.
        aim: Where a crash does harm, if that is at few moments: schedules crash there more often.
    """

    file: str
    text: str
    instead: str
    aim: str = ""


BUILDS: Mapping[str, Build] = {
    "no-intent": Build(
        "shared/usecases/sync/apply.py",
        "            _intend(session, part)\n",
        '            _checkpoint(session, "creating")\n',
        aim="after POST /v1/people:(create|batchCreate)",
    ),
    "no-fencing": Build(
        "shared/usecases/base/leases.py",
        "self._state.write(*writes, fence=self._lease)",
        "self._state.write(*writes)",
    ),
    "early-token": Build(
        "shared/usecases/sync/run.py",
        "                _take_in(session, target, plan, verdict)\n",
        "                session.ledger.head.token = session.token\n"
        "                session.held_lease.write(ledger_store.head_put(account.id, session.ledger))\n"
        "                _take_in(session, target, plan, verdict)\n",
        aim="after state.write ledgers",
    ),
}


def caught(name: str, seeds: int, first: int) -> bool:
    """Perform schedules against a broken build until one fails; print it, and return whether one did."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        _make(BUILDS[name], Path(folder))
        command = [sys.executable, "-m", "infra.lab.chaos", "--seeds", str(seeds), "--first", str(first)]
        command += ["--aim", BUILDS[name].aim]
        done = subprocess.run(
            [*command, "--stop-early"], cwd=folder, capture_output=True, text=True, check=False
        )
    print(done.stdout + done.stderr)
    is_caught = _CAUGHT in done.stdout
    print(f"The build {name} was {'caught' if is_caught else 'NOT caught'} within {seeds} schedules.")
    return is_caught


def _make(build: Build, folder: Path) -> None:
    """Copy the program, with what Python compiled of it, and take out what the build lacks."""
    for part in ("shared", "infra"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("gcp"))
    file = folder / build.file
    source = file.read_text()
    if source.count(build.text) != 1:
        raise SystemExit(f"{build.file} does not hold, once: {build.text!r}")
    file.write_text(source.replace(build.text, build.instead))
