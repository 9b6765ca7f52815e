"""Rate limit: lets no request go to Google before its quota allows it.

A run's holder counts, and hands its counts on when it gives the account back. One that dies does not; but
whoever takes over waits until its lease has run out, and by then the minute that it counted is over.
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
    """One Google account's pace."""

    def __init__(self, clock: Clock, limits: Limits, account: Account, pace: Pace) -> None:
        self._clock = clock
        self._limits = limits
        self._account = account
        self._pace = pace
        self._asked = False

    @classmethod
    def load(cls, state: StateStore, clock: Clock, limits: Limits, account: Account) -> "RateLimit":
        """Load the pace that the last process left; a new one when none can be read."""
        document = state.get(pace_path(account))
        try:
            pace = from_document(document, Pace, pace_path(account)) if document else Pace()
        except Misconfigured:
            pace = Pace()
        return cls(clock, limits, account, pace)

    def check(self) -> None:
        """Raise `OverQuota` while the account is to be left alone."""
        left = self._pace.parked - self._now()
        if left > 0:
            raise OverQuota(
                LASTING, "the account's quota recovers slowly", _SOME_HOURS, after=left, lasting=True
            )

    def wait(self, cost: Cost) -> float:
        """Return the seconds until such a request may go; raises `OverQuota` if the day's is used up."""
        if not self._pace.has_day_left(cost, self._limits, self._now()):
            self._park(until_tomorrow=True)
        seconds, quota = self._pace.wait(cost, self._limits, self._now())
        if seconds:
            log(Event.QUOTA_WAITED, "waiting for Google's quota", metric=quota, seconds=round(seconds, 1))
        return seconds

    def spend(self, cost: Cost) -> None:
        """Count a request that goes out now."""
        self._asked = True
        self._pace.spend(cost, self._now())

    def refused(self, trouble: OverQuota) -> None:
        """Learn from a refusal."""
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
        """The write that hands the pace on."""
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
    """Return the path by Google account, because wisps that share one share its quota."""
    return f"paces/{account.lease}"
