"""vCard: a card as a file that Android, Google Contacts, iOS and Outlook all take.

Version 3.0 (RFC 2426), since Android's importer refuses 4.0; UTF-8 without a byte order mark; CR LF.
vobject knows the grammar and escapes. What it lets pass is kept from it here: control characters, values that
hold a card's own end, parameters made of text, missing names; and its folding, which counts characters
where the standard counts octets, is replaced by our own (`shared.domain.contact.folding`).

vobject is imported when a card is written: it takes time, and few calls of this service write one.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.folding import fold
from shared.domain.contact.link import read_link
from shared.domain.contact.text import clean
from shared.domain.model.wisp import Wisp
from shared.pattern import pattern
from shared.replace import replace

if TYPE_CHECKING:
    from vobject.base import Component

MEDIA_TYPE = "text/vcard"

Rows = Sequence[tuple[str, str]]

_PRODUCT = "-//Azotel//SIMPLer Google Contacts//EN"
_CONTACTS = UUID("5f0c0b1e-6f2f-4c0b-9d53-5c1a3b0f6a11")  # the namespace of our cards' ids; never to change


_BOUNDARY = pattern(r"(BEGIN|END):(?=VCARD)", re.IGNORECASE)

_PLAIN = pattern(r"[A-Za-z0-9]+")
_ODD = pattern(r"[^A-Za-z0-9]+")
_LONGEST_SLUG = 38


def vcard_of(card: Card, wisp: Wisp, revised: datetime) -> bytes:
    """Write the customer's vCard.

    Args:
        card: What it says.
        wisp: Whose label is its category.
        revised: When it was written, aware of its time zone.
    """
    safe = _safe(card)
    written = _started(safe)
    _add(written, "prodid", _PRODUCT)
    _add(written, "uid", uuid5(_CONTACTS, f"{wisp.id}/{clean(card.customer)}").urn)
    _add(written, "rev", revised.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(written, "nickname", safe.nickname)
    for address in safe.addresses:
        _add_address(written, address)
    _add(written, "note", _note((*_beside_phones(safe), *safe.details)))
    written.add("categories").value = [_text(wisp.label)]
    if safe.company and not (safe.given or safe.family):
        _add(written, "x-abshowas", "COMPANY")  # Apple's: show and sort it as a company
    return fold(_serialized(written))


def brief_vcard(card: Card) -> str:
    """Write names, numbers with their words, e-mail addresses and the link only; unfolded, to be short."""
    safe = _safe(card)
    written = _started(safe)
    _add(written, "note", _note(_beside_phones(safe)))
    return _serialized(written)


def file_name(wisp_id: str, customer_id: str) -> str:
    """Name the file: ``contact-acme-4711.vcf``, at most 64 of ``[A-Za-z0-9.-]``.

    ASCII only: SendGrid loses attachments whose name is not. Ids with anything but letters and digits in
    them, and long ones, get a hash, so that no two customers have files of one name.
    """
    slug = f"{wisp_id}-{customer_id}"
    if _PLAIN.fullmatch(wisp_id) and _PLAIN.fullmatch(customer_id) and len(slug) <= _LONGEST_SLUG:
        return f"contact-{slug}.vcf"
    return _hashed_name("contact", slug, wisp_id, customer_id)


def list_name(wisp_id: str, customer_ids: Sequence[str]) -> str:
    """Name the file of several customers: ``contacts-acme-12-4f1e…vcf``; of other customers it is another."""
    return _hashed_name("contacts", f"{wisp_id}-{len(customer_ids)}", wisp_id, *customer_ids)


def _hashed_name(what: str, slug: str, *ids: str) -> str:
    """Name a file by what may stand in a name of the slug, and by a hash of the ids, which tells it apart."""
    digest = sha256("\n".join(ids).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    plain = _ODD.sub("-", slug).strip("-")[:_LONGEST_SLUG].strip("-")
    return "-".join(filter(None, (what, plain, digest))) + ".vcf"


def _safe(card: Card) -> Card:
    """Return the card with values that every reader takes back as they are."""
    return replace(
        card,
        display=_text(card.display) or f"Customer {_text(card.customer)}".strip(),
        given=_text(card.given),
        family=_text(card.family),
        company=_text(card.company),
        nickname=_text(card.nickname),
        phones=tuple(
            replace(
                phone,
                number=_text(phone.number),
                extension=_text(phone.extension),
                label=_text(phone.label),
            )
            for phone in card.phones
        ),
        emails=tuple(map(_text, card.emails)),
        addresses=tuple(map(_safe_address, card.addresses)),
        link=_BOUNDARY.sub(r"\1%3A", read_link(card.link)),
        details=tuple((_text(key), _text(value)) for key, value in card.details),
    )


def _safe_address(address: PostalAddress) -> PostalAddress:
    return replace(
        address,
        street="\n".join(filter(None, map(_text, address.street.split("\n")))),
        city=_text(address.city),
        region=_text(address.region),
        postcode=_text(address.postcode),
        country=_text(address.country),
    )


def _text(text: str) -> str:
    """Replace backslashes: one that is escaped rightly makes half of the readers split the value behind it.

    And one of them splits a file at the bare words that begin and end a card.
    """
    return _BOUNDARY.sub(r"\1 ", clean(text).replace("\\", "/"))


def _beside_phones(card: Card) -> Rows:
    """List words beside numbers, extensions too: Android's importer takes all digits of a TEL as a number."""
    return [(phone.called, phone.number) for phone in card.phones if phone.number and phone.words]


def _note(rows: Rows) -> str:
    return "\n".join(f"{key}: {value}" for key, value in rows if value)


def _started(card: Card) -> "Component":
    """Begin a vCard with how to call and reach it; RFC 2426 demands N and FN, though vobject does not."""
    from vobject import vCard  # noqa: PLC0415  see the module's text
    from vobject.vcard import Name  # noqa: PLC0415  as above

    written = vCard()
    is_nameless = not (card.given or card.family or card.company)
    written.add("n").value = Name(family=card.family, given=card.display if is_nameless else card.given)
    written.add("fn").value = card.display
    if card.company:
        written.add("org").value = [card.company]
    for phone in card.phones:
        _add(written, "tel", phone.number, phone.kind.vcard)
    for position, email in enumerate(card.emails):
        # RFC 2426 means INTERNET where no type is given; given, Android shows the word as a label.
        _add(written, "email", email, () if position else ["PREF"])
    _add(written, "url", card.link)
    return written


def _add_address(written: "Component", address: PostalAddress) -> None:
    from vobject.vcard import Address  # noqa: PLC0415  see the module's text

    value = Address(
        street=address.street,
        city=address.city,
        region=address.region,
        code=address.postcode,
        country=address.country,
    )
    if value != Address():
        line = written.add("adr")
        line.value = value
        line.type_paramlist = list(address.kind.vcard)


def _add(written: "Component", name: str, value: str, types: Sequence[str] = ()) -> None:
    """Add a property, unless it is empty. Names and types are ours: vobject writes them as they are."""
    if not value:
        return
    line = written.add(name)
    line.value = value
    if types:
        line.type_paramlist = list(types)


def _serialized(written: "Component") -> str:
    """Write the content lines, unfolded, each ending with CR LF. vobject writes all names in capitals."""
    return str(written.serialize(lineLength=10**9)).replace("\r\nX-ABSHOWAS:", "\r\nX-ABShowAs:")
