"""Quota: how many units of Google's quotas one account's requests may use, and when the next may go.

Google counts *units* for each user, in each minute and each day; it publishes the prices ("Read and Manage
Contacts") but not the limits, which are those of a project (Cloud console, APIs, People API, Quotas). A
bucket that refills steadily lets nearly twice the limit pass within one minute when it starts full; so what
was used in the last minute is remembered, and a request waits until it fits wherever that minute begins.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

WINDOW = 61.0
"""Seconds: a minute, and one more since requests are not always under way for equally long."""

LEARNED = timedelta(hours=24)
"""The time for which we keep to a limit that a refusal taught us."""

PARKED = timedelta(hours=2)
"""The time for which an account whose quota takes hours to recover is left alone; doubled each time."""

LONGEST_PARKED = timedelta(hours=12)

PROJECT_PAUSED = 120.0
"""Seconds for which nobody asks Google when a quota of the project's minute is used up."""

PROJECT_PAUSED_DAY = 3600.0
"""The same for one of its day; it is asked again each hour."""

RETURN = 300.0
"""Seconds over which all come back then."""

_PACIFIC = ZoneInfo("America/Los_Angeles")
"""Quotas of a day begin anew at midnight there ("Capping API usage", Google Cloud documentation)."""


class Cost(msgspec.Struct, frozen=True):
    """The units of one request.

    Attributes:
        reads: "Critical read requests".
        writes: "Critical write requests".
        others: "Write requests": removals, and every change to a contact group.
        groups: Reads of contact groups.
        day: "Daily contact writes".
    """

    reads: int = 0
    writes: int = 0
    others: int = 0
    groups: int = 0
    day: int = 0


MINUTE = tuple(each for each in Cost.__struct_fields__ if each != "day")
"""The quotas of a minute."""

READ = Cost(reads=1)
SINGLE = Cost(reads=1, writes=1, day=1)
BATCH = Cost(reads=6, writes=6, day=200)
REMOVAL = Cost(others=1)
REMOVALS = Cost(others=10)
GROUP_READ = Cost(groups=1)
GROUP_WRITE = Cost(others=1)
"""Prices as in "Read and Manage Contacts"; it names none for reads and groups, so these are ours."""

WORTH_A_BATCH = BATCH.writes // SINGLE.writes
"""The number of contacts from which a batch costs no more of a minute's quotas than single requests do."""

_NAMES: Mapping[str, str] = {
    "CriticalReads": "reads",
    "CriticalWrites": "writes",
    "Daily": "day",
    "GroupReads": "groups",
    "Writes": "others",
}
"""The beginnings of Google's names for limits in a refusal (``quota_limit`` of an ErrorInfo)."""


def metric_of(limit: str) -> str:
    """Return which of our quotas one of Google's limits is; empty if we do not know it."""
    return next((metric for start, metric in _NAMES.items() if limit.startswith(start)), "")


def is_of_project(limit: str) -> bool:
    """Return whether one of Google's limits is for all users of a project together, and not for each."""
    return limit.endswith("PerProject")


class ProjectPause(msgspec.Struct, frozen=True):
    """The time for which nobody asks Google, since a quota of the project is used up.

    Attributes:
        until: Seconds since 1970.
    """

    until: float = 0

    def left(self, account: str, now: float) -> float:
        """Return the seconds for which an account waits; they come back one by one, and not all at once."""
        share = int.from_bytes(hashlib.sha256(account.encode()).digest()[:8]) / 2**64
        return self.until + share * RETURN - now if now < self.until else 0


def paused(limit: str, now: float) -> ProjectPause:
    """Return the pause after a refusal for a limit of the project."""
    return ProjectPause(now + (PROJECT_PAUSED_DAY if "PerDay" in limit else PROJECT_PAUSED))


class Limits(msgspec.Struct, frozen=True):
    """Units that a project allows for each user: a minute, but `day` a day."""

    reads: int = 60
    writes: int = 30
    others: int = 30
    groups: int = 90
    day: int = 100_000


def read_limits(text: str) -> Limits:
    """Read the limits that a setting gives: ``reads=90,writes=60``; one that is left out is as usual.

    Raises:
        ValueError: It gives one that there is not, or no whole number above 0.
    """
    given = dict(part.split("=") for part in text.split(",") if part.strip())
    limits = {name.strip(): int(units) for name, units in given.items()}
    if limits.keys() - set(Limits.__struct_fields__) or any(units < 1 for units in limits.values()):
        raise ValueError(text)
    return Limits(**limits)


