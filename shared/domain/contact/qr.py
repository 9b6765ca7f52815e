"""QR: a card as a square picture that a phone's camera reads.

segno is imported when a picture is drawn: few calls of this service draw one.
"""

from io import BytesIO

import msgspec

from shared.domain.contact.card import Card
from shared.domain.contact.text import clean, cut
from shared.domain.contact.vcard import brief_vcard
from shared.replace import replace

MOST_OCTETS = 600
"""The most that a camera reads with ease from a screen: a symbol of some 100 by 100 modules."""

_MOST_PHONES = 3
_LONGEST_NAME = 36  # four names of this length, at three octets a character, and one number always fit

_SIDE = 240  # pixels at most, as it is shown; but at least two a module
_SHARP = 2  # pixels of the picture for one that is shown, since most screens have them
_QUIET = 4  # modules of white around it (ISO/IEC 18004 asks for four)


class Picture(msgspec.Struct, frozen=True):
    """A QR code as a picture.

    Attributes:
        png: Black on white.
        side: Pixels of its side as it is to be shown: then each module is a whole number of them.
    """

    png: bytes
    side: int


def qr_card(card: Card) -> str:
    """Write the card in short: a vCard with its names, up to three numbers, one e-mail address and the link.

    At most `MOST_OCTETS` in UTF-8: long names are cut, and the link, the e-mail address and the further
    numbers are left out, in that order, until it fits.
    """
    full = replace(
        card,
        display=_short(card.display),
        given=_short(card.given),
        family=_short(card.family),
        company=_short(card.company),
        phones=card.phones[:_MOST_PHONES],
        emails=card.emails[:1],
    )
    without_link = replace(full, link="")
    only_phones = replace(without_link, emails=())
    least = brief_vcard(replace(only_phones, phones=tuple(replace(one, label="") for one in card.phones[:1])))
    texts = map(brief_vcard, (full, without_link, only_phones))
    return next((text for text in texts if len(text.encode()) <= MOST_OCTETS), least)


def qr_picture(text: str) -> Picture:
    """Draw the text as a QR code in UTF-8; beyond ASCII it says so (ECI), as some readers would guess."""
    import segno  # noqa: PLC0415  see the module's text

    code = segno.make_qr(text, mode="byte", encoding="utf-8", eci=not text.isascii())
    modules, _ = code.symbol_size(scale=1, border=_QUIET)
    module = max(2, _SIDE // int(modules))
    picture = BytesIO()
    code.save(picture, kind="png", scale=module * _SHARP, border=_QUIET)
    return Picture(picture.getvalue(), int(modules) * module)


def _short(name: str) -> str:
    return cut(clean(name), _LONGEST_NAME)
