"""Mail: what is sent to a person, and who sends it."""

from typing import Protocol

import msgspec


class Attachment(msgspec.Struct, frozen=True):
    """A file in a mail.

    Attributes:
        name: ASCII file name.
        type: Bare media type, e.g. ``text/vcard``; no parameters (SendGrid refuses ``;``).
        content: The bytes.
        content_id: For an image that the HTML shows as ``cid:…``; empty for a file to keep.
    """

    name: str
    type: str
    content: bytes
    content_id: str = ""


class Mail(msgspec.Struct, frozen=True):
    """A mail to exactly one person.

    Attributes:
        to: One plain address.
        subject: One line.
        text: The plain text body.
        html: The same facts as HTML.
        attachments: Files, and images for the HTML.
        request: The request's id, to find the mail again in SendGrid's log.
    """

    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    request: str = ""


class Mailer(Protocol):
    """A mail provider."""

    def send(self, mail: Mail) -> str:
        """Hand the mail to the provider; return its id there, or "". Accepted does not mean delivered.

        Raises:
            RetryLater: The mail was certainly not accepted, and may be later.
            OutcomeUnknown: The mail may or may not have been accepted; do not send it again.
            Misconfigured: The provider refuses the key, the sender or the mail itself.
        """
