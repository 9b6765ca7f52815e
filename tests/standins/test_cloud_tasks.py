"""What Cloud Tasks documents, asked of the stand-in by Google's own client."""

import base64
import json
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from queue import Queue
from typing import Any

import pytest
import requests
from google.auth import jwt
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from infra.standins.cloud.delivery import Delivery, send
from infra.standins.cloud.task_server import Running, cloud_tasks
from shared.adapters.google.transport import SendOnce
from shared.adapters.local.clock import SystemClock
from shared.ports import Clock
from tests.fake_clock import FakeClock
from tests.scripted_server import Answer, Hang, Request, ScriptedServer, Step, scripted_server

PARENT = "projects/demo/locations/europe-west1"
QUEUE = f"{PARENT}/queues/q"
EMAIL = "tasks@demo.iam.gserviceaccount.com"
DECODE: Callable[..., Mapping[str, Any]] = jwt.decode


class Api:
    """Short forms of the calls, over Google's client."""

    def __init__(self, running: Running, http: SendOnce) -> None:
        self.running = running
        transport: Any = http
        options = {"api_endpoint": running.url}
        api: Any = build("cloudtasks", "v2", http=transport, static_discovery=True, client_options=options)
        self.queues = api.projects().locations().queues()
        self.tasks = self.queues.tasks()

    def queue(self, **settings: Any) -> Any:
        return self.queues.create(parent=PARENT, body={"name": QUEUE, **settings}).execute()

    def task(self, url: str, name: str = "", **more: Any) -> Any:
        request = {"url": url} | more.pop("httpRequest", {})
        task = {"httpRequest": request, **more} | ({"name": f"{QUEUE}/tasks/{name}"} if name else {})
        return self.tasks.create(parent=QUEUE, body={"task": task}).execute()

    def refusal(self, call: Callable[[], Any]) -> tuple[int, str]:
        """Return HTTP status and google.rpc.Code of the refused call."""
        with pytest.raises(HttpError) as caught:
            call()
        error = json.loads(caught.value.content)["error"]
        assert error["code"] == caught.value.status_code
        return error["code"], error["status"]


class Bench:
    """A stand-in, a target, and a clock that goes when it is told to."""

    def __init__(self, api: Api, target: ScriptedServer, clock: FakeClock) -> None:
        self.api = api
        self.target = target
        self.clock = clock
        self._first: deque[Step] = deque()
        target.will(*[self._step] * 50)

    def answer(self, *steps: Step) -> None:
        """Let the target answer with these before it accepts everything."""
        self._first.extend(steps)

    def _step(self, _: Request) -> Step:
        return self._first.popleft() if self._first else Answer()

    def pass_time(self, seconds: float = 0) -> int:
        """Let the time pass and all that is due happen; how many requests the target has had."""
        self.clock.advance(seconds)
        self.api.running.tasks.settle()
        return len(self.target.requests)

    def header(self, name: str) -> list[str | None]:
        """Return what the requests carried."""
        return [request.headers[name] for request in self.target.requests]


@contextmanager
def api_at(clock: Clock, deliver: Callable[[Delivery], int | None] = send) -> Iterator[Api]:
    """Run a stand-in, with Google's client at it."""
    with cloud_tasks(clock, deliver=deliver) as running:
        http = SendOnce(requests.Session(), 10)
        yield Api(running, http)
        http.close()


@pytest.fixture
def bench(clock: FakeClock) -> Iterator[Bench]:
    """A stand-in without queues, and a target that accepts everything."""
    with scripted_server() as target, api_at(clock) as api:
        yield Bench(api, target, clock)


def test_a_queue_is_created_once(bench: Bench) -> None:
    """Creating it again is ALREADY_EXISTS."""
    bench.api.queue()
    assert bench.api.refusal(bench.api.queue) == (409, "ALREADY_EXISTS")


