"""The nightly start: a task for each wisp of a time zone."""

from collections.abc import Sequence

from shared.errors import RetryLater, Trouble
from shared.events import Event, log
from shared.ports import Task
from shared.usecases.records import wisps_of
from shared.usecases.services import Services


def sync_all(services: Services, time_zone: str) -> Sequence[str]:
    """Enqueue a run for every wisp of the time zone; returns those enqueued.

    The task's name holds the wisp and the day, so that a second call on the same day starts nothing twice.

    Raises:
        RetryLater: Some could not be enqueued; a second call does the rest.
    """
    day = services.clock.now().date().isoformat()
    enqueued, failed = [], 0
    for wisp in wisps_of(services.state, time_zone):
        task = Task("sync_wisp", {"wisp": wisp, "by": "nightly run"}, name=f"nightly-{wisp}-{day}")
        try:
            if services.tasks.enqueue(task):
                enqueued.append(wisp)
                log(Event.TASK_ENQUEUED, "a nightly run is enqueued", wisp=wisp)
        except Trouble:
            failed += 1
    if failed:
        raise RetryLater("tasks.unreachable", f"{failed} runs could not be enqueued", after=60)
    return enqueued
