"""Outage: whom to tell when a site or an access point is down, with every number and address of theirs.

What is told is what the contacts show. Who asked for which place is in the WISP's history.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Literal

import msgspec

from shared.domain.contact.card import AS_GIVEN, Card
from shared.domain.contact.text import folded, short, stated, text_of
from shared.domain.model.act import Act
from shared.errors import AlreadyThere
from shared.events import Event, log
from shared.usecases.base.documents import act_put, load_wisp
from shared.usecases.base.memory import Remembered
from shared.usecases.base.services import Services
from shared.usecases.customers.known_list import KnownList, ServingSite, known_list

LONGEST_PLACE = 512
"""Characters of a place's name: what of a record is shown."""

_LONGEST_TOLD = 100  # characters of a place's name in the history

_Served = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A customer, with the names of the sites and of the access points that serve them."""

Form = Literal["page", "numbers", "file", "answer"]
"""How the customers are given: on a page, as their numbers only, as a file, or to SIMPLer's backend."""

_FORMS: dict[Form, str] = {"page": "", "numbers": ", as numbers", "file": ", as a file", "answer": ""}


class Place(msgspec.Struct, frozen=True):
    """A site or an access point; the names may be written otherwise than SIMPLer does (`compared`).

    Attributes:
        site: The site's name; "" for those whose record names none; None: whichever it is.
        ap: The access point's name, likewise.
    """

    site: str | None = None
    ap: str | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether anything was chosen."""
        return not (self.site is None and self.ap is None)

    def compared(self) -> tuple[str | None, str | None]:
        """Return site and access point as they are compared: as meant, without case and white space."""
        site, ap = (None if name is None else folded(stated(text_of(name))) for name in (self.site, self.ap))
        return site, ap

    def told(self) -> str:
        """Say for people which place it is."""
        site = "" if self.site is None else f"site {self.site}" if self.site else "no site"
        ap = "" if self.ap is None else f"access point {self.ap}" if self.ap else "no access point"
        told = ", ".join(filter(None, (site, ap)))
        return told[:1].upper() + told[1:]


class ContactNumber(msgspec.Struct, frozen=True):
    """A number: as contacts show it; its kind, with what was typed beside it; and as it is dialled."""

    number: str
    kind: str
    dialled: str


class PlacedCustomer(msgspec.Struct, frozen=True):
    """A customer whom an outage affects.

    Attributes:
        customer: The customer's id.
        name: As the contact shows it.
        numbers: All of theirs that can be dialled.
        emails: All of theirs.
        as_given: What else was typed for a number or an address, as the contact shows it.
        sites: The sites that serve them.
        access_points: The access points that serve them.
        link: The record in SIMPLer, or empty.
    """

    customer: str
    name: str
    numbers: tuple[ContactNumber, ...]
    emails: tuple[str, ...]
    as_given: tuple[str, ...]
    sites: tuple[str, ...]
    access_points: tuple[str, ...]
    link: str = ""


class Outage(msgspec.Struct, frozen=True):
    """The customers of a place.

    Attributes:
        sites: What can be chosen.
        count: How many customers the place serves who are contacts.
        customers: They, or a part of them, in SIMPLer's order.
        unusable: Records of the whole list that cannot be used: any of them may be served there too.
        at: When SIMPLer listed its customers, ISO 8601, UTC.
    """

    sites: tuple[ServingSite, ...]
    count: int
    customers: tuple[PlacedCustomer, ...]
    unusable: int
    at: str


class Question(msgspec.Struct, frozen=True):
    """Who asks for whom.

    Attributes:
        place: What is down.
        by: Who asks, in words that others may read.
        form: How they are given the answer.
        first: How many customers to leave out, from the first on.
        most: How many customers to tell; None: all.
    """

    place: Place
    by: str
    form: Form
    first: int = 0
    most: int | None = None


def outage(services: Services, wisp_id: str, question: Question, *, anew: bool = False) -> Outage:
    """Tell whom an outage affects, and note who asked; without a place only what can be chosen.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        question: Who asks for whom.
        anew: Have SIMPLer list its customers anew; its list is otherwise that of some minutes ago at most.

    Raises:
        StopRun: SIMPLer's list cannot be read.
        Misconfigured: The wisp does not exist, or its address, profile or credentials are wrong.
        RetryLater: It cannot be noted.
    """
    known, served = _asked(services, wisp_id, question, anew=anew)
    last = None if question.most is None else question.first + question.most
    return Outage(
        sites=known.value.sites,
        count=len(served),
        customers=tuple(_affected(known.value, *each) for each in served[question.first : last]),
        unusable=len(known.value.listing.skipped),
        at=known.at.isoformat(timespec="seconds"),
    )


def affected(services: Services, wisp_id: str, question: Question) -> Iterator[PlacedCustomer]:
    """Yield all whom an outage affects, for a file of any length; note first who asks. Raises as `outage`."""
    known, served = _asked(services, wisp_id, question)
    return (_affected(known.value, *each) for each in served)


def _asked(
    services: Services, wisp_id: str, question: Question, *, anew: bool = False
) -> tuple[Remembered[KnownList], Sequence[_Served]]:
    """Return the list, and who is served at the place that is asked for; note who asked."""
    wisp, now = load_wisp(services.state, wisp_id), services.clock.now()
    known = known_list(services, wisp, anew=anew)
    served = list(_served(known.value, question.place))
    if question.place.is_chosen and not served and known.at < now:  # it may be new
        known = known_list(services, wisp, anew=True)
        served = list(_served(known.value, question.place))
    if question.place.is_chosen:
        _note(services, wisp.id, question, len(served))
    return known, served


def _note(services: Services, wisp: str, question: Question, count: int) -> None:
    """Note who is given a place's customers: in the log each time, in the history once an hour.

    The log has no name of a place, since people write customers' names there too. The history has no place
    that serves nobody, so made-up names do not fill it.
    """
    now, by, place = services.clock.now(), question.by, question.place
    message = "the customers of a place were listed"
    log(Event.OUTAGE_LISTED, message, wisp=wisp, by=by, form=question.form, count=count)
    if not count:
        return
    customers = "1 customer" if count == 1 else f"{count:,} customers"
    detail = f"{short(place.told(), _LONGEST_TOLD)}: {customers}{_FORMS[question.form]}"
    names = (by, question.form, *place.compared())
    once = f"{now:%Y%m%dT%H}-{sha256(repr(names).encode()).hexdigest()[:16]}"
    act = Act(now.isoformat(), by, "outage_listed", detail=detail)
    try:
        services.state.write(act_put(wisp, now, act, once=once))
    except AlreadyThere:
        return


def numbers_of(customers: Iterable[PlacedCustomer]) -> list[str]:
    """Return the numbers of all customers as they are dialled, each once, in their order."""
    return list(dict.fromkeys(each.dialled for one in customers for each in one.numbers))


def _served(known: KnownList, place: Place) -> Iterator[_Served]:
    if not place.is_chosen:
        return
    site, ap = place.compared()
    for customer, sites, aps in known.places:
        if (site is None or site in map(folded, sites)) and (ap is None or ap in map(folded, aps)):
            yield customer, sites, aps


def _affected(
    known: KnownList, customer: str, sites: tuple[str, ...], aps: tuple[str, ...]
) -> PlacedCustomer:
    card: Card = known.contacts[customer].card()
    numbers = (
        ContactNumber(phone.number, phone.called, "+" + "".join(filter(str.isdecimal, phone.number)))
        for phone in card.phones
    )
    return PlacedCustomer(
        customer,
        card.display,
        tuple(numbers),
        card.emails,
        as_given=tuple(text for title, text in card.details if title in AS_GIVEN),
        sites=tuple(filter(None, sites)),
        access_points=tuple(filter(None, aps)),
        link=card.link,
    )
