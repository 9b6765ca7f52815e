"""The weekly mail about suggestions: when the wisp wants it, once a week, and without customers' data."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from shared.errors import RetryLater
from shared.ports import Mail, Mailer, Put
from shared.replace import replace
from shared.usecases.base.documents import load_wisp, wisp_put
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.world import CONSOLE, World, a_world, customer

DAY = timedelta(days=1).total_seconds()
WEEK = 7 * DAY
BOSS = "boss@example.com"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A wisp whose three customers are contacts, and somebody who wants to know of suggestions."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as made:
        change(made, notify=(BOSS,), suggestions_weekly=True)
        made.run()
        made.clock.advance(WEEK)
        yield made


def change(world: World, **settings: Any) -> None:
    """Change the wisp's settings."""
    wisp = load_wisp(world.services.state, "acme")
    world.services.state.write(wisp_put(replace(wisp, **settings)))


def rename(world: World, name: str, customer_id: str = "1") -> None:
    """Write over the name of a customer's contact, as the user."""
    person = world.labelled()[customer_id]
    world.user().edit(person["resourceName"], names=[{"givenName": name}])


def mails(world: World) -> list[tuple[str, str]]:
    """Return the subjects and texts of the mails in the outbox, oldest first."""
    outbox = world.mail.outbox
    read = (message_from_bytes(outbox.read(id_), policy=SMTP) for id_ in outbox.ids())
    parts = ((mail, mail.get_body(("plain",))) for mail in read)
    return [(str(mail["Subject"]), str(part.get_content()) if part else "") for mail, part in parts]


def test_new_suggestions_are_mailed_in_the_first_night_of_a_week(world: World) -> None:
    """How many, of what and how many in all; no customer's name or words, since a mail goes anywhere."""
    rename(world, "Nan")
    rename(world, "Zoe", "2")
    world.run()
    [(subject, text)] = mails(world)

    assert subject == "2 new suggestions from phones (ACME Wireless)"
    assert "(names: 2)" in text
    assert "Suggestions in all: 2." in text
    assert f"{CONSOLE}/" in text
    assert "Nan" not in text
    assert "Customer 1" not in text


def test_a_week_has_one_such_mail(world: World) -> None:
    """What comes later in the week is told in the next one; what was told is not new then."""
    rename(world, "Nan")
    world.run()
    rename(world, "Zoe", "2")
    world.clock.advance(DAY)
    world.run()
    in_the_week = len(mails(world))
    world.clock.advance(6 * DAY)
    world.run()
    subjects = [subject for subject, _ in mails(world)]

    assert in_the_week == 1
    assert subjects[1:] == ["1 new suggestion from phones (ACME Wireless)"]
    assert "Suggestions in all: 2." in mails(world)[1][1]


def test_without_anything_new_there_is_no_mail(world: World) -> None:
    """Week after week with the same suggestion makes one mail."""
    rename(world, "Nan")
    for _ in range(3):
        world.run()
        world.clock.advance(WEEK)

    assert len(mails(world)) == 1


def test_a_week_begins_by_the_clocks_of_the_wisp(world: World) -> None:
    """On Monday at 05:00 there, wherever the service is."""
    world.run()
    now = world.clock.now()
    sunday = now + timedelta(days=6 - now.weekday())
    late = sunday.replace(hour=23, minute=30) - now
    change(world, time_zone="Asia/Tokyo")
    rename(world, "Nan")
    world.clock.advance(late.total_seconds())
    world.run()

    assert len(mails(world)) == 1


@pytest.mark.parametrize("settings", [{"suggestions_weekly": False}, {"notify": ()}])
def test_who_does_not_want_it_gets_none(world: World, settings: dict[str, Any]) -> None:
    """It is off unless the wisp turns it on, and goes to those who are mailed anyway."""
    change(world, **settings)
    rename(world, "Nan")
    world.run()

    assert mails(world) == []
    assert world.wisp.suggestions_weekly is False


def test_only_a_night_mails_it(world: World) -> None:
    """Somebody's press does not."""
    rename(world, "Nan")
    sync_wisp(world.services, SyncWisp("acme", by="mary@example.com"))

    assert mails(world) == []


class _Death(BaseException):
    """The process ends."""


class _Dying:
    """A mailer whose process dies after the mail was accepted."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    def send(self, mail: Mail) -> str:
        """Send it, and die."""
        self._mailer.send(mail)
        raise _Death


def test_a_death_after_the_mail_makes_no_second_one(world: World) -> None:
    """The next night of the week sends none; a week later what is new is told."""
    rename(world, "Nan")
    services = replace(world.services, mailer=lambda: _Dying(world.services.mailer()))
    with suppress(_Death):
        sync_wisp(services, SyncWisp("acme"))
    world.clock.advance(DAY)
    world.expire(DAY)
    world.run()

    assert len(mails(world)) == 1


class _Away:
    """A mailer that takes nothing."""

    def send(self, mail: Mail) -> str:
        """Refuse."""
        raise RetryLater("mail.busy", f"no mail about {mail.subject}")


def test_a_mail_that_was_not_taken_is_sent_the_next_night(world: World) -> None:
    """And then no more."""
    rename(world, "Nan")
    sync_wisp(replace(world.services, mailer=_Away), SyncWisp("acme"))
    refused = mails(world)
    for _ in range(2):
        world.clock.advance(DAY)
        world.run()

    assert refused == []
    assert len(mails(world)) == 1


@pytest.mark.parametrize("document", [{"week": 7}, {"week": "", "told": "yesterday"}])
def test_what_is_known_of_the_last_mail_may_be_unreadable(world: World, document: dict[str, Any]) -> None:
    """Then all suggestions are new, once."""
    world.services.state.write(Put("wisps/acme/weekly/mail", document))
    rename(world, "Nan")
    for _ in range(2):
        world.run()

    assert len(mails(world)) == 1
