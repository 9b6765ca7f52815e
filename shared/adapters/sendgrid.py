"""SendGrid: mail through its Web API v3, each handed over once.

SendGrid has no idempotency key, so a mail whose fate is not known is not sent again; what surely was not
accepted is told apart from it (`shared.adapters.sendgrid_errors`). Only 202 means accepted, and accepted is
not delivered (Twilio's "Mail Send API overview").

Three habits of the client are mended here. It has no time-out of its own. It follows redirects, by which a
POST becomes a GET without a body, and the key goes to another host. At DEBUG its logger writes the key and
the mail. It is imported when a mail is sent: it takes time, and few calls of this service send one.
"""

import base64
import logging
import re
from email.utils import parseaddr
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request

from shared.adapters.sendgrid_errors import TELL, refused, silent, unexpected
from shared.domain.contact.email import is_address
from shared.errors import Misconfigured
from shared.ports import Attachment, Clock, Mail, SecretStore

ENDPOINT = "https://api.sendgrid.com"
"""The API's base address, but for accounts in the European Union: theirs is https://api.eu.sendgrid.com."""

MAIL_SECONDS = 10.0
"""Seconds that SendGrid may be silent."""

_KEY = re.compile(r"[!-~]+")
_ENDPOINT = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?")
_FILE_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")

_OFF = {"enable": False}
_NO_TRACKING = {  # click tracking would rewrite the link to the record
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": _OFF,
    "subscription_tracking": _OFF,
    "ganalytics": _OFF,
}


class SendGridMailer:
    """The `Mailer` port on SendGrid. A recipient that is not one plain address is `Misconfigured` too."""

    def __init__(
        self,
        secrets: SecretStore,
        secret: str,
        sender: str,
        clock: Clock,
        *,
        reply_to: str = "",
        endpoint: str = ENDPOINT,
        timeout: float = MAIL_SECONDS,
    ) -> None:
        """Use a key that is read anew for each mail, so that a changed one is used at once.

        Args:
            secrets: Where the API key is.
            secret: Its name there.
            sender: A verified sender, ``contacts@acme.example`` or ``ACME <contacts@acme.example>``; ASCII.
            clock: Tells how far away the end of a rate limit is.
            reply_to: Where answers go; empty: to the sender.
            endpoint: The API's base address.
            timeout: Seconds that SendGrid may be silent.

        Raises:
            Misconfigured: The sender, the reply-to address or the endpoint cannot be used.
        """
        self._secrets = secrets
        self._secret = secret
        self._from = _sender(sender)
        self._reply_to = reply_to and _address(reply_to, "mail.reply_to", "the address for replies")
        self._clock = clock
        self._endpoint = _checked_endpoint(endpoint)
        self._timeout = timeout
        logging.getLogger("python_http_client").setLevel(logging.INFO)

    def send(self, mail: Mail) -> str:
        """Hand the mail over, once; return SendGrid's id of it ("" if it gave none)."""
        payload = self._payload(mail)
        client = _client(self._key(), self._endpoint)
        try:
            answer = client.post(request_body=payload, timeout=self._timeout)
        except HTTPError as error:
            raise refused(error, self._clock.now().timestamp()) from error
        except (OSError, HTTPException) as error:
            raise silent(error) from error
        if answer.status_code != HTTPStatus.ACCEPTED:
            raise unexpected(answer.status_code)
        return str(answer.headers.get("X-Message-Id", ""))

    def _key(self) -> str:
        key = self._secrets.get(self._secret)
        if not _KEY.fullmatch(key):
            raise Misconfigured(
                "mail.key",
                f"the secret {self._secret} is no API key: it is empty, or holds a space or a line end",
                TELL,
            )
        return key

    def _payload(self, mail: Mail) -> dict[str, Any]:
        """Write the request's body (`requestBodies.PostMailSend` of the API description)."""
        to = _address(mail.to, "mail.recipient", "the recipient's address")
        payload = {
            "personalizations": [{"to": [{"email": to}], "custom_args": {"request_id": mail.request}}],
            "from": self._from,
            "subject": mail.subject,
            "content": [
                {"type": "text/plain", "value": mail.text},
                {"type": "text/html", "value": mail.html},
            ],
            "tracking_settings": _NO_TRACKING,
        }
        if mail.attachments:
            payload["attachments"] = [_attachment(attachment) for attachment in mail.attachments]
        if self._reply_to:
            payload["reply_to"] = {"email": self._reply_to}
        return payload


class _NoRedirects(HTTPRedirectHandler):
    """Makes a redirect an error, before urllib's own handler of redirects is asked (`handler_order`)."""

    handler_order = 400

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, *_: str) -> NoReturn:
        """Follow nothing."""
        raise HTTPError(url=req.full_url, code=code, msg=msg, hdrs=headers, fp=fp)


def _client(key: str, endpoint: str) -> Any:
    """Make SendGrid's own client, at its one call."""
    from sendgrid import SendGridAPIClient  # noqa: PLC0415  see the module's text

    client = SendGridAPIClient(key, host=endpoint).client.mail.send
    client._make_request = _open  # noqa: SLF001  the only seam at which redirects can be refused
    return client


def _open(opener: OpenerDirector, request: Request, *, timeout: float) -> Any:
    """Use the opener that the client has built: each reads every authority's certificate anew."""
    opener.add_handler(_NoRedirects())
    return opener.open(request, timeout=timeout)


def _attachment(attachment: Attachment) -> dict[str, str]:
    """Write a file; SendGrid garbles a name that is not ASCII, and refuses a type with parameters."""
    if not (_FILE_NAME.fullmatch(attachment.name) and _MEDIA_TYPE.fullmatch(attachment.type)):
        raise Misconfigured(
            "mail.attachment",
            "an attachment's name or type is not as SendGrid takes them: mend the program",
            TELL,
        )
    written = {
        "content": base64.b64encode(attachment.content).decode(),
        "type": attachment.type,
        "filename": attachment.name,
        "disposition": "inline" if attachment.content_id else "attachment",
    }
    return {**written, "content_id": attachment.content_id} if attachment.content_id else written


def _sender(text: str) -> dict[str, str]:
    name, address = parseaddr(text)
    sender = {"email": _address(address, "mail.sender", "the sender")}
    if not (name.isascii() and name.isprintable()):
        raise Misconfigured("mail.sender", "SendGrid takes only ASCII in the sender's name", TELL)
    return {**sender, "name": name} if name else sender


def _address(text: str, reason: str, what: str) -> str:
    """Accept a text that is exactly one plain address: of several, SendGrid's client mails only the first."""
    if not text.isascii() or not is_address(text):
        sentence = f"{what} must be one plain e-mail address, such as mary@acme.example"
        raise Misconfigured(reason, sentence, f"The mail was not sent: {sentence}. Please have it corrected.")
    return text


def _checked_endpoint(endpoint: str) -> str:
    if not _ENDPOINT.fullmatch(endpoint):
        raise Misconfigured("mail.endpoint", f"SENDGRID_ENDPOINT must be like {ENDPOINT}", TELL)
    return endpoint.rstrip("/")
