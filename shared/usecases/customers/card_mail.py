"""Card mail: a mail to a user with the vCards of one customer or several, and their QR codes."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.contact.card import Card
from shared.domain.contact.qr import qr_card, qr_picture
from shared.domain.contact.vcard import MEDIA_TYPE, file_name, list_name, vcard_of
from shared.domain.model.wisp import Wisp
from shared.mail.contact_list import NotSent, contact_list, picture_id
from shared.mail.letter import PICTURE, letter
from shared.ports import Attachment, Mail


def card_mail(card: Card, wisp: Wisp, *, to: str, request: str, now: datetime) -> Mail:
    """Return the mail with a customer's vCard.

    Args:
        card: The customer.
        wisp: Whose customer it is.
        to: The address of the user who asked.
        request: The request's id.
        now: The time that the vCard states as its last change.
    """
    picture = qr_picture(qr_card(card))
    words = letter(card, wisp, side=picture.side)
    contact = Attachment(file_name(wisp.id, card.customer), MEDIA_TYPE, vcard_of(card, wisp, now))
    code = Attachment("qr.png", "image/png", picture.png, PICTURE)
    return Mail(
        to,
        words.subject,
        words.text,
        words.html,
        attachments=(contact, code),
        request=request,
    )


def list_mail(
    cards: Sequence[Card],
    not_sent: Sequence[NotSent],
    wisp: Wisp,
    *,
    to: str,
    request: str,
    now: datetime,
) -> Mail:
    """Return the mail with several customers' vCards in one file, which phones import as a whole.

    Args:
        cards: The customers, at least one.
        not_sent: Whom somebody asked for in vain, and why.
        wisp: Whose customers they are.
        to: The address of the user who asked.
        request: The request's id.
        now: The time that the vCards state as their last change.
    """
    pictures = [qr_picture(qr_card(card)) for card in cards]
    words = contact_list(cards, [picture.side for picture in pictures], not_sent, wisp)
    name = list_name(wisp.id, [card.customer for card in cards])
    contacts = Attachment(name, MEDIA_TYPE, b"".join(vcard_of(card, wisp, now) for card in cards))
    ids = map(picture_id, range(len(pictures)))
    codes = (
        Attachment(f"{id_}.png", "image/png", picture.png, id_)
        for id_, picture in zip(ids, pictures, strict=True)
    )
    return Mail(to, words.subject, words.text, words.html, attachments=(contacts, *codes), request=request)
