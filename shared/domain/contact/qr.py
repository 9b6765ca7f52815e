"""QR: a card as a square picture that a phone's camera reads.

segno is imported when a picture is drawn: few calls of this service draw one.
"""

from dataclasses import replace
from io import BytesIO

from shared.domain.contact.card import Card
from shared.domain.contact.text import clean, cut
from shared.domain.contact.vcard import brief_vcard

MOST_OCTETS = 600
"""What a camera still reads from a screen with ease: a symbol of at most some 100 by 100 modules."""

_MOST_PHONES = 3
_LONGEST_NAME = 36  # four names of this length, at three octets a character, and one number always fit

_MODULE = 4  # pixels
_QUIET = 4  # modules of white around it (ISO/IEC 18004 asks for four)


def qr_card(card: Card) -> str:
    """The card in short: a vCard with its names, up to three numbers, one e-mail address and the link.

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


def qr_picture(text: str) -> bytes:
    """The text as a QR code: a PNG, black on white."""
    import segno  # noqa: PLC0415  see the module's text

    # As octets, so that they are UTF-8: a text in ISO 8859-1 or Shift JIS would be encoded as that, and
    # phones take every vCard for UTF-8.
    code = segno.make_qr(text.encode(), mode="byte")
    picture = BytesIO()
    code.save(picture, kind="png", scale=_MODULE, border=_QUIET)
    return picture.getvalue()


def _short(name: str) -> str:
    return cut(clean(name), _LONGEST_NAME)
