"""Rate limit: holds each request to Google back until its quota allows it.

Whoever holds an account's lease counts its requests, and stores the counts when they give the lease back. One
that dies stores nothing. But whoever takes over waits until the lease has expired, and by then the minute
that was counted is over.
"""

from shared.domain.model.account import Account
from shared.domain.model.quota import Cost, Limits, Pace, metric_of
from shared.errors import Misconfigured, OverQuota
from shared.events import Event, log
from shared.ports import Clock, Put, StateStore
from shared.usecases.base.documents import from_document, to_document

LASTING = "google.quota_long"

_SOME_HOURS = "Google accepts no more changes to this account for some hours; it goes on by itself then."


class RateLimit:
    """The quotas of one Google account, and what of them is used."""

    def __init__(self, clock: Clock, limits: Limits, account: Account, pace: Pace) -> None:
        self._clock = clock
        self._limits = limits
        self._account = account
        self._pace = pace
        self._asked = False

    @classmethod
    def load(cls, state: StateStore, clock: Clock, limits: Limits, account: Account) -> "RateLimit":
        """Load the counts that the last holder stored; begin with none if they cannot be read."""
        document = state.get(pace_path(account))
        try:
            pace = from_document(document, Pace, pace_path(account)) if document else Pace()
        except Misconfigured:
            pace = Pace()
        return cls(clock, limits, account, pace)

    def check(self) -> None:
        """Raise `OverQuota` while a quota that takes hours to recover is used up."""
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
        """Learn from Google's refusal how much of a quota was used."""
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

    def put(self) -> Put:
        """Return the write that stores the counts for the next holder."""
        if self._asked and self._pace.parked <= self._now():
            self._pace.answered()
        return Put(pace_path(self._account), to_document(self._pace))

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


def pace_path(account: Account) -> str:
    """Return the path of the counts: by Google account, since wisps that share one share its quota."""
    return f"paces/{account.lease}"
