"""Card mail: a mail to a user with a customer's vCard and its QR code."""

from datetime import datetime

from shared.domain.contact.card import Card
from shared.domain.contact.qr import qr_card, qr_picture
from shared.domain.contact.vcard import MEDIA_TYPE, file_name, vcard_of
from shared.domain.model.wisp import Wisp
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
