import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

NOBODY = 65534
READING = "-all,+dac_read_search"
"""What is left of root's rights: Python itself may be installed where only root may look."""


def unprivileged() -> list[str]:
    """Return the command that drops root's rights, or nothing without such rights."""
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv (util-linux) was not found, so root cannot become nobody")
    rights = [f"--{kind}-caps={READING}" for kind in ("inh", "ambient")]
    user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
    return [setpriv, *user, *rights, f"--bounding-set={READING}"]


def test_the_whole_product_needs_no_rights(tmp_path: Path) -> None:
    """The demo's servers, functions, database and vault run as a user who owns one empty folder.

    SIMPLer fails in it, so that it is over soon: its 1 is the demo's own, that nothing could be synchronised.
    """
    if os.getuid() == 0:
        os.chown(tmp_path, NOBODY, NOBODY)
    done = subprocess.run(
        [*unprivileged(), sys.executable, "-m", "infra.sandbox.demo", "--failure", "truncated"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    secret = [path for path in files if path.parent.name == "vault" or path.suffix == ".db"]

    assert "nothing was written to Google" in done.stdout, done.stderr
    assert "All as it must be." in done.stdout
    assert done.returncode == 1
    assert {path.stat().st_uid for path in files} == {os.getuid() or NOBODY}
    assert [path for path in secret if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert len(secret) > 2
