"""`email_vcard`: to the user who asks, once a minute, or the file itself."""

from dataclasses import replace

import pytest

from infra.standins.sendgrid.faults import Fault
from infra.standins.simpler.failure import Failure, Kind
from shared.usecases.base.documents import wisp_put
from tests.functions.served import MARY, Served
from tests.world import World


def test_the_mail_goes_to_the_user_who_asks(functions: Served, world: World) -> None:
    """202; one mail, with the card as a file and the code as a picture."""
    answer = functions.press("email_vcard", customer="7")
    mail = world.mail.outbox.index()

    assert (answer.status_code, answer.json()["state"], answer.json()["to"]) == (
        202,
        "accepted",
        MARY["email"],
    )
    assert len(mail) == 1
    assert b"BEGIN:VCARD" not in world.mail.outbox.read(mail[0]["id"])
    assert b"mary@example.com" in world.mail.outbox.read(mail[0]["id"])


def test_pressing_twice_within_a_minute_sends_once(functions: Served, world: World) -> None:
    """The second press is told; another customer's card is another mail."""
    functions.press("email_vcard", customer="7")
    again = functions.press("email_vcard", customer="7")
    functions.press("email_vcard", customer="8")

    assert (again.status_code, again.json()["state"]) == (200, "already_sent")
    assert len(world.mail.outbox.ids()) == 2


def test_the_card_itself_is_given_when_asked_for(functions: Served, world: World) -> None:
    """With Accept: text/vcard the same function gives a file; no mail is sent."""
    answer = functions.post(
        "email_vcard", headers={"Accept": "text/vcard"}, wisp="acme", user=MARY, customer="7"
    )

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/vcard; charset=utf-8")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contact-acme-7.vcf"'
    assert "TEL;TYPE=CELL,VOICE:+353 87 100 0007" in answer.text
    assert world.mail.outbox.ids() == []


def test_only_the_wisps_domains_get_mail_where_that_is_set(functions: Served, world: World) -> None:
    """403 for another address."""
    world.services.state.write(wisp_put(replace(world.wisp, mail_domains=("acme.example",))))
    answer = functions.press("email_vcard", customer="7")

    assert (answer.status_code, world.mail.outbox.ids()) == (403, [])
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

    assert (answer.status_code, world.mail.outbox.ids()) == (422, [])
    assert answer.json()["type"].endswith("customer.unusable")
    assert answer.json()["detail"].startswith("SIMPLer")


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
