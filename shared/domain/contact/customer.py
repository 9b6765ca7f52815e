"""Customer: what we use of a SIMPLer record, checked and cleaned."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal
from urllib.parse import unquote

import msgspec

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.customer_id import LONGEST_ID
from shared.domain.contact.email import ReadEmails, parted, read_emails
from shared.domain.contact.garbled import repaired
from shared.domain.contact.link import read_link
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.contact.text import (
    ELLIPSIS,
    cut,
    entries,
    folded,
    meant,
    meant_lines,
    short,
    stated,
    stated_name,
    stated_names,
    text_of,
    units,
)
from shared.pattern import pattern

_MOST_PHONES = 100
_LONGEST_TEXT = 8192
_LONGEST_WHOLE = 2048  # of a text that is cut
_LONG_GROUP = pattern(r"\d{5}")
_TEL_LINK = pattern(r"\b(?:tel|callto):", re.IGNORECASE)
_ESCAPED = pattern(r"%2[0-9a-f]", re.IGNORECASE)
_BREAK = pattern(r"<br\s*/?>", re.IGNORECASE)
_MOST_ADDRESSES = 4
_KINDS = tuple(AddressKind)
_PLACE = ("lines", "city", "region", "postcode", "country")
_MOST_LINES = 10

RawRecord = Mapping[object, object]


class RawPhone(msgspec.Struct, frozen=True):
    """A telephone number as SIMPLer has it, not yet understood.

    Attributes:
        text: As typed; may hold several numbers ("087 … / 086 …").
        kind: What the record says of its kind.
    """

    text: str
    kind: PhoneKind


class Address(msgspec.Struct, frozen=True):
    """A postal address; every part may be empty.

    Attributes:
        kind: What it is for.
        lines: Street and further lines.
        city: Town or city.
        region: County, state or province.
        postcode: As written.
        country: As written in SIMPLer: a name or a code.
    """

    kind: AddressKind
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


def _row(title: str) -> str:
    """Declare a plain text of a record, which a contact shows as a row with this title."""
    text: str = field(default="", metadata={"row": title})
    return text


@dataclass(frozen=True, slots=True)
class Customer:
    """A SIMPLer customer, as far as we use it; texts are cleaned, cut and may be empty, except `id`.

    Attributes:
        id: SIMPLer's ``customerid``.
        name: A person's or a company's name.
        company: The company's name, where SIMPLer has it apart from `name`.
        first_name: Of the contact person.
        last_name: Of the contact person.
        nickname: SIMPLer's unique short name.
        status: E.g. ``current``, ``post``, ``waiting for install``.
        phones: As typed, most important first.
        emails: Split, trimmed, plausible; most important first.
        email_texts: What was typed as e-mail but is more than that, or something else.
        phone_texts: What stands for a telephone number and is no text, so that nobody can say what it means.
        addresses: Installation first.
        site: Name of the tower or base station.
        ap: Nickname of the access point.
        plan: Product or bandwidth bucket.
        link: Address of the record in SIMPLer; http or https, or empty.
        cut_off: What of the record is here in part only, being too long, or not at all, being too much.
    """

    id: str
    name: str = ""
    company: str = ""
    first_name: str = ""
    last_name: str = ""
    nickname: str = ""
    status: str = ""
    phones: tuple[RawPhone, ...] = ()
    emails: tuple[str, ...] = ()
    email_texts: tuple[str, ...] = ()
    phone_texts: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    site: str = _row("Site")
    ap: str = _row("Access point")
    plan: str = _row("Plan")
    link: str = ""
    cut_off: tuple[str, ...] = field(default=(), compare=False)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield the title and the text of each plain text that is a row, in order."""
        return ((title, getattr(self, name)) for name, title in ROW_TITLES.items())


ROW_TITLES: Mapping[str, str] = {
    each.name: each.metadata["row"] for each in fields(Customer) if each.metadata
}
"""The title of each plain text that a contact shows as a row, by its name."""


SkipReason = Literal["no id", "another id", "id used twice", "not a record", "nothing to show"]
"""Why a record cannot be used; "another id" only where one customer was asked for. A stable code."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that cannot become a contact; its contact, if any, stays as it is.

    Attributes:
        customer: The customer's id, or "" when the record has none that can be used.
        reason: Why.
        position: Where in the listing it stood, from 1, so that an operator can find it.
        name: The name in it, if any, so that people can find it.
    """

    customer: str
    reason: SkipReason
    position: int
    name: str = field(default="", compare=False)


