"""E-mail vCards: sends customers' cards to the user who asks, and to nobody else; or makes a file of one."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from shared.domain.contact.card import Card
from shared.domain.contact.customer import Skipped, why_unusable
from shared.domain.contact.customer_id import may_be_id
from shared.domain.contact.vcard import file_name, vcard_of
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import why_no_contact
from shared.errors import AlreadyThere, Denied, OutcomeUnknown, RetryLater, SkipCustomer
from shared.events import Event, log
from shared.mail.contact_list import NotSent
from shared.ports import Drop, Mail, Put
from shared.usecases.base.documents import from_document, load_accepted_list, load_wisp, to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.card_mail import card_mail, list_mail
from shared.usecases.customers.sync import check_id, look_up

ONCE = 60.0
"""Seconds within which a second press sends no second mail."""

MOST_TO_ONE = 120
"""VCards that a mailbox is sent in an hour: two long days of a technician, and some more."""

MOST_OF_WISP = 1000
"""VCards that all users of a WISP are sent in an hour."""

MOST_AT_ONCE = 50
"""Customers whose vCards one mail brings: a technician's day, and more."""

_HOUR = timedelta(hours=1)
_UNKNOWN = "SIMPLer has no customer of this id."
_NAMED = 5  # customers whom a refusal names


class Sent(msgspec.Struct, frozen=True):
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


class ListSent(msgspec.Struct, frozen=True):
    """The outcome of a mail with several customers' vCards.

    Attributes:
        customers: Whose vCards it has, in the order in which they were asked for, each once.
        not_sent: Of whom it has none, with the reason.
        state: As in `Sent`.
        to: The user's address.
        message: The provider's id of the mail, or empty.
    """

    customers: tuple[str, ...]
    not_sent: tuple[NotSent, ...]
    state: Literal["accepted", "already_sent"]
    to: str
    message: str = ""


class VcardFile(msgspec.Struct, frozen=True):
    """A vCard with its file name."""

    name: str
    content: bytes


class MailNote(msgspec.Struct, frozen=True):
    """A mail with vCards, without anybody's name.

    Attributes:
        to: A digest of the mailbox.
        hour: The hour in which it was mailed, by which its notes are found in one query.
        at: When, seconds since 1970.
        cards: How many vCards it has.
    """

    to: str
    hour: str
    at: float
    cards: int = 1


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
    with _noted(services, wisp.id, (customer,), to) as is_first:
        if not is_first:
            return Sent("already_sent", to)
        mail = card_mail(card, wisp, to=to, request=request, now=services.clock.now())
        return _send(services, wisp, mail, (customer,))


def email_vcards(
    services: Services, wisp_id: str, customers: Sequence[str], to: str, request: str
) -> ListSent:
    """Mail the vCards of several customers to a user, in one mail; it names those who cannot be in it.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        customers: Their ids, at most `MOST_AT_ONCE`; repeated ones count once.
        to: The address of the user who asks.
        request: The request's id, by which the mail is found in the provider's log.

    Raises:
        SkipCustomer: ``customer.none_to_send``: none of them is a contact.
        StopRun, RetryLater, OutcomeUnknown, Denied, Misconfigured: As `email_vcard` raises them.
    """
    wisp = load_wisp(services.state, wisp_id)
    _check_domain(wisp, to)
    asked = tuple(dict.fromkeys(customers))
    cards, not_sent = _cards(services, wisp, asked)
    if not cards:
        raise _none_to_send(not_sent)
    sendable = tuple(card.customer for card in cards)
    with _noted(services, wisp.id, sendable, to) as is_first:
        if not is_first:
            return ListSent(sendable, not_sent, "already_sent", to)
        mail = list_mail(cards, not_sent, wisp, to=to, request=request, now=services.clock.now())
        sent = _send(services, wisp, mail, sendable)
    return ListSent(sendable, not_sent, sent.state, to, message=sent.message)


