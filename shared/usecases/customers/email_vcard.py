"""E-mail a vCard: sends a customer's card to the user who asks, and to nobody else; or makes a file of it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.contact.card import Card
from shared.domain.contact.customer import Skipped, why_unusable
from shared.domain.contact.vcard import file_name, vcard_of
from shared.domain.model.wisp import Wisp
from shared.errors import AlreadyThere, Denied, OutcomeUnknown, RetryLater, SkipCustomer, Trouble
from shared.events import Event, log
from shared.ports import Drop, Put
from shared.usecases.base.documents import from_document, load_wisp, to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.card_mail import card_mail
from shared.usecases.customers.sync import check_id, look_up

ONCE = 60.0
"""Seconds within which a second press sends no second mail."""

MOST_TO_ONE = 60
"""vCards that a mailbox is sent in an hour."""

MOST_OF_WISP = 500
"""vCards that all users of a WISP are sent in an hour."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of a mail.

    Attributes:
        state: "accepted": the mail provider took it, which does not mean delivered; "already_sent": a moment
            ago, so nothing was sent now.
        to: The user's address.
        message: The provider's id of the mail, or empty.
    """

    state: Literal["accepted", "already_sent"]
    to: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class VcardFile:
    """A vCard with its file name."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MailNote:
    """A vCard that was mailed, without anybody's name.

    Attributes:
        to: A digest of the mailbox.
        hour: The hour in which it was mailed, by which its notes are found in one query.
        at: When, seconds since 1970.
    """

    to: str
    hour: str
    at: float


def vcard_file(services: Services, wisp_id: str, customer: str) -> VcardFile:
    """Return a customer's vCard.

    Raises:
        SkipCustomer: SIMPLer has no such customer, or the record cannot be used.
        StopRun: SIMPLer failed.
        Misconfigured: The wisp does not exist.
    """
    wisp = load_wisp(services.state, wisp_id)
    content = vcard_of(_card(services, wisp, customer), wisp, services.clock.now())
    return VcardFile(file_name(wisp.id, customer), content)


def email_vcard(services: Services, wisp_id: str, customer: str, to: str, request: str) -> Sent:
    """Mail a customer's vCard to a user.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        customer: The customer's id.
        to: The address of the user who asks.
        request: The request's id, by which the mail is found in the provider's log.

    Raises:
        Denied: The user's address is not in the wisp's domains.
        SkipCustomer: SIMPLer has no such customer, or the record cannot be used.
        StopRun: SIMPLer failed.
        RetryLater: The mail was certainly not accepted; another press sends it. ``mail.limit``: so many were
            sent this hour that none is sent before the next.
        OutcomeUnknown: The mail may or may not have been accepted.
        Misconfigured: The wisp does not exist, or the mail provider refuses the key, the sender or the mail.
    """
    wisp = load_wisp(services.state, wisp_id)
    _check_domain(wisp, to)
    card = _card(services, wisp, customer)
    note = _note_mail(services, wisp.id, customer, to)
    if note is None:
        return Sent("already_sent", to)
    mail = card_mail(card, wisp, to=to, request=request, now=services.clock.now())
    try:
        message = services.mailer().send(mail)
    except OutcomeUnknown:
        raise
    except Trouble:
        services.state.write(Drop(note))
        raise
    log(Event.VCARD_SENT, "a vCard was mailed", wisp=wisp.id, customer=customer, mail=message)
    return Sent("accepted", to, message)


def _check_domain(wisp: Wisp, to: str) -> None:
    domain = to.rpartition("@")[2].casefold()
    if wisp.mail_domains and domain not in {allowed.casefold() for allowed in wisp.mail_domains}:
        raise Denied(
            "mail.domain",
            f"the user's address is not in the mail domains of {wisp.id}",
            "Customers' details are only mailed to addresses of the WISP. Please use your work address.",
        )


def _card(services: Services, wisp: Wisp, customer: str) -> Card:
    check_id(customer)
    match look_up(services, wisp, customer):
        case None:
            raise SkipCustomer(
                "customer.unknown",
                "SIMPLer has no customer of this id",
                "SIMPLer has no customer of this id. They may have been deleted; please open the list again.",
            )
        case Skipped(reason=reason):
            message = f"the record of the customer cannot be used: {reason}"
            raise SkipCustomer("customer.unusable", message, why_unusable(reason))
        case record:
            return record.card()


def _note_mail(services: Services, wisp: str, customer: str, to: str) -> str | None:
    """Note that a mail is being sent, for an hour, without an address; return the note's path.

    None when the same one was sent a moment ago. Two notes of neighbouring minutes are looked at, so that a
    second press finds the first one whichever minute it came in.

    Raises:
        RetryLater: Too many were sent this hour.
    """
    now = services.clock.now()
    hour, minute = now.strftime("%Y-%m-%dT%H"), int(now.timestamp() // ONCE)
    mailbox, path = _digest(wisp, _mailbox(to)), f"wisps/{wisp}/mails"
    card = _digest(wisp, customer, _mailbox(to))
    found = services.state.find(path, where={"hour": hour})
    sent = [from_document(document, MailNote, f"{path}/{id_}").to for id_, document in found]
    if sent.count(mailbox) >= MOST_TO_ONE or len(sent) >= MOST_OF_WISP:
        raise _too_many(now)
    before = f"{path}/{card}-{minute - 1}"
    last = services.state.get(before)
    if last and now.timestamp() - from_document(last, MailNote, before).at < ONCE:
        return None
    note = f"{path}/{card}-{minute}"
    document = to_document(MailNote(mailbox, hour, now.timestamp()))
    try:
        services.state.write(Put(note, document, expires=now + _HOUR, new=True))
    except AlreadyThere:
        return None
    return note


def _too_many(now: datetime) -> RetryLater:
    return RetryLater(
        "mail.limit",
        "a mailbox or a WISP was sent as many vCards this hour as it may be",
        "Very many vCards were sent this hour. Please try again in the next hour.",
        after=3600 - now.timestamp() % 3600,
    )


def _mailbox(address: str) -> str:
    """Return the mailbox that an address leads to: without the tag behind ``+``, as many allow."""
    name, _, domain = address.casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _digest(*parts: str) -> str:
    """Return a name that reveals neither user nor customer."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