def test_a_task_is_delivered_with_its_headers(bench: Bench) -> None:
    """The target gets method, body, the task's headers, but for the reserved ones, and Cloud Tasks' own."""
    bench.api.queue()
    body = base64.b64encode(b"\x00\xffbin").decode()
    headers = {"X-Mine": "1", "Content-Type": "application/octet-stream", "User-Agent": "me"}
    request = {"body": body, "headers": headers, "httpMethod": "PUT"}
    bench.api.task(f"{bench.target.url}/path?a=b", name="t-1", httpRequest=request)
    bench.pass_time()
    [sent] = bench.target.requests
    assert sent.method == "PUT"
    assert sent.target == "/path?a=b"
    assert sent.body == b"\x00\xffbin"
    assert {
        name: sent.headers[name] for name in sent.headers if name.startswith(("X-", "User", "Content-T"))
    } == {
        "X-Mine": "1",
        "Content-Type": "application/octet-stream",
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-QueueName": "q",
        "X-CloudTasks-TaskName": "t-1",
        "X-CloudTasks-TaskRetryCount": "0",
        "X-CloudTasks-TaskExecutionCount": "0",
        "X-CloudTasks-TaskETA": f"{bench.clock.now().timestamp():.6f}",
    }


def test_a_failed_task_is_tried_again_until_it_succeeds(bench: Bench) -> None:
    """The tries count up; answers below 500 count as executions."""
    bench.answer(Answer(503), Answer(404))
    bench.api.queue(retryConfig={"minBackoff": "1s"})
    bench.api.task(bench.target.url)
    assert [bench.pass_time(), bench.pass_time(1), bench.pass_time(2), bench.pass_time(99)] == [1, 2, 3, 3]
    assert bench.header("X-CloudTasks-TaskRetryCount") == ["0", "1", "2"]
    assert bench.header("X-CloudTasks-TaskExecutionCount") == ["0", "0", "1"]
    assert bench.header("X-CloudTasks-TaskPreviousResponse") == [None, "503", "404"]


def test_the_tries_end(bench: Bench) -> None:
    """After its last try a task is deleted."""
    bench.answer(*[Answer(500)] * 9)
    bench.api.queue(retryConfig={"maxAttempts": 3})
    bench.api.task(bench.target.url)
    assert [bench.pass_time(3600) for _ in range(5)][-1] == 3
    assert bench.api.running.tasks.names(QUEUE) == []


def test_the_tries_end_by_time_too(bench: Bench) -> None:
    """With a retry duration set, tries go on until both limits are reached."""
    bench.answer(*[Answer(500)] * 9)
    bench.api.queue(
        retryConfig={"maxAttempts": 2, "maxRetryDuration": "25s", "minBackoff": "10s", "maxDoublings": 0}
    )
    bench.api.task(bench.target.url)
    assert [bench.pass_time(), *[bench.pass_time(10) for _ in range(12)]][-1] == 3


def test_the_pauses_grow_as_documented(bench: Bench) -> None:
    """The description's example: 10 s, 300 s and 3 doublings give 10, 20, 40, 80, 160, 240, 300, 300."""
    bench.answer(*[Answer(500)] * 9)
    bench.api.queue(retryConfig={"minBackoff": "10s", "maxBackoff": "300s", "maxDoublings": 3})
    bench.api.task(bench.target.url)
    bench.pass_time()
    seen = []
    for pause in (10, 20, 40, 80, 160, 240, 300, 300):
        seen += [bench.pass_time(pause - 1), bench.pass_time(1)]
    assert seen == [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9]


@pytest.mark.parametrize(
    ("given", "audience"), [({"audience": "https://a.example"}, "https://a.example"), ({}, "")]
)
def test_a_task_carries_an_identity_token(given: Mapping[str, str], audience: str) -> None:
    """The service account's token is signed and lasts an hour; it is for the URL if no audience is given."""
    with scripted_server() as target, api_at(SystemClock()) as api:
        target.will(Answer())
        api.queue()
        api.task(target.url, httpRequest={"oidcToken": {"serviceAccountEmail": EMAIL, **given}})
        api.running.tasks.settle()
        keys = requests.get(api.running.url + "oauth2/v1/certs", timeout=10).json()
    kind, _, token = target.requests[0].headers["Authorization"].partition(" ")
    claims = DECODE(token, certs=keys, audience=audience or target.url)
    assert kind == "Bearer"
    assert claims["email"] == EMAIL
    assert claims["email_verified"] is True
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["exp"] - claims["iat"] == 3600


