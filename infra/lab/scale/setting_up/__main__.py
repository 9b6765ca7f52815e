"""Setting up: WISPs set up by the API on Google's Firestore emulator.

``python -m infra.lab.scale.setting_up``. The function `wisp_settings` is called over HTTP as SIMPLer would
call it, by several callers at once. It writes to the emulator with Google's client and to Secret Manager's
stand-in over gRPC, and lists the customers of SIMPLer's stand-in for each WISP. All of it shares this
machine's processors.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import requests
from google.cloud.firestore import Client

from infra.lab.chaos.emulator import emulator
from infra.sandbox.demo.processes import free_ports, program
from infra.standins.cloud.secret_server import secret_manager
from infra.standins.simpler.generator import make_customers
from infra.standins.simpler.standin import SimplerStandIn
from shared.adapters.google.firestore.client import open_firestore

PROJECT = "demo"
CUSTOMERS = 20
CALLERS = 8
"""Calls at once; one function's instances share two processors here."""

_USER = {"id": "17", "email": "mary@wisp.example", "rights": ["user->gcontact"]}


@dataclass(frozen=True, slots=True)
class SetUp:
    """The time and documents that it took.

    Attributes:
        wisps: How many were set up.
        seconds: From the first call to the last answer.
        calls: Seconds of each call, shortest first.
        documents: How many there are of each collection afterwards.
    """

    wisps: int
    seconds: float
    calls: list[float]
    documents: Mapping[str, int]

    def lines(self) -> Iterator[str]:
        """Yield what to tell."""
        yield f"{self.wisps:,} WISPs in {self.seconds:.0f} s: {self.wisps / self.seconds:.1f} a second"
        yield f"a call: median {statistics.median(self.calls) * 1000:.0f} ms, longest {self.calls[-1]:.1f} s"
        each = {name: f"{count / self.wisps:g} a WISP" for name, count in self.documents.items()}
        yield f"documents: {sum(self.documents.values()):,} ({each})"


def set_up(folder: Path, wisps: int) -> SetUp:
    """Set so many WISPs up, each in a call of its own; raise `SystemExit` when one is refused."""
    with _service(folder) as (address, simpler), ThreadPoolExecutor(CALLERS) as pool:
        start = time.perf_counter()
        calls = sorted(pool.map(partial(_call, address, simpler), range(wisps)))
        seconds = time.perf_counter() - start
        return SetUp(wisps, seconds, calls, _documents(open_firestore(PROJECT, "(default)")))


def _call(address: str, simpler: SimplerStandIn, number: int) -> float:
    """Set one WISP up; return the seconds."""
    settings = {
        "name": f"WISP {number}",
        "country": "IE",
        "time_zone": "Europe/Dublin",
        "simpler_url": simpler.api,
        "simpler_operator": simpler.state.operator,
        "simpler_profile": {"listing": {"paging": {"style": "all"}}},
    }
    body: dict[str, Any] = {
        "wisp": f"wisp-{number:05}",
        "user": _USER,
        "do": "save",
        "settings": settings,
        "credentials": {
            "api_username": simpler.state.api_username,
            "api_password": simpler.state.api_password,
        },
    }
    start = time.perf_counter()
    answer = requests.post(f"{address}/wisp_settings/", json=body, timeout=60)
    if not answer.ok or not answer.json()["saved"]:
        raise SystemExit(f"WISP {number} was not set up: {answer.text}")
    return time.perf_counter() - start


@contextmanager
def _service(folder: Path) -> Iterator[tuple[str, SimplerStandIn]]:
    """Run the functions, with everything that they write to; gives their address, and SIMPLer."""
    [port] = free_ports(1)
    with ExitStack() as stack:
        stack.enter_context(emulator(folder / "emulator.log"))
        secrets = stack.enter_context(secret_manager(0))
        simpler = stack.enter_context(SimplerStandIn(make_customers(CUSTOMERS, seed=2026)))
        settings = {
            "STATE_URL": f"firestore://{PROJECT}/(default)",
            "SECRETS_URL": f"secretmanager://{PROJECT}",
            "SECRET_MANAGER_ENDPOINT": secrets,
            "CALLER_MODE": "open",
        }
        command = ("infra.sandbox.functions", "--port", str(port))
        yield (
            stack.enter_context(program(folder / "functions.log", port, *command, settings=settings)),
            simpler,
        )


def _documents(client: Client) -> dict[str, int]:
    """Count the documents of each collection."""
    counts: dict[str, Any] = {
        "settings": client.collection("wisps"),
        "history": client.collection_group("history"),
        "leases": client.collection("leases"),
    }
    return {name: int(count.count().get()[0][0].value) for name, count in counts.items()}


def main() -> None:
    """Set them up, and tell what it took."""
    parser = argparse.ArgumentParser(prog="python -m infra.lab.scale.setting_up", description=__doc__)
    parser.add_argument("--wisps", type=int, default=10_000, help="how many (default: %(default)s)")
    with tempfile.TemporaryDirectory() as folder:
        for line in set_up(Path(folder), parser.parse_args().wisps).lines():
            print(line, flush=True)


if __name__ == "__main__":
    main()
