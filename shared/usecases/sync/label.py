"""Label: finds the wisp's label in Google, however little of it Google shows at the moment.

We recognise it by its mark, so that a user's rename survives. If Google does not show the mark, we go by the
resource name in the ledger, then by the label's name, and without a ledger by the contacts in it. A list that
leaves a label out proves nothing (mrmattwilkins/google-contacts-sync waits until client data that it has just
written shows). HTTP 404 for its resource name proves that it is gone.

Its name follows the wisp's, unless a user renamed it: the ledger knows the names that we gave it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from shared.domain.model.wisp import Wisp
from shared.domain.sync.actual import Actual, actual_of
from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Head, Ledger
from shared.domain.sync.mark import former_mark, label_mark
from shared.domain.sync.person import SYSTEM_GROUPS, Label, Person
from shared.errors import RetryLater
from shared.ports import ContactBook

MOST_LABELS_ASKED = 10
"""The most labels, of those that our contacts are in, that are asked for by name."""


class LabelSearch(msgspec.Struct, frozen=True):
    """The search for a label of a wisp's in one account.

    Attributes:
        book: The account's contacts.
        name: What it is to be called.
        mark: The entry by which it is known, whatever its name has become.
        known: Resource names of the labels that the ledger knows, the likeliest first (`Head.known_labels`).
    """

    book: ContactBook
    name: str
    mark: tuple[str, str]
    known: Sequence[str]

    @classmethod
    def of(cls, book: ContactBook, wisp: Wisp, head: Head) -> "LabelSearch":
        """Search for the label of a wisp's customers."""
        return cls(book, wisp.label, label_mark(wisp.id), head.known_labels())

    @classmethod
    def of_former(cls, book: ContactBook, wisp: Wisp, head: Head) -> "LabelSearch":
        """Search for the label of a wisp's former customers."""
        known = [head.former_label] if head.former_label else []
        return cls(book, wisp.former_label, former_mark(wisp.id), known)

    def among(self, labels: Sequence[Label]) -> Label | None:
        """Find the label in a list of all labels, or else by a resource name that the ledger knows.

        Create and mark nothing. Return None if no label is the wisp's by its mark or its name, and the ledger
        knows none that Google still has.
        """
        shown = [label for label in labels if self._is_marked(label) or label.resource_name in self.known]
        if shown:
            return min(shown, key=self._rank)
        if asked := next(filter(None, map(self.book.label, self.known)), None):
            return asked
        return min(filter(self._is_named, labels), key=self._rank, default=None)

    def by_contacts(self, persons: Iterable[Person]) -> Label | None:
        """Find a label that no list shows, by the contacts with our mark that are in it.

        Google may call a label gone that was created a moment ago; a contact in it proves otherwise.
        """
        groups = Counter(group for person in persons for group in person.groups - SYSTEM_GROUPS)
        if self.known:
            inhabited = (Label(name, etag="", name="") for name in self.known if name in groups)
            return next(inhabited, None)
        asked = (self.book.label(name) for name, _ in groups.most_common(MOST_LABELS_ASKED))
        return next((label for label in asked if label and self._is_ours(label)), None)

    def create(self) -> Label:
        """Create the label. Names are unique within an account, so a second request makes no second label.

        Raises:
            RetryLater: Google says that the name is taken, but does not show the label that has it.
        """
        if made := self.book.create_label(self.name, (self.mark,)):
            return made
        if known := self.among(self.book.labels()):
            return self.ensure_mark(known)
        raise self.hidden()

    def surplus(self, labels: Sequence[Label], label: str) -> list[Label]:
        """Return further labels with our mark, created by a run that did not know of the wisp's label."""
        return [other for other in labels if self._is_marked(other) and other.resource_name != label]

    def ensure_mark(self, label: Label) -> Label:
        """Put our mark on the label unless it has it, and return it; other programs' client data stays.

        A write replaces the client data, so read a label that shows none by its resource name first. A label
        that the ledger knows needs no mark, and is then left as it is.
        """
        if self._is_marked(label) or (label.resource_name in self.known and not label.client_data):
            return label
        shown = label if label.client_data else self.book.label(label.resource_name)
        if shown is None:
            raise self.hidden()
        if self._is_marked(shown):
            return shown
        return self.book.mark_label(shown, (*shown.client_data, self.mark))

    def is_to_follow(self, label: Label, given: Iterable[str]) -> bool:
        """Return whether the label has a name that we gave it, and the wisp has another one now."""
        names = {_as_compared(name) for name in given}
        return label.name != self.name and _as_compared(label.name) in names

    def follow(self, name: str, given: Iterable[str]) -> Literal["renamed", "kept", "open"]:
        """Give the label the wisp's name where one of ours is still on it.

        Args:
            name: Resource name of the label.
            given: The names that we have given it, or may have.

        Returns:
            "kept": it has the wisp's name already, or a user's. "open": another label has the wisp's name, or
            Google does not show ours.

        Raises:
            RetryLater: Google cannot be reached, or does not answer.
        """
        label = self.book.label(name)
        try:
            if label and self.is_to_follow(label, given):
                return "renamed" if self.book.rename_label(label, self.name) else "open"
        except RetryLater as trouble:  # somebody was quicker; or it was we, and the answer was lost
            if trouble.reason != "google.label_changed":
                raise
            label = self.book.label(name)
        return "open" if label is None or self.is_to_follow(label, given) else "kept"

    def _is_marked(self, label: Label) -> bool:
        return self.mark in label.client_data

    def _is_named(self, label: Label) -> bool:
        return _as_compared(label.name) == _as_compared(self.name)

    def _is_ours(self, label: Label) -> bool:
        return self._is_marked(label) or self._is_named(label)

    def _rank(self, label: Label) -> tuple[int, bool, str]:
        """Sort the ledger's labels first, then one with members; break ties the same way each time."""
        name = label.resource_name
        return [*self.known, name].index(name), not label.count, name

    def hidden(self) -> RetryLater:
        """Return the error for a label that may exist, but does not show."""
        return RetryLater(
            "google.label_hidden",
            f"the label {self.name!r} exists, but is not listed yet",
            "Google has the label in this account, but does not show it yet. We look for it in a while.",
            after=60,
        )


def former_among(labels: Iterable[Label], wisp: Wisp) -> str:
    """Return the resource name of the label of former customers in a list of all labels, or empty."""
    mark = former_mark(wisp.id)
    return next((label.resource_name for label in labels if mark in label.client_data), "")


def _as_compared(name: str) -> str:
    """Return a label's name in one form: Google may compose, trim, or recase what it was sent."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def outside(found: Actual) -> list[Person]:
    """Return the contacts with our mark outside the label; all of them, while the label is unknown."""
    return [person for side in (found.former, found.unlabelled) for some in side.values() for person in some]


def in_label(found: Actual, desired: Desired, label: str, ledger: Ledger) -> Actual:
    """Sort an account again that was read before its label was known.

    Args:
        found: The account, read without a label.
        desired: Whose contacts come first.
        label: Resource name of the label.
        ledger: What is known of the contacts.
    """
    sorted_anew = actual_of(outside(found), desired, label, ledger, former_label=found.former_label)
    sorted_anew.total = found.total
    return sorted_anew
