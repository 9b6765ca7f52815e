"""Runs both stand-ins until it is interrupted: `python -m infra.standins.cloud --port 8090`."""

import argparse
import signal
from collections.abc import Sequence

from infra.standins.cloud.secret_server import secret_manager
from infra.standins.cloud.task_messages import Queue
from infra.standins.cloud.task_server import cloud_tasks
from shared.adapters.local.clock import SystemClock

ENDS = (signal.SIGINT, signal.SIGTERM)
"""Signals that end it."""


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.standins.cloud", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8090, help="of Secret Manager; Cloud Tasks has the next one"
    )
    parser.add_argument(
        "--queue", action="append", default=[], help="to make: projects/…/locations/…/queues/…"
    )
    parser.add_argument(
        "--task-latency", type=float, default=0, metavar="SECONDS", help="before each answer of Cloud Tasks"
    )
    return parser.parse_args(given)


def _run(port: int, queues: Sequence[str], latency: float) -> None:
    tasks_port = port and port + 1
    with (
        secret_manager(port) as endpoint,
        cloud_tasks(SystemClock(), tasks_port, latency=latency) as running,
    ):
        for name in queues:
            running.tasks.create_queue(name.rpartition("/queues/")[0], Queue(name))
        print(f"SECRET_MANAGER_ENDPOINT={endpoint}", flush=True)
        print(f"CLOUD_TASKS_ENDPOINT={running.url}", flush=True)
        signal.sigwait(ENDS)


def main(given: Sequence[str] | None = None) -> None:
    """Start, tell where, and wait for the end."""
    arguments = _arguments(given)
    # Before a thread begins, so that none takes a signal and none comes before it is waited for.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    _run(arguments.port, arguments.queue, arguments.task_latency)


if __name__ == "__main__":
    main()
