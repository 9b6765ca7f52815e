"""E-mail a vCard: sends a customer's card to the user who asks, and to nobody else; or makes a file of it."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from shared.domain.contact.card import Card
from shared.domain.contact.customer import Skipped, why_unusable
from shared.domain.contact.vcard import file_name, vcard_of
from shared.domain.model.wisp import Wisp
from shared.errors import Denied, LeaseHeld, OutcomeUnknown, SkipCustomer, Trouble
from shared.events import Event, log
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.leases import new_claim
from shared.usecases.base.services import Services
from shared.usecases.customers.card_mail import card_mail
from shared.usecases.customers.press import check_id

ONCE = 60.0
"""Seconds within which a second press sends no second mail."""


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
        RetryLater: The mail was certainly not accepted; another press sends it.
        OutcomeUnknown: The mail may or may not have been accepted.
        Misconfigured: The wisp does not exist, or the mail provider refuses the key, the sender or the mail.
    """
    wisp = load_wisp(services.state, wisp_id)
    _check_domain(wisp, to)
    card = _card(services, wisp, customer)
    claim = new_claim(services, "mail", to, request)
    try:
        lease = services.leases.acquire(_once(wisp.id, customer, to), claim, ONCE)
    except LeaseHeld:
        return Sent("already_sent", to)
    mail = card_mail(card, wisp, to=to, request=request, now=services.clock.now())
    try:
        message = services.mailer().send(mail)
    except OutcomeUnknown:
        raise
    except Trouble:
        services.leases.release(lease)
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
    match services.source(wisp).customer(customer):
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


def _once(wisp: str, customer: str, to: str) -> str:
    """Name the lease that keeps a second press from sending; it reveals neither user nor customer."""
    digest = hashlib.sha256(f"{wisp}\0{customer}\0{to.casefold()}".encode()).hexdigest()
    return f"mail-{digest[:32]}"
