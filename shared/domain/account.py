"""Account: a Google account that receives contacts, and its health."""

from dataclasses import dataclass
from typing import Literal

State = Literal["connected", "reconnect"]


@dataclass(frozen=True, slots=True)
class Account:
    """A Google account of a wisp.

    Attributes:
        id: Ours; unique among all wisps, e.g. ``acme-7f3k``.
        wisp: The wisp's id.
        email: The Google account's address, for people to recognise it.
        google_id: What names the Google account for good (the ``sub`` of its ID token). Two wisps may share
            one account; then they share its lease.
        secret: Name of the secret with its refresh token.
        state: "reconnect" when Google refuses the refresh token for good.
        reason: Why, in a sentence; empty while connected.
        since: When the state began, ISO 8601, UTC.
    """

    id: str
    wisp: str
    email: str
    google_id: str
    secret: str
    state: State = "connected"
    reason: str = ""
    since: str = ""

    @property
    def lease(self) -> str:
        """Name of the lease that makes one writer per Google account."""
        return f"google-{self.google_id}"
