"""Card: the contact we want for a customer, neutral of any format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.country import country_code, country_of_place, country_of_postcode, typed_country
from shared.domain.contact.customer import Address, Customer
from shared.domain.contact.email import MOST_EMAILS
from shared.domain.contact.name import contact_person, is_shown, name_of
from shared.domain.contact.phone import Phone, ReadPhones, read_phones
from shared.domain.contact.text import ELLIPSIS, TEXT, cut, folded, units
from shared.domain.model.wisp import Wisp
from shared.replace import replace

# Google joins an address's parts to one text of its own (`formattedValue`); together they stay below the
# 1,024 characters that a field may have (support.google.com/contacts/answer/148779).
_LONGEST_STREET = 512
_LONGEST_PART = 96

_MOST_UNREAD = 5
_UNITED_KINGDOM = "GB"

NOT_READ = "phone not read"
"""The code of a text for telephone numbers in which digits were not understood."""

AS_GIVEN = ("Phone as given", "E-mail as given")
"""Titles of rows with what was typed for a number or an address and holds more, or could not be read."""

OTHER_TITLES = ("Status", "Contact person", *AS_GIVEN)
"""Titles of rows besides those of `customer.ROW_TITLES`."""

Finding = tuple[str, str]
"""Something typed into a record that its contact does not show as it was meant: a code, and the text.

The codes are `NOT_READ`, ``too many phones``, ``country not known``, ``email not read``,
``too many emails`` and ``too long``."""


class PostalAddress(msgspec.Struct, frozen=True):
    """An address ready to be written; every text may be empty. A street may have several lines."""

    kind: AddressKind
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as a person wants to see it; the source of both Google's person and the vCard.

    Attributes:
        customer: SIMPLer's customer id.
        display: The name that a phone shows on an incoming call; never empty.
        given: Given name, or the whole display name where it cannot be told apart.
        family: Family name, or empty. Given and family are both empty for a company.
        company: The company's name, or empty.
        nickname: SIMPLer's nickname.
        phones: Valid numbers in international format, without doubles.
        emails: Most important first.
        addresses: Installation first.
        link: The record in SIMPLer.
        details: Rows such as ("Site", "Blarney") in a fixed order, empty ones left out.
        findings: What somebody should mend in SIMPLer; not part of the contact.
    """

    customer: str
    display: str
    given: str = ""
    family: str = ""
    company: str = ""
    nickname: str = ""
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()
    link: str = ""
    details: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def make_card(customer: Customer, wisp: Wisp) -> Card:
    """Make the contact that the WISP wants of a customer; the same for the same record and settings.

    Its phones are read by the dialling rules of the country of the installation address, else the WISP's:
    where a bill goes says nothing of where somebody's telephone is.

    Raises:
        Misconfigured: The WISP's name template cannot be used.
    """
    name = name_of(customer, wisp.name_template)
    addresses = _addresses(customer, wisp)
    phones = read_phones(customer.phones, _region(addresses, wisp))
    if customer.phone_texts:
        phones = replace(
            phones,
            as_given=(*phones.as_given, *customer.phone_texts),
            not_read=(*phones.not_read, *customer.phone_texts),
        )
    return Card(
        customer=customer.id,
        display=name.display,
        given=name.given,
        family=name.family,
        company=name.company,
        nickname=customer.nickname,
        phones=phones.phones,
        emails=customer.emails[:MOST_EMAILS],
        addresses=addresses,
        link=customer.link,
        details=tuple(_details(customer, name.display, phones.as_given)),
        findings=tuple(_findings(customer, phones, addresses)),
    )


def _region(addresses: Iterable[PostalAddress], wisp: Wisp) -> str:
    kind = AddressKind.INSTALLATION
    codes = (address.country_code for address in addresses if address.kind is kind and address.country_code)
    return next(codes, wisp.country)


def _addresses(customer: Customer, wisp: Wisp) -> tuple[PostalAddress, ...]:
    """List them with the installation first and none twice."""
    postals = tuple(_postal(address, wisp) for address in customer.addresses)
    if len(postals) == 1:
        return postals
    seen: dict[PostalAddress, PostalAddress] = {}
    for postal in postals:
        seen.setdefault(_likeness(postal), postal)
    return tuple(seen.values())


def _country(address: Address, wisp: Wisp) -> str:
    """Read the country as typed; else take a postcode's or a region's that only the United Kingdom has."""
    if code := typed_country(address.country, wisp.country):
        return code
    region = country_code(address.region)
    return (
        country_of_postcode(address.postcode)
        or (region if region == _UNITED_KINGDOM else "")
        or country_of_place(address.city)
        or country_of_place(address.region)
    )


def _postal(address: Address, wisp: Wisp) -> PostalAddress:
    return PostalAddress(
        kind=address.kind,
        street=cut("\n".join(address.lines), _LONGEST_STREET),
        city=cut(address.city, _LONGEST_PART),
        region=cut(address.region, _LONGEST_PART),
        postcode=cut(address.postcode, _LONGEST_PART),
        country=cut(address.country, _LONGEST_PART),
        country_code=_country(address, wisp),
    )


def _likeness(postal: PostalAddress) -> PostalAddress:
    """Return what two ways to write one address have in common."""
    return replace(
        postal,
        kind=AddressKind.INSTALLATION,
        street=folded(postal.street),
        city=folded(postal.city),
        region=folded(postal.region),
        postcode=folded(postal.postcode),
        country="" if postal.country_code else folded(postal.country),
    )


def _details(customer: Customer, display: str, unread: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    status, contact, phone, email = OTHER_TITLES
    rows = (
        *customer.rows(),
        (status, customer.status),
        (contact, "" if is_shown(customer, display) else contact_person(customer)),
        *((phone, cut(text, TEXT)) for text in unread[:_MOST_UNREAD]),
        *((email, cut(text, TEXT)) for text in customer.email_texts[:_MOST_UNREAD]),
    )
    return (row for row in rows if row[1])


def _findings(
    customer: Customer, phones: ReadPhones, addresses: Iterable[PostalAddress]
) -> Iterator[Finding]:
    if phones.not_read or phones.as_given or phones.left_out:
        shown, hidden = phones.as_given[:_MOST_UNREAD], phones.as_given[_MOST_UNREAD:]
        cut_off = (text for text in shown if units(text) > TEXT)
        yield from ((NOT_READ, text) for text in phones.not_read)
        yield from (("too many phones", text) for text in (*phones.left_out, *cut_off, *hidden))
    unknown = {each.country: None for each in addresses if each.country and not each.country_code}
    for text in unknown:
        yield "country not known", text
    for text in customer.email_texts:
        yield "email not read", text
    for address in customer.emails[MOST_EMAILS:]:
        yield "too many emails", address
    for text in dict.fromkeys((*customer.cut_off, *_too_long(customer, addresses))):
        yield "too long", text


def _too_long(customer: Customer, addresses: Iterable[PostalAddress]) -> Iterator[str]:
    """Yield what of addresses fits into a record, and not into a contact."""
    for shown in addresses:
        if ELLIPSIS in f"{shown.street}{shown.city}{shown.region}{shown.postcode}{shown.country}":
            break
    else:
        return
    for each in customer.addresses:
        parts = (each.city, each.region, each.postcode, each.country)
        yield from (text for text in ("\n".join(each.lines),) if units(text) > _LONGEST_STREET)
        yield from (text for text in parts if units(text) > _LONGEST_PART)
