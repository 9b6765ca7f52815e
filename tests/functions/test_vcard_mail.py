"""`email_vcard`: of one customer or several, to the user who asks, once a minute, or the file itself."""

import sqlite3
from contextlib import closing

import pytest

from infra.standins.sendgrid.faults import Fault
from infra.standins.sendgrid.letter import Letter
from infra.standins.simpler.failure import Failure, Kind
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.customers.email_vcard import MOST_TO_ONE
from tests.functions.served import MARY, Served
from tests.logged import lines, logging_as_in_production
from tests.world import World, customer


def the_mail(world: World) -> Letter:
    """Return the only mail that was sent."""
    [mail] = world.mail.outbox.ids()
    return Letter(world.mail.outbox.read(mail))


def asked_of_simpler(world: World) -> list[str]:
    """Return the calls that SIMPLer got, each by its last part."""
    return [call.path.rpartition("/")[2] for call in world.simpler.state.calls]


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
    """So many cards an hour, however its address is spelt; then 503 until the next. Others get theirs."""
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


def test_each_card_of_a_list_counts(functions: Served, world: World) -> None:
    """Mails of fifty do not bring fifty times as many; a note of an earlier build counts as one card."""
    functions.press("email_vcard", customers=["7", "8"])
    ((_, note),) = world.services.state.find("wisps/acme/mails")
    before = {name: value for name, value in note.items() if name != "cards"}
    more = (Put(f"wisps/acme/mails/{number}", before) for number in range(MOST_TO_ONE - 4))
    world.services.state.write(*more)
    three = functions.press("email_vcard", customers=["9", "10", "11"])
    two = functions.press("email_vcard", customers=["9", "10"])

    assert note["cards"] == 2
    assert three.status_code == 503
    assert three.json()["type"].rpartition(":")[2] == "mail.limit"
    assert two.json()["state"] == "accepted"


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


def test_several_customers_are_one_mail(functions: Served, world: World) -> None:
    """In the order in which they are named, each once; who is no contact is named, here and in the mail."""
    world.simpler.state.customers.add(customer(50, name="Ann Kelly", status="post"))
    answer = functions.press("email_vcard", customers=["9", "4711", "7", "50", "9", " "])
    told, mail = answer.json(), the_mail(world)
    [file] = mail.files

    assert answer.status_code == 202
    assert told["customers"] == ["9", "7"]
    assert [each["customer"] for each in told["not_sent"]] == ["4711", "50", " "]
    assert told["not_sent"][0]["reason"] == "SIMPLer has no customer of this id."
    assert told["not_sent"][1]["reason"].startswith("The status “post” is none of those that make a contact")
    assert told["to"] == MARY["email"]
    assert mail.header("To") == MARY["email"]
    assert mail.header("Subject") == "Contacts: Customer 9 and 1 more"
    assert file.content.count(b"BEGIN:VCARD\r\n") == 2
    assert file.content.index(b"FN:Customer 9") < file.content.index(b"FN:Customer 7")
    assert mail.html.count("data:image/png;base64,") == 2
    assert "4711: SIMPLer has no customer of this id." in mail.text
    assert "50: The status “post” is none of those" in mail.html
    assert "FN:Ann Kelly" not in file.content.decode()


def test_of_several_nobody_is_no_mail(functions: Served, world: World) -> None:
    """422 with a sentence that names the first of them; none named at all is told as well."""
    nobody = functions.press("email_vcard", customers=[str(number) for number in range(100, 107)])
    nothing = functions.press("email_vcard", customers=[])

    assert nobody.status_code == 422
    assert nobody.json()["type"].rpartition(":")[2] == "customer.none_to_send"
    assert "104: SIMPLer has no customer of this id. And 2 more." in nobody.json()["detail"]
    assert "105" not in nobody.json()["detail"]
    assert nothing.json()["detail"] == "No customer was named, so nothing was sent."
    assert world.mail.outbox.ids() == []


def test_more_than_fifty_at_once_are_refused(functions: Served, world: World) -> None:
    """At the edge, before anything is asked of SIMPLer; also where both members name some."""
    answer = functions.press("email_vcard", customers=["7"] * 51)
    both = functions.press("email_vcard", customer="0", customers=[str(number) for number in range(1, 51)])

    assert answer.status_code == 400
    assert both.status_code == 400
    assert asked_of_simpler(world) == []


def test_simpler_is_asked_for_several_in_the_cheaper_way(functions: Served, world: World) -> None:
    """One by one before its list's length is known; by one list where that is short."""
    functions.press("email_vcard", customers=["7", "8"])
    first = asked_of_simpler(world)
    world.run()
    world.simpler.state.calls.clear()
    functions.press("email_vcard", customers=["8", "9"])

    assert first == ["getCustomerData", "getCustomerData"]
    assert asked_of_simpler(world) == ["getCustomers"]


def test_the_same_several_are_mailed_once_a_minute(functions: Served, world: World) -> None:
    """Others are another mail, as one of them alone is; a list of one is that one's mail."""
    functions.press("email_vcard", customers=["7", "8"])
    again = functions.press("email_vcard", customers=["7", "8", "7"])
    functions.press("email_vcard", customer="7")
    alone = functions.press("email_vcard", customers=["7"])

    assert again.status_code == 200
    assert again.json()["state"] == "already_sent"
    assert again.json()["customers"] == ["7", "8"]
    assert alone.json()["state"] == "already_sent"
    assert len(world.mail.outbox.ids()) == 2


def test_several_that_were_not_accepted_are_sent_by_the_next_press(functions: Served, world: World) -> None:
    """As with one: a mail in doubt waits for a minute, one that was surely refused does not."""
    world.mail.faults.add(Fault(status=503))
    first = functions.press("email_vcard", customers=["7", "8"])
    second = functions.press("email_vcard", customers=["7", "8"])

    assert first.status_code == 503
    assert second.json()["state"] == "accepted"


def test_an_id_that_two_records_have_is_left_out_of_several(functions: Served, world: World) -> None:
    """The last run's list had both, and SIMPLer may answer with either."""
    world.simpler.state.customers.add(customer(7, name="Somebody else"))
    world.run()
    world.simpler.state.customers.delete("7")
    told = functions.press("email_vcard", customers=["7", "8"]).json()

    assert told["customers"] == ["8"]
    assert "several records" in told["not_sent"][0]["reason"]


def test_the_log_names_each_of_several(
    functions: Served, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """By their ids, with the provider's id of the mail."""
    with logging_as_in_production():
        functions.press("email_vcard", customers=["7", "8"])
    sent = [line for line in lines(capsys.readouterr().out) if line["event"] == "vcard.sent"]

    assert [line["customer"] for line in sent] == ["7", "8"]
    assert {line["mail"] for line in sent} == set(world.mail.outbox.ids())
