"""Schedule: what is called when, and what is tried again."""

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from infra.check.deployment import Deployment, Resource
from shared.domain.model.schedule import NIGHT, WATCH

TIMES = {"sync-all": f"{NIGHT:%H:%M}", "watchdog": f"{WATCH:%H:%M}"}
"""When each function is called, in the job's time zone."""

_JOB = "google_cloud_scheduler_job"
_SUMMER_AND_WINTER = ((2026, 7, 1), (2026, 12, 31))


def times(deployment: Deployment) -> Iterator[str]:
    """Check that each job runs once a day at its time, in a time zone that exists."""
    for job in deployment.all(_JOB):
        if job["time_zone"] not in available_timezones():
            yield f"{job.address}: there is no time zone {job['time_zone']}"
            continue
        try:
            runs = [_runs(job, day) for day in _SUMMER_AND_WINTER]
        except CronSimError as error:
            yield f"{job.address}: {job['schedule']} is no schedule: {error}"
            continue
        for following in runs:
            if following != [TIMES.get(_service(job), "")]:
                yield f"{job.address} runs at {', '.join(following) or 'no time'} of a day"


def _runs(job: Resource, day: tuple[int, int, int]) -> list[str]:
    """Return the times at which the job runs on a day."""
    start = datetime(*day, tzinfo=ZoneInfo(job["time_zone"]))
    following = CronSim(job["schedule"], start)
    found: list[str] = []
    for run in following:
        if run.date() != start.date():
            break
        found.append(run.strftime("%H:%M"))
    return found


def zones(deployment: Deployment) -> Iterator[str]:
    """Check that each time zone with a WISP has one nightly job, which names it."""
    wisps = (json.loads(each["fields"]) for each in _wisps(deployment))
    used = sorted({wisp["time_zone"]["stringValue"] for wisp in wisps})
    nightly = [job for job in deployment.all(_JOB) if _service(job) == "sync-all"]
    if used != sorted(job["time_zone"] for job in nightly):
        yield f"the WISPs are in {used}, the jobs in {sorted(job['time_zone'] for job in nightly)}"
    for job in nightly:
        asked = json.loads(b64decode(job["http_target"][0]["body"]))
        if asked != {"time_zone": job["time_zone"]}:
            yield f"{job.address} asks for {asked}"


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


def _service(job: Resource) -> str:
    """Return the Cloud Run service in a job's address, SERVICE-NUMBER.REGION.run.app."""
    host: str = job["http_target"][0]["uri"].removeprefix("https://").partition(".")[0]
    return host.rpartition("-")[0]


def _wisps(deployment: Deployment) -> list[Resource]:
    return [each for each in deployment.all("google_firestore_document") if each["collection"] == "wisps"]
