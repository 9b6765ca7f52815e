"""The one lookup in the tables of all adapters, and the tables themselves."""

import re
from collections.abc import Sequence
from string import Formatter
from typing import Any

import pytest

from shared import errors
from shared.adapters import sendgrid_errors
from shared.adapters.error_table import Row, row_for, row_of
from shared.adapters.google import cloud_tasks, oauth_errors, secret_manager
from shared.adapters.google.firestore import client as firestore
from shared.adapters.google.people import errors as people
from shared.adapters.local.sqlite import database as sqlite
from shared.adapters.simpler import errors as simpler
from shared.errors import Misconfigured, OverQuota, RetryLater, StopRun, Trouble

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


@pytest.mark.parametrize("table", TABLES)
def test_no_row_tells_a_person_the_operators_text(table: str) -> None:
    """It may name a secret, a file or a role; a person is told what they can do."""
    for row in TABLES[table]:
        named: dict[str, Any] = {
            name: "FILLED-IN" for _, name, _, _ in Formatter().parse(row.message) if name
        }
        trouble = row.trouble(**named)
        assert trouble.user_message != trouble.message
        assert not re.search("FILLED-IN|roles/", trouble.user_message)


def _kinds(kind: type[Trouble]) -> list[type[Trouble]]:
    return [kind, *(found for below in kind.__subclasses__() for found in _kinds(below))]


PLAIN = [
    kind for kind in _kinds(Trouble) if kind.__module__ == errors.__name__ and "__init__" not in vars(kind)
]


@pytest.mark.parametrize("kind", [*PLAIN, RetryLater, OverQuota], ids=lambda kind: kind.__name__)
def test_an_error_without_a_persons_sentence_gives_its_class_one(kind: type[Trouble]) -> None:
    """So an operator's text never reaches an answer because somebody forgot a sentence."""
    trouble = kind("a.reason", "the file /srv/key is open to others")

    assert "/srv/key" not in trouble.user_message
    assert trouble.user_message.endswith(".")


def test_what_is_set_up_wrong_leads_to_whoever_looks_after_it() -> None:
    """Nobody else can mend it."""
    assert "tell whoever looks after it" in Misconfigured("setting.missing", "X is not set").user_message
