"""Every alert is brought about for real, and its filter or query finds what was written then."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from infra.check.deployment import Deployment, Resource
from infra.check.log_filter import extracted, finds
from infra.check.series import Sample, fires
from infra.standins.cloud.delivery import Delivery
from infra.standins.cloud.task_messages import Queue
from infra.standins.cloud.task_server import cloud_tasks
from infra.standins.simpler.failure import Failure
from shared.adapters.google.cloud_tasks import TaskTarget, open_cloud_tasks
from shared.domain.model.lease import Claim
from shared.errors import Trouble
from shared.ports import Put, Task
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.runs.run import MOST_ATTEMPTS
from shared.usecases.runs.watchdog import watch
from tests.fake_clock import FakeClock
from tests.functions.answer_cases import body
from tests.functions.served import served
from tests.hooked import with_state
from tests.logged import lines, logging_as_in_production
from tests.world import World, a_world, customer

HOUR = 3600.0
_PASSED = "monitoring_googleapis_com:uptime_check_check_passed"
QUEUE = "projects/demo/locations/europe-west1/queues/runs"
WRONG_CLIENT = '{"client_id": "client", "client_secret": "another"}'


@dataclass(slots=True)
class Story:
    """What happens, and what is seen of it.

    Attributes:
        world: The service with everything around it.
        capsys: What it writes.
        lines: Its lines, each with when it was written.
        others: Lines that Google writes of its own services, in the form of an entry, likewise.
        samples: What Google measures of its own services.
    """

    world: World
    capsys: pytest.CaptureFixture[str]
    lines: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    others: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @property
    def now(self) -> float:
        """The time, in seconds."""
        return self.world.clock.now().timestamp()

    def pass_hours(self, hours: float) -> None:
        """Keep what was written so far, and let the time pass."""
        self.lines += [(self.now, line) for line in lines(self.capsys.readouterr().out)]
        self.world.clock.advance(hours * HOUR)

    def night(self) -> None:
        """Run at 05:00, and leave it at that."""
        self.world.start_night()
        with suppress(Trouble):
            self.world.work()

    def fail(self) -> None:
        """Have SIMPLer fail from now on."""
        self.world.simpler.state.failure = Failure("down")

    def entries(self) -> Iterator[tuple[float, Mapping[str, Any]]]:
        """Yield the lines as Cloud Logging keeps them."""
        for at, line in self.lines:
            payload = {name: value for name, value in line.items() if name != "severity"}
            labels = {"service_name": "any"}
            resource = {"type": "cloud_run_revision", "labels": labels}
            yield at, {"resource": resource, "severity": line["severity"], "jsonPayload": payload}
        yield from self.others


@dataclass(frozen=True)
class Alerts:
    """The alerts of a deployment, and the metrics that they are made of."""

    deployment: Deployment

    @cached_property
    def by_anchor(self) -> Mapping[str, Resource]:
        """The alerts by their sections of the runbook."""
        found = self.deployment.all("google_monitoring_alert_policy")
        return {each["documentation"][0]["links"][0]["url"].partition("#")[2]: each for each in found}

    def fire(self, anchor: str, story: Story) -> bool:
        """Return whether the alert fires at the end of a story."""
        [condition] = self.by_anchor[anchor]["conditions"]
        for each in condition["condition_matched_log"]:
            return any(finds(each["filter"], entry) for _, entry in story.entries())
        [asked] = condition["condition_prometheus_query_language"]
        return fires(asked["query"], [*self._counted(story), *story.samples], story.now)

    def _counted(self, story: Story) -> Iterator[Sample]:
        for metric in self.deployment.all("google_logging_metric"):
            name = f"logging_googleapis_com:user_{metric['name'].replace('/', '_')}"
            for at, entry in story.entries():
                if finds(metric["filter"], entry):
                    read = (metric["label_extractors"] or {}).items()
                    labels = {label: str(extracted(extractor, entry)) for label, extractor in read}
                    resource = entry["resource"]
                    kind = {"monitored_resource": resource["type"]}
                    yield Sample(name, {**resource["labels"], **labels, **kind}, at)


@pytest.fixture
def alerts(everything: Deployment) -> Alerts:
    """What would be deployed."""
    return Alerts(everything)


@contextmanager
def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Story]:
    """Begin a story at 05:00 after a good night, with forty customers whom 20 % leaving makes many."""
    customers = [customer(number) for number in range(1, 41)]
    with logging_as_in_production(), a_world(folder, customers) as world:
        world.services.state.write(wisp_put(replace(world.wisp, notify=("boss@example.com",))))
        story = Story(world, capsys)
        story.night()
        story.pass_hours(1.5)
        watch(world.services)
        story.pass_hours(22.5)
        yield story
        story.pass_hours(0)


def _watch_finds_a_bad_night(story: Story) -> None:
    story.fail()
    story.night()
    _look(story)


def _look(story: Story) -> None:
    story.pass_hours(1.5)
    watch(story.world.services)


def _no_night(story: Story) -> None:
    _look(story)


def _a_night_in_the_queue(story: Story) -> None:
    story.world.start_night()
    _look(story)


def _a_stuck_lease(story: Story) -> None:
    story.world.services.leases.acquire("wisp-acme", Claim("owner", "run-7", "nobody"), 300)
    with closing(sqlite3.connect(story.world.database)) as connection, connection:
        connection.execute("UPDATE leases SET acquired_at = acquired_at - 3001")
    _look(story)


def _revoked(story: Story) -> None:
    story.world.google.world.credentials.revoke("refresh-acme-0")
    story.night()


def _revoked_for_a_day(story: Story) -> None:
    _revoked(story)
    story.pass_hours(24)
    story.night()
    _look(story)


def _a_wrong_client(story: Story) -> None:
    story.world.services.secrets.put("oauth-client", WRONG_CLIENT)
    story.night()


def _a_broken_account(story: Story) -> None:
    story.world.services.state.write(Put("wisps/acme/accounts/acme-9", {"id": 9}))
    story.night()


def _many_left(story: Story) -> None:
    for number in range(1, 31):
        story.world.simpler.state.customers.patch(str(number), {"status": "post"})
    story.night()


def _many_left_for_two_nights(story: Story) -> None:
    _many_left(story)
    story.pass_hours(24)
    story.night()
    _look(story)


def _the_last_try(story: Story) -> None:
    story.fail()
    with served(story.world) as functions:
        functions.post("sync_wisp", **body("sync_wisp", tries=MOST_ATTEMPTS))


def _no_mail(story: Story) -> None:
    story.world.services.secrets.destroy("sendgrid-key")
    story.fail()
    story.night()


def _watch_meets_what_it_cannot_read(story: Story) -> None:
    story.world.services.state.write(Put("wisps/zero", {"time_zone": "Atlantis"}))
    _look(story)


def _no_password(story: Story) -> None:
    story.world.services.secrets.destroy("simpler-acme")
    with served(story.world) as functions:
        functions.press("preview_sync")


def _a_fault_of_our_own(story: Story) -> None:
    def find(collection: str, **how: Any) -> Any:
        if collection.startswith("wisps/"):
            raise ZeroDivisionError
        return story.world.services.state.find(collection, **how)

    story.world.services.state.write(Put("durations/acme", {"time_zone": "Europe/Dublin"}))
    story.pass_hours(1.5)
    watch(with_state(story.world.services, find=find))


def _answers_with_errors(story: Story) -> None:
    story.fail()
    with served(story.world) as functions:
        answers = [functions.press("preview_sync") for _ in range(6)]
    kind = {"monitored_resource": "cloud_run_revision", "service_name": "preview-sync"}
    story.samples = [
        Sample(
            "run_googleapis_com:request_count",
            {**kind, "response_code_class": f"{answer.status_code // 100}xx"},
            story.now,
        )
        for answer in answers
    ]


def _a_late_queue(story: Story, name: str = "runs") -> None:
    """Measure, as Cloud Tasks does, how long after its time a task is attempted."""
    clock, delays = FakeClock(), list[float]()

    def deliver(delivery: Delivery) -> int:
        delays.append(clock.now().timestamp() - float(delivery.headers["X-CloudTasks-TaskETA"]))
        return 200

    with cloud_tasks(clock, deliver=deliver) as running:
        running.tasks.create_queue(QUEUE.partition("/queues/")[0], Queue(QUEUE))
        target = TaskTarget("http://127.0.0.1:9/{function}", "a@b")
        open_cloud_tasks(QUEUE, target, clock, running.url).enqueue(Task("sync_wisp", {"wisp": "acme"}))
        clock.advance(20 * 60)
        running.tasks.settle()
    kind = {"monitored_resource": "cloud_tasks_queue", "queue_id": name}
    story.samples = [
        Sample("cloudtasks_googleapis_com:queue_task_attempt_delays_bucket", {**kind, "le": le}, story.now)
        for delay in delays
        for le in ("60000", "900000", "1800000", "inf")
        if delay * 1000 <= float(le)
    ]


def _late_buttons(story: Story) -> None:
    _a_late_queue(story, "urgent")


def _a_paused_queue(story: Story, name: str = "runs", hours: tuple[float, ...] = (5, 3, 1)) -> None:
    """Show, as Cloud Tasks does each minute, how many tasks a queue holds."""
    kind = {"monitored_resource": "cloud_tasks_queue", "queue_id": name}
    depth = "cloudtasks_googleapis_com:queue_depth"
    story.samples = [Sample(depth, kind, story.now - ago * HOUR, 3) for ago in hours]


def _buttons_in_a_paused_queue(story: Story) -> None:
    _a_paused_queue(story, "urgent", (0.4, 0.2, 0.1))


def _no_port_left(story: Story) -> None:
    """Show, as Cloud NAT does, that it dropped packets."""
    kind = {"monitored_resource": "nat_gateway", "gateway_name": "functions", "reason": "OUT_OF_RESOURCES"}
    story.samples = [Sample("router_googleapis_com:nat_dropped_sent_packets_count", kind, story.now, 7)]


def _five_partial_runs(story: Story) -> None:
    story.world.services.secrets.put("oauth-client", WRONG_CLIENT)
    for _ in range(5):
        story.world.run()


def _five_runs_given_up(story: Story) -> None:
    story.fail()
    with served(story.world) as functions:
        for _ in range(5):
            functions.post("sync_wisp", **body("sync_wisp", tries=MOST_ATTEMPTS))


def _a_quota_of_the_project(story: Story) -> None:
    story.world.fault(method="people.connections.list", what={"ready": "project_quota"}, times=9)
    story.night()


def _refused_calls(story: Story, count: int = 4) -> None:
    """Write what Cloud Scheduler writes of a call that it may not make (its page on logging)."""
    attempt = {
        "@type": "type.googleapis.com/google.cloud.scheduler.logging.AttemptFinished",
        "jobName": "projects/demo/locations/europe-west1/jobs/watchdog",
        "status": "PERMISSION_DENIED",
        "targetType": "HTTP",
    }
    resource = {"type": "cloud_scheduler_job", "labels": {"job_id": "watchdog", "location": "europe-west1"}}
    entry = {"resource": resource, "severity": "ERROR", "jsonPayload": attempt}
    for pause in (0, 60, 120, 240)[:count]:
        story.world.clock.advance(pause)
        story.others.append((story.now, entry))


_CHECKED = {"monitored_resource": "uptime_url", "host": "contacts.example.com"}
"""The labels of what Cloud Monitoring measures when it opens the console."""


def _a_console_that_nobody_reaches(story: Story) -> None:
    for place in ("eur-belgium", "usa-virginia", "apac-singapore"):
        story.samples += [
            Sample(_PASSED, {**_CHECKED, "checker_location": place}, story.now - ago, 0)
            for ago in (600, 300, 0)
        ]


def _a_certificate_that_is_not_renewed(story: Story) -> None:
    days = "monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires"
    story.samples += [Sample(days, _CHECKED, story.now, 13.9)]


def _nobody_looks(_: Story) -> None:
    """Let the hours since the last look have passed."""


PROVOKED: Mapping[str, Callable[[Story], None]] = {
    "account-broken": _a_broken_account,
    "account-dead": _revoked_for_a_day,
    "account-disconnected": _revoked,
    "account-misconfigured": _a_wrong_client,
    "call-misconfigured": _no_password,
    "certificate-ends": _a_certificate_that_is_not_renewed,
    "console-down": _a_console_that_nobody_reaches,
    "egress-full": _no_port_left,
    "guard-tripped": _many_left,
    "guard-waiting": _many_left_for_two_nights,
    "internal-error": _a_fault_of_our_own,
    "lease-stuck": _a_stuck_lease,
    "night-missed": _no_night,
    "night-stalled": _a_night_in_the_queue,
    "notices-failing": _no_mail,
    "project-quota": _a_quota_of_the_project,
    "queue-held": _a_paused_queue,
    "queue-late": _a_late_queue,
    "run-failed": _the_last_try,
    "runs-incomplete": _five_partial_runs,
    "scheduler-errors": _refused_calls,
    "server-errors": _answers_with_errors,
    "urgent-late": _late_buttons,
    "watch-failed": _watch_meets_what_it_cannot_read,
    "watchdog-silent": _nobody_looks,
    "wisp-overdue": _watch_finds_a_bad_night,
}
"""What brings each alert about, by its section of the runbook."""

BESIDES = (("runs-incomplete", _five_runs_given_up), ("urgent-late", _buttons_in_a_paused_queue))
"""What brings some about in another way, by another part of their query."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a.b="x"', True),
        ('a.b="y"', False),
        ('a.c="x"', False),
        ('NOT a.b="y" AND a.b="x"', True),
        ('a.b="y" OR a.b="x" AND a.n="8"', False),
        ('a.b="x" AND (a.n="8" OR a.n=("9" OR "7"))', True),
        ('NOT a.b=("x" OR "y")', False),
        ('a.b=~"^x"', True),
        ("severity>=WARNING", True),
        ("severity>=CRITICAL", False),
        ("a.n>=7", True),
        ("a.n<=6", False),
    ],
)
def test_a_filter_finds_what_it_says(text: str, expected: bool) -> None:
    """NOT binds before OR, and OR before AND; a field that is not there equals nothing."""
    assert finds(text, {"a": {"b": "x", "n": 7}, "severity": "ERROR"}) == expected