_UNUSABLE: Mapping[SkipReason, str] = {
    "no id": "SIMPLer's record of this customer has no customer number, so it may be anybody's.",
    "another id": "SIMPLer answered with another customer's record.",
    "not a record": "SIMPLer's answer about this customer cannot be read.",
    "id used twice": "SIMPLer has several records with this customer number.",
    "nothing to show": "The customer's record in SIMPLer has no name, no number and no e-mail address.",
}


def why_unusable(reason: SkipReason) -> str:
    """Say for people what is wrong with the record of one customer."""
    return f"{_UNUSABLE[reason]} The contact stays as it is. Please have the record looked at in SIMPLer."


def read_customer(record: object, position: int) -> Customer | Skipped:
    """Read what can be used of one record of a listing; never raises, whatever JSON it is.

    Numbers count as texts; anything else that is not what its member should be counts as absent, but an
    object that stands for a telephone number or an e-mail address is shown as it is. One value, or lists
    in lists, may stand where a list of them belongs.

    Args:
        record: JSON: ``{"id", "name", "company", "first_name", "last_name", "nickname", "status", "phones":
            [{"text", "kind"}], "emails": [...], "addresses": [{"kind", "lines": [...], "city", "region",
            "postcode", "country"}], "site", "ap", "plan", "link"}``.
        position: Where in the listing it stands, from 1.
    """
    if not isinstance(record, dict):
        return Skipped("", "not a record", position)
    customer_id = _id(record.get("id"))
    if not customer_id:
        return Skipped("", "no id", position, name=_name(record))
    customer = _customer(customer_id, record)
    return customer if _has_something_to_show(customer) else Skipped(customer_id, "nothing to show", position)


def identify(record: RawRecord) -> tuple[str, str] | None:
    """Return the id and the status of a record that can be used, if its name alone shows that it can.

    `read_customer` decides on the others, by the same rules.
    """
    customer_id = _id(record.get("id"))
    return (customer_id, text_of(record.get("status"))) if customer_id and _name(record) else None


def _name(record: RawRecord) -> str:
    return stated_name(text_of(record.get("name")))


def _customer(customer_id: str, record: RawRecord) -> Customer:
    cut_off: list[str] = []
    first = _text(record.get("first_name"), cut_off)
    first, last = stated_names(first, _text(record.get("last_name"), cut_off))
    name = stated_name(_text(record.get("name"), cut_off))
    company = stated_name(_text(record.get("company"), cut_off))
    phones, beside, phone_texts = _phones(record.get("phones"))
    email_values = [*_flat(record.get("emails"))]
    emails = read_emails(_texts(email_values), (name, company, first, last))
    odd_emails = tuple(filter(None, map(_object_text, email_values)))
    numbers = tuple(RawPhone(short(text, _LONGEST_TEXT), PhoneKind.OTHER) for text in emails.numbers)
    phones = (*phones, *numbers)
    cut_off += (phone.text for phone in phones[_MOST_PHONES:])
    return Customer(
        id=customer_id,
        name=name,
        company=company,
        first_name=first,
        last_name=last,
        nickname=_stated(record.get("nickname"), cut_off),
        status=_text(record.get("status"), cut_off),
        phones=phones[:_MOST_PHONES],
        emails=_joined(emails.addresses, beside.addresses),
        email_texts=_joined(emails.as_given, (*beside.as_given, *odd_emails)),
        phone_texts=phone_texts,
        addresses=_addresses(record.get("addresses"), cut_off),
        link=_link(record.get("link")),
        **{name: _stated(record.get(name), cut_off) for name in ROW_TITLES},
        cut_off=tuple(cut_off),
    )


def _text(value: object, cut_off: list[str]) -> str:
    """Return the text; where it is cut, as much of the whole as is looked at goes to what was cut off."""
    text = text_of(value)
    if text[-1:] == ELLIPSIS and (whole := text_of(value, _LONGEST_WHOLE)) != text:
        cut_off.append(whole)
    return text


def _stated(value: object, cut_off: list[str]) -> str:
    """Return the text, or "" where it is a filler such as "n/a"."""
    return stated(_text(value, cut_off)) if value else ""


def _id(value: object) -> str:
    """Return an id as it is, or "": a cut one could be another customer's, and zero is a database's none."""
    if isinstance(value, float) or (isinstance(value, str) and len(value) > LONGEST_ID):
        return ""
    text = short(value) if isinstance(value, str) else text_of(value)
    is_short = len(text) <= LONGEST_ID if text.isascii() else units(text) <= LONGEST_ID
    return text if is_short and text.strip("0") else ""


