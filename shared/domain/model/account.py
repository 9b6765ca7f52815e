"""Account: a Google account that receives contacts, and its health."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from shared.domain.model.scope import EVERYBODY, Scope

State = Literal["connected", "reconnect", "disconnecting"]

MOST_CONTACTS = 25_000
"""A Google account's limit, the user's own contacts included (support.google.com/contacts/answer/148779)."""

NEARLY_FULL = 24_000
"""An account with this many contacts is reported as nearly full."""


class Leaving(msgspec.Struct, frozen=True):
    """A disconnection that has begun, so that it can go on after an interruption.

    Attributes:
        remove: Whether our contacts are removed; otherwise they stay with the user.
        by: Who wants it, in words that others may read.
        found: How many contacts carried our mark when it began; None until they were looked at.
        kept: How many of these stay; None until all the others are removed.
        label_removed: Whether the label is gone too.
        confirmed: How many removals Google has confirmed in attempts that did not come to their end.
        whole: Whether an attempt has seen every contact that the ledger knew: one that does not show after
            that was removed, and not made a moment ago.
        shared: How many of those that stay are another WISP's as well.
        label_gone: Whether the others stay since there is no label any more.
    """

    remove: bool
    by: str
    found: int | None = None
    kept: int | None = None
    label_removed: bool = False
    confirmed: int = 0
    whole: bool = False
    shared: int = 0
    label_gone: bool = False

    @property
    def removed(self) -> int:
        """The number of contacts that are gone, once that is known."""
        return (self.found or 0) - (self.kept or 0)

    def told(self) -> str:
        """Say in sentences what became of the contacts, once the disconnection is at its end."""
        if not self.remove:
            return "Its contacts stay in Google Contacts as they are."
        removed = _many(self.removed, "contact was", "contacts were")
        return " ".join((f"{removed} removed{self._label()}", *self._stay()))

    def _label(self) -> str:
        if not self.label_removed:
            return ". The label stays because something else is in it."
        return ", and the label with them." if self.removed else "; the label no longer exists."

    def _stay(self) -> Iterator[str]:
        """Yield why contacts stay, one sentence for each reason."""
        if outside := (self.kept or 0) - self.shared:
            stay = _many(outside, "contact stays because it was", "contacts stay because they were")
            why = "no longer in any label" if self.label_gone else "taken out of the label"
            yield f"{stay} {why}."
        if self.shared:
            stay = _many(self.shared, "contact stays because it belongs", "contacts stay because they belong")
            yield f"{stay} to another WISP as well."


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


class Account(msgspec.Struct, frozen=True):
    """A Google account of a wisp.

    Attributes:
        id: Ours; unique among all wisps, e.g. ``acme-7f3k``.
        wisp: The wisp's id.
        email: The Google account's address, for people to recognise it.
        google_id: What names the Google account for good (the ``sub`` of its ID token). Two wisps may share
            one account; then they share its lease.
        secret: Name of the secret with its refresh token.
        state: "reconnect" while Google gives us no access (`FOR_ITS_OWNER`); "disconnecting" from the moment
            somebody wants the account forgotten until it is.
        reason: Why, in a sentence; empty while connected.
        since: When the state began, ISO 8601, UTC.
        paused: Why no run writes to it, in a sentence; empty: runs do.
        undid: The run before which it was brought back, until somebody pauses or resumes it; empty: none.
        leaving: What is known of the disconnection, in that state only.
        scope: Which of the wisp's contacts it is to hold.
    """

    id: str
    wisp: str
    email: str
    google_id: str
    secret: str
    state: State = "connected"
    reason: str = ""
    since: str = ""
    paused: str = ""
    undid: str = ""
    leaving: Leaving | None = None
    scope: Scope = EVERYBODY

    @property
    def lease(self) -> str:
        """Name of the lease that makes one writer per Google account."""
        return f"google-{self.google_id}"
