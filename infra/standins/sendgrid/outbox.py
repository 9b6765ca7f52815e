"""Outbox: accepted mails as ``.eml`` files, which any mail program opens (RFC 5322)."""

import base64
import json
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from uuid import uuid4

_ARGUMENTS = "X-Standin-Custom-Args"


class Outbox:
    """The mails in a folder, one file each, in the order in which they were accepted."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made if need be, and what is in it stays."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()

    def keep(self, mail: dict[str, Any]) -> str:
        """Write a mail that was found right, once for each personalization; returns the id."""
        with self._lock:
            mail_id = f"{len(self.ids()) + 1:05d}-{uuid4().hex[:16]}"
            for position, personal in enumerate(mail["personalizations"]):
                suffix = f".{position}" if position else ""
                message = _message(mail, personal)
                (self._folder / f"{mail_id}{suffix}.eml").write_bytes(message.as_bytes())
        return mail_id

    def ids(self) -> list[str]:
        """Return the ids of all mails, oldest first."""
        return sorted(path.stem for path in self._folder.glob("*.eml"))

    def read(self, mail_id: str) -> bytes:
        """Return a mail's file.

        Raises:
            KeyError: No mail has that id.
        """
        if mail_id not in self.ids():
            raise KeyError(mail_id)
        return (self._folder / f"{mail_id}.eml").read_bytes()

    def index(self) -> list[dict[str, Any]]:
        """Return what each mail is, oldest first."""
        return [self._entry(mail_id) for mail_id in self.ids()]

    def _entry(self, mail_id: str) -> dict[str, Any]:
        message = message_from_bytes(self.read(mail_id), policy=SMTP)
        return {
            "id": mail_id,
            "date": message["Date"],
            "from": message["From"],
            "to": message["To"],
            "subject": message["Subject"],
            "custom_args": json.loads(message[_ARGUMENTS]),
            "files": [part.get_filename() for part in message.walk() if part.get_filename()],
        }


def _message(mail: dict[str, Any], personal: dict[str, Any]) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="standin.invalid")
    message["From"] = _address(mail["from"])
    for header, group in (("To", "to"), ("Cc", "cc"), ("Bcc", "bcc")):
        if personal.get(group):
            message[header] = [_address(person) for person in personal[group]]
    if "reply_to" in mail:
        message["Reply-To"] = _address(mail["reply_to"])
    message["Subject"] = personal.get("subject") or mail["subject"]
    arguments = {**mail.get("custom_args", {}), **personal.get("custom_args", {})}
    message[_ARGUMENTS] = json.dumps(arguments)
    for name, value in {**mail.get("headers", {}), **personal.get("headers", {})}.items():
        message[name] = value
    _fill(message, mail)
    return message


def _fill(message: EmailMessage, mail: dict[str, Any]) -> None:
    """Add the bodies, the pictures beside the last of them (the HTML), then the files."""
    first, *others = mail["content"]
    message.set_content(first["value"], subtype=_subtype(first))
    for block in others:
        message.add_alternative(block["value"], subtype=_subtype(block))
    attachments = mail.get("attachments", [])
    body = message.get_body()
    assert isinstance(body, EmailMessage)
    for attachment in attachments:
        if attachment.get("disposition") == "inline":
            cid = f"<{attachment.get('content_id', '')}>"
            data, maintype, subtype = _content(attachment)
            name = attachment["filename"]
            body.add_related(data, maintype, subtype, cid=cid, filename=name, disposition="inline")
    for attachment in attachments:
        if attachment.get("disposition") != "inline":
            message.add_attachment(*_content(attachment), filename=attachment["filename"])


def _content(attachment: dict[str, Any]) -> tuple[bytes, str, str]:
    maintype, _, subtype = attachment.get("type", "application/octet-stream").partition("/")
    return base64.b64decode(attachment["content"]), maintype, subtype


def _subtype(block: dict[str, Any]) -> str:
    return str(block["type"]).partition("/")[2].partition(";")[0]


def _address(person: dict[str, Any]) -> Address:
    return Address(person.get("name", ""), addr_spec=person["email"])
