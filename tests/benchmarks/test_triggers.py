"""What SIMPLer's triggers tell of is in Google soon, also while Google's quotas are the lowest known."""

from pathlib import Path

from infra.lab.triggers.hours import Day, play

TWELVE = [3.0 * n for n in range(12)]
"""Seconds after eight: twenty customers a minute."""


def test_twenty_changes_a_minute_are_in_google_within_two_minutes(tmp_path: Path) -> None:
    """They are told one by one; what is told while a task waits for Google goes with that task."""
    played = play(tmp_path, 12, Day("twenty a minute", TWELVE))

    assert len(played.late) == 12
    assert max(played.late) <= 120
    assert played.refused == 0
