"""What the Cloud Tasks adapter sends, and what it makes of the answers."""

import hashlib
import threading
from typing import Any

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError

from shared.adapters.google.cloud_tasks import (
    CONNECTIONS,
    MOST_FAILURES,
    CloudTasksQueue,
    TaskTarget,
    open_cloud_tasks,
)
from shared.errors import Misconfigured, RetryLater, Trouble
from shared.ports import Task
from tests.fake_clock import FakeClock
from tests.scripted_server import Answer, Close, Request, Reset, ScriptedServer, scripted_server

QUEUE = "projects/demo/locations/europe-west1/queues/sync"
TARGET = TaskTarget("https://{service}-42.europe-west1.run.app/{function}", "tasks@demo.example")


@pytest.fixture
def queue(server: ScriptedServer) -> CloudTasksQueue:
    """The queue at that server."""
    return open_cloud_tasks(QUEUE, TARGET, FakeClock(), server.url)


def refusal(code: int, status: str, **headers: str) -> Answer:
    """Return an error as Google gives it."""
    error = {"code": code, "message": "Google says no", "status": status}
    return Answer(code, {"error": error}, tuple(headers.items()))


def test_the_task_is_whole(server: ScriptedServer, queue: CloudTasksQueue) -> None:
    """A task carries its URL, its JSON body, its deadline, its hashed name, its time and its token."""
    server.will(Answer())
    assert queue.enqueue(Task("sync_wisp", {"wisp": "acme"}, name="nightly-acme-2026-03-02", delay=90))
    [request] = server.requests
    assert request.method == "POST"
    assert request.path == f"/v2/{QUEUE}/tasks"
    url = "https://sync-wisp-42.europe-west1.run.app/sync_wisp"
    assert request.json["task"] == {
        "name": f"{QUEUE}/tasks/{hashlib.sha256(b'nightly-acme-2026-03-02').hexdigest()}",
        "scheduleTime": "2026-03-02T05:01:30Z",
        "dispatchDeadline": "1800s",
        "httpRequest": {
            "url": url,
            "httpMethod": "POST",
            "headers": {"Content-Type": "application/json"},
            "body": "eyJ3aXNwIjoiYWNtZSJ9",
            "oidcToken": {"serviceAccountEmail": "tasks@demo.example", "audience": url},
        },
    }


def test_a_task_without_name_and_delay_leaves_both_to_google(
    server: ScriptedServer, queue: CloudTasksQueue
) -> None:
    """No name, no schedule."""
    server.will(Answer())
    queue.enqueue(Task("sync_wisp", {}))
    assert set(server.requests[0].json["task"]) == {"httpRequest", "dispatchDeadline"}


def test_what_is_urgent_has_a_queue_of_its_own(server: ScriptedServer) -> None:
    """With its own names; without such a queue it goes where everything goes."""
    urgent = QUEUE.replace("sync", "urgent")
    both = open_cloud_tasks(QUEUE, TARGET, FakeClock(), server.url, urgent=urgent)
    server.will(*[Answer()] * 3)
    both.enqueue(Task("sync_wisp", {}, name="a", urgent=True))
    both.enqueue(Task("sync_wisp", {}, name="a"))
    open_cloud_tasks(QUEUE, TARGET, FakeClock(), server.url).enqueue(Task("sync_wisp", {}, urgent=True))
    named, usual, alone = server.requests

    assert named.path == f"/v2/{urgent}/tasks"
    assert named.json["task"]["name"].startswith(f"{urgent}/tasks/")
    assert usual.path == f"/v2/{QUEUE}/tasks"
    assert usual.json["task"]["name"].startswith(f"{QUEUE}/tasks/")
    assert alone.path == f"/v2/{QUEUE}/tasks"


def test_the_audience_may_differ_from_the_url() -> None:
    """A separate audience is filled in like the URL."""
    target = TaskTarget("http://127.0.0.1:8080/{function}", "a@b", audience="https://{service}.example")
    urls = (target.url_of("sync_wisp"), target.audience_of("sync_wisp"))
    assert urls == ("http://127.0.0.1:8080/sync_wisp", "https://sync-wisp.example")


