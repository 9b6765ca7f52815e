import base64
import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from infra.standins.sendgrid.faults import Fault
from infra.standins.sendgrid.server import StandIn, running
from shared.adapters.sendgrid import SendGridMailer
from shared.errors import Misconfigured, OutcomeUnknown, RetryLater, Trouble
from shared.ports import Attachment, Mail
from shared.replace import replace
from shared.usecases.customers.card_mail import card_mail
from tests.corpus import CARDS, WISP
from tests.fake_clock import FakeClock
from tests.patience import until
from tests.scripted_server import Answer, Close, Reset, scripted_server
from tests.vcard_kit import REVISED, expected, read_strictly

SENDER = "ACME contacts <contacts@acme.example>"
MAIL = Mail(
    to="mary@acme.example",
    subject="Contact: Seán Ó Murphy",
    text="Seán\n",
    html="<p>Seán</p>",
    attachments=(
        Attachment("contact-acme-4711.vcf", "text/vcard", b"BEGIN:VCARD\r\n"),
        Attachment("qr.png", "image/png", b"\x89PNG", "qr"),
    ),
    request="req-7f3k",
)


class Secrets:
    """The `SecretStore` port with one secret."""

    def __init__(self, key: str = "SG.test") -> None:
        self.key = key

    def get(self, name: str) -> str:
        assert name == "sendgrid"
        return self.key

    def put(self, name: str, value: str) -> None:
        raise NotImplementedError

    def destroy(self, name: str) -> None:
        raise NotImplementedError


@pytest.fixture
def sendgrid(tmp_path: Path) -> Iterator[StandIn]:
    """SendGrid's stand-in, with an empty outbox."""
    with running(tmp_path) as standin:
        yield standin


def a_mailer(endpoint: str, key: str = "SG.test", timeout: float = 5, **more: Any) -> SendGridMailer:
    """Return the adapter against an endpoint."""
    return SendGridMailer(
        Secrets(key), "sendgrid", SENDER, FakeClock(), endpoint=endpoint, timeout=timeout, **more
    )


def kept(sendgrid: StandIn, mail_id: str) -> EmailMessage:
    """Return a mail as it lies in the outbox."""
    message = message_from_bytes(sendgrid.outbox.read(mail_id), _class=EmailMessage, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_arrives_whole(sendgrid: StandIn) -> None:
    """Recipient, sender, subject, both bodies, the file, the picture and the request's id are as given."""
    message = kept(sendgrid, a_mailer(sendgrid.address, reply_to="help@acme.example").send(MAIL))
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    parts = {part.get_filename(): part for part in message.walk() if part.get_filename()}

    assert message["To"] == "mary@acme.example"
    assert message["From"] == SENDER
    assert message["Reply-To"] == "help@acme.example"
    assert message["Subject"] == "Contact: Seán Ó Murphy"
    assert message["X-Standin-Custom-Args"] == '{"request_id": "req-7f3k"}'
    assert text is not None
    assert text.get_content().strip() == "Seán"
    assert html is not None
    assert html.get_content().strip() == "<p>Seán</p>"
    assert parts["contact-acme-4711.vcf"].get_content_type() == "text/vcard"
    assert parts["contact-acme-4711.vcf"].get_payload(decode=True) == b"BEGIN:VCARD\r\n"
    assert parts["qr.png"]["Content-ID"] == "<qr>"
    assert parts["qr.png"].get_content_disposition() == "inline"


@pytest.mark.parametrize(
    "name", ["a_person", "markup_everywhere", "newlines_everywhere", "lone_surrogates_uncleaned"]
)
def test_a_cards_mail_arrives_with_its_vcard(sendgrid: StandIn, name: str) -> None:
    """SendGrid takes the mail of a nasty customer too, and the vCard in it still says what the card says."""
    mail = card_mail(CARDS[name], WISP, to="mary@acme.example", request="r", now=REVISED)
    message = kept(sendgrid, a_mailer(sendgrid.address).send(mail))
    [vcard] = [part for part in message.walk() if part.get_content_type() == "text/vcard"]
    content = vcard.get_payload(decode=True)

    assert isinstance(content, bytes)
    assert read_strictly(content) == expected(CARDS[name], WISP)
    assert message["Subject"] == mail.subject


def test_tracking_is_off_and_the_key_is_sent() -> None:
    """No link is rewritten and no pixel added; the recipient has no name that a header could break on."""
    with scripted_server() as server:
        server.will(Answer(202, headers=(("X-Message-Id", "m1"),)))
        message_id = a_mailer(server.url).send(MAIL)
        [request] = server.requests

    settings = request.json["tracking_settings"]
    assert message_id == "m1"
    assert request.headers["Authorization"] == "Bearer SG.test"
    assert {name: setting["enable"] for name, setting in settings.items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
        "ganalytics": False,
    }
    assert request.json["personalizations"][0]["to"] == [{"email": "mary@acme.example"}]
    assert base64.b64decode(request.json["attachments"][0]["content"]) == b"BEGIN:VCARD\r\n"


def test_accepted_without_an_id_is_accepted() -> None:
    """The id may be absent."""
    with scripted_server() as server:
        server.will(Answer(202))

        assert a_mailer(server.url).send(MAIL) == ""


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (400, Misconfigured, "mail.refused"),
        (401, Misconfigured, "mail.key"),
        (403, Misconfigured, "mail.forbidden"),
        (404, Misconfigured, "mail.endpoint"),
        (405, Misconfigured, "mail.endpoint"),
        (408, OutcomeUnknown, "mail.unknown"),
        (413, Misconfigured, "mail.too_large"),
        (415, Misconfigured, "mail.refused"),
        (429, RetryLater, "mail.busy"),
        (451, Misconfigured, "mail.region"),
        (500, OutcomeUnknown, "mail.unknown"),
        (502, OutcomeUnknown, "mail.unknown"),
        (503, RetryLater, "mail.busy"),
        (504, OutcomeUnknown, "mail.unknown"),
        (200, Misconfigured, "mail.endpoint"),
        (201, Misconfigured, "mail.endpoint"),
        (204, Misconfigured, "mail.endpoint"),
    ],
)
def test_every_other_answer_has_its_meaning(
    sendgrid: StandIn, status: int, kind: type[Trouble], reason: str
) -> None:
    """Only 202 is acceptance; what may be tried again is told from what may have been sent."""
    sendgrid.faults.add(Fault(status=status))

    with pytest.raises(Trouble) as caught:
        a_mailer(sendgrid.address).send(MAIL)

    assert type(caught.value) is kind
    assert caught.value.reason == reason
    assert sendgrid.outbox.ids() == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """The key goes to no other address, and an answer from there counts for nothing."""
    with scripted_server() as server:
        server.will(Answer(status, headers=(("Location", f"{server.url}/elsewhere"),)), Answer(202))
        with pytest.raises(Misconfigured) as caught:
            a_mailer(server.url).send(MAIL)

        assert server.asked == ["POST /v3/mail/send"]
    assert caught.value.reason == "mail.endpoint"