class Door:
    """A target in place of the network: lets requests in, and out when told to; counts those inside."""

    def __init__(self) -> None:
        self.came: Queue[Delivery] = Queue()
        self.leave = threading.Semaphore(0)
        self.inside = self.peak = 0
        self._lock = threading.Lock()

    def deliver(self, delivery: Delivery) -> int:
        with self._lock:
            self.inside += 1
            self.peak = max(self.peak, self.inside)
        self.came.put(delivery)
        self.leave.acquire(timeout=10)
        with self._lock:
            self.inside -= 1
        return 200


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_run_at_once_than_the_queue_allows(limit: int) -> None:
    """Tasks run side by side up to maxConcurrentDispatches, and no further."""
    door = Door()
    with api_at(SystemClock(), door.deliver) as api:
        api.queue(rateLimits={"maxConcurrentDispatches": limit})
        for _ in range(6):
            api.task("http://127.0.0.1/")
        for _ in range(limit):
            door.came.get(timeout=10)
        for _ in range(6 - limit):
            door.leave.release()
            door.came.get(timeout=10)
        door.leave.release(limit)
        api.running.tasks.settle()
    assert door.peak == limit


def test_no_more_start_in_a_second_than_the_queue_allows(bench: Bench) -> None:
    """After a burst, and once it is under way, tasks are dispatched at the queue's rate."""
    bench.api.queue(rateLimits={"maxDispatchesPerSecond": 2})
    for _ in range(8):
        bench.api.task(bench.target.url)
    assert bench.pass_time() == 2
    started = [bench.pass_time(0.5) for _ in range(4)]
    for _ in range(8):
        bench.api.task(bench.target.url)
        bench.pass_time()  # so that it does not spend what the next burst may
        warm = bench.pass_time(25)
    for _ in range(8):
        bench.api.task(bench.target.url)

    assert started[-1] < 6
    assert warm == 16
    assert bench.pass_time() == 18
    assert [bench.pass_time(0.5) for _ in range(7)] == [19, 20, 21, 22, 23, 24, 24]


def test_a_target_that_is_away_slows_the_whole_queue(bench: Bench) -> None:
    """Also for the tasks of others, whose target answers (API description, ``HttpRequest``)."""
    bench.answer(*[Answer(503)] * 8)
    bench.api.queue(rateLimits={"maxDispatchesPerSecond": 10}, retryConfig={"minBackoff": "3600s"})
    for _ in range(8):
        bench.api.task(bench.target.url)
    bench.pass_time()
    for _ in range(20):
        bench.api.task(bench.target.url)
    after = [bench.pass_time(1) for _ in range(5)]

    assert after[0] <= 11
    assert after[-1] <= 15


def test_a_missing_queue_is_not_found(bench: Bench) -> None:
    """A task needs a queue."""
    assert bench.api.refusal(lambda: bench.api.task(bench.target.url)) == (404, "NOT_FOUND")


def test_a_target_that_does_not_answer_is_tried_again(clock: FakeClock) -> None:
    """A request has the task's deadline; no answer by then is a failed try that counts no answer."""
    tries: list[Delivery] = []

    def deliver(delivery: Delivery) -> int | None:
        tries.append(delivery)
        return None if len(tries) == 1 else 503

    with api_at(clock, deliver) as api:
        api.queue(retryConfig={"minBackoff": "1s"})
        api.task("http://127.0.0.1/", dispatchDeadline="15s")
        for seconds in (0, 1, 2):
            clock.advance(seconds)
            api.running.tasks.settle()
    assert [each.deadline for each in tries] == [15, 15, 15]
    assert [each.headers["X-CloudTasks-TaskRetryCount"] for each in tries] == ["0", "1", "2"]
    answered = [each.headers.get("X-CloudTasks-TaskPreviousResponse") for each in tries]
    assert answered == [None, None, "503"]