def test_a_taken_name_is_no_error(server: ScriptedServer, queue: CloudTasksQueue) -> None:
    """ALREADY_EXISTS means that the task was accepted before."""
    server.will(refusal(409, "ALREADY_EXISTS"))
    assert not queue.enqueue(Task("sync_wisp", {}, name="a"))


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (refusal(400, "INVALID_ARGUMENT"), Misconfigured, "tasks.refused"),
        (refusal(401, "UNAUTHENTICATED"), Misconfigured, "tasks.forbidden"),
        (refusal(403, "PERMISSION_DENIED"), Misconfigured, "tasks.forbidden"),
        (refusal(404, "NOT_FOUND"), Misconfigured, "tasks.no_queue"),
        (refusal(413, "OUT_OF_RANGE"), Misconfigured, "tasks.refused"),
        (refusal(409, "ABORTED"), RetryLater, "tasks.unreachable"),
        (Answer(409, b"<html>"), RetryLater, "tasks.unreachable"),
        (refusal(429, "RESOURCE_EXHAUSTED"), RetryLater, "tasks.quota"),
        (refusal(500, "INTERNAL"), RetryLater, "tasks.unreachable"),
        (refusal(503, "UNAVAILABLE"), RetryLater, "tasks.unreachable"),
        (Answer(502, b"<html>"), RetryLater, "tasks.unreachable"),
        (Close(), RetryLater, "tasks.unreachable"),
        (Reset(), RetryLater, "tasks.unreachable"),
        (Answer(cut=True), RetryLater, "tasks.unreachable"),
    ],
)
def test_answers_are_told_by_what_one_does_about_them(
    server: ScriptedServer, queue: CloudTasksQueue, answer: Any, error: type[Exception], reason: str
) -> None:
    """Each answer, and none, becomes the error of its remedy; the request went out once."""
    server.will(answer)
    with pytest.raises(error, match=reason):
        queue.enqueue(Task("sync_wisp", {}, name="a"))
    assert len(server.requests) == 1


def test_google_says_how_long_to_wait(server: ScriptedServer, queue: CloudTasksQueue) -> None:
    """Retry-After is handed on."""
    server.will(refusal(429, "RESOURCE_EXHAUSTED", **{"Retry-After": "17"}))
    with pytest.raises(RetryLater) as caught:
        queue.enqueue(Task("sync_wisp", {}))
    assert caught.value.after == 17


def many(count: int) -> list[Task]:
    """Return tasks."""
    return [Task("sync_wisp", {"n": n}, name=f"task-{n}") for n in range(count)]


def reasons(answers: Any) -> list[bool | str]:
    """Return answers, and troubles as their reasons."""
    return [answer.reason if isinstance(answer, Trouble) else answer for answer in answers]


def test_many_tasks_go_side_by_side(server: ScriptedServer, queue: CloudTasksQueue) -> None:
    """No request is answered before there is one on each of the connections; all are accepted."""
    all_there = threading.Barrier(CONNECTIONS, timeout=20)

    def together(_: Request) -> Answer:
        all_there.wait()
        return Answer()

    server.will(*[together] * (3 * CONNECTIONS))
    assert queue.enqueue_all(many(3 * CONNECTIONS)) == [True] * (3 * CONNECTIONS)


def test_a_task_that_fails_costs_no_other(server: ScriptedServer, queue: CloudTasksQueue) -> None:
    """Of many tasks, those that Cloud Tasks refuses carry the trouble, and all the others are accepted."""
    unlucky = {f"{QUEUE}/tasks/{hashlib.sha256(f'task-{n}'.encode()).hexdigest()}" for n in (0, 20, 99)}

    def answer(request: Request) -> Answer:
        return refusal(503, "UNAVAILABLE") if request.json["task"]["name"] in unlucky else Answer()

    server.will(*[answer] * 100)
    expected = ["tasks.unreachable" if n in (0, 20, 99) else True for n in range(100)]
    assert reasons(queue.enqueue_all(many(100))) == expected


def test_a_queue_that_keeps_failing_is_left_alone(server: ScriptedServer, queue: CloudTasksQueue) -> None:
    """A connection on which three tasks in a row fail tries no more; the rest carry the same trouble."""
    server.will(*[refusal(404, "NOT_FOUND")] * 1000)
    assert reasons(queue.enqueue_all(many(1000))) == ["tasks.no_queue"] * 1000
    assert len(server.requests) == MOST_FAILURES * CONNECTIONS


def test_nobody_there_is_retried_later() -> None:
    """A refused connection is no reason to change a setting."""
    with scripted_server() as server:
        pass
    with pytest.raises(RetryLater, match="cannot be reached"):
        open_cloud_tasks(QUEUE, TARGET, FakeClock(), server.url).enqueue(Task("sync_wisp", {}))


class NoToken:
    """A transport whose credentials fail."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def request(self, *_: Any, **__: Any) -> Any:
        raise self.error

    def close(self) -> None:
        """Do nothing: nothing is open."""


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (TransportError("metadata server"), RetryLater),  # type: ignore[no-untyped-call]  # google-auth's
        (RefreshError("revoked"), Misconfigured),  # type: ignore[no-untyped-call]  # google-auth's
        (requests.ReadTimeout(), RetryLater),
    ],
)
def test_a_token_that_cannot_be_had_is_told(failure: Exception, error: type[Exception]) -> None:
    """An unreachable token server is waited for; a refused token is a setting."""
    queue = CloudTasksQueue(lambda: NoToken(failure), QUEUE, TARGET, FakeClock())
    with pytest.raises(error):
        queue.enqueue(Task("sync_wisp", {}))
