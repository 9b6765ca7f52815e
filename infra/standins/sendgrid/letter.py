"""Letter: a mail of the outbox, taken apart for a browser."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import MIMEPart
from email.policy import SMTP


@dataclass(frozen=True, slots=True)
class File:
    """An attachment.

    Attributes:
        name: As the mail names it.
        kind: Its media type.
        content: Its bytes.
    """

    name: str
    kind: str
    content: bytes


class Letter:
    """A mail; what it lacks is an empty text."""

    def __init__(self, data: bytes) -> None:
        """Read a mail as RFC 5322 writes it."""
        self._message = message_from_bytes(data, policy=SMTP)

    def header(self, name: str) -> str:
        """Return a header's value."""
        return str(self._message[name] or "")

    @property
    def text(self) -> str:
        """The body for those who read text."""
        return _content(self._message.get_body(("plain",)))

    @property
    def html(self) -> str:
        """The body for those who read HTML, with the pictures that it names by ``cid:`` inside (RFC 2392)."""
        html = _content(self._message.get_body(("html",)))
        for part in self._parts():
            if cid := (part["Content-ID"] or "").strip("<> "):
                data = base64.b64encode(_bytes(part)).decode()
                html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{data}")
        return html

    @property
    def files(self) -> list[File]:
        """The attachments that are no part of the body."""
        return [
            File(part.get_filename() or "file", part.get_content_type(), _bytes(part))
            for part in self._parts()
            if part.get_content_disposition() == "attachment"
        ]

    def _parts(self) -> Iterator[MIMEPart]:
        return (part for part in self._message.walk() if not part.is_multipart())


def _content(part: MIMEPart | None) -> str:
    return str(part.get_content()) if part else ""


def _bytes(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
