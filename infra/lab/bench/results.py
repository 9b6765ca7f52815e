"""Results: what was measured, kept in a file, so that a part can be measured anew by itself."""

from pathlib import Path

import msgspec

from infra.lab.bench.cold_start import Profile, Start
from infra.lab.bench.pacing import Pacing
from infra.lab.bench.peers.race import Lap
from infra.lab.bench.scenario import Result
from shared.typed import from_json

FILE = Path(".local/bench/results.json")


class Results(msgspec.Struct):
    """Everything, by part.

    Attributes:
        machine: On what it was measured.
        nights: What runs cost.
        laps: What the same work cost in other ways.
        skipped: Why other programs were not compared with; empty if they were.
        pacing: How much of the quota was used.
        starts: How functions start.
        profiles: How long their imports take.
    """

    machine: str = ""
    nights: list[Result] = []
    laps: list[Lap] = []
    skipped: str = ""
    pacing: list[Pacing] = []
    starts: list[Start] = []
    profiles: list[Profile] = []


def load() -> Results:
    """Return what was measured so far."""
    return from_json(FILE.read_bytes(), Results) if FILE.exists() else Results()


def save(results: Results) -> None:
    """Keep it."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