def test_a_delivery_ends_with_its_deadline() -> None:
    """A target that hangs, and one that is not there, give no answer."""
    with scripted_server() as target:
        target.will(Hang())
        silent = send(Delivery("POST", target.url, {}, b"", deadline=0.05))
    absent = send(Delivery("POST", target.url, {}, b"", deadline=5))
    assert silent is None
    assert absent is None


@pytest.mark.parametrize(
    "task",
    [
        {"name": f"{QUEUE}/tasks/a b"},
        {"name": f"{QUEUE}/tasks/{'a' * 501}"},
        {"name": f"{PARENT}/queues/other/tasks/a"},
        {"dispatchDeadline": "14s"},
        {"dispatchDeadline": "1801s"},
        {"dispatchDeadline": "30m"},
        {"scheduleTime": "2026-04-01T05:00:01Z"},
        {"scheduleTime": "tomorrow"},
        {"httpRequest": {"url": "ftp://target"}},
        {"httpRequest": {"url": "https://target/" + "a" * 2083}},
        {"httpRequest": {"url": "https://target", "httpMethod": "GET", "body": "aGk="}},
        {"httpRequest": {"url": "https://target", "httpMethod": "SEND"}},
        {"httpRequest": {"url": "https://target", "body": "not base64"}},
        {"httpRequest": {"url": "https://target", "body": base64.b64encode(b"x" * 80_000).decode()}},
        {"httpRequest": {"url": "https://target", "timeout": 5}},
        {"httpRequest": {}},
    ],
)
def test_a_task_is_checked(bench: Bench, task: Mapping[str, Any]) -> None:
    """What Google documents as limits, and what is no task at all, is INVALID_ARGUMENT."""
    bench.api.queue()
    body = {"task": {"httpRequest": {"url": "https://target"}, **task}}
    call = bench.api.tasks.create(parent=QUEUE, body=body)
    assert bench.api.refusal(call.execute) == (400, "INVALID_ARGUMENT")
    assert bench.api.running.tasks.names(QUEUE) == []


@pytest.mark.parametrize(
    "queue",
    [
        {"name": f"{PARENT}/queues/a_b"},
        {"name": "projects/other/locations/europe-west1/queues/q"},
        {"rateLimits": {"maxDispatchesPerSecond": 0}},
        {"retryConfig": {"minBackoff": "soon"}},
        {"httpTarget": {}},
    ],
)
def test_a_queue_is_checked(bench: Bench, queue: Mapping[str, Any]) -> None:
    """A queue that cannot be is INVALID_ARGUMENT."""
    assert bench.api.refusal(lambda: bench.api.queue(**queue)) == (400, "INVALID_ARGUMENT")


def test_a_path_that_is_no_method_is_not_found(bench: Bench) -> None:
    """An unknown path is an error of Google's form."""
    answer = requests.get(bench.api.running.url + "v2/nothing", timeout=10)
    assert answer.status_code == 404
    assert answer.json()["error"]["status"] == "NOT_FOUND"


def test_a_delivery_takes_no_time_of_its_own() -> None:
    """By the system's clock, too, a task is delivered at once and an early one in time."""
    with scripted_server() as target, api_at(SystemClock()) as api:
        target.will(*[Answer()] * 10)
        api.queue()
        for _ in range(9):
            api.task(target.url)
        soon = (SystemClock().now() + timedelta(seconds=0.05)).isoformat()
        api.task(target.url, scheduleTime=soon)
        while api.running.tasks.seconds_to_next() < math.inf:
            api.running.tasks.settle()
        api.running.tasks.settle()
    assert len(target.requests) == 10
