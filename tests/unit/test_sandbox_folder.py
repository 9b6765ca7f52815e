"""The sandbox's folder, and what its command line makes of what cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.sandbox.addresses import Ports
from infra.sandbox.folder import alone
from shared.replace import replace

PORTS = Ports(8080, 8081, 8082, 8083, 8084, 8025)


def test_a_second_sandbox_of_a_folder_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    """It would delete the first one's database otherwise; another folder is free."""
    with alone(tmp_path / "data", PORTS):
        with pytest.raises(SystemExit, match=r"is at http://127\.0\.0\.1:8080/ already; --folder"):
            alone(tmp_path / "data", PORTS).__enter__()
        with alone(tmp_path / "other", PORTS):
            pass


def test_a_folder_is_free_after_its_sandbox_has_ended(tmp_path: Path) -> None:
    """Whatever it was told of is the newest one."""
    with alone(tmp_path / "data", PORTS):
        pass
    with alone(tmp_path / "data", replace(PORTS, start_page=9000)), pytest.raises(SystemExit, match=":9000/"):
        alone(tmp_path / "data", PORTS).__enter__()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "a port is a number from 0 to 65535"),
        (["--port", "0", "--folder", "/dev/null/x"], "The sandbox cannot write its data: /dev/null"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(arguments: list[str], said: str) -> None:
    """Without a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.sandbox", *arguments], capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
