"""Finding the label: by its mark, so that a user's rename survives; made when it is missing."""

from collections.abc import Sequence

from shared.domain.mark import label_mark
from shared.domain.person import Label
from shared.domain.wisp import Wisp
from shared.errors import RetryLater
from shared.ports import ContactBook


def find_or_make_label(book: ContactBook, wisp: Wisp, labels: Sequence[Label]) -> Label:
    """The wisp's label in this account, which has these.

    Raises:
        RetryLater: Google says that the name is taken, and does not show by which label.
    """
    return _known(book, wisp, labels) or _made(book, wisp)


def find_label(_: ContactBook, wisp: Wisp, labels: Sequence[Label]) -> Label | None:
    """The wisp's label, if there is one with its mark; nothing is made or marked."""
    return _marked(wisp, labels)


def _known(book: ContactBook, wisp: Wisp, labels: Sequence[Label]) -> Label | None:
    if marked := _marked(wisp, labels):
        return marked
    for label in labels:
        if label.name.casefold() == wisp.label.casefold():
            return book.mark_label(label, (*label.client_data, label_mark(wisp.id)))
    return None


def _marked(wisp: Wisp, labels: Sequence[Label]) -> Label | None:
    mark = label_mark(wisp.id)
    return next((label for label in labels if mark in label.client_data), None)


def _made(book: ContactBook, wisp: Wisp) -> Label:
    """Names are unique within an account, so that making it twice is impossible."""
    if made := book.create_label(wisp.label, (label_mark(wisp.id),)):
        return made
    if known := _known(book, wisp, book.labels()):
        return known
    raise RetryLater("google.label_hidden", f"the label {wisp.label!r} exists, but is not listed yet")
