"""The operator's `doctor`: what is wrong is named with the act that mends it, and nothing else is."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from infra.lab.meter import Meter, MeteredState
from infra.standins.simpler.failure import Failure
from shared.adapters.google.platform import GoogleCloud
from shared.adapters.google.transport import SendOnce
from shared.domain.model.lease import Claim
from shared.domain.model.quota import ProjectPause
from shared.errors import Misconfigured, RetryLater, Trouble
from shared.ports import Drop, JobState, Put, QueueState
from shared.replace import replace
from shared.usecases.accounts.restore import pause, resume
from shared.usecases.base.documents import account_put, load_account, to_document, wisp_put
from shared.usecases.base.leases import TTL
from shared.usecases.operations.doctor import NEEDED_APIS, Diagnosis, diagnose
from tests.operator.commands import refuse
from tests.scripted_server import Answer, Reset, ScriptedServer
from tests.world import World, a_world, customer

PLACE = "projects/demo/locations/europe-west1"
JOBS = ("watchdog", "nightly-europe-dublin")


@dataclass
class Cloud:
    """The `Platform` port in which all is well, until a test says otherwise."""

    queues_are: Sequence[QueueState] = (QueueState("runs", "RUNNING"), QueueState("urgent", "RUNNING"))
    jobs_are: Sequence[JobState] = tuple(JobState(name, "ENABLED", "") for name in JOBS)
    services_are: Collection[str] = NEEDED_APIS
    trouble: Trouble | None = None

    def queues(self) -> Sequence[QueueState]:
        if self.trouble:
            raise self.trouble
        return self.queues_are

    def jobs(self) -> Sequence[JobState]:
        return self.jobs_are

    def services(self) -> Collection[str]:
        return self.services_are


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A WISP whose night was good, two hours ago; our clock is the database's."""
    with a_world(tmp_path, [customer(n) for n in range(1, 41)]) as world:
        world.services.secrets.put("signing-key", 32 * "k")
        world.run()
        world.clock.advance(2 * 3600)
        yield world


def examine(world: World, cloud: Cloud | None = None) -> Diagnosis:
    """Have everything looked at, but the clock, which is a test's own here."""
    services = world.services
    if cloud:
        services = replace(services, platform=lambda: cloud)
    found = diagnose(services)
    findings = tuple(each for each in found.findings if each.what != "clock")
    return Diagnosis(not findings, findings, found.looked_at)


def rows(found: Diagnosis) -> list[tuple[str, str]]:
    """Return what is wrong, and what to do."""
    return [(each.what, each.mend) for each in found.findings]


def test_where_all_is_well_nothing_is_told(world: World) -> None:
    """On one machine, and in the cloud, where more is looked at."""
    here, there = examine(world), examine(world, Cloud())

    assert rows(here) == []
    assert rows(there) == []
    assert set(there.looked_at) - set(here.looked_at) == {"APIs", "queues", "jobs"}


def _simpler_is_away(world: World) -> None:
    world.clock.advance(24 * 3600)
    world.simpler.state.failure = Failure("down")
    with pytest.raises(RetryLater):
        raise RetryLater("x", "y") if world.run().state == "failed" else AssertionError


def _no_night(world: World) -> None:
    world.clock.advance(24 * 3600)


def _no_run_ever(world: World) -> None:
    records = [f"wisps/acme/runs/{id_}" for id_, _ in world.services.state.find("wisps/acme/runs")]
    world.services.state.write(Drop("durations/acme"), *map(Drop, records))
    world.clock.advance(24 * 3600)


def _no_access(world: World) -> None:
    world.google.world.credentials.grants["refresh-acme-0"].revoked = True
    world.run()


def _many_left(world: World) -> None:
    world.leave(*range(1, 31))
    world.run()


def _stuck(world: World) -> None:
    world.services.leases.acquire("wisp-acme", Claim("o", "r", "nightly run"), TTL)
    with closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute("UPDATE leases SET acquired_at = acquired_at - 9999 WHERE name = 'wisp-acme'")


def _broken_lease(world: World) -> None:
    world.services.leases.acquire("wisp-acme", Claim("o", "r", "nightly run"), TTL)
    with closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute("UPDATE leases SET token = 'x' WHERE name = 'wisp-acme'")


def _no_settings(world: World) -> None:
    world.services.state.write(Put("wisps/acme", {"id": "acme"}), Drop("durations/acme"))


def _odd_zone(world: World) -> None:
    world.services.state.write(wisp_put(replace(world.wisp, time_zone="Antarctica/Troll")))


def _project_pause(world: World) -> None:
    until = world.clock.now().timestamp() + 60
    world.services.state.write(Put("paces/project", to_document(ProjectPause(until))))


def _no_client(world: World) -> None:
    world.services.secrets.destroy("oauth-client")


