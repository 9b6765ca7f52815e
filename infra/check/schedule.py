"""Schedule: what is called when, and what is tried again."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from infra.check import functions
from infra.check.deployment import Deployment, Resource
from shared.domain.model.schedule import NIGHT, WATCH
from shared.domain.model.time_zone import TIME_ZONES

TIMES = {"sync-all": [f"{NIGHT:%H:%M}"], "watchdog": [f"{hour:02}:{WATCH}" for hour in range(24)]}
"""When each function is called on a day, in the job's time zone."""

_JOB = "google_cloud_scheduler_job"
_SUMMER_AND_WINTER = ((2026, 7, 1), (2026, 12, 31))


def times(deployment: Deployment) -> Iterator[str]:
    """Check that each job runs at its times of every day, in a time zone that exists."""
    for job in deployment.all(_JOB):
        if job["time_zone"] not in available_timezones():
            yield f"{job.address}: there is no time zone {job['time_zone']}"
            continue
        try:
            runs = [_runs(job["schedule"], job["time_zone"], day) for day in _SUMMER_AND_WINTER]
        except CronSimError as error:
            yield f"{job.address}: {job['schedule']} is no schedule: {error}"
            continue
        for following in runs:
            if following != TIMES.get(_service(job)):
                yield f"{job.address} runs at {', '.join(following) or 'no time'} of a day"


@cache
def _runs(schedule: str, zone: str, day: tuple[int, int, int]) -> list[str]:
    """Return the times of a day at which a job runs: looked for once, as deployments differ in few."""
    start = datetime(*day, tzinfo=ZoneInfo(zone))
    following = CronSim(schedule, start)
    found: list[str] = []
    for run in following:
        if run.date() != start.date():
            break
        found.append(run.strftime("%H:%M"))
    return found


def zones(deployment: Deployment) -> Iterator[str]:
    """Check that each time zone in which a WISP may be has one nightly job, which names it."""
    nightly = _nightly(deployment)
    jobs = Counter(job["time_zone"] for job in nightly)
    for zone in sorted({*TIME_ZONES, *jobs}):
        if jobs[zone] != (zone in TIME_ZONES):
            yield f"{zone} has {jobs[zone]} nightly jobs"
    for job in nightly:
        asked = json.loads(b64decode(job["http_target"][0]["body"]))
        if asked != {"time_zone": job["time_zone"]}:
            yield f"{job.address} asks for {asked}"


def together(deployment: Deployment) -> Iterator[str]:
    """Check that sync_all has an instance for each of the nights that begin at one moment."""
    function = functions.by_entry_point(deployment).get("sync_all")
    zones = [ZoneInfo(job["time_zone"]) for job in _nightly(deployment)]
    for day in _SUMMER_AND_WINTER:
        moments = Counter(datetime(*day, tzinfo=zone).astimezone(UTC) for zone in zones)
        most = max(moments.values(), default=0)
        if function and functions.service(function)["max_instance_count"] < most:
            yield f"{most} nights begin at one moment, for which sync_all has too few instances"


def pauses(deployment: Deployment) -> Iterator[str]:
    """Check that no job's pause is given: what an operator paused would go on with the next deployment."""
    for job in deployment.all(_JOB):
        if job["paused"] is not None:
            yield f"{job.address} is set going again by each deployment"


def audiences(deployment: Deployment) -> Iterator[str]:
    """Check that each job shows an ID token for its function, of an account that may call it."""
    granted = {
        (each["name"], (each["member"] or "").removeprefix("serviceAccount:"))
        for each in deployment.all("google_cloud_run_v2_service_iam_member")
    }
    for job in deployment.all(_JOB):
        target = job["http_target"][0]
        for token in target["oidc_token"] or [{"audience": "", "service_account_email": "nobody"}]:
            if token["audience"] != target["uri"].rstrip("/"):
                yield f"{job.address} shows a token for {token['audience'] or 'nothing'}"
            if (_service(job), token["service_account_email"]) not in granted:
                yield f"{job.address} calls as {token['service_account_email']}, who may not"


def retries(deployment: Deployment) -> Iterator[str]:
    """Check that Scheduler and the queue retry what fails."""
    for job in deployment.all(_JOB):
        if not any(each["retry_count"] for each in job["retry_config"] or []):
            yield f"{job.address} does not try again"
    for queue in deployment.all("google_cloud_tasks_queue"):
        if not any((each["max_attempts"] or 0) > 1 for each in queue["retry_config"] or []):
            yield f"{queue.address} does not say how often it tries again"


def places(deployment: Deployment) -> Iterator[str]:
    """Check that there is an instance for each task that the queues call for at once.

    What is beyond them is refused with 429, and Cloud Tasks then slows the whole queue down.
    """
    queues = deployment.all("google_cloud_tasks_queue")
    at_once = sum(queue["rate_limits"][0]["max_concurrent_dispatches"] for queue in queues)
    run = functions.by_entry_point(deployment).get("sync_wisp")
    instances = functions.service(run)["max_instance_count"] if run else 0
    if run and instances < at_once:
        yield f"sync_wisp has {instances} instances, and its queues call {at_once} at once"


def _service(job: Resource) -> str:
    """Return the Cloud Run service in a job's address, SERVICE-NUMBER.REGION.run.app."""
    host: str = job["http_target"][0]["uri"].removeprefix("https://").partition(".")[0]
    return host.rpartition("-")[0]


def _nightly(deployment: Deployment) -> list[Resource]:
    return [job for job in deployment.all(_JOB) if _service(job) == "sync-all"]
