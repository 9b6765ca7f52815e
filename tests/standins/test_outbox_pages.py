"""The outbox in the browser: a mail's parts are shown, and its HTML can do nothing."""

import base64
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import requests

from infra.standins.sendgrid.server import StandIn, running

TIMEOUT = 10
PICTURE = base64.b64encode(b"\x89PNG made up").decode()
CARD = "BEGIN:VCARD\r\nEND:VCARD\r\n"
HTML = '<h1>Ann</h1><script>alert(1)</script><img alt="code" src="cid:qr">'


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[StandIn]:
    """SendGrid with one mail in the outbox."""
    with running(tmp_path) as standin:
        body = {
            "personalizations": [{"to": [{"email": "mary@example.com"}]}],
            "from": {"email": "simpler@example.com", "name": "SIMPLer"},
            "subject": "Contact: <b>Ann</b>",
            "content": [
                {"type": "text/plain", "value": "Ann & co."},
                {"type": "text/html", "value": HTML},
            ],
            "attachments": [
                {
                    "content": PICTURE,
                    "type": "image/png",
                    "filename": "qr.png",
                    "disposition": "inline",
                    "content_id": "qr",
                },
                {
                    "content": base64.b64encode(CARD.encode()).decode(),
                    "type": "text/vcard",
                    "filename": "ann.vcf",
                    "disposition": "attachment",
                },
            ],
        }
        standin.outbox.keep(body)
        yield standin


def _get(mail: StandIn, path: str = "") -> requests.Response:
    return requests.get(f"{mail.address}/outbox/{path}", timeout=TIMEOUT)


def _id(mail: StandIn) -> str:
    return mail.outbox.ids()[0]


def test_the_list_tells_subject_receiver_and_files(mail: StandIn) -> None:
    """And a subject with markup is text."""
    page = _get(mail).text

    assert ["<b>Ann" in page, "Contact: <b>Ann</b>" in unescape(page)] == [False, True]
    assert ["mary@example.com" in page, "ann.vcf" in page] == [True, True]


def test_a_mail_is_shown_with_its_text_and_its_html_in_a_sandbox(mail: StandIn) -> None:
    """The page holds the text as text, and the HTML only as a frame that may do nothing."""
    page = _get(mail, _id(mail)).text

    assert f'<iframe sandbox title="The mail\'s HTML" src="/outbox/{_id(mail)}/html">' in page.replace(
        "&#39;", "'"
    )
    assert ["Ann &amp; co." in page, "<script>alert" in page] == [True, False]


def test_the_html_brings_its_picture_and_may_run_nothing(mail: StandIn) -> None:
    """The picture by its content id, inside the page; no script, no form, no request."""
    answer = _get(mail, f"{_id(mail)}/html")

    assert f'src="data:image/png;base64,{PICTURE}"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; img-src data:;")
    assert "script-src" not in policy


def test_files_and_the_mail_itself_are_downloads(mail: StandIn) -> None:
    """As attachments of a type that no browser shows."""
    answers = [_get(mail, f"{_id(mail)}/{path}") for path in ("files/0", "source")]

    assert answers[0].text == CARD
    assert [answer.headers["Content-Disposition"].split(";")[0] for answer in answers] == ["attachment"] * 2
    assert [answer.headers["Content-Type"] for answer in answers] == ["application/octet-stream"] * 2


def test_what_is_not_there_is_said_to_be_missing(mail: StandIn) -> None:
    """A mail, a file, and a way out of the folder: 404."""
    paths = ("00009-none", "00009-none/html", f"{_id(mail)}/files/7", "..%2Fkey", "%2e%2e/source")

    assert [_get(mail, path).status_code for path in paths] == [404] * len(paths)