def _texts(values: Iterable[object]) -> Iterator[str]:
    return ("\n".join(meant_lines(one)) if isinstance(one, str) else text_of(one) for one in values)


def _flat(value: object) -> Iterator[object]:
    """Yield the value, or what is in its lists, however deep."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += reversed(one)
        elif one is not None:
            yield one


def _object_text(value: object) -> str:
    """Return what an object says, "087 1234567, mobile", without its members' names; "" for anything else."""
    if not isinstance(value, dict):
        return ""
    said: list[str] = []
    left: list[object] = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            left += reversed(list(one.values()) if isinstance(one, dict) else one)
        elif text := text_of(one, _LONGEST_TEXT):
            said.append(text)
    return stated(cut(", ".join(said), _LONGEST_TEXT))


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return both, each text once, however it is written."""
    if not other:
        return one
    known: dict[str, str] = {}
    for text in (*one, *other):
        known.setdefault(folded(text), text)
    return tuple(known.values())


def _phones(value: object) -> tuple[tuple[RawPhone, ...], ReadEmails, tuple[str, ...]]:
    """Return the texts with telephone numbers, the e-mail addresses in them, and what objects say."""
    phones: list[RawPhone] = []
    addresses: list[str] = []
    as_given: list[str] = []
    odd: list[str] = []
    for entry in entries(value):
        given = entry if isinstance(entry, dict) else {"text": entry}
        for one in _flat(given.get("text")):
            if isinstance(one, dict):
                odd.append(_object_text(one))
                continue
            text = _phone_text(one)
            if "@" in text or "\uff20" in text:
                text, emails = parted(text)
                addresses += emails.addresses
                as_given += emails.as_given
            if _LONG_GROUP.search(text) or stated(text):
                phones.append(RawPhone(text, PhoneKind.of(text_of(given.get("kind")))))
    return (
        tuple(phones),
        ReadEmails(tuple(addresses), tuple(as_given)),
        tuple(dict.fromkeys(filter(None, odd))),
    )


def _phone_text(value: object) -> str:
    """Return the text as typed, but keep numbers on lines of their own apart, and read a link's escapes."""
    if isinstance(value, str) and "%2" in value and _TEL_LINK.search(value):
        value = _ESCAPED.sub(lambda sign: unquote(sign[0]), value)
    lines = map(meant, _split(value)) if isinstance(value, str) else [text_of(value)]
    return cut(" / ".join(filter(None, lines)), _LONGEST_TEXT)


def _split(text: str) -> list[str]:
    """Return the lines of a text; a form of a web page may have ended them with HTML."""
    return _BREAK.sub("\n", repaired(text[:_LONGEST_TEXT])).splitlines()


def _link(value: object) -> str:
    return read_link(value) if isinstance(value, str) else ""


def _addresses(value: object, cut_off: list[str]) -> tuple[Address, ...]:
    """Return those with anything in them, installation first."""
    read = [
        _address(entry, cut_off)
        for entry in entries(value)
        if isinstance(entry, dict) and any(map(entry.get, _PLACE))
    ]
    written = [address for address in read if address != Address(address.kind)]
    sorted_ = tuple(sorted(written, key=lambda address: _KINDS.index(address.kind)))
    for address in sorted_[_MOST_ADDRESSES:]:
        parts = (*address.lines, address.city, address.region, address.postcode, address.country)
        cut_off.append(", ".join(filter(None, parts)))
    return sorted_[:_MOST_ADDRESSES]


def _address(entry: RawRecord, cut_off: list[str]) -> Address:
    lines = tuple(_lines(entry.get("lines"), cut_off))
    cut_off += lines[_MOST_LINES:]
    return Address(
        kind=AddressKind.of(text_of(entry.get("kind"))),
        lines=lines[:_MOST_LINES],
        city=_stated(entry.get("city"), cut_off),
        region=_stated(entry.get("region"), cut_off),
        postcode=_stated(entry.get("postcode"), cut_off),
        country=_stated(entry.get("country"), cut_off),
    )


def _lines(value: object, cut_off: list[str]) -> Iterator[str]:
    """Return lines of an address; what was typed on several lines into one member are several."""
    for entry in entries(value):
        parts: Iterable[object] = _split(entry) if isinstance(entry, str) else [entry]
        yield from filter(None, (_stated(part, cut_off) for part in parts))


def _has_something_to_show(customer: Customer) -> bool:
    return any(
        (
            customer.name,
            customer.company,
            customer.first_name,
            customer.last_name,
            customer.nickname,
            customer.phones,
            customer.emails,
        )
    )
