"""Rate limit: holds each request to Google back until its quota allows it.

Whoever holds an account's lease counts its requests, and stores the counts when they give the lease back. One
that dies stores nothing. But whoever takes over waits until the lease has expired, and by then the minute
that was counted is over.
"""

from collections.abc import Sequence
from typing import TypeVar

from shared.domain.model.account import Account
from shared.domain.model.quota import Cost, Limits, Pace, ProjectPause, is_of_project, metric_of, paused
from shared.errors import Misconfigured, OverQuota
from shared.events import Event, log
from shared.ports import Clock, Put, StateStore
from shared.usecases.base.documents import from_document, to_document

LASTING = "google.quota_long"

PROJECT = "paces/project"
"""The path of the pause after a quota of the whole project was used up."""

T = TypeVar("T")

_SOME_MINUTES = "Google has paused what this service may ask for some minutes. It continues by itself then."
_SOME_HOURS = "Google has paused changes to this account for some hours; it continues by itself then."


class RateLimit:
    """The quotas of one Google account, and what of them is used."""

    def __init__(
        self, clock: Clock, limits: Limits, account: Account, pace: Pace, project: ProjectPause
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._account = account
        self._pace = pace
        self._project = project
        self._is_new = False
        self._asked = False

    @classmethod
    def load(cls, state: StateStore, clock: Clock, limits: Limits, account: Account) -> "RateLimit":
        """Load the counts that the last holder stored; begin with none if they cannot be read."""
        pace = _read(state, pace_path(account), Pace) or Pace()
        project = _read(state, PROJECT, ProjectPause) or ProjectPause()
        return cls(clock, limits, account, pace, project=project)

    def check(self) -> None:
        """Raise `OverQuota` while a quota that takes hours to recover, or one of the project, is used up."""
        wait = self._project.left(self._account.id, self._now())
        if wait:
            raise OverQuota(
                "google.quota_project", "a quota of the project is used up", _SOME_MINUTES, after=wait
            )
        left = self._pace.parked - self._now()
        if left > 0:
            raise OverQuota(
                LASTING, "the account's quota recovers slowly", _SOME_HOURS, after=left, lasting=True
            )

    def wait(self, cost: Cost) -> float:
        """Return the seconds until a request may go; raise `OverQuota` if the day's quota is used up."""
        if not self._pace.has_day_left(cost, self._limits, self._now()):
            self._park(until_tomorrow=True)
        seconds, quota = self._pace.wait(cost, self._limits, self._now())
        if seconds:
            log(Event.QUOTA_WAITED, "waiting for Google's quota", metric=quota, seconds=round(seconds, 1))
        return seconds

    def spend(self, cost: Cost) -> None:
        """Count a request that is sent now."""
        self._asked = True
        self._pace.spend(cost, self._now())

    def refused(self, trouble: OverQuota) -> None:
        """Learn from Google's refusal how much of a quota was used.

        One for a quota of the whole project teaches nothing about this account: nobody asks for a while.

        Raises:
            OverQuota: The account is left alone for now.
        """
        if is_of_project(trouble.limit):
            self._pause(trouble.limit)
        metric = metric_of(trouble.limit)
        log(
            Event.QUOTA_REFUSED,
            "Google refused a request for its quota",
            account=self._account.id,
            limit=trouble.limit[:64],
            lasting=trouble.lasting,
        )
        if trouble.lasting:
            self._park(until_tomorrow=metric == "day")
        elif metric:
            self._pace.learn(metric, self._limits, self._now())

    def puts(self) -> Sequence[Put]:
        """Return the writes that store the counts for the next holder, and a new pause for everybody."""
        if self._asked and self._pace.parked <= self._now():
            self._pace.answered()
        counts = Put(pace_path(self._account), to_document(self._pace))
        return [counts, Put(PROJECT, to_document(self._project))] if self._is_new else [counts]

    def _pause(self, limit: str) -> None:
        self._project, self._is_new = paused(limit, self._now()), True
        log(
            Event.QUOTA_EXHAUSTED,
            "Google refused a request for a quota of the whole project; nobody asks for a while",
            account=self._account.id,
            code="google.quota_project",
            limit=limit[:64],
            seconds=round(self._project.until - self._now()),
        )
        self.check()

    def _park(self, *, until_tomorrow: bool) -> None:
        self._pace.park(self._now(), until_tomorrow=until_tomorrow)
        log(
            Event.ACCOUNT_PARKED,
            "the account is left alone until its quota has recovered",
            account=self._account.id,
            code=LASTING,
            seconds=round(self._pace.parked - self._now()),
        )
        self.check()

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _read(state: StateStore, path: str, kind: type[T]) -> T | None:
    """Return what is stored; None if there is nothing, or nothing that can be read."""
    document = state.get(path)
    try:
        return from_document(document, kind, path) if document else None
    except Misconfigured:
        return None


def project_pause(state: StateStore) -> ProjectPause | None:
    """Return until when nobody asks Google, as far as that is known."""
    return _read(state, PROJECT, ProjectPause)


def parked_until(state: StateStore, account: Account) -> float:
    """Return until when a Google account is left alone, in seconds since 1970; 0 or past: it is not."""
    pace = _read(state, pace_path(account), Pace)
    return pace.parked if pace else 0


def let_in(state: StateStore, account: Account) -> Put:
    """Return the write after which the account is asked again, for whoever holds its lease."""
    pace = _read(state, pace_path(account), Pace) or Pace()
    pace.let_in()
    return Put(pace_path(account), to_document(pace))


def pace_path(account: Account) -> str:
    """Return the path of the counts: by Google account, since wisps that share one share its quota."""
    return f"paces/{account.lease}"
