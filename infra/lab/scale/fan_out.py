"""Fan-out: how long the nightly start of many wisps takes over HTTP, with Cloud Tasks' stand-in far away."""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from infra.lab.scale.queue import NAME, TARGET
from infra.lab.scale.settings import settings
from infra.sandbox.demo.processes import free_ports, program
from shared.adapters.google.cloud_tasks import open_cloud_tasks
from shared.bootstrap import build
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.services import Services
from shared.usecases.runs.nightly import sync_all

LATENCY = 0.03
"""Seconds before each of Cloud Tasks' answers."""

TIME_ZONE = "Europe/Dublin"


@dataclass(frozen=True, slots=True)
class FanOut:
    """The time and requests of starting one time zone.

    Attributes:
        wisps: How many there were.
        first: Seconds until all were enqueued.
        again: Seconds of a second call, which finds all of them there.
    """

    wisps: int
    first: float
    again: float

    @property
    def one_by_one(self) -> float:
        """Seconds that the waiting alone would take one after the other."""
        return self.wisps * LATENCY


def fan_out(folder: Path, wisps: int) -> FanOut:
    """Measure the use case with a database file, Google's client and the stand-in as a program."""
    port = _two_free_ports()
    command = ("--port", str(port), "--queue", NAME, "--task-latency", str(LATENCY))
    with program(folder / "cloud.log", port + 1, "infra.standins.cloud", *command) as cloud:
        requests.post(f"{cloud}/v2/{NAME}:pause", json={}, timeout=30).raise_for_status()
        services = _services(folder, cloud)
        puts = [Put(f"wisps/wisp-{number:05}", {"time_zone": TIME_ZONE}) for number in range(wisps)]
        for start in range(0, wisps, 400):
            services.state.write(*puts[start : start + 400])
        first, started = _timed(services)
        again, none = _timed(services)
    if (started, none) != (wisps, 0):
        raise SystemExit(f"{wisps} wisps were to start once, and {started} and then {none} did")
    return FanOut(wisps, first, again)


def _two_free_ports() -> int:
    """Return the first of two ports in a row: Secret Manager's, and Cloud Tasks'."""
    while True:
        [port] = free_ports(1)
        with socket.socket() as other, suppress(OSError):
            other.bind(("127.0.0.1", port + 1))
            return port


def _timed(services: Services) -> tuple[float, int]:
    """Start the night; return the seconds, and how many were enqueued."""
    start = time.perf_counter()
    night = sync_all(services, TIME_ZONE)
    return time.perf_counter() - start, len(night.enqueued)


def _services(folder: Path, cloud: str) -> Services:
    built = build(settings(folder))
    return replace(built, tasks=open_cloud_tasks(NAME, TARGET, built.clock, f"{cloud}/"))
