"""The times of day at which the service is called by itself are the same wherever they are told."""

import re

import pytest

from infra.check.schedule import TIMES
from shared.domain.model.schedule import NIGHT, WATCH
from tests.docs.pages import PAGES, ROOT, text

# A time of day; no part of a moment ("2026-03-02T05:00", "2 Mar 2026, 05:00") nor of an offset ("+00:00").
_TIME = re.compile(r"(?<![\dT:+])(?<!20\d\d, )[0-2]\d:[0-5]\d(?![\d:])")
_TABLE = re.compile(r"^\|.*\n", re.MULTILINE)

TOLD = sorted(
    str(path.relative_to(ROOT))
    for pattern in (
        "main.py",
        "functions/**/*.py",
        "functions/**/*.html",
        "shared/**/*.py",
        "docs/openapi.yaml",
        "docs/overview.svg",
        "infra/gcp/*.tf",
        "infra/sandbox/**/*.html",
        "infra/sandbox/demo/__main__.py",
    )
    for path in ROOT.glob(pattern)
    if _TIME.search(path.read_text())
)
"""Files besides the pages that tell a time of day."""


@pytest.mark.parametrize("page", [page for page in [*PAGES, *TOLD] if page != "CHANGELOG.md"])
def test_no_other_time_of_day_is_told(page: str) -> None:
    """Where a page or a file names a time of day, it is that of the night."""
    written = text(page)
    if page == "docs/scale.md":
        written = _TABLE.sub("", written)  # what was measured, moment by moment

    assert set(_TIME.findall(written)) <= {f"{NIGHT:%H:%M}"}


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        ("README.md", ("| `sync_all` | {night} in each", "| `watchdog` | minute {watch} of every hour |")),
        (
            "main.py",
            ("``sync_all``          {night} in each", "``watchdog``          minute {watch} of every hour "),
        ),
        ("docs/architecture.md", ("| start, at night | at {night} of a time zone", "| watch | every hour:")),
        ("docs/openapi.yaml", ("Called at {night} of each time zone", "Called every hour.")),
    ],
)
def test_the_tables_tell_the_times(page: str, rows: tuple[str, str]) -> None:
    """Each says when the night begins, and when it is looked at."""
    told = text(page)

    assert [row for row in rows if row.format(night=f"{NIGHT:%H:%M}", watch=WATCH) not in told] == []


def test_terraform_asks_for_these_times() -> None:
    """The jobs of Cloud Scheduler have them as cron expressions, and the deployment's check expects them."""
    crons = [f"{NIGHT.minute} {NIGHT.hour} * * *", f"{WATCH} * * * *"]

    assert re.findall(r'cron += "(.*)"', text("infra/gcp/schedule.tf")) == crons
    assert {"sync-all": [f"{NIGHT:%H:%M}"], "watchdog": [f"{hour:02}:{WATCH}" for hour in range(24)]} == TIMES
