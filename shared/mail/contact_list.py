"""Contact list: a mail's text about several customers, which can be printed: a technician's day on paper.

The HTML (`templates/contact_list.html`) has its styles once: written out at each row, those of fifty
customers would exceed what Gmail shows of a mail before it clips it. Every customer has a code of their own,
black on white, and none is parted by the end of a page.
"""

from collections.abc import Sequence

import msgspec

from shared.domain.contact.card import Card
from shared.domain.contact.text import clean, cut
from shared.domain.model.wisp import Wisp
from shared.mail.letter import LONGEST_SUBJECT, Fact, Letter, facts_of, few_marks, title_of

_FILE = "The attached file has all of these contacts: open it, on a phone or a computer, to save them."
_CODE = "Each QR code is one contact in short: point a phone's camera at it to save it there."
_NOT_SENT = "Not in this mail:"
_WHY = "You asked for these contacts in SIMPLer."


class NotSent(msgspec.Struct, frozen=True):
    """A customer of whom no vCard was sent: the id, and why, in a sentence."""

    customer: str
    reason: str


class _Shown(msgspec.Struct, frozen=True):
    """A customer on the page: the name, the facts, and the picture's content id and side in pixels."""

    title: str
    facts: Sequence[Fact]
    picture: str
    side: int


def contact_list(
    cards: Sequence[Card], sides: Sequence[int], not_sent: Sequence[NotSent], wisp: Wisp
) -> Letter:
    """Write several cards, in order, and whose are missing.

    Args:
        cards: The customers, at least one.
        sides: Pixels of the side of each one's picture.
        not_sent: Whom somebody asked for in vain.
        wisp: Whose customers they are.
    """
    from shared.mail.pages import html_of  # noqa: PLC0415  few calls write a mail

    shown = [
        _Shown(title_of(card), facts_of(card), picture_id(position), side)
        for position, (card, side) in enumerate(zip(cards, sides, strict=True))
    ]
    missing = [NotSent(clean(each.customer), clean(each.reason)) for each in not_sent]
    more = f" and {len(cards) - 1} more" if len(cards) > 1 else ""
    first = cut(few_marks(shown[0].title), LONGEST_SUBJECT - len(f"Contacts: {more}"))
    return Letter(
        subject=f"Contacts: {first}{more}",
        text=_text(shown, missing),
        html=html_of(
            "contact_list.html",
            title=f"Contacts of {clean(wisp.name)}",
            shown=shown,
            file=_FILE,
            code=_CODE,
            missing=missing,
            not_sent=_NOT_SENT,
            why=_WHY,
        ),
    )


def picture_id(position: int) -> str:
    """Return the content id of a customer's picture, by their position from 0; none begins another."""
    return f"qr{position + 1:02}"


def _text(shown: Sequence[_Shown], missing: Sequence[NotSent]) -> str:
    blocks = [
        "\n".join([each.title, *(f"{fact.name}: {fact.value}" for fact in each.facts)]) for each in shown
    ]
    if missing:
        blocks.append("\n".join([_NOT_SENT, *(f"{each.customer}: {each.reason}" for each in missing)]))
    return "\n\n".join([*blocks, f"{_FILE}\n{_CODE}", _WHY]) + "\n"
