"""What all tests share."""

import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.fake_clock import FakeClock
from tests.scripted_server import ScriptedServer, reused_scripted_server

_MEMORY = Path("/dev/shm")
"""A file system without a disk, on Linux."""

_ENOUGH = 2 * 1024**3
"""Octets that must be free in it, several times what all tests keep at once."""

_LONGEST = (
    "tests/browser/",
    "tests/infra/",
    "tests/functions/test_schemathesis",
    "tests/chaos/test_schedules",
    "tests/end_to_end/test_log_search",
    "tests/end_to_end/",
    "tests/property/",
    "tests/functions/",
)
"""What is begun first, so that no worker is left alone with it at the end."""

_TOGETHER = {
    "tests/browser/": "a browser",
    "tests/infra/test_alerts": "Terraform and its plans",
    "tests/infra/test_p": "Terraform and its plans",
    "tests/infra/test_terraform": "Terraform and its plans",
    "tests/infra/test_wisps": "Terraform and its plans",
    "tests/end_to_end/test_ledger_lost": "a world",
    "tests/end_to_end/test_sandbox": "a sandbox",
}
"""What shares something dear, and what that is."""

_APART = ("tests/end_to_end/", "tests/chaos/", "tests/functions/test_schemathesis", "tests/infra/test_source")
"""Where each test has a world of its own; elsewhere a file is for one worker."""

_IS_NEW = not any(Path(__file__).parent.glob("*/__pycache__/test_*"))
"""Whether this is a new clone, of which nothing has been compiled."""

# The machines that run this are busy: an example that is slow once is no failure.
settings.register_profile("project", deadline=None, max_examples=50)
# Others each time. For a night: python -m pytest tests/property/test_system.py --hypothesis-profile=long
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile("project")


def _is_fast(folder: Path) -> bool:
    """Return whether a folder takes the tests' files, and lets programs in it start."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    return shutil.disk_usage(folder).free > _ENOUGH and not os.statvfs(folder).f_flag & os.ST_NOEXEC


# What is collected stays to the end: the collector of garbage need not go through it time and again.
gc.disable()

# Databases and vaults force every write to the disk, and tests would wait for it most of their time.
if "TMPDIR" not in os.environ and _is_fast(_MEMORY):
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None
# Whatever tests call is on loopback, and to read the system's authorities takes longer than a call. This one
# signed nothing but itself.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).parent / "data" / "authority.pem")
# Workers, and the programs that tests start, load what another has compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers() -> int:
    """Return three workers for two processors: tests wait at times, but each worker takes long to begin."""
    return 3 * (os.cpu_count() or 2) // 2


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives tests that share something to one worker, one after the other.

    xdist's own way, a mark, does nothing with pytest 9.2: the name that it adds to a test's id is lost.
    """

    def _split_scope(self, nodeid: str) -> str:
        together = next((dear for start, dear in _TOGETHER.items() if nodeid.startswith(start)), "")
        apart = nodeid.partition("[" if nodeid.startswith(_APART) else "::")[0]
        return together or apart


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let an order be asked for again."""
    parser.addoption("--order", type=int, help="number of the random order of files, and of tests in each")


def pytest_configure(config: pytest.Config) -> None:
    """Choose an order; a worker has that of them all."""
    if hasattr(config, "workerinput"):
        config.option.order = config.workerinput["order"]
    elif config.option.order is None:
        config.option.order = Random().randrange(10**6)


def pytest_configure_node(node: WorkerController) -> None:
    """Tell a worker the order, and whether there is much to compile."""
    node.workerinput.update(order=node.config.option.order, is_new=_IS_NEW)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which order it was, where something failed."""
    if terminalreporter.stats.keys() & {"failed", "error"}:
        terminalreporter.write_line(f"The same order again: --order={config.option.order}")


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Hand tests out in these groups."""
    return Together(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Have one worker compile a new clone, while the others wait to load what it has compiled."""
    with Path(__file__).open() as turn:
        if getattr(session.config, "workerinput", {}).get("is_new"):
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(turn, fcntl.LOCK_SH)
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Shuffle, before pytest brings together what shares a fixture; then begin with what takes longest.

    A file's tests stay together, and a class's.
    """
    Random(config.option.order).shuffle(items)
    for together in (pytest.Class, pytest.Module):
        places: dict[pytest.Item | pytest.Collector, int] = {}
        items.sort(key=lambda item: places.setdefault(item.getparent(together) or item, len(places)))
    yield
    items.sort(
        key=lambda item: next(
            (n for n, start in enumerate(_LONGEST) if item.nodeid.startswith(start)), len(_LONGEST)
        )
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Collect garbage again, seldom, and only what tests leave."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that goes only when it is told to."""
    return FakeClock()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that answers from a script."""
    with reused_scripted_server() as running:
        yield running