def _odd_client(world: World) -> None:
    world.services.secrets.put("oauth-client", "GOCSPX-hush")


def _short_key(world: World) -> None:
    world.services.secrets.put("signing-key", "short")


@pytest.mark.parametrize(
    ("happen", "what", "told", "mend"),
    [
        (_simpler_is_away, "night Europe/Dublin", "(simpler.down): acme", "wisps check"),
        (_no_night, "night Europe/Dublin", "1 of 1 WISPs had no complete run", "nights start"),
        (_no_run_ever, "night Europe/Dublin", "(no run told why): acme", "nights start"),
        (_no_access, "accounts", "1 wait for google.reconnect: acme-0", "connects it again"),
        (_many_left, "accounts", "1 wait for guard: acme-0", "Preview"),
        (_stuck, "lease wisp-acme", "held by nightly run since", "leases free wisp-acme"),
        (_broken_lease, "lease wisp-acme", "is not valid", "leases free wisp-acme"),
        (_no_settings, "wisps/acme", "cannot be read", "documents check acme"),
        (_odd_zone, "WISP acme", "Antarctica/Troll", "another time zone"),
        (_project_pause, "Google's quota", "the whole project", "ask Google"),
        (_no_client, "secret oauth-client", "does not exist", "add a version"),
        (_odd_client, "secret oauth-client", "not JSON", "put a good value in"),
        (_short_key, "secret signing-key", "fewer than 32 characters", "put a good value in"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_wrong_is_told_with_the_act_that_mends_it(
    world: World, happen: Callable[[World], None], what: str, told: str, mend: str
) -> None:
    """One row for a cause, whatever the number of those who have it."""
    happen(world)
    own = {"OAuth client": "oauth-client", "links and sessions": "signing-key"}
    services = replace(world.services, own_secrets=own)
    findings = examine(replace(world, services=services)).findings
    [found] = [each for each in findings if each.what == what]

    assert told in found.wrong
    assert mend in found.mend
    assert "GOCSPX" not in str(findings)


@pytest.mark.parametrize(
    ("cloud", "what", "mend"),
    [
        (
            Cloud(queues_are=(QueueState("runs", "PAUSED"),)),
            "queue runs",
            "if nobody wants it so: gcloud tasks queues resume runs --location=$REGION",
        ),
        (Cloud(queues_are=(QueueState("runs", ""),)), "queue runs", "apply Terraform"),
        (
            Cloud(jobs_are=(JobState("watchdog", "ENABLED", ""), JobState(JOBS[1], "PAUSED", ""))),
            f"job {JOBS[1]}",
            f"if nobody wants it so: gcloud scheduler jobs resume {JOBS[1]} --location=$REGION",
        ),
        (Cloud(jobs_are=(JobState(JOBS[1], "ENABLED", ""),)), "job watchdog", "apply Terraform"),
        (
            Cloud(
                jobs_are=[JobState(name, "ENABLED", "PERMISSION_DENIED no") for name in JOBS[:1]]
                + [JobState(JOBS[1], "ENABLED", "")]
            ),
            "job watchdog",
            "apply Terraform",
        ),
        (
            Cloud(services_are=[name for name in NEEDED_APIS if not name.startswith("people")]),
            "people.googleapis.com",
            "gcloud services enable people.googleapis.com",
        ),
    ],
    ids=["paused queue", "no queue", "paused job", "no job", "job without its right", "API switched off"],
)
def test_what_the_cloud_holds_back_is_told(world: World, cloud: Cloud, what: str, mend: str) -> None:
    """What no line of ours tells, since nothing of ours is called."""
    assert rows(examine(world, cloud)) == [(what, mend)]


def test_a_look_that_fails_is_a_row_and_the_others_are_taken(world: World) -> None:
    """Whoever may not look at queues still learns of the night."""
    _no_night(world)
    refusal = Misconfigured("platform.forbidden", "this program may not look")
    found = examine(world, Cloud(trouble=refusal))

    assert [each.what for each in found.findings] == ["queues", "night Europe/Dublin"]
    assert found.findings[0].wrong == "platform.forbidden: this program may not look"


def test_settings_and_nights_are_read_once_for_all_looks(world: World) -> None:
    """However many looks want them; ten thousand WISPs are twenty thousand documents, not sixty."""
    world.services.state.write(*(wisp_put(replace(world.wisp, id=f"wisp-{n}")) for n in range(9)))
    meter = Meter()
    found = examine(
        replace(world, services=replace(world.services, state=MeteredState(world.services.state, meter)))
    )

    assert found.well
    assert meter.read["wisps"] == 10
    assert meter.read["durations"] == 1
    assert meter.read["wisps/accounts"] == 9  # no run told of these nine, so their accounts are asked


def _is_resumed(world: World) -> None:
    pause(world.services, "acme", "acme-0", "Google is being moved", by="an operator")
    world.run()
    assert [row.wrong for row in examine(world).findings] == ["1 wait for account.paused: acme-0"]
    resume(world.services, "acme", "acme-0", by="an operator")


def _is_connected_again(world: World) -> None:
    _no_access(world)
    account = load_account(world.services.state, "acme", "acme-0")
    now = world.clock.now() + timedelta(seconds=60)
    world.services.state.write(account_put(replace(account, state="connected", since=now.isoformat())))


def _is_disconnected(world: World) -> None:
    _many_left(world)
    world.services.state.write(Drop("wisps/acme/accounts/acme-0"))


@pytest.mark.parametrize("mend", [_is_resumed, _is_connected_again, _is_disconnected])
def test_an_account_that_is_mended_or_gone_waits_for_nobody(
    world: World, mend: Callable[[World], None]
) -> None:
    """The next run may be a day away, and an operator looks now."""
    mend(world)

    assert [row for row in examine(world).findings if row.what == "accounts"] == []


def test_what_an_earlier_build_told_of_runs_is_no_missing_night(world: World) -> None:
    """It told only how long the last one took: their records say that it was complete."""
    world.services.state.write(Put("durations/acme", {"time_zone": "Europe/Dublin", "seconds": 30.0}))

    assert rows(examine(world)) == []


def test_the_command_prints_a_table(world: World) -> None:
    """Its status says whether anything is wrong."""
    world.services.state.write(Put("wisps/odd", {"id": "odd"}))
    said = refuse(world.services, "doctor")

    assert said.splitlines()[0].split() == ["what", "wrong", "mend"]
    assert "wisps/odd" in said
    assert said.splitlines()[-1].startswith("Looked at: database, settings, secrets, leases, ")


def cloud(server: ScriptedServer) -> GoogleCloud:
    """Return the adapter of Google Cloud on that server."""
    return GoogleCloud(
        lambda: SendOnce(requests.Session(), 5), PLACE, ["runs", "urgent"], endpoint=f"{server.url}/"
    )


def test_queues_are_those_of_the_settings(server: ScriptedServer) -> None:
    """Read in pages; one that is not there has no state, and others are nobody's business."""
    server.will(
        Answer(body={"queues": [{"name": f"{PLACE}/queues/other", "state": "PAUSED"}], "nextPageToken": "2"}),
        Answer(body={"queues": [{"name": f"{PLACE}/queues/runs", "state": "RUNNING"}]}),
    )

    assert cloud(server).queues() == [QueueState("runs", "RUNNING"), QueueState("urgent", "")]
    assert server.asked == [f"GET /v2/{PLACE}/queues"] * 2
    assert ("pageToken", "2") in server.requests[1].query


def test_jobs_tell_how_their_last_call_went(server: ScriptedServer) -> None:
    """By the status that Cloud Scheduler keeps of it."""
    jobs = [
        {"name": f"{PLACE}/jobs/watchdog", "state": "ENABLED", "status": {}},
        {
            "name": f"{PLACE}/jobs/nightly-europe-dublin",
            "state": "ENABLED",
            "status": {"code": 7, "message": "no"},
        },
        {"name": f"{PLACE}/jobs/nightly-europe-london", "state": "PAUSED", "status": {"code": 99}},
    ]
    server.will(Answer(body={"jobs": jobs}))

    assert cloud(server).jobs() == [
        JobState("watchdog", "ENABLED", ""),
        JobState("nightly-europe-dublin", "ENABLED", "PERMISSION_DENIED no"),
        JobState("nightly-europe-london", "PAUSED", "99"),
    ]


def test_services_are_those_that_are_switched_on(server: ScriptedServer) -> None:
    """By their names."""
    server.will(Answer(body={"services": [{"name": "projects/1/services/run.googleapis.com"}]}))

    assert cloud(server).services() == {"run.googleapis.com"}
    assert ("filter", "state:ENABLED") in server.requests[0].query


@pytest.mark.parametrize(
    ("step", "kind", "code"),
    [
        (Answer(403), Misconfigured, "platform.forbidden"),
        (Answer(401), Misconfigured, "platform.forbidden"),
        (Answer(503), RetryLater, "platform.unreachable"),
        (Answer(429), RetryLater, "platform.unreachable"),
        (Reset(), RetryLater, "platform.unreachable"),
    ],
    ids=["forbidden", "nobody", "away", "too many", "cut off"],
)
def test_a_cloud_that_does_not_tell(
    server: ScriptedServer, step: Answer | Reset, kind: type[Trouble], code: str
) -> None:
    """What to do about it is told by the error's class."""
    server.will(step)
    with pytest.raises(kind) as caught:
        cloud(server).queues()

    assert caught.value.reason == code
