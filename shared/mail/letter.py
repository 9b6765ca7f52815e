"""Letter: a card in words, for a mail: the same facts as plain text and as HTML.

The HTML is one table with its styles in line, so that mail programs and phones show it alike; it loads
nothing from outside, and its one picture comes with the mail.
"""

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.link import read_link
from shared.domain.contact.text import clean, cut
from shared.domain.model.wisp import Wisp

PICTURE = "qr"
"""The content id under which the HTML shows the QR code."""

_LONGEST_SUBJECT = 120
_FILE = "The attached file is this contact: open it, on a phone or a computer, to save it."
_CODE = "The QR code is the same contact in short: point a phone's camera at it to save it there."
_WHY = "You asked for this contact in SIMPLer."

_ADDRESSES = {"home": "Installation", "work": "Billing"}

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{title}</title>
</head>
<body style="margin:0;padding:0;background:#f3f5f7">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f5f7">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;\
background:#ffffff;border:1px solid #dfe3e8;border-radius:12px;{font};color:#1f2a37;text-align:left">
<tr><td style="padding:24px 22px 6px">
<div style="font-size:13px;line-height:20px;color:#5b6776">{wisp}</div>
<h1 dir="auto" style="margin:2px 0 0;font-size:23px;line-height:31px;font-weight:600;\
overflow-wrap:anywhere">{title}</h1>
</td></tr>
<tr><td style="padding:6px 22px 18px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0">
{facts}</table>
</td></tr>
<tr><td style="padding:20px 22px 22px;border-top:1px solid #dfe3e8;font-size:14px;line-height:21px;\
color:#3d4856">
<p style="margin:0 0 8px">{file}</p>
<p style="margin:0 0 14px">{code}</p>
<img src="cid:{picture}" width="208" height="208" alt="QR code of this contact" \
style="display:block;margin:0 auto;border:0">
</td></tr>
</table>
<p style="margin:14px 0 0;{font};font-size:12px;line-height:18px;color:#5b6776">{why}</p>
</td></tr>
</table>
</body>
</html>
"""
_FACT = """\
<tr><td width="104" valign="top" style="padding:7px 12px 7px 0;font-size:13px;line-height:22px;\
color:#5b6776">{name}</td>
<td dir="auto" valign="top" style="padding:7px 0;font-size:15px;line-height:22px;\
overflow-wrap:anywhere">{value}</td></tr>
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: a subject in one line, plain text, and HTML that shows the picture `PICTURE`."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    value: str
    href: str = ""


def letter(card: Card, wisp: Wisp) -> Letter:
    """The card, the link to the record, and what the mail's file and picture are for."""
    title, facts = clean(card.display) or f"Customer {clean(card.customer)}".strip(), _facts(card)
    return Letter(
        subject=cut(f"Contact: {title}", _LONGEST_SUBJECT),
        text=_text(title, facts),
        html=_html(title, wisp, facts),
    )


def _facts(card: Card) -> list[_Fact]:
    facts = [
        _Fact("Company", "" if card.company == card.display else card.company),
        _Fact("Nickname", card.nickname),
        *(_Fact(phone.kind.label, phone.number, _tel(phone.number)) for phone in card.phones),
        *(_Fact("E-mail", email, "mailto:" + quote(clean(email), safe="@+!$*'")) for email in card.emails),
        *(_Fact(_ADDRESSES[address.kind], _one_line(address)) for address in card.addresses),
        *(_Fact(key, value) for key, value in card.details),
        _Fact("SIMPLer", read_link(card.link), read_link(card.link)),
    ]
    cleaned = [_Fact(clean(fact.name), clean(fact.value), fact.href) for fact in facts]
    return [fact for fact in cleaned if fact.value]


def _one_line(address: PostalAddress) -> str:
    parts = (address.street, address.city, address.region, address.postcode, address.country)
    return ", ".join(part for part in parts if part)


def _tel(number: str) -> str:
    """The number as a link (RFC 3966): ``tel:+13122390680;ext=12``."""
    main, _, extension = number.partition(" ext. ")
    digits = "".join(character for character in main if character in "0123456789")
    return f"tel:+{digits}" + (f";ext={quote(extension)}" if extension else "")


def _text(title: str, facts: list[_Fact]) -> str:
    lines = [f"{fact.name}: {fact.value}" for fact in facts]
    return "\n".join([title, "", *lines, *([""] if lines else []), _FILE, _CODE, "", _WHY, ""])


def _html(title: str, wisp: Wisp, facts: list[_Fact]) -> str:
    return _PAGE.format(
        font=_FONT,
        title=escape(title),
        wisp=escape(clean(wisp.name)),
        facts="".join(_FACT.format(name=escape(fact.name), value=_shown(fact)) for fact in facts),
        picture=PICTURE,
        file=escape(_FILE),
        code=escape(_CODE),
        why=escape(_WHY),
    )


def _shown(fact: _Fact) -> str:
    if not fact.href:
        return escape(fact.value)
    return (
        f'<a href="{escape(fact.href)}" style="color:#0b57a4;text-decoration:none">{escape(fact.value)}</a>'
    )
