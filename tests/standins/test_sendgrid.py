import base64
import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.standins.sendgrid.server import StandIn, running

Mail = dict[str, Any]
_OCTETS = base64.b64encode(b"BEGIN:VCARD").decode()
_PICTURE = base64.b64encode(b"\x89PNG").decode()
_MAIL: Mail = {
    "personalizations": [{"to": [{"email": "mary@acme.example"}]}],
    "from": {"email": "contacts@acme.example", "name": "ACME"},
    "reply_to": {"email": "help@acme.example"},
    "subject": "Kontakt: Ж",
    "content": [{"type": "text/plain", "value": "Ж"}, {"type": "text/html", "value": "<p>Ж</p>"}],
    "attachments": [
        {"content": _OCTETS, "type": "text/vcard", "filename": "a.vcf", "disposition": "attachment"},
        {
            "content": _PICTURE,
            "type": "image/png",
            "filename": "qr.png",
            "disposition": "inline",
            "content_id": "qr",
        },
    ],
    "custom_args": {"request_id": "r1"},
    "tracking_settings": {"click_tracking": {"enable": False}},
}


@pytest.fixture
def sendgrid(tmp_path: Path) -> Iterator[StandIn]:
    """The stand-in, with an empty outbox."""
    with running(tmp_path) as standin:
        yield standin


def _send(sendgrid: StandIn, mail: Any, **headers: str) -> requests.Response:
    known = {"Authorization": "Bearer SG.test", "Content-Type": "application/json", **headers}
    body = mail if isinstance(mail, bytes) else json.dumps(mail).encode()
    return requests.post(f"{sendgrid.address}/v3/mail/send", data=body, headers=known, timeout=10)


def test_a_right_mail_is_accepted_and_kept(sendgrid: StandIn) -> None:
    """202 without a body; the id leads to a file that mail programs open."""
    answer = _send(sendgrid, _MAIL)
    mail_id = answer.headers["X-Message-Id"]
    kept = requests.get(f"{sendgrid.address}/standin/outbox/{mail_id}", timeout=10)
    message = message_from_bytes(kept.content, _class=EmailMessage, policy=SMTP)

    assert answer.status_code == 202
    assert answer.content == b""
    assert kept.headers["Content-Type"] == "message/rfc822"
    assert message["Subject"] == "Kontakt: Ж"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/vcard",
    ]


def test_the_outbox_has_an_index(sendgrid: StandIn) -> None:
    """Every mail with what one looks for, oldest first."""
    ids = [
        _send(sendgrid, {**_MAIL, "subject": subject}).headers["X-Message-Id"] for subject in ("one", "two")
    ]
    mails = requests.get(f"{sendgrid.address}/standin/outbox", timeout=10).json()["mails"]

    assert [(mail["id"], mail["subject"]) for mail in mails] == list(zip(ids, ("one", "two"), strict=True))
    assert mails[0]["to"] == "mary@acme.example"
    assert mails[0]["from"] == "ACME <contacts@acme.example>"
    assert mails[0]["custom_args"] == {"request_id": "r1"}
    assert mails[0]["files"] == ["qr.png", "a.vcf"]


def test_an_unknown_mail_is_not_found(sendgrid: StandIn) -> None:
    """Neither one that never was nor a path that leads out of the folder."""
    paths = ("nothing", "..%2Fsecret", "../secret")

    assert [
        requests.get(f"{sendgrid.address}/standin/outbox/{path}", timeout=10).status_code for path in paths
    ] == [404, 404, 404]


def test_the_sandbox_takes_a_mail_and_keeps_none(sendgrid: StandIn) -> None:
    """With sandbox mode on the answer is 200, and nothing is sent."""
    answer = _send(sendgrid, {**_MAIL, "mail_settings": {"sandbox_mode": {"enable": True}}})

    assert answer.status_code == 200
    assert sendgrid.outbox.ids() == []
    assert "X-Message-Id" not in answer.headers


