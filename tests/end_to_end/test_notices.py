"""Mails after runs: once for each cause, and never a reason for a run to fail."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from infra.standins.simpler.failure import Failure
from shared.errors import Misconfigured, OutcomeUnknown, RetryLater
from shared.ports import Mail
from shared.replace import replace
from shared.usecases.accounts.disconnect import disconnect
from shared.usecases.base.documents import load_accounts, wisp_put
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.end_to_end.at_google import person
from tests.hooked import Hooked, then, with_source
from tests.world import CONSOLE, World, a_world, customer

BOSS, TECH = "boss@example.com", "tech@example.com"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Thirty customers in two filled accounts, and one person who wants to know."""
    with a_world(tmp_path, [customer(n) for n in range(1, 31)], accounts=2) as made:
        _notify(made, BOSS)
        made.run()
        yield made


def _notify(world: World, *addresses: str) -> None:
    world.services.state.write(wisp_put(replace(world.wisp, notify=addresses)))


def mails(world: World) -> list[EmailMessage]:
    """Return what lies in the outbox, oldest first."""
    outbox = world.mail.outbox
    return [message_from_bytes(outbox.read(id_), policy=SMTP) for id_ in outbox.ids()]


def texts(world: World) -> list[str]:
    """Return the plain texts of the mails."""
    return [_part(mail, "plain") for mail in mails(world)]


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_run_that_goes_well_mails_nothing(world: World) -> None:
    """Nor does one that changes something."""
    world.simpler.state.customers.patch("1", {"mobile": "086 999 9999"})
    assert world.run().state == "complete"
    assert mails(world) == []


def test_a_dead_token_is_mailed_once_with_the_way_to_mend_it(world: World) -> None:
    """Which account, why, what to do, and the console's address; not again the next nights."""
    world.google.world.credentials.revoke("refresh-acme-0")
    for _ in range(3):
        world.run()
    [mail] = mails(world)
    text, html = _part(mail, "plain"), _part(mail, "html")

    assert mail["To"] == BOSS
    assert mail["Subject"] == "Reconnect office0@example.com to Google (ACME Wireless)"
    assert "office0@example.com: Google no longer accepts the connection to this account." in text
    assert "Please connect the account again." in text
    assert f"{CONSOLE}/\n" in text
    assert f'href="{CONSOLE}/"' in html
    assert "office1" not in text


