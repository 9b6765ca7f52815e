"""New processes of all functions, met by simultaneous first calls."""

from pathlib import Path

from infra.lab.first_calls.process import meet
from infra.lab.first_calls.stage import set_up


def test_first_calls_of_every_function_at_once_are_all_answered(tmp_path: Path) -> None:
    """No process dies, answers with a server error or leaves a run undone, in the worst order of threads."""
    with set_up(tmp_path) as stage:
        fates = [meet(stage, tmp_path / f"process-{number}", eager=True) for number in range(4)]

    assert [fate for fate in fates if not fate.well] == []
