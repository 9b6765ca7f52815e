"""`email_vcard`: to the user who asks, once a minute, or the file itself."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from infra.standins.sendgrid.faults import Fault
from infra.standins.simpler.failure import Failure, Kind
from shared.ports import Put
from shared.usecases.base.documents import wisp_put
from shared.usecases.customers.email_vcard import MOST_TO_ONE
from tests.functions.served import MARY, Served
from tests.world import World, customer


def test_the_mail_goes_to_the_user_who_asks(functions: Served, world: World) -> None:
    """202; one mail, with the card as a file and the code as a picture."""
    answer = functions.press("email_vcard", customer="7")
    mail = world.mail.outbox.index()

    assert answer.status_code == 202
    assert answer.json()["state"] == "accepted"
    assert answer.json()["to"] == MARY["email"]
    assert len(mail) == 1
    assert b"BEGIN:VCARD" not in world.mail.outbox.read(mail[0]["id"])
    assert b"mary@example.com" in world.mail.outbox.read(mail[0]["id"])


def test_pressing_twice_within_a_minute_sends_once(functions: Served, world: World) -> None:
    """The second press is told; another customer's card is another mail."""
    functions.press("email_vcard", customer="7")
    again = functions.press("email_vcard", customer="7")
    functions.press("email_vcard", customer="8")

    assert again.status_code == 200
    assert again.json()["state"] == "already_sent"
    assert len(world.mail.outbox.ids()) == 2


def test_the_card_itself_is_given_when_asked_for(functions: Served, world: World) -> None:
    """With Accept: text/vcard the same function gives a file; no mail is sent."""
    answer = functions.post(
        "email_vcard", headers={"Accept": "text/vcard"}, wisp="acme", user=MARY, customer="7"
    )

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contact-acme-7.vcf"'
    assert "TEL;TYPE=CELL,VOICE:+353 87 100 0007" in answer.text
    assert world.mail.outbox.ids() == []


def test_only_the_wisps_domains_get_mail_where_that_is_set(functions: Served, world: World) -> None:
    """403 for another address."""
    world.services.state.write(wisp_put(replace(world.wisp, mail_domains=("acme.example",))))
    answer = functions.press("email_vcard", customer="7")

    assert answer.status_code == 403
    assert world.mail.outbox.ids() == []
    assert answer.json()["type"].endswith("mail.domain")


def test_an_unknown_customer_is_told(functions: Served, world: World) -> None:
    """An unknown customer is a 404."""
    assert functions.press("email_vcard", customer="4711").status_code == 404


@pytest.mark.parametrize("kind", ["no id", "another"])
@pytest.mark.parametrize("accept", ["application/json", "text/vcard"])
def test_a_card_is_never_made_of_a_record_that_may_be_anybodys(
    functions: Served, world: World, kind: Kind, accept: str
) -> None:
    """422 with a sentence, no mail and no file, when the record has no id or another than was asked for."""
    world.simpler.state.failure = Failure(kind)
    body = {"wisp": "acme", "user": MARY, "customer": "7"}
    answer = functions.post("email_vcard", {"Accept": accept}, **body)

    assert answer.status_code == 422
    assert world.mail.outbox.ids() == []
    assert answer.json()["type"].endswith("customer.unusable")
    assert answer.json()["detail"].startswith("SIMPLer")


def test_no_card_is_made_of_an_id_that_several_records_have(functions: Served, world: World) -> None:
    """SIMPLer answers with one of them, and the list of the last run had both: it may be either's."""
    world.simpler.state.customers.add(customer(7, name="Somebody else"))
    world.run()
    world.simpler.state.customers.delete("7")
    answer = functions.press("email_vcard", customer="7")

    assert answer.status_code == 422
    assert world.mail.outbox.ids() == []
    assert answer.json()["type"].endswith("customer.unusable")
    assert "several records" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("fault", "status", "sent"),
    [
        (Fault(status=503), 503, 1),
        (Fault(status=429), 503, 1),
        (Fault(status=401), 500, 1),
        (Fault(close=True, accepted=True), 503, 1),
    ],
)
def test_what_became_of_a_mail_decides_about_a_second_press(
    functions: Served, world: World, fault: Fault, status: int, sent: int
) -> None:
    """The next press sends a mail that was surely not accepted; one in doubt waits for a minute."""
    world.mail.faults.add(fault)
    first = functions.press("email_vcard", customer="7")
    second = functions.press("email_vcard", customer="7")

    assert first.status_code == status
    assert second.json()["state"] == ("already_sent" if fault.close else "accepted")
    assert len(world.mail.outbox.ids()) == sent


def test_a_mailbox_is_not_flooded(functions: Served, world: World) -> None:
    """Sixty cards an hour, however its address is spelt; then 503 until the next hour. Others get theirs."""
    joe = {"id": "18", "email": "joe@example.com", "rights": MARY["rights"]}
    functions.press("email_vcard", customer="7")
    ((_, note),) = world.services.state.find("wisps/acme/mails")
    more = (Put(f"wisps/acme/mails/{number}", note) for number in range(MOST_TO_ONE - 1))
    world.services.state.write(*more)
    refused = functions.press("email_vcard", customer="8", user=MARY | {"email": "Mary+8@example.com"})
    other = functions.press("email_vcard", customer="8", user=joe)
    world.clock.advance(3600)
    later = functions.press("email_vcard", customer="8")

    assert refused.status_code == 503
    assert refused.json()["type"].rpartition(":")[2] == "mail.limit"
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert other.json()["state"] == "accepted"
    assert later.json()["state"] == "accepted"
    assert len(world.mail.outbox.ids()) == 3


def test_two_spellings_of_a_mailbox_are_one(functions: Served, world: World) -> None:
    """A tag behind + leads to the same mailbox, so a second press sends nothing."""
    functions.press("email_vcard", customer="7")
    again = functions.press("email_vcard", customer="7", user=MARY | {"email": "MARY+1@example.com"})

    assert again.json()["state"] == "already_sent"
    assert len(world.mail.outbox.ids()) == 1


def test_nothing_that_stays_names_whom_a_card_was_sent(functions: Served, world: World) -> None:
    """Neither the note of the mail nor a lease holds the address, not even a moment later."""
    functions.press("email_vcard", customer="7")
    with closing(sqlite3.connect(world.database)) as connection:
        kept: str = "\n".join(connection.iterdump())

    assert "mails" in kept
    assert "mary@example.com" not in kept


def test_a_note_that_cannot_be_read_is_told_to_the_operator(
    functions: Served, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody changed it by hand: the log names the document, the answer does not."""
    functions.press("email_vcard", customer="7")
    ((id_, note),) = world.services.state.find("wisps/acme/mails")
    world.services.state.write(Put(f"wisps/acme/mails/{id_}", {**note, "to": 7}))
    answer = functions.press("email_vcard", customer="8")

    assert answer.status_code == 500
    assert answer.json()["type"].rpartition(":")[2] == "document.invalid"
    assert id_ in caplog.text
    assert id_ not in answer.text
