"""The one lookup in the tables of all adapters, and the tables themselves."""

import re
from collections.abc import Sequence

import pytest

from shared.adapters import sendgrid_errors
from shared.adapters.error_table import Row, row_for, row_of
from shared.adapters.google import cloud_tasks, oauth_errors, secret_manager
from shared.adapters.google.firestore import client as firestore
from shared.adapters.google.people import errors as people
from shared.adapters.local.sqlite import database as sqlite
from shared.adapters.simpler import errors as simpler
from shared.errors import OverQuota, RetryLater, StopRun

ROWS = (
    Row(StopRun, "a.both", "both", statuses=(400,), signs=("bad",)),
    Row(StopRun, "a.status", "status", statuses=(400, 401)),
    Row(RetryLater, "a.sign", "{name} is away", "Later.", signs=("away", OSError)),
)
TABLES: dict[str, Sequence[Row]] = {
    "cloud tasks": cloud_tasks.TASK_ERRORS,
    "consent": oauth_errors.CONSENT,
    "firestore": firestore.FIRESTORE_ERRORS,
    "people": people.PEOPLE_ERRORS,
    "secret manager": secret_manager.SECRET_ERRORS,
    "sendgrid": sendgrid_errors.MAIL_ERRORS,
    "sign-in": oauth_errors.SIGN_IN,
    "simpler's statuses": simpler.STATUSES,
    "simpler's silences": simpler.SILENCES,
    "sqlite": sqlite.SQLITE_ERRORS,
}


@pytest.mark.parametrize(
    ("status", "signs", "reason"),
    [
        (400, ["bad"], "a.both"),
        (400, ["good"], "a.status"),
        (401, ["bad"], "a.status"),
        (0, ["away"], "a.sign"),
        (500, ["far", "away"], "a.sign"),
        (500, ["far"], None),
    ],
)
def test_the_first_row_that_fits_counts(status: int, signs: list[str], reason: str | None) -> None:
    """By its statuses and its signs, where it names any."""
    row = row_for(ROWS, *signs, status=status)

    assert (row.reason if row else None) == reason


def test_an_exception_is_found_by_what_it_is_made_from() -> None:
    """A row for a class is one for the classes below it."""
    found = row_of(ROWS, ConnectionRefusedError())

    assert found is not None
    assert found.reason == "a.sign"
    assert row_of(ROWS, ValueError()) is None


def test_a_row_makes_the_error() -> None:
    """With what is filled in, and how long to wait where the error has such a thing."""
    trouble = ROWS[2].trouble(after=7, name="Google")

    assert isinstance(trouble, RetryLater)
    assert trouble.message == "Google is away"
    assert trouble.user_message == "Later."
    assert trouble.after == 7


def test_a_quota_has_a_limit() -> None:
    """And says whether it takes hours."""
    trouble = Row(OverQuota, "a.quota", "used up", lasting=True).trouble(after=1, limit="PerDay")

    assert isinstance(trouble, OverQuota)
    assert trouble.limit == "PerDay"
    assert trouble.lasting


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_row_of_every_table_can_be_reached_and_written(table: Sequence[Row]) -> None:
    """None hides behind one before it, and every placeholder of a text is one that is filled in."""
    for row in table:
        met = [row_for(table, *list(row.signs)[:1], status=status) for status in row.statuses or (0,)]
        assert row in met
        assert set(re.findall(r"{(\w*)}", row.message)) <= {
            "name",
            "what",
            "status",
            "about",
            "detail",
            "path",
        }
        assert "{" not in row.user_message