def test_the_documented_refusal_of_a_type_with_parameters(sendgrid: StandIn) -> None:
    """To the letter of what SendGrid answers."""
    mail = copy.deepcopy(_MAIL)
    mail["attachments"][0]["type"] = "text/vcard; charset=utf-8"
    [error] = _send(sendgrid, mail).json()["errors"]

    assert error["message"] == "The attachment type cannot contain ';', or CRLF characters."
    assert error["field"] == "attachments.0.type"
    assert error["help"].startswith("http://")


def _set(path: str, value: Any) -> Callable[[Mail], None]:
    """Return a change: the member at the path becomes the value."""

    def change(mail: Mail) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place: Any = mail
        for step in way:
            place = place[step]
        place[last] = value

    return change


def _drop(member: str) -> Callable[[Mail], None]:
    def change(mail: Mail) -> None:
        del mail[member]

    return change


_MANY = [{"email": f"u{position}@acme.example"} for position in range(1001)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_drop("personalizations"), "personalizations"),
        (_set("personalizations", []), "personalizations"),
        (_set("personalizations", {}), "personalizations"),
        (_set("personalizations.0", 7), "personalizations.0"),
        (_set("personalizations.0.to", []), "personalizations.0.to"),
        (_set("personalizations.0.to", _MANY), "personalizations"),
        (_set("personalizations.0.to.0.email", "mary"), "personalizations.0.to.0.email"),
        (_set("personalizations.0.to.0.email", "a@b.ie; c@d.ie"), "personalizations.0.to.0.email"),
        (_set("personalizations.0.to.0.name", "a\r\nb"), "personalizations.0.to.0.email"),
        (_set("personalizations.0.cc", [{"email": "MARY@acme.example"}]), "personalizations.0"),
        (_set("personalizations.0.reply_to", {}), "personalizations.0.reply_to"),
        (_set("personalizations.0.headers", {"Bcc": "x@y.ie"}), "headers.Bcc"),
        (_drop("from"), "from"),
        (_set("from.email", "nobody"), "from.email"),
        (_set("from.name", "Seán"), "from"),
        (_set("reply_to.email", ""), "reply_to.email"),
        (_set("reply_to_list", [{"email": "a@b.ie"}]), "reply_to_list"),
        (_drop("subject"), "subject"),
        (_set("subject", ""), "subject"),
        (_set("subject", "a\r\nBcc: eve@evil.example"), "subject"),
        (_set("subject", "\ud800"), "subject"),
        (_set("subject", 7), "subject"),
        (_drop("content"), "content"),
        (_set("content", []), "content"),
        (_set("content.0.value", ""), "content.0.value"),
        (_set("content.0.value", "\udc00"), "content.0.value"),
        (_set("content.0.type", ""), "content.0.type"),
        (_set("content", [*reversed(_MAIL["content"])]), "content"),
        (_set("attachments.0", "file"), "attachments.0"),
        (_set("attachments.0.content", "no base64!"), "attachments.0.content"),
        (_set("attachments.0.content", ""), "attachments.0.content"),
        (_set("attachments.0.filename", ""), "attachments.0.filename"),
        (_set("attachments.0.type", ""), "attachments.0.type"),
        (_set("attachments.0.type", "text/vcard\r\nX: y"), "attachments.0.type"),
        (_set("attachments.0.disposition", "both"), "attachments.0.disposition"),
        (_set("headers", {"Subject": "x"}), "headers.Subject"),
        (_set("headers", {"X-é": "x"}), "headers.X-é"),
        (_set("headers", {"X-A": "a\nb"}), "headers.X-A"),
        (_set("custom_args", {"request_id": "x" * 10_000}), "custom_args"),
        (_set("custom_args", {"request_id": 7}), "custom_args"),
        (_set("categories", ["x"] * 2), "categories"),
        (_set("categories", ["x" * 256]), "categories"),
        (_set("categories", [*map(str, range(11))]), "categories"),
        (_set("send_at", value=True), "send_at"),
        (_set("mail_settings", {"sandbox_mode": {"enable": "true"}}), "mail_settings.sandbox_mode.enable"),
        (_set("tracking_settings", {"clicks": {}}), "tracking_settings.clicks"),
        (_set("sender", {}), "sender"),
    ],
)
def test_a_wrong_mail_is_refused_with_its_field(
    sendgrid: StandIn, change: Callable[[Mail], None], field: str
) -> None:
    """400 in SendGrid's form, naming the field at fault; nothing is kept."""
    mail = copy.deepcopy(_MAIL)
    change(mail)
    answer = _send(sendgrid, mail)

    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert all(set(error) == {"message", "field", "help"} for error in answer.json()["errors"])
    assert sendgrid.outbox.ids() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"mail"', b"\xff"])