@contextmanager
def _noted(services: Services, wisp: str, customers: tuple[str, ...], to: str) -> Iterator[bool]:
    """Note that a mail is being sent; say whether it is the first such mail in a minute.

    The note comes before the mail is composed, since fifty QR codes take seconds. It stays unless nothing was
    sent for sure.

    Raises:
        RetryLater: Too many vCards were sent this hour.
    """
    note = _note_mail(services, wisp, customers, to)
    try:
        yield note is not None
    except OutcomeUnknown:
        raise
    except Exception:
        if note is not None:
            services.state.write(Drop(note))
        raise


def _send(services: Services, wisp: Wisp, mail: Mail, customers: tuple[str, ...]) -> Sent:
    message = services.mailer().send(mail)
    for customer in customers:
        log(Event.VCARD_SENT, "a vCard was mailed", wisp=wisp.id, customer=customer, mail=message)
    return Sent("accepted", mail.to, message)


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
                f"{_UNKNOWN} They may have been deleted; please open the list again.",
            )
        case Skipped(reason=reason):
            message = f"the record of the customer cannot be used: {reason}"
            raise SkipCustomer("customer.unusable", message, why_unusable(reason))
        case record:
            return record.card()


def _cards(
    services: Services, wisp: Wisp, customers: Sequence[str]
) -> tuple[list[Card], tuple[NotSent, ...]]:
    """Return the cards of the customers who are contacts, in order, and why there is none of the others."""
    known = load_accepted_list(services.state, wisp.id)
    asked = [customer for customer in customers if may_be_id(customer)]
    found = services.source(wisp).some(asked, known.listed) if asked else {}
    cards, not_sent = [], []
    for customer in customers:
        record = Skipped(customer, "id used twice", 0) if customer in known.doubled else found.get(customer)
        match record:
            case None:
                not_sent.append(NotSent(customer, _UNKNOWN))
            case Skipped(reason=reason):
                not_sent.append(NotSent(customer, why_unusable(reason)))
            case _ if why := why_no_contact(record, wisp):
                not_sent.append(NotSent(customer, why))
            case _:
                cards.append(record.card())
    return cards, tuple(not_sent)


def _none_to_send(not_sent: Sequence[NotSent]) -> SkipCustomer:
    named = " ".join(f"{each.customer}: {each.reason}" for each in not_sent[:_NAMED])
    others = f" And {len(not_sent) - _NAMED} more." if len(not_sent) > _NAMED else ""
    what = "None of these customers is a contact" if not_sent else "No customer was named"
    return SkipCustomer(
        "customer.none_to_send",
        "none of the customers is a contact",
        f"{what}, so nothing was sent. {named}{others}".rstrip(),
    )


def _note_mail(services: Services, wisp: str, customers: Sequence[str], to: str) -> str | None:
    """Note that a mail is being sent, for an hour, without an address; return the note's path.

    None when the same one was sent a moment ago. Two notes of neighbouring minutes are looked at, so that a
    second press finds the first one whichever minute it came in.

    Raises:
        RetryLater: Too many were sent this hour.
    """
    now = services.clock.now()
    hour, minute = now.strftime("%Y-%m-%dT%H"), int(now.timestamp() // ONCE)
    mailbox, path = _digest(wisp, _mailbox(to)), f"wisps/{wisp}/mails"
    card = _digest(wisp, *customers, _mailbox(to))
    found = services.state.find(path, where={"hour": hour})
    sent = [from_document(document, MailNote, f"{path}/{id_}") for id_, document in found]
    before = f"{path}/{card}-{minute - 1}"
    last = services.state.get(before)
    if last and now.timestamp() - from_document(last, MailNote, before).at < ONCE:
        return None
    own = sum(each.cards for each in sent if each.to == mailbox)
    cards = len(customers)
    if own + cards > MOST_TO_ONE or sum(each.cards for each in sent) + cards > MOST_OF_WISP:
        raise _too_many(now)
    note = f"{path}/{card}-{minute}"
    document = to_document(MailNote(mailbox, hour, now.timestamp(), cards))
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
