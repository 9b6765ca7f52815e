"""The stand-ins for Google Cloud run as a program."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared.adapters.google.cloud_tasks import TaskTarget, open_cloud_tasks
from shared.adapters.google.secret_manager import open_secret_manager
from shared.adapters.local.clock import SystemClock
from shared.ports import Task

QUEUE = "projects/demo/locations/europe-west1/queues/sync"
COMMAND = [sys.executable, "-m", "infra.standins.cloud", "--port", "0", "--queue", QUEUE]


@pytest.fixture
def program() -> Iterator[subprocess.Popen[str]]:
    """The program, started."""
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        yield program
        program.kill()


def told(program: subprocess.Popen[str]) -> dict[str, str]:
    """Return the two settings that the program prints."""
    assert program.stdout
    lines = [program.stdout.readline().strip().partition("=") for _ in range(2)]
    return {name: value for name, _, value in lines}


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_what_it_tells_until_it_is_ended(
    program: subprocess.Popen[str], end: signal.Signals
) -> None:
    """The printed settings lead the adapters to it; a signal ends it without a word."""
    settings = told(program)
    secrets = open_secret_manager("demo", settings["SECRET_MANAGER_ENDPOINT"])
    secrets.put("key", "value")
    assert secrets.get("key") == "value"
    secrets.close()
    target = TaskTarget("http://127.0.0.1:9/{function}", "tasks@demo.example")
    queue = open_cloud_tasks(QUEUE, target, SystemClock(), settings["CLOUD_TASKS_ENDPOINT"])
    assert queue.enqueue(Task("sync_wisp", {}, delay=60))
    program.send_signal(end)
    assert program.communicate(timeout=20)[1] == ""
    assert program.returncode == 0