def test_a_body_that_is_no_mail_is_refused(sendgrid: StandIn, body: bytes) -> None:
    """400 without a field."""
    answer = _send(sendgrid, body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] is None


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer None", "SG.test", "Basic SG.test", "Bearer SG."])
def test_a_wrong_key_is_refused(sendgrid: StandIn, key: str) -> None:
    """401; a client without a key sends "Bearer None"."""
    assert _send(sendgrid, _MAIL, Authorization=key).status_code == 401


def test_only_json_is_taken(sendgrid: StandIn) -> None:
    """415 for another content type."""
    assert _send(sendgrid, _MAIL, **{"Content-Type": "text/plain"}).status_code == 415


def test_thirty_megabytes_are_the_limit(sendgrid: StandIn) -> None:
    """413 for more."""
    body = json.dumps(_MAIL).encode()

    assert _send(sendgrid, body + b" " * (30 * 1024 * 1024)).status_code == 413


def test_other_methods_and_paths_are_refused_in_sendgrids_form(sendgrid: StandIn) -> None:
    """405 and 404 with the list of errors."""
    method = requests.get(f"{sendgrid.address}/v3/mail/send", timeout=10)
    path = requests.post(f"{sendgrid.address}/v3/mail/other", timeout=10)

    assert method.status_code == 405
    assert method.json()["errors"][0]["message"] == "method not allowed"
    assert path.status_code == 404
    assert path.json()["errors"][0]["message"] == "not found"


def test_faults_come_as_they_were_asked_for_and_end(sendgrid: StandIn) -> None:
    """A status as often as asked, then work as usual."""
    fault = {"status": 429, "times": 2, "headers": {"X-RateLimit-Reset": "1772427600"}}
    asked = requests.post(f"{sendgrid.address}/standin/faults", json=fault, timeout=10)
    answers = [_send(sendgrid, _MAIL) for _ in range(3)]

    assert asked.status_code == 204
    assert [answer.status_code for answer in answers] == [429, 429, 202]
    assert answers[0].headers["X-RateLimit-Reset"] == "1772427600"


def test_an_answer_may_be_lost_with_or_without_the_mail(sendgrid: StandIn) -> None:
    """The connection ends without an answer; whether the mail was sent is for the fault to say."""
    for fault in ({"close": True}, {"close": True, "accepted": True}):
        requests.post(f"{sendgrid.address}/standin/faults", json=fault, timeout=10)
        with pytest.raises(requests.ConnectionError):
            _send(sendgrid, _MAIL)

    assert len(sendgrid.outbox.ids()) == 1


@pytest.mark.parametrize("fault", [{}, {"status": 99}, {"explode": True}])
def test_a_fault_that_is_none_is_refused(sendgrid: StandIn, fault: dict[str, object]) -> None:
    """400 with the reason."""
    assert requests.post(f"{sendgrid.address}/standin/faults", json=fault, timeout=10).status_code == 400


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    """It says where it is, and keeps mails that were there before."""
    command = [
        sys.executable,
        "-m",
        "infra.standins.sendgrid",
        "--port",
        "0",
        "--outbox",
        str(tmp_path / "outbox"),
    ]
    with running(tmp_path / "outbox") as before:
        _send(before, _MAIL)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            address = program.stdout.readline().split()[4].rstrip(";")
            mails = requests.get(f"{address}/standin/outbox", timeout=10).json()["mails"]
        finally:
            program.terminate()

    assert [mail["subject"] for mail in mails] == ["Kontakt: Ж"]
