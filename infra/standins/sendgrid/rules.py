"""Rules: what SendGrid refuses in the body of ``POST /v3/mail/send``.

After the API description (twilio/sendgrid-oai, ``requestBodies.PostMailSend``), the page "Mail Send API
overview" and the refusals that its users have reported. Where SendGrid's words are known they are used; the
``field`` is what a program should rely on. Not kept: templates, unsubscribe groups and scheduling.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

MOST_OCTETS = 30 * 1024 * 1024
"""Of a whole request."""

_MOST_RECIPIENTS = 1000
_MOST_ARGUMENT_OCTETS = 10_000
_MOST_CATEGORIES = 10
_LONGEST_CATEGORY = 255

_HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html"
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+\.[^\s@<>(),;:\\\"\[\].]+")
_HEADER = re.compile(r"[!-9;-~]+")

_MEMBERS: dict[str, type] = {
    "personalizations": list,
    "from": dict,
    "reply_to": dict,
    "reply_to_list": list,
    "subject": str,
    "content": list,
    "attachments": list,
    "template_id": str,
    "headers": dict,
    "categories": list,
    "custom_args": dict,
    "send_at": int,
    "batch_id": str,
    "asm": dict,
    "ip_pool_name": str,
    "mail_settings": dict,
    "tracking_settings": dict,
}
_PERSONAL: dict[str, type] = {
    "from": dict,
    "to": list,
    "cc": list,
    "bcc": list,
    "subject": str,
    "headers": dict,
    "substitutions": dict,
    "dynamic_template_data": dict,
    "custom_args": dict,
    "send_at": int,
}
_RESERVED = frozenset(
    (
        *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"),
        *("to", "from", "subject", "reply-to", "cc", "bcc"),
    )
)
_SWITCHES = {
    "mail_settings": "bypass_list_management bypass_spam_management bypass_bounce_management "
    "bypass_unsubscribe_management footer sandbox_mode",
    "tracking_settings": "click_tracking open_tracking subscription_tracking ganalytics",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One entry of SendGrid's list of errors."""

    message: str
    field: str | None = None

    @property
    def json(self) -> dict[str, object]:
        """As it stands in an answer."""
        return {
            "message": self.message,
            "field": self.field,
            "help": self.field and f"{_HELP}#message.{self.field}",
        }


def check(mail: Any) -> list[Refusal]:
    """Return why SendGrid refuses the mail, or an empty list."""
    if not isinstance(mail, dict):
        return [Refusal("Bad Request")]
    shape = list(_shape(mail, _MEMBERS, ""))
    return shape or [refusal for rule in _RULES for refusal in rule(mail)]


def is_sandbox(mail: dict[str, Any]) -> bool:
    """Return whether the mail is only to be checked."""
    setting: dict[str, Any] = mail.get("mail_settings", {}).get("sandbox_mode", {})
    return setting.get("enable") is True


def _shape(value: dict[str, Any], members: dict[str, type], where: str) -> Iterator[Refusal]:
    for name, member in value.items():
        if name not in members:
            yield Refusal(f"Additional property {name} is not allowed", f"{where}{name}")
        elif not isinstance(member, members[name]) or (members[name] is int and isinstance(member, bool)):
            yield Refusal(f"Invalid type. Expected: {members[name].__name__}.", f"{where}{name}")


def _senders(mail: dict[str, Any]) -> Iterator[Refusal]:
    if "from" not in mail:
        yield Refusal("The from object must be provided for every email send.", "from")
        return
    if not _is_address(mail["from"]):
        yield Refusal("The from email does not contain a valid address.", "from.email")
    if not json.dumps(mail["from"], ensure_ascii=False).isascii():
        yield Refusal("The from object may not contain Unicode characters.", "from")
    if "reply_to" in mail and not _is_address(mail["reply_to"]):
        yield Refusal("The reply_to email does not contain a valid address.", "reply_to.email")
    if "reply_to" in mail and "reply_to_list" in mail:
        yield Refusal("Use either reply_to or reply_to_list, not both.", "reply_to_list")


def _personalizations(mail: dict[str, Any]) -> Iterator[Refusal]:
    entries = mail.get("personalizations")
    if not entries:
        yield Refusal(
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
        )
        return
    for position, entry in enumerate(entries):
        where = f"personalizations.{position}"
        shape = list(_shape(entry, _PERSONAL, f"{where}.")) if isinstance(entry, dict) else [_bad(where)]
        yield from shape or _recipients(entry, where)
    count = sum(len(_everybody(entry)) for entry in entries if isinstance(entry, dict))
    if count > _MOST_RECIPIENTS:
        yield Refusal("A request may have at most 1,000 recipients.", "personalizations")


def _everybody(entry: dict[str, Any]) -> list[tuple[str, Any]]:
    groups = [(group, entry.get(group)) for group in ("to", "cc", "bcc")]
    return [
        (f"{group}.{position}", person)
        for group, people in groups
        if isinstance(people, list)
        for position, person in enumerate(people)
    ]


def _recipients(entry: dict[str, Any], where: str) -> Iterator[Refusal]:
    if not entry.get("to"):
        yield Refusal(
            "The to array is required for all personalization objects, and must have at least one email "
            "object with a valid email address.",
            f"{where}.to",
        )
    seen = set()
    for position, person in _everybody(entry):
        if not _is_address(person):
            yield Refusal("Does not contain a valid address.", f"{where}.{position}.email")
        elif person["email"].casefold() in seen:
            yield Refusal(
                "Each email address in the personalization block should be unique between to, cc, and bcc. "
                f"We found the first duplicate instance of [{person['email']}] in the {where} field.",
                where,
            )
        else:
            seen.add(person["email"].casefold())