@pytest.mark.parametrize(
    ("before", "after"),
    [((BOSS,), (TECH,)), ((), (TECH,)), ((BOSS,), ())],
    ids=["another", "first", "nobody"],
)
def test_whoever_is_on_the_list_when_a_run_ends_is_mailed(
    world: World, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """Somebody may have left the WISP while it was on."""
    _notify(world, *before)
    world.google.world.credentials.revoke("refresh-acme-0")

    def change(source: Any) -> Hooked:
        return Hooked(source, customers=then(source.customers, lambda: _notify(world, *after)))

    sync_wisp(with_source(world.services, change), SyncWisp("acme"))

    assert [mail["To"] for mail in mails(world)] == list(after)


def test_what_comes_back_after_it_was_well_is_mailed_again(world: World) -> None:
    """Dead, reconnected, dead, reconnected: a mail for each."""
    office = world.accounts[0].email
    for _ in range(2):
        world.google.world.credentials.revoke(world.services.secrets.get(world.accounts[0].secret))
        world.run()
        world.run()
        person(world).connect(office, "acme-0")
        assert world.run().state == "complete"
    well = "All is well again with the Google Contacts of ACME Wireless"
    dead = f"Reconnect {office} to Google (ACME Wireless)"
    assert [mail["Subject"] for mail in mails(world)] == [dead, well, dead, well]
    assert "every Google account has the customers whom it is to hold" in " ".join(texts(world)[1].split())
    assert world.services.state.find("wisps/acme/notices") == []


def test_a_run_that_failed_is_mailed_once_for_each_cause(world: World) -> None:
    """Nights with one cause make one mail; another cause makes another, also if the first comes back."""
    for failure in ("down", "down", "empty", "down", "empty"):
        world.simpler.state.failure = Failure(failure)
        world.run()
    assert len(mails(world)) == 2
    assert "SIMPLer" in texts(world)[0]
    assert "SIMPLer answered with an empty list of customers." in texts(world)[1]

    world.simpler.state.failure = None
    world.run()
    world.simpler.state.failure = Failure("down")
    world.run()
    assert [mail["Subject"].partition(" ")[0] for mail in mails(world)][2:] == ["All", "The"]


def test_removals_that_the_guard_refused_are_mailed_once(world: World) -> None:
    """With what to do about them; both accounts in one mail."""
    world.leave(*range(1, 26))
    for _ in range(2):
        outcome = world.run()
    [text] = texts(world)

    assert [a.refused for a in outcome.accounts] == [25, 25]
    assert "office0@example.com: 25 of 30 contacts would be removed" in text
    assert "office1@example.com: 25 of 30 contacts would be removed" in text
    assert "a person must approve that. In SIMPLer, please open Users → Google Accounts → Preview" in text
    [mail] = mails(world)
    assert (
        str(mail["Subject"]).strip()
        == "Removals in office0@example.com wait for approval, and 1 more (ACME Wireless)"
    )


def test_a_failed_run_says_nothing_new_about_accounts(world: World) -> None:
    """What was wrong with an account is neither well nor new after a run that did not get there."""
    world.google.world.credentials.revoke("refresh-acme-0")
    world.run()
    world.simpler.state.failure = Failure("down")
    world.run()
    world.simpler.state.failure = None
    world.run()
    assert len(mails(world)) == 2


def test_what_goes_on_by_itself_is_mailed_to_nobody(world: World) -> None:
    """An unfinished run is continued by a task."""
    world.simpler.state.customers.add(customer(77))
    world.fault(method="people.createContact", what={"close": True})
    assert world.run().state == "unfinished"
    assert mails(world) == []


def test_everybody_who_wants_to_know_gets_a_mail(world: World) -> None:
    """One each; nobody sees the others' addresses."""
    _notify(world, BOSS, TECH)
    world.google.world.credentials.revoke("refresh-acme-0")
    world.run()
    assert [mail["To"] for mail in mails(world)] == [BOSS, TECH]


def test_who_wants_to_know_later_is_told_then(world: World) -> None:
    """Nobody was told as long as there was nobody."""
    _notify(world)
    world.google.world.credentials.revoke("refresh-acme-0")
    world.run()
    _notify(world, TECH)
    world.run()
    assert [mail["To"] for mail in mails(world)] == [TECH]


def test_an_address_that_cannot_be_used_costs_the_others_nothing(world: World) -> None:
    """The rest is mailed, once."""
    _notify(world, "not an address", BOSS)
    world.google.world.credentials.revoke("refresh-acme-0")
    outcomes = [world.run(), world.run()]
    assert [mail["To"] for mail in mails(world)] == [BOSS]
    assert [outcome.state for outcome in outcomes] == ["partial", "partial"]


class Mailer:
    """The `Mailer` port that fails as it is told."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.tried = 0

    def send(self, mail: Mail) -> str:
        self.tried += 1
        raise self.error


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (RetryLater("mail.busy", "away"), 3),
        (OutcomeUnknown("mail.unknown", "who knows"), 1),
        (Misconfigured("mail.key", "no key"), 3),
        (ZeroDivisionError(), 3),
    ],
    ids=["not sent", "perhaps sent", "not set up", "a fault of ours"],
)
def test_mail_trouble_never_fails_a_run(world: World, error: Exception, tries: int) -> None:
    """What was surely not sent is tried after the next run; what may have been sent is not."""
    world.google.world.credentials.revoke("refresh-acme-0")
    mailer = Mailer(error)
    services = replace(world.services, mailer=lambda: mailer)
    outcomes = []
    for _ in range(3):
        world.clock.advance(1)
        outcomes.append(sync_wisp(services, SyncWisp("acme")))

    assert [(o.state, o.accounts[1].state) for o in outcomes] == [("partial", "complete")] * 3
    assert mailer.tried == tries


def test_a_mailer_that_is_not_set_up_never_fails_a_run(world: World) -> None:
    """Without a sender no mail can be sent at all."""

    def none() -> Any:
        raise Misconfigured("setting.missing", "MAIL_FROM is not set")

    world.google.world.credentials.revoke("refresh-acme-0")
    assert sync_wisp(replace(world.services, mailer=none), SyncWisp("acme")).state == "partial"


def test_without_a_console_the_mail_leads_to_simpler(world: World) -> None:
    """No address is better than one that leads nowhere."""
    world.google.world.credentials.revoke("refresh-acme-0")
    sync_wisp(replace(world.services, console_url=""), SyncWisp("acme"))
    assert "In SIMPLer, open Users → Google Accounts to see how every account is.\n" in texts(world)[0]


def test_names_are_only_text_in_a_mail(tmp_path: Path) -> None:
    """A wisp's name with markup is shown as it is."""
    with a_world(tmp_path, [customer(1)]) as world:
        name = "<b>ACME</b>\r\nBcc: eve@example.com"
        world.services.state.write(wisp_put(replace(world.wisp, notify=(BOSS,), name=name)))
        world.google.world.credentials.revoke("refresh-acme-0")
        world.run()
        [mail] = mails(world)
        assert mail["Bcc"] is None
        assert "<b>" not in _part(mail, "html")
        assert "&lt;b&gt;ACME" in _part(mail, "html")


def test_a_disconnected_account_leaves_no_notice_behind(world: World) -> None:
    """What was told about it goes with it."""
    world.google.world.credentials.revoke("refresh-acme-0")
    world.run()
    told = [id_ for id_, _ in world.services.state.find("wisps/acme/notices")]
    disconnect(world.services, wisp="acme", account="acme-0", by="mary@example.com")
    assert told == ["acme-0"]
    assert world.services.state.find("wisps/acme/notices") == []
    assert [account.id for account in load_accounts(world.services.state, "acme")] == ["acme-1"]