@pytest.mark.parametrize(
    ("reset", "after"),
    [("1772427660", 60.0), ("1772427599", 0.0), ("9999999999", 3600.0), ("soon", 0.0), ("", 0.0)],
)
def test_a_rate_limit_says_when_to_come_back(sendgrid: StandIn, reset: str, after: float) -> None:
    """In seconds from now, at most an hour; 0 when SendGrid did not say or said nonsense."""
    sendgrid.faults.add(Fault(status=429, headers={"X-RateLimit-Reset": reset}))

    with pytest.raises(RetryLater) as caught:
        a_mailer(sendgrid.address).send(MAIL)

    assert caught.value.after == after


@pytest.mark.parametrize("fault", [Fault(close=True, accepted=True), Fault(hang=True, accepted=True)])
def test_a_lost_answer_is_unknown_and_nothing_is_sent_twice(sendgrid: StandIn, fault: Fault) -> None:
    """The connection is dropped or stays silent although the mail was accepted: it went out once."""
    sendgrid.faults.add(fault)

    with pytest.raises(OutcomeUnknown):
        a_mailer(sendgrid.address, timeout=0.3).send(MAIL)

    until(lambda: bool(sendgrid.outbox.ids()))
    assert len(sendgrid.outbox.ids()) == 1


@pytest.mark.parametrize(
    "step", [Close(), Reset(), Answer(500, b"<html>", cut=True), Answer(202, b"x", cut=True)]
)
def test_a_broken_answer_is_unknown_and_asked_for_once(step: Close | Reset | Answer) -> None:
    """Whatever breaks after the request went out, it is not sent again."""
    with scripted_server() as server:
        server.will(step)
        with pytest.raises(OutcomeUnknown):
            a_mailer(server.url).send(MAIL)

        assert server.asked == ["POST /v3/mail/send"]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Maximum credits exceeded", "mail.allowance"),
        ("The provided authorization grant is invalid", "mail.key"),
    ],
)
def test_a_used_up_allowance_is_told_from_a_wrong_key(message: str, reason: str) -> None:
    """Both are a 401; with the first the key is well, and a later press may succeed."""
    with scripted_server() as server:
        server.will(Answer(401, {"errors": [{"message": message, "field": None, "help": None}]}))
        with pytest.raises(Trouble) as caught:
            a_mailer(server.url).send(MAIL)

    assert caught.value.reason == reason
    assert isinstance(caught.value, RetryLater) == (reason == "mail.allowance")
    assert message not in f"{caught.value.message} {caught.value.user_message}"


