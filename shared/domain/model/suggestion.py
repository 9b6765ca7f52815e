"""Suggestion: what a user wrote on a phone in place of a value of SIMPLer's, until somebody looks at it."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import msgspec

from shared.replace import replace

KEPT_FOR = timedelta(days=30)
"""The time for which a suggestion is kept after the value was changed last."""

MOST = 200
"""Suggestions kept of one account; the oldest go."""

_WORDS_DIGITS = 12


class Suggestion(msgspec.Struct, frozen=True):
    """What a user wrote.

    Attributes:
        account: The id of the account in which they did.
        customer: The customer's id.
        name: The customer's name as contacts show it.
        field: Google's name of the field.
        title: Of a row, its title; otherwise empty.
        simpler: What SIMPLer has; empty: nothing any more.
        theirs: What they wrote instead; empty: they removed it.
        since: When this was seen first, ISO 8601, UTC.
        last: When it was seen last, likewise.
        times: How often the value was changed, as far as it is known.
        etag: The contact's, as it was when it was seen last: the same state is one change.
    """

    account: str
    customer: str
    name: str
    field: str
    title: str
    simpler: str
    theirs: str
    since: str
    last: str
    times: int = 1
    etag: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no time, so that a document with one counts as unreadable."""
        _check_moments(self.since, self.last)

    def is_kept(self, now: datetime) -> bool:
        """Return whether it still counts; the store deletes what is old in its own time."""
        return _is_young(self.last, now)

    def dismissal_of(self, id_: str) -> str:
        """Return the id of what dismisses this suggestion, as long as the user's words are these."""
        return f"{id_}-{sha256(self.theirs.encode(errors='replace')).hexdigest()[:_WORDS_DIGITS]}"

    def after(self, before: "Suggestion | None") -> "Suggestion":
        """Return what is to be kept, after what was known of the same value."""
        if before is None:
            return self
        times = before.times + (self.etag != before.etag)
        if self.theirs != before.theirs:
            return replace(self, times=times)
        last = before.last if self.etag == before.etag else self.last
        return replace(self, since=before.since, last=last, times=times)


class Dismissal(msgspec.Struct, frozen=True):
    """What somebody does not want to see any more: a suggestion as long as the user's words are these.

    It is a document of its own, because a run may be writing the suggestion at the same time.

    Attributes:
        account: The id of the account in which the user wrote it.
        by: Who dismissed it, in words that others may read.
        at: When, ISO 8601, UTC.
    """

    account: str
    by: str
    at: str

    def __post_init__(self) -> None:
        """Refuse what is no time."""
        _check_moments(self.at)

    def is_kept(self, now: datetime) -> bool:
        """Return whether it still counts."""
        return _is_young(self.at, now)


class WeeklyMail(msgspec.Struct, frozen=True):
    """What a wisp's people were mailed about suggestions.

    Attributes:
        week: The last week in which it was looked whether there is something to mail, as ``2026-W10``.
        told: When it was looked for the last mail that was accepted, ISO 8601, UTC; empty: there was none.
    """

    week: str = ""
    told: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no time."""
        _check_moments(*filter(None, (self.told,)))


def _check_moments(*moments: str) -> None:
    """Raise `ValueError` for what is no time in a time zone."""
    for each in moments:
        if datetime.fromisoformat(each).tzinfo is None:
            raise ValueError(f"{each} has no time zone")


def _is_young(at: str, now: datetime) -> bool:
    return now < datetime.fromisoformat(at) + KEPT_FOR


class Suggested(NamedTuple):
    """What an account's ledger knows of a suggestion, by the suggestion's id.

    Attributes:
        customer: The customer's id.
        value: Names what SIMPLer has (`shared.domain.sync.edits.Edit`); empty: nothing.
        key: Names what the user wrote; empty: they removed it.
        at: When it was put right last (seconds since 1970).
    """

    customer: str
    value: str
    key: str
    at: float
