"""Night: what a wisp's runs came to, in short, so that one document tells whether it had its night."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.reason import WAITS_FOR_A_PERSON
from shared.domain.model.run import AccountOutcome, RunOutcome
from shared.domain.model.schedule import moment
from shared.replace import replace


class Streak(msgspec.Struct, frozen=True):
    """The same thing in one run after the other, in an account.

    Attributes:
        code: The stable code of the reason.
        since: When the first of these runs began, ISO 8601, UTC.
        runs: How many they are.
        refused: Removals that the guard refused in the last one.
    """

    code: str
    since: str
    runs: int = 1
    refused: int = 0

    def __post_init__(self) -> None:
        """Raise `ValueError` if a time is none."""
        moment(self.since)


class Nights(msgspec.Struct, frozen=True):
    """What a wisp's runs came to, in short. Times are ISO 8601, UTC; empty: there was none.

    Attributes:
        time_zone: The wisp's, by which those of a night's wisps are found in one query.
        seconds: How long the last run took that did all of its work.
        began: When the last run began.
        complete: When the last complete run began.
        code: Why the last run that ended was not complete; one that does not wait for a person goes first.
        accounts: How many accounts received contacts when the last run began; 0: none, or nobody knows.
        since: When the first of them was connected; empty while a wisp that had a complete run has one that
            needs a person.
        stopped: By account, what it has ended by since when.
        refused: By account, since when the guard has refused removals.
    """

    time_zone: str
    seconds: float = 0
    began: str = ""
    complete: str = ""
    code: str = ""
    accounts: int = 0
    since: str = ""
    stopped: Mapping[str, Streak] = msgspec.field(default_factory=dict)
    refused: Mapping[str, Streak] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise `ValueError` if a time is none."""
        for time in (self.began, self.complete, self.since):
            moment(time)

    def begun(self, outcome: RunOutcome, accounts: Sequence[Account]) -> "Nights":
        """Return what is known when a run begins, in these accounts."""
        return replace(self.of(accounts), began=outcome.started)

    def of(self, accounts: Sequence[Account]) -> "Nights":
        """Return the same, of a wisp with these accounts that receive contacts."""
        is_new = not self.complete or all(account.state == "connected" for account in accounts)
        since = min((account.since for account in accounts), key=moment, default="") if is_new else ""
        return replace(self, accounts=len(accounts), since=since)

    def ended(self, outcome: RunOutcome) -> "Nights":
        """Return what is known when a run has ended; one without an end changes only when it began."""
        if outcome.state not in ("complete", "partial", "unfinished", "failed"):
            return replace(self, began=outcome.started)
        is_complete = outcome.state == "complete"
        took = datetime.fromisoformat(outcome.finished) - datetime.fromisoformat(outcome.started)
        return replace(
            self,
            seconds=took.total_seconds() if outcome.state in ("complete", "partial") else self.seconds,
            began=outcome.started,
            complete=outcome.started if is_complete else self.complete,
            code="" if is_complete else _code(outcome),
            stopped=self.stopped if outcome.state == "failed" else _stopped(self.stopped, outcome),
            refused=self.refused if outcome.state == "failed" else _refused(self.refused, outcome),
        )


class Watched(msgspec.Struct, frozen=True):
    """How far the night of a time zone was watched. Times are ISO 8601, UTC.

    Attributes:
        night: When it began.
        looked: Every wisp that came due until then was looked at.
        started: When the watch started what had not begun; empty: it did not.
    """

    night: str
    looked: str
    started: str = ""

    def __post_init__(self) -> None:
        """Raise `ValueError` if a time is none."""
        for time in (self.night, self.looked, self.started):
            moment(time)


def nights_of(time_zone: str, runs: Iterable[RunOutcome]) -> Nights:
    """Sum up runs, the oldest first, where no document does so yet."""
    nights = Nights(time_zone)
    for run in runs:
        nights = nights.ended(run)
    return nights


def _code(outcome: RunOutcome) -> str:
    codes = [account.code for account in outcome.accounts if account.code]
    return next((code for code in codes if code not in WAITS_FOR_A_PERSON), outcome.code)


def _stopped(before: Mapping[str, Streak], outcome: RunOutcome) -> Mapping[str, Streak]:
    return {
        account.account: _longer(before.get(account.account), outcome.started, account)
        for account in outcome.accounts
        if account.state == "stopped" or account.code == "google.full"
    }


def _refused(before: Mapping[str, Streak], outcome: RunOutcome) -> Mapping[str, Streak]:
    """Accounts that ended before the guard was asked count as they did."""
    found = {}
    for account in outcome.accounts:
        streak = before.get(account.account)
        if not account.planned and streak:
            found[account.account] = streak
        elif account.planned and account.refused:
            found[account.account] = _longer(streak, outcome.started, account)
    return found


def _longer(streak: Streak | None, started: str, account: AccountOutcome) -> Streak:
    """Begin a streak, or count one run more; another reason does not begin it anew."""
    if streak is None:
        return Streak(account.code, started, refused=account.refused)
    return replace(streak, code=account.code, runs=streak.runs + 1, refused=account.refused)
