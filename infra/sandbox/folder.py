"""Folder: the sandbox's data, which one sandbox at a time may have."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.sandbox.addresses import Ports, address


@contextmanager
def alone(folder: Path, ports: Ports) -> Iterator[None]:
    """Have the folder alone while a block runs.

    Another sandbox would delete its database while this one uses it. The lock lies beside the folder, which
    is made anew; the system frees it however this process ends.

    Raises:
        SystemExit: Another sandbox has the folder; the text says where that one is.
        OSError: The lock cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SystemExit(
                f"A sandbox with this data is at {lock.read()}/ already; --folder names another place."
            ) from None
        lock.truncate(0)
        lock.write(address(ports.start_page))
        lock.flush()
        yield