def test_nobody_there_may_be_tried_again() -> None:
    """A refused connection means that nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(RetryLater) as caught:
            a_mailer(f"http://127.0.0.1:{unused.getsockname()[1]}").send(MAIL)

    assert type(caught.value) is RetryLater
    assert caught.value.reason == "mail.unreachable"


def test_an_unknown_host_may_be_tried_again() -> None:
    """A name that cannot be resolved means that nothing was sent."""
    with pytest.raises(RetryLater) as caught:
        a_mailer("http://sendgrid.invalid").send(MAIL)

    assert type(caught.value) is RetryLater
    assert caught.value.reason == "mail.unreachable"


@pytest.mark.parametrize("key", ["", " ", "SG.x\n", "SG.x\r\nX-Evil: 1", "SG. x", "SG.ключ"])
def test_a_key_that_is_none_is_not_sent(key: str) -> None:
    """The error names the secret and does not quote it."""
    with scripted_server() as server:
        with pytest.raises(Misconfigured) as caught:
            a_mailer(server.url, key=key).send(MAIL)

        assert server.asked == []
    assert caught.value.reason == "mail.key"
    assert "SG." not in str(caught.value)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "mary",
        "Mary <mary@acme.example>",
        "mary@acme.example; eve@evil.example",
        "mary@acme.example,eve@evil.example",
        "mary@acme.example\r\nBcc: eve@evil.example",
        " mary@acme.example",
        "mailto:mary@acme.example",
        "máry@acme.example",
        "mary@acme",
    ],
)
def test_only_one_plain_address_is_a_recipient(to: str) -> None:
    """Anything else is refused before a request is sent, and not quoted."""
    with scripted_server() as server:
        with pytest.raises(Misconfigured) as caught:
            a_mailer(server.url).send(replace(MAIL, to=to))

        assert server.asked == []
    assert caught.value.reason == "mail.recipient"
    assert "evil" not in str(caught.value) + caught.value.user_message


@pytest.mark.parametrize(
    "attachment",
    [
        Attachment("é.vcf", "text/vcard", b"x"),
        Attachment("a/b.vcf", "text/vcard", b"x"),
        Attachment("", "text/vcard", b"x"),
        Attachment("a.vcf", "text/vcard; charset=utf-8", b"x"),
        Attachment("a.vcf", "text/vcard\r\n", b"x"),
    ],
)
def test_an_attachment_that_sendgrid_would_lose_is_not_sent(attachment: Attachment) -> None:
    """File names are ASCII, and types have no parameters."""
    with scripted_server() as server:
        with pytest.raises(Misconfigured) as caught:
            a_mailer(server.url).send(replace(MAIL, attachments=(attachment,)))

        assert server.asked == []
    assert caught.value.reason == "mail.attachment"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"sender": "nobody"}, "mail.sender"),
        ({"sender": "Seán <contacts@acme.example>"}, "mail.sender"),
        ({"sender": "a@b.example, c@d.example"}, "mail.sender"),
        ({"sender": SENDER, "reply_to": "nobody"}, "mail.reply_to"),
        ({"sender": SENDER, "endpoint": "api.sendgrid.com"}, "mail.endpoint"),
        ({"sender": SENDER, "endpoint": "file:///etc/passwd"}, "mail.endpoint"),
        ({"sender": SENDER, "endpoint": "https://user:secret@api.sendgrid.com"}, "mail.endpoint"),
    ],
)
def test_wrong_settings_are_told_at_the_start(settings: dict[str, Any], reason: str) -> None:
    """A sender, an address for replies or an endpoint that cannot be used is refused at once."""
    with pytest.raises(Misconfigured) as caught:
        SendGridMailer(Secrets(), "sendgrid", clock=FakeClock(), **settings)

    assert caught.value.reason == reason


def test_a_refusal_names_the_field_but_quotes_nothing() -> None:
    """SendGrid's messages may repeat the recipient; the fields' names tell enough."""
    errors = [
        {"message": "duplicate instance of [mary@acme.example]", "field": "personalizations.0", "help": {}},
        {"message": "no", "field": "null"},
        {"message": "no", "field": None},
        {"message": "no", "field": "Mary's number is 086 123 4567"},
        "odd",
    ]
    with scripted_server() as server:
        server.will(Answer(400, {"errors": errors}))
        with pytest.raises(Misconfigured) as caught:
            a_mailer(server.url).send(MAIL)

    assert caught.value.message == "SendGrid refuses the mail (HTTP 400, about personalizations.0)"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": 7}', b'"x"', b"\xff"])
def test_a_refusal_that_does_not_parse_is_a_refusal(body: bytes) -> None:
    """What a proxy or a broken answer says does not matter."""
    with scripted_server() as server:
        server.will(Answer(403, body))
        with pytest.raises(Misconfigured) as caught:
            a_mailer(server.url).send(MAIL)

    assert caught.value.reason == "mail.forbidden"


def test_nothing_is_logged_of_a_mail(sendgrid: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the key nor the mail reaches a log, even when everything else is at DEBUG."""
    mailer = a_mailer(sendgrid.address)
    with caplog.at_level(logging.DEBUG):
        mailer.send(MAIL)

    assert [record for record in caplog.records if record.name.startswith("python_http_client")] == []


def test_a_changed_key_is_used_at_once() -> None:
    """The key is read for each mail."""
    secrets = Secrets("SG.old")
    with scripted_server() as server:
        server.will(Answer(202), Answer(202))
        mailer = SendGridMailer(secrets, "sendgrid", SENDER, FakeClock(), endpoint=server.url)
        mailer.send(MAIL)
        secrets.key = "SG.new"
        mailer.send(MAIL)

        keys = [request.headers["Authorization"] for request in server.requests]
    assert keys == ["Bearer SG.old", "Bearer SG.new"]