class Learned(msgspec.Struct, frozen=True):
    """A limit that a refusal taught us, and until when it holds (seconds since 1970)."""

    limit: int
    until: float


class Pace(msgspec.Struct):
    """The quota that one Google account's requests have used. Times are seconds since 1970.

    Attributes:
        spent: When, which quota of a minute, how many units; the oldest first.
        learned: Limits that proved lower than we thought, by quota.
        today: The day that `used` is about, in Google's time zone.
        used: Units of the day's quota.
        parked: Until when the account is left alone; 0: it is not.
        parkings: How often it was parked since it last answered.
    """

    spent: list[tuple[float, str, int]] = msgspec.field(default_factory=list)
    learned: dict[str, Learned] = msgspec.field(default_factory=dict)
    today: str = ""
    used: int = 0
    parked: float = 0
    parkings: int = 0

    def wait(self, cost: Cost, limits: Limits, now: float) -> tuple[float, str]:
        """Return the seconds until a request fits every quota of a minute, and which one makes it wait."""
        self._forget(now)
        waits = [(self._wait(metric, cost, limits, now), metric) for metric in MINUTE]
        return max(waits)

    def spend(self, cost: Cost, now: float) -> None:
        """Count a request of this cost that goes out."""
        self.spent += [(now, metric, units) for metric in MINUTE if (units := getattr(cost, metric))]
        if self._day(now) != self.today:
            self.today, self.used = self._day(now), 0
        self.used += cost.day

    def has_day_left(self, cost: Cost, limits: Limits, now: float) -> bool:
        """Return whether the day's quota is enough for a request."""
        used = self.used if self._day(now) == self.today else 0
        return used + cost.day <= limits.day

    def learn(self, metric: str, limits: Limits, now: float) -> None:
        """Note that Google refused the last request for a quota of a minute; no more fits than went through.

        How much that was is only known of our own requests; so a limit is at most halved at once.
        """
        passed = [*self._used(metric)][:-1]
        limit = self._limit(metric, limits, now)
        lower = min(limit, max(sum(passed), limit // 2, 1))
        self.learned[metric] = Learned(lower, now + LEARNED.total_seconds())

    def park(self, now: float, *, until_tomorrow: bool) -> None:
        """Leave the account alone: to the end of Google's day, or for hours, longer each time."""
        hours = min(PARKED * 2**self.parkings, LONGEST_PARKED).total_seconds()
        self.parked = self._midnight(now) if until_tomorrow else now + hours
        self.parkings += 1

    def let_in(self) -> None:
        """Ask again, though the account was parked; if that is in vain, it is parked for as long again."""
        if self.parked:
            self.parked, self.parkings = 0, max(self.parkings - 1, 0)

    def answered(self) -> None:
        """Note that the account answers (again)."""
        self.parked, self.parkings = 0, 0

    def _wait(self, metric: str, cost: Cost, limits: Limits, now: float) -> float:
        units: int = getattr(cost, metric)
        over = sum(self._used(metric)) + units - self._limit(metric, limits, now)
        if not units or over <= 0:
            return 0
        wait = 0.0
        for at, used in self._uses(metric):
            wait, over = at + WINDOW - now, over - used
            if over <= 0:
                break
        return wait

    def _uses(self, metric: str) -> Iterator[tuple[float, int]]:
        return ((at, units) for at, name, units in self.spent if name == metric)

    def _used(self, metric: str) -> Iterator[int]:
        return (units for _, units in self._uses(metric))

    def _limit(self, metric: str, limits: Limits, now: float) -> int:
        allowed: int = getattr(limits, metric)
        learned = self.learned.get(metric)
        return min(allowed, learned.limit) if learned and now < learned.until else allowed

    def _forget(self, now: float) -> None:
        """Forget what is older than the window; a future time means a clock set back, and counts as now."""
        times = ((min(at, now), metric, units) for at, metric, units in self.spent)
        self.spent = [use for use in times if now - use[0] < WINDOW]

    @staticmethod
    def _day(now: float) -> str:
        return datetime.fromtimestamp(now, UTC).astimezone(_PACIFIC).date().isoformat()

    @staticmethod
    def _midnight(now: float) -> float:
        local = datetime.fromtimestamp(now, UTC).astimezone(_PACIFIC)
        tomorrow = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return tomorrow.timestamp()
