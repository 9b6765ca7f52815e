"""Run one command. It exits with 0: done; 1: it cannot be; 2: it was misspelt; 75: try again later."""

import sys
from collections.abc import Sequence
from typing import TextIO

from infra.operator.commands import parser
from infra.operator.log import start_log
from infra.operator.terminal import Terminal
from shared.adapters.local.inline_tasks import InlineTasks
from shared.bootstrap import build
from shared.config import Settings
from shared.errors import LeaseHeld, RetryLater, Trouble

FAILED = 1
TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h."""


def run(arguments: Sequence[str], terminal: Terminal, errors: TextIO) -> int:
    """Do what the arguments say, by the settings in the environment; returns the exit status."""
    command = parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        start_log(settings, errors)
        services = build(settings)
        done: bool = command.do(services, command, terminal)
        if isinstance(services.tasks, InlineTasks):  # what it was given would be lost with this process
            services.tasks.close()
    except Trouble as trouble:
        errors.write(f"{trouble.message}\n")
        return TRY_AGAIN if isinstance(trouble, RetryLater | LeaseHeld) else FAILED
    return 0 if done else FAILED


def main() -> None:
    """Run the command line."""
    sys.exit(run(sys.argv[1:], Terminal(sys.stdin, sys.stdout), sys.stderr))


if __name__ == "__main__":
    main()
