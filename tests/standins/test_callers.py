"""The load that many callers make: it is the product that they call, and what is told adds up."""

from pathlib import Path

from infra.lab.callers.__main__ import report
from infra.lab.callers.load import Load, load
from infra.lab.first_calls.stage import set_up


def test_callers_call_our_functions(tmp_path: Path) -> None:
    """Each has come in from SIMPLer, sees the first page and opens it again; the memory is known."""
    with set_up(tmp_path, accounts=1, customers=3) as stage:
        met = load(stage, tmp_path / "process", "console", callers=2, seconds=0.1)

    assert set(met.statuses) == {200}
    assert sum(met.statuses.values()) == len(met.seconds)
    assert len(met.seconds) >= 2
    assert met.mebibytes > 20


def test_a_report_tells_the_slowest(tmp_path: Path) -> None:
    """Half of the answers, all but a twentieth, and the longest one."""
    told = report([Load("sync_status", [0.1] * 10 + [0.2] * 9 + [3], {200: 20}, 64)], begun=2.5)
    row = [cell.strip() for cell in told.splitlines()[2].split("|")]

    assert row[1:-1] == ["`sync_status`", "20", "200: 20", "200", "3,000", "3,000", "64"]
    assert told.endswith("begins after 2.5 s.")
