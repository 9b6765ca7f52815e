"""Page tokens and sync tokens: where a listing goes on, and from when on changes are asked for.

Google calls them opaque; clients may keep them and send them back. They hold everything that is needed, so
that the stand-in has nothing to remember.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, TypeVar

import msgspec

from infra.local.google.errors import GoogleError, error_info, invalid

SYNC_TOKENS_LAST = timedelta(days=7)
""""Sync tokens expire 7 days after the full sync" (people.connections.list); taken by the letter, so that an
incremental listing does not prolong them."""

_TOKENS = ("pageToken", "syncToken")
_EXPIRED = "Sync token is expired. Clear local cache and retry call without the sync token."

Key = list[int | str]
"""What a listing is sorted by; no two entries have the same."""

T = TypeVar("T")


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """A place in a listing.

    Attributes:
        kind: What sort of token it is made into.
        asked: What the first request asked for; every later one must ask for the same.
        since: The last change that the client knows; None when it asked for everything.
        until: The last change when the first page was asked for.
        full_sync: When the full listing began that this one goes back to, in seconds since 1970.
        after: The key of the last entry that was shown; empty before the first page.
    """

    kind: Literal["page", "sync"]
    asked: str
    since: int | None
    until: int
    full_sync: float
    after: Key = []

    def token(self) -> str:
        """The token that brings the client back to this place."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode()


class Question:
    """A request of a listing, as far as its place is concerned.

    Args:
        scope: What else the tokens belong to: the method and the account.
        params: The request's parameters.
        sequence: The number of the last change.
        now: The time.
        expiring: Whether sync tokens of this listing expire.
    """

    def __init__(
        self, scope: Sequence[str], params: Mapping[str, Any], sequence: int, now: datetime, *, expiring: bool
    ) -> None:
        self._scope = scope
        self._params = params
        self._sequence = sequence
        self._now = now.timestamp()
        self._expiring = expiring

    def cursor(self) -> Cursor:
        """Where the listing goes on.

        Raises:
            GoogleError: 400, when a token is not one of ours, was given for another question, or has expired.
        """
        if self._params.get("pageToken"):
            return self._decode("page", self._params["pageToken"])
        since, full_sync = None, self._now
        if self._params.get("syncToken"):
            known = self._decode("sync", self._params["syncToken"])
            since, full_sync = known.until, known.full_sync
            self._check_age(full_sync)
        return Cursor("page", self._asked("page"), since, self._sequence, full_sync)

    def sync_token(self, cursor: Cursor) -> str:
        """The token for the changes after this listing."""
        return Cursor("sync", self._asked("sync"), None, cursor.until, cursor.full_sync).token()

    def _decode(self, kind: Literal["page", "sync"], token: str) -> Cursor:
        name = f"{kind.capitalize()} token"
        try:
            cursor = msgspec.json.decode(urlsafe_b64decode(token), type=Cursor)
        except (ValueError, msgspec.DecodeError) as error:
            raise invalid(f"{name} is invalid.") from error
        if cursor.kind != kind:
            raise invalid(f"{name} is invalid.")
        if cursor.asked != self._asked(kind):
            raise invalid(f"{name}: all other request parameters must match the first call.")
        return cursor

    def _asked(self, kind: Literal["page", "sync"]) -> str:
        ignored = _TOKENS if kind == "sync" else ("pageToken",)
        asked = sorted((key, value) for key, value in self._params.items() if key not in ignored)
        return sha256(msgspec.json.encode([self._scope, asked])).hexdigest()[:16]

    def _check_age(self, full_sync: float) -> None:
        if self._expiring and self._now - full_sync > SYNC_TOKENS_LAST.total_seconds():
            info = error_info("EXPIRED_SYNC_TOKEN", "people.googleapis.com")
            raise GoogleError("INVALID_ARGUMENT", _EXPIRED, [info])


def cut(
    rows: Sequence[T], key: Callable[[T], Key], cursor: Cursor, size: int
) -> tuple[Sequence[T], Cursor | None]:
    """One page of a listing, and where the next one begins; None after the last."""
    ordered = sorted(rows, key=key)
    start = bisect_right(ordered, cursor.after, key=key) if cursor.after else 0
    page = ordered[start : start + size]
    if start + size >= len(ordered):
        return page, None
    return page, msgspec.structs.replace(cursor, after=key(page[-1]))