@pytest.mark.parametrize("text", ['a.b="x', 'a.b="x" a.n="7"', "a.b == 7", "("])
def test_a_filter_that_is_not_understood_is_refused(text: str) -> None:
    """It must not count as one that finds nothing."""
    with pytest.raises((ValueError, IndexError)):
        finds(text, {"a": {"b": "x", "n": 7}})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('sum(increase(m{k="a"}[1h])) > 2', True),
        ('sum(increase(m{k="a"}[1h])) > 3', False),
        ('sum(increase(m{k="a"}[1m])) > 2', False),
        ('sum(increase(m{k!~"a|c"}[1h])) > 0', True),
        ("count(sum by (k) (increase(m[1h])) > 0) > 1", True),
        ("(sum(increase(none[1h])) or vector(0)) < 1", True),
        ("sum(increase(none[1h])) < 1", False),
        ("(sum(increase(none[1h])) or vector(0)) / (sum(increase(none[1h])) or vector(0)) > 0", False),
        ("sum(increase(m[1h])) > 3 and sum(increase(m[1h])) >= 5", False),
        ("sum by (k) (min_over_time(m[1h])) > 2", True),
        ("sum by (k) (min_over_time(m[1h])) > 3", False),
        ("max(max_over_time(m[1h])) < 3", False),
        ("min(min_over_time(m[1h])) < 3", True),
        ("max(max_over_time(none[1h])) < 3", False),
        ("sum by (k) (min_over_time(m[1h])) > 2 unless sum by (k) (increase(m[1h])) > 0", False),
        ("sum by (k) (min_over_time(m[1h])) > 2 unless sum by (k) (increase(none[1h])) > 0", True),
    ],
)
def test_a_query_gives_what_it_says(query: str, expected: bool) -> None:
    """Nothing is no number: what is not there is not below 1, unless the query says what it then is."""
    samples = [Sample("m", {"k": "a"}, 100, 3), Sample("m", {"k": "b"}, 3000)]

    assert fires(query, samples, 3600) == expected


