"""Runs a program for as long as anyone holds a shared lock on a file: `run_while_locked.py FILE PROGRAM …`.

The system gives up the lock of a process that ends, also of one that is killed, so the program never outlives
those who use it.
"""

import fcntl
import subprocess
import sys
from pathlib import Path


def run(lock: Path, command: list[str]) -> None:
    """Start the program; kill it when the last holder of the lock is gone."""
    with subprocess.Popen(command) as program:
        try:
            with lock.open() as users:
                fcntl.flock(users, fcntl.LOCK_EX)
        finally:
            program.kill()


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2:])
