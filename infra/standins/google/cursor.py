"""Page tokens and sync tokens: where a listing goes on, and from when on changes are asked for.

Google calls them opaque; clients may keep them and send them back. They hold everything that is needed, so
that the stand-in has nothing to remember.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, TypeVar

import msgspec

from infra.standins.google.errors import GoogleError, error_info, invalid
from infra.standins.google.rules import ExpiredTokenShape
from shared.typed import from_json

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
        era: The account's era of sync tokens then; all those of an earlier one have expired.
        after: The key of the last entry that was shown; empty before the first page.
    """

    kind: Literal["page", "sync"]
    asked: str
    since: int | None
    until: int
    full_sync: float
    era: int
    after: Key = []

    def token(self) -> str:
        """Return the token that brings the client back to this place."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode()


class Question:
    """A request of a listing, as far as its place is concerned.

    Args:
        scope: What else the tokens belong to: the method and the account.
        params: The request's parameters.
        sequence: The number of the last change that is seen.
        now: The time.
        expiry: How expired sync tokens are answered, and the account's era of them; None when those of this
            listing never expire.
    """

    def __init__(
        self,
        scope: Sequence[str],
        params: Mapping[str, Any],
        sequence: int,
        now: datetime,
        expiry: tuple[ExpiredTokenShape, int] | None,
    ) -> None:
        self._scope = scope
        self._params = params
        self._sequence = sequence
        self._now = now.timestamp()
        self._shape = expiry[0] if expiry else None
        self._era = expiry[1] if expiry else 0

    def cursor(self) -> Cursor:
        """Return where the listing goes on.

        Raises:
            GoogleError: 400, when a token is not one of ours, was given for another question, or has expired.
        """
        if self._params.get("pageToken"):
            return self._decode("page", self._params["pageToken"])
        since, full_sync = None, self._now
        if self._params.get("syncToken"):
            known = self._decode("sync", self._params["syncToken"])
            since, full_sync = known.until, known.full_sync
            self._check_age(known)
        return Cursor("page", self._asked("page"), since, self._sequence, full_sync, self._era)

    def sync_token(self, cursor: Cursor) -> str:
        """Return the token for the changes after this listing."""
        known = (cursor.until, cursor.full_sync, cursor.era)
        return Cursor("sync", self._asked("sync"), None, *known).token()

    def _decode(self, kind: Literal["page", "sync"], token: str) -> Cursor:
        name = f"{kind.capitalize()} token"
        try:
            cursor = from_json(urlsafe_b64decode(token), Cursor)
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

    def _check_age(self, known: Cursor) -> None:
        old = self._now - known.full_sync > SYNC_TOKENS_LAST.total_seconds()
        if self._shape and (old or known.era != self._era):
            raise expired_sync_token(self._shape)


def expired_sync_token(shape: ExpiredTokenShape) -> GoogleError:
    """Return the refusal of a sync token that has expired."""
    info = error_info("EXPIRED_SYNC_TOKEN", "people.googleapis.com")
    if shape == "400 INVALID_ARGUMENT":
        return GoogleError("INVALID_ARGUMENT", _EXPIRED, [info])
    return GoogleError("FAILED_PRECONDITION", _EXPIRED, [info], http=410 if shape == "410" else None)


def cut(
    rows: Collection[T], key: Callable[[T], Key], cursor: Cursor, size: int, *, ordered: bool = False
) -> tuple[Sequence[T], Cursor | None]:
    """Return one page of a listing, and where the next one begins; None after the last.

    Args:
        rows: All entries.
        key: What they are sorted by.
        cursor: Where the page begins.
        size: How many entries it has.
        ordered: Whether the entries are sorted already.
    """
    entries = list(rows) if ordered else sorted(rows, key=key)
    start = bisect_right(entries, cursor.after, key=key) if cursor.after else 0
    page = entries[start : start + size]
    if start + size >= len(entries):
        return page, None
    return page, msgspec.structs.replace(cursor, after=key(page[-1]))