def test_no_alert_is_left_out(alerts: Alerts) -> None:
    """Each has something that brings it about."""
    assert sorted(alerts.by_anchor) == sorted(PROVOKED)


@pytest.mark.parametrize(("anchor", "provoke"), [*PROVOKED.items(), *BESIDES])
def test_an_alert_fires_when_it_should(
    alerts: Alerts,
    anchor: str,
    provoke: Callable[[Story], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its filter finds the line that the product wrote, or its query the numbers that were made of lines."""
    with told(tmp_path, capsys) as story:
        provoke(story)

    assert alerts.fire(anchor, story)


def test_tasks_that_are_tried_are_not_held(
    alerts: Alerts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A night that waits for its place in the window fills the queue for hours, and nobody is woken."""
    with told(tmp_path, capsys) as story:
        _a_paused_queue(story)
        kind = story.samples[0].labels
        tried = Sample("cloudtasks_googleapis_com:queue_task_attempt_count", kind, story.now - HOUR)
        story.samples = [*story.samples, tried]

    assert not alerts.fire("queue-held", story)


def test_a_console_that_one_part_of_the_world_reaches_wakes_nobody(
    alerts: Alerts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A checker's own network may fail, and a single call may meet a new instance."""
    with told(tmp_path, capsys) as story:
        _a_console_that_nobody_reaches(story)
        story.samples.append(
            Sample(_PASSED, {**_CHECKED, "checker_location": "usa-virginia"}, story.now - 60)
        )

    assert not alerts.fire("console-down", story)


def test_a_good_night_wakes_nobody(
    alerts: Alerts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does a day on which a run fails twice, and comes through at its third try."""
    with told(tmp_path, capsys) as story:
        story.fail()
        with served(story.world) as functions:
            answers = [functions.post("sync_wisp", **body("sync_wisp"))]
            answers.append(functions.post("sync_wisp", **story.world.tasks.tasks.pop().body))
            story.world.simpler.state.failure = None
            answers.append(functions.post("sync_wisp", **story.world.tasks.tasks.pop().body))
        _look(story)
        _refused_calls(story, 3)

    assert [answer.json()["state"] for answer in answers] == ["failed", "failed", "complete"]
    assert [anchor for anchor in alerts.by_anchor if alerts.fire(anchor, story)] == []


def test_reasons_that_people_were_told_of_wake_nobody(
    alerts: Alerts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An account that its owner must connect again makes a night incomplete, and no alarm of that."""
    with told(tmp_path, capsys) as story:
        _revoked(story)
        for _ in range(5):
            story.world.run()
        _look(story)
    written = {line["event"] for _, line in story.lines}

    assert {"wisp.overdue", "account.disconnected"} <= written
    assert not alerts.fire("wisp-overdue", story)
    assert not alerts.fire("runs-incomplete", story)


def test_only_an_operator_is_told_what_only_they_can_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong client is one event an account and no mail; its being well again neither."""
    with told(tmp_path, capsys) as story:
        _a_wrong_client(story)
        mails = [*(tmp_path / "outbox").glob("*.eml")]
    codes = [line["code"] for _, line in story.lines if line["event"] == "account.misconfigured"]

    assert codes == ["google.oauth_client"]
    assert mails == []


def test_a_mail_tells_the_reason_that_the_line_has(alerts: Alerts) -> None:
    """Cloud Monitoring fills it in: what a mail names was extracted, and what was extracted is named."""
    for policy in alerts.by_anchor.values():
        [condition] = policy["conditions"]
        extracts = [set(each["label_extractors"]) for each in condition["condition_matched_log"]]
        content = policy["documentation"][0]["content"]
        assert set(re.findall(r"\$\{log\.extracted_label\.(\w+)\}", content)) == set().union(*extracts)


@pytest.mark.parametrize("anchor", ["night-missed", "watchdog-silent", "account-misconfigured"])
def test_what_stops_everybody_wakes_somebody(alerts: Alerts, anchor: str) -> None:
    """By the channels that were made for that, besides a mail."""
    policy = alerts.by_anchor[anchor]

    assert policy["severity"] == "CRITICAL"
    assert "projects/acme-contacts/notificationChannels/1234567890" in policy["notification_channels"]
