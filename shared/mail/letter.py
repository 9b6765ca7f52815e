"""Letter: a mail's text about a customer: the same facts as plain text and as HTML.

The HTML (`templates/letter.html`) is one table with inline styles, which mail programs and phones show alike.
It loads nothing from outside; its only picture comes with the mail.
"""

import unicodedata
from urllib.parse import quote

import msgspec

from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.coordinates import MAP
from shared.domain.contact.link import read_link
from shared.domain.contact.phone import Phone
from shared.domain.contact.text import clean, cut
from shared.domain.model.wisp import Wisp

PICTURE = "qr"
"""The content id under which the HTML shows the QR code."""

LONGEST_SUBJECT = 120
"""Characters of a subject."""

_MOST_MARKS = 4  # on one letter: no language stacks more, and more would hide the subjects above
_FILE = "The attached file is this contact: open it, on a phone or a computer, to save it."
_CODE = "The QR code is the same contact in short: point a phone's camera at it to save it there."
_WHY = "You asked for this contact in SIMPLer."


class Letter(msgspec.Struct, frozen=True):
    """A mail's content: a one-line subject, plain text, and HTML that shows the picture `PICTURE`."""

    subject: str
    text: str
    html: str


class Fact(msgspec.Struct, frozen=True):
    """A row of a contact as people read it: what it is, its text, and where that leads, if anywhere."""

    name: str
    value: str
    href: str = ""


def letter(card: Card, wisp: Wisp, *, side: int) -> Letter:
    """Write the card, the link to its record, and what the mail's file and picture are for.

    Args:
        card: The customer.
        wisp: Whose customer it is.
        side: Pixels of the picture's side.
    """
    from shared.mail.pages import html_of  # noqa: PLC0415  few calls write a mail

    title, facts = title_of(card), facts_of(card)
    return Letter(
        subject=cut(f"Contact: {few_marks(title)}", LONGEST_SUBJECT),
        text=_text(title, facts),
        html=html_of(
            "letter.html",
            title=title,
            wisp=clean(wisp.name),
            facts=facts,
            file=_FILE,
            code=_CODE,
            picture=PICTURE,
            side=side,
            why=_WHY,
        ),
    )


def title_of(card: Card) -> str:
    """Return the name above a contact's facts."""
    return clean(card.display) or f"Customer {clean(card.customer)}".strip()


def few_marks(text: str) -> str:
    """Return the text with at most `_MOST_MARKS` accents on a letter."""
    shown, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) == "Mn" else 0
        if marks <= _MOST_MARKS:
            shown.append(sign)
    return "".join(shown)


def facts_of(card: Card) -> list[Fact]:
    """Return what a contact shows besides its name, in the order in which people read it."""
    facts = [
        Fact("Company", "" if card.company == card.display else card.company),
        Fact("Nickname", card.nickname),
        *(Fact(phone.called, phone.number, _tel(phone)) for phone in card.phones),
        *(Fact("E-mail", email, "mailto:" + quote(clean(email), safe="@+!$*'")) for email in card.emails),
        *(Fact(address.kind.label, _one_line(address)) for address in card.addresses),
        *(Fact(key, value, read_link(value) if value.startswith(MAP) else "") for key, value in card.details),
        Fact("SIMPLer", read_link(card.link), read_link(card.link)),
    ]
    cleaned = [Fact(clean(fact.name), clean(fact.value), fact.href) for fact in facts]
    return [fact for fact in cleaned if fact.value]


def _one_line(address: PostalAddress) -> str:
    lines = address.street.split("\n")
    parts = (*lines, address.city, address.region, address.postcode, address.country)
    return ", ".join(part for part in parts if part)


def _tel(phone: Phone) -> str:
    """Return the number as a link (RFC 3966): ``tel:+13122390680;ext=12``."""
    digits = "".join(character for character in phone.number if character in "0123456789")
    return f"tel:+{digits}" + (f";ext={quote(phone.extension)}" if phone.extension else "")


def _text(title: str, facts: list[Fact]) -> str:
    lines = [f"{fact.name}: {fact.value}" for fact in facts]
    return "\n".join([title, "", *lines, *([""] if lines else []), _FILE, _CODE, "", _WHY, ""])
