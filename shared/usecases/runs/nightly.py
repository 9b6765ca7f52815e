"""Nightly: starts the runs of a time zone at 05:00, a task for each wisp; many are spread over a window.

An operator can have them started again; the watchdog starts those that did not begin.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from shared.domain.model.night import Nights
from shared.domain.model.schedule import NIGHTLY, day_of, last_night, moment
from shared.errors import Misconfigured, RetryLater, Trouble
from shared.events import Event, log
from shared.ports import Task
from shared.usecases.base.documents import wisps_of
from shared.usecases.base.run_documents import read_nights
from shared.usecases.base.services import Services

AT_ONCE = 50
"""Wisps of one time zone whose runs all start at 05:00; what is beyond widens the window."""

STARTS = 2.0
"""Starts per second, on average, in a window. docs/scale.md says what follows from it."""

Again = Literal["", "all", "incomplete"]
"""Whose runs are started a second time; "incomplete": theirs who had no complete run since 05:00, or whose
last one was not complete, because what stops all may begin after a good night."""


class Begun(msgspec.Struct, frozen=True):
    """What came of starting, later on, what had not begun.

    Attributes:
        enqueued: How many runs were accepted now.
        already: How many had been accepted before, and have not begun yet.
        failed: Why others could not be enqueued.
    """

    enqueued: int
    already: int
    failed: Sequence[Trouble]


class Night(msgspec.Struct, frozen=True):
    """The result of a nightly start.

    Attributes:
        enqueued: Ids of the wisps whose run was accepted now.
        already: How many were accepted by an earlier call of the same day.
        last_start: When the last of those accepted now starts; None without any.
        last_done: When the last of them will be done, by how long each wisp's last run took.
    """

    enqueued: Sequence[str]
    already: int
    last_start: datetime | None
    last_done: datetime | None


def sync_all(services: Services, time_zone: str, again: Again = "") -> Night:
    """Enqueue a run for every wisp of the time zone.

    A task's name is the wisp and the day there, so a call that is repeated, whether the first one failed,
    died half-way or succeeded, enqueues what is missing and nothing twice. What is started again has the
    minute in its name as well.

    Args:
        services: The ports.
        time_zone: An IANA name.
        again: Whose runs are started a second time on this day.

    Raises:
        RetryLater: Some could not be enqueued; a second call does the rest.
        Misconfigured: Some could not, and cannot until an operator acts.
    """
    now = services.clock.now()
    wisps = wisps_of(services.state, time_zone)
    count = len(wisps)
    nights, _ = read_nights(services.state, time_zone)
    lasted = {wisp: each.seconds for wisp, each in nights.items() if each.seconds}
    if again == "incomplete":
        since = last_night(now, time_zone)
        wisps = [wisp for wisp in wisps if _is_wanting(nights.get(wisp), since)]
    local = now.astimezone(ZoneInfo(time_zone))
    day = f"{local:%Y-%m-%d}" + (f"-again-{local:%H%M}" if again else "")
    tasks = [_task(wisp, count, day) for wisp in wisps]
    answers = dict(zip(wisps, services.tasks.enqueue_all(tasks), strict=True))
    delays = {wisp: task.delay for wisp, task in zip(wisps, tasks, strict=True) if answers[wisp] is True}
    failed = [answer for answer in answers.values() if isinstance(answer, Trouble)]
    night = _night(now, delays, lasted, already=len(wisps) - len(delays) - len(failed))
    _log(night, time_zone, failed=len(failed))
    if failed:
        raise _incomplete(failed, len(wisps))
    return night


def begin_late(
    services: Services, time_zone: str, night: datetime, wisps: Sequence[str], count: int
) -> Begun:
    """Enqueue the runs of a night that have not begun, as its own start would have; raise for none.

    Args:
        services: The ports.
        time_zone: An IANA name.
        night: When the night began.
        wisps: Those that have not begun.
        count: How many wisps the time zone has.
    """
    tasks = [_task(wisp, count, day_of(night, time_zone)) for wisp in wisps]
    answers = services.tasks.enqueue_all(tasks)
    failed = [answer for answer in answers if isinstance(answer, Trouble)]
    return Begun(answers.count(True), answers.count(False), failed)


def _is_wanting(nights: Nights | None, since: datetime) -> bool:
    return nights is None or bool(nights.code) or moment(nights.complete) < since


def window(wisps: int) -> float:
    """Return the seconds over which to spread the starts of this many wisps."""
    return max(0, wisps - AT_ONCE) / STARTS


def delay(wisp: str, wisps: int) -> float:
    """Return the seconds from the nightly start to a wisp's own, a share by a hash of its id."""
    share = int.from_bytes(hashlib.sha256(wisp.encode()).digest()[:8]) / 2**64
    return share * window(wisps)


def _task(wisp: str, wisps: int, day: str) -> Task:
    body = {"wisp": wisp, "by": NIGHTLY}
    return Task("sync_wisp", body, name=f"nightly-{wisp}-{day}", delay=delay(wisp, wisps))


def _incomplete(failed: Sequence[Trouble], count: int) -> Trouble:
    """Return what to raise; what only an operator can mend is told as such."""
    settings = [each for each in failed if isinstance(each, Misconfigured)]
    why = (
        f"{len(failed)} of {count} runs could not be enqueued, one of them because {(settings or failed)[0]}"
    )
    if settings:
        return Misconfigured(settings[0].reason, why)
    return RetryLater("tasks.unreachable", why, after=60)


def _night(now: datetime, delays: Mapping[str, float], lasted: Mapping[str, float], *, already: int) -> Night:
    if not delays:
        return Night((), already, None, None)
    longest = max(lasted.values(), default=0)
    done = max(after + lasted.get(wisp, longest) for wisp, after in delays.items())
    start = max(delays.values())
    return Night(list(delays), already, now + timedelta(seconds=start), now + timedelta(seconds=done))


def _log(night: Night, time_zone: str, *, failed: int) -> None:
    log(
        Event.NIGHT_INCOMPLETE if failed else Event.NIGHT_ENQUEUED,
        "not every nightly run could be enqueued" if failed else "the nightly runs are enqueued",
        time_zone=time_zone,
        enqueued=len(night.enqueued),
        already=night.already,
        failed=failed,
        last_start=night.last_start and night.last_start.isoformat(),
        last_done=night.last_done and night.last_done.isoformat(),
    )