def _subject(mail: dict[str, Any]) -> Iterator[Refusal]:
    personal = [entry.get("subject") for entry in mail.get("personalizations", ()) if isinstance(entry, dict)]
    if not mail.get("subject") and not (personal and all(personal)):
        yield Refusal(
            "The subject is required. You can get around this requirement if you use a template with a "
            "subject defined or if every personalization has a subject defined.",
            "subject",
        )
    if any(subject and not _is_line(subject) for subject in (mail.get("subject"), *personal)):
        yield Refusal("The subject must be one line of Unicode text.", "subject")


def _content(mail: dict[str, Any]) -> Iterator[Refusal]:
    blocks = mail.get("content")
    if not blocks:
        yield Refusal(
            "Unless a valid template_id is provided, the content parameter is required. There must be at "
            "least one defined content block.",
            "content",
        )
        return
    for position, block in enumerate(blocks):
        for member in ("type", "value"):
            text = block.get(member) if isinstance(block, dict) else None
            if not isinstance(text, str) or not text or not _is_unicode(text):
                message = f"The content {member} must be a string at least one character in length."
                yield Refusal(message, f"content.{position}.{member}")
    types = [block.get("type") for block in blocks if isinstance(block, dict)]
    if "text/plain" in types[1:]:
        yield Refusal("If present, text/plain must be first, followed by text/html.", "content")


def _attachments(mail: dict[str, Any]) -> Iterator[Refusal]:
    for position, attachment in enumerate(mail.get("attachments", ())):
        where = f"attachments.{position}"
        if isinstance(attachment, dict):
            yield from _attachment(attachment, where)
        else:
            yield _bad(where)


def _attachment(attachment: dict[str, Any], where: str) -> Iterator[Refusal]:
    if not _is_base64(attachment.get("content")):
        yield Refusal("The attachment content must be base64 encoded.", f"{where}.content")
    if not isinstance(attachment.get("filename"), str) or not attachment["filename"]:
        yield Refusal("The attachment filename parameter is required.", f"{where}.filename")
    media_type = attachment.get("type", "application/octet-stream")
    if not isinstance(media_type, str) or not media_type:
        yield Refusal(
            "The attachment type must be a string at least one character in length.", f"{where}.type"
        )
    elif any(character in media_type for character in ";\r\n"):
        yield Refusal("The attachment type cannot contain ';', or CRLF characters.", f"{where}.type")
    if attachment.get("disposition", "attachment") not in {"inline", "attachment"}:
        yield Refusal("The disposition must be inline or attachment.", f"{where}.disposition")


def _headers(mail: dict[str, Any]) -> Iterator[Refusal]:
    personal = [entry for entry in mail.get("personalizations", ()) if isinstance(entry, dict)]
    for headers in (mail.get("headers", {}), *(entry.get("headers", {}) for entry in personal)):
        for name, value in headers.items():
            if name.casefold() in _RESERVED:
                yield Refusal(f"The header {name} is reserved and may not be set.", f"headers.{name}")
            elif not _HEADER.fullmatch(name) or not isinstance(value, str) or not _is_line(value):
                yield Refusal("A header must have an ASCII name and one line of text.", f"headers.{name}")


def _arguments(mail: dict[str, Any]) -> Iterator[Refusal]:
    personal = [entry for entry in mail.get("personalizations", ()) if isinstance(entry, dict)]
    for entry in personal or [{}]:
        arguments = {**mail.get("custom_args", {}), **entry.get("custom_args", {})}
        if len(json.dumps(arguments).encode()) > _MOST_ARGUMENT_OCTETS:
            yield Refusal("The custom_args may not exceed 10,000 bytes.", "custom_args")
        if not all(isinstance(value, str) for value in arguments.values()):
            yield Refusal("The custom_args values must be strings.", "custom_args")


def _categories(mail: dict[str, Any]) -> Iterator[Refusal]:
    categories = mail.get("categories", [])
    strings = [category for category in categories if isinstance(category, str)]
    if strings != categories or any(len(category) > _LONGEST_CATEGORY for category in strings):
        yield Refusal("A category must be a string of at most 255 characters.", "categories")
    if len(categories) > _MOST_CATEGORIES or len(set(strings)) < len(strings):
        yield Refusal("There may be at most 10 categories, each once.", "categories")


def _settings(mail: dict[str, Any]) -> Iterator[Refusal]:
    for group, names in _SWITCHES.items():
        for name, setting in mail.get(group, {}).items():
            if name not in names.split():
                yield Refusal(f"Additional property {name} is not allowed", f"{group}.{name}")
            elif not isinstance(setting, dict) or not isinstance(setting.get("enable", False), bool):
                yield Refusal("The enable parameter must be a boolean.", f"{group}.{name}.enable")


_RULES: tuple[Callable[[dict[str, Any]], Iterator[Refusal]], ...] = (
    _senders,
    _personalizations,
    _subject,
    _content,
    _attachments,
    _headers,
    _arguments,
    _categories,
    _settings,
)


def _bad(where: str) -> Refusal:
    return Refusal("Invalid type. Expected: object.", where)


def _is_address(person: Any) -> bool:
    if not isinstance(person, dict) or not set(person) <= {"email", "name"}:
        return False
    email, name = person.get("email"), person.get("name", "")
    if not isinstance(email, str) or not isinstance(name, str):
        return False
    return bool(_ADDRESS.fullmatch(email)) and _is_line(name)


def _is_line(text: str) -> bool:
    return "\r" not in text and "\n" not in text and _is_unicode(text)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_base64(content: Any) -> bool:
    if not isinstance(content, str) or not content:
        return False
    try:
        base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
