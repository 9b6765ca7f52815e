import contextlib
import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from shared.adapters.google.transport import MAX_ANSWER, SendOnce, was_never_sent
from tests.patience import until
from tests.scripted_server import Answer, Close, Hang, Request, Reset, ScriptedServer, Step


@pytest.fixture
def http() -> Iterator[SendOnce]:
    """The transport."""
    with requests.Session() as session:
        yield SendOnce(session, timeout=5)


@pytest.mark.parametrize("step", [Close(), Reset(), Answer(body=b"{}", cut=True)])
def test_a_post_without_a_whole_answer_is_sent_once(
    server: ScriptedServer, http: SendOnce, step: Step
) -> None:
    """When no whole answer comes, the error is raised and the server has seen exactly one POST."""
    server.will(step, Answer())
    with pytest.raises(requests.RequestException) as caught:
        http.request(f"{server.url}/v1/people:batchCreateContacts", "POST", body="{}")
    assert not was_never_sent(caught.value)
    assert server.asked == ["POST /v1/people:batchCreateContacts"]


def test_the_token_is_sent_whatever_passwords_the_machine_keeps(
    server: ScriptedServer, http: SendOnce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry of ~/.netrc, even its default, takes no token's place and goes to nobody."""
    (tmp_path / "netrc").write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.will(Answer())
    http.request(f"{server.url}/v1/people", headers={"Authorization": "Bearer token"})
    assert server.requests[0].headers["Authorization"] == "Bearer token"


def test_a_post_on_a_stale_connection_is_sent_once(server: ScriptedServer, http: SendOnce) -> None:
    """A kept connection that the server closes on the second request does not make that one go out twice."""
    server.will(Answer(), Close(), Answer())
    http.request(f"{server.url}/warm")
    with pytest.raises(requests.ConnectionError):
        http.request(f"{server.url}/create", "POST", body="{}")
    assert server.asked == ["GET /warm", "POST /create"]


def test_a_post_on_an_idle_connection_that_was_closed_is_sent_once(
    server: ScriptedServer, http: SendOnce
) -> None:
    """A kept connection that the server closed while it was idle costs at most one POST."""
    server.will(Answer(last=True), Answer())
    http.request(f"{server.url}/warm")
    with contextlib.suppress(requests.ConnectionError):  # the close may be noticed only after the request
        http.request(f"{server.url}/create", "POST", body="{}")
    assert server.asked.count("POST /create") <= 1


def test_a_post_that_hangs_is_sent_once(server: ScriptedServer, http: SendOnce) -> None:
    """The time-out ends a request that gets no answer, and nothing is sent again."""
    server.will(Hang())
    with pytest.raises(requests.ReadTimeout):
        http.request(f"{server.url}/create", "POST", body="{}", timeout=0.2)
    until(lambda: bool(server.asked))
    assert server.asked == ["POST /create"]


@pytest.mark.parametrize("status", [200, 400, 401, 409, 413, 429, 500, 503])
def test_every_answer_is_handed_on(server: ScriptedServer, http: SendOnce, status: int) -> None:
    """An answer of any status is returned, also one that asks to come back, and the POST went out once."""
    server.will(Answer(status, {"n": 1}, headers=(("Retry-After", "0"),)), Answer())
    head, content = http.request(f"{server.url}/create", "POST", body="{}")
    assert head.status == status
    assert head["retry-after"] == "0"
    assert content == b'{"n": 1}'
    assert server.asked == ["POST /create"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(server: ScriptedServer, http: SendOnce, status: int) -> None:
    """A redirect is an answer like any other: the account's token goes nowhere else."""
    server.will(Answer(status, headers=(("Location", f"{server.url}/elsewhere"),)), Answer())
    head, _ = http.request(f"{server.url}/create", "POST", body="{}", headers={"authorization": "Bearer x"})
    assert head.status == status
    assert server.asked == ["POST /create"]


def test_the_request_goes_out_as_it_was_given(server: ScriptedServer, http: SendOnce) -> None:
    """Method, query, headers and body reach the server unchanged."""
    server.will(Answer())
    http.request(f"{server.url}/a?b=c%2Fd", "PUT", body='{"é": 1}', headers={"x-one": "1"})
    sent = server.requests[0]
    assert sent.method == "PUT"
    assert sent.target == "/a?b=c%2Fd"
    assert sent.headers["x-one"] == "1"
    assert sent.json == {"é": 1}


def test_a_packed_answer_is_unpacked(server: ScriptedServer, http: SendOnce) -> None:
    """An answer in gzip is returned as plain bytes."""
    server.will(Answer(body=gzip.compress(b'{"a": 1}'), headers=(("Content-Encoding", "gzip"),)))
    _, content = http.request(f"{server.url}/a", headers={"accept-encoding": "gzip"})
    assert content == b'{"a": 1}'


def test_an_answer_that_would_fill_the_memory_is_not_read(server: ScriptedServer, http: SendOnce) -> None:
    """A small packed answer that unpacks to more than the limit is an error, not memory."""
    packed = gzip.compress(bytes(MAX_ANSWER + 1), compresslevel=1)
    server.will(Answer(body=packed, headers=(("Content-Encoding", "gzip"),)))
    with pytest.raises(requests.RequestException, match="larger than"):
        http.request(f"{server.url}/a")


def test_two_threads_at_once_are_refused(server: ScriptedServer, http: SendOnce) -> None:
    """While a request is under way another thread gets an error and sends nothing; afterwards it may."""
    caught: list[RuntimeError] = []

    def use(_: Request) -> Answer:
        with pytest.raises(RuntimeError) as error:
            http.request(f"{server.url}/yours")
        caught.append(error.value)
        return Answer()

    server.will(use, Answer())
    http.request(f"{server.url}/mine")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(http.request, f"{server.url}/later").result()
    assert "another thread" in str(caught[0])
    assert server.asked == ["GET /mine", "GET /later"]


def test_a_connection_that_never_came_about_is_told_apart(http: SendOnce) -> None:
    """A refused connection proves that the request was not sent."""
    with pytest.raises(requests.ConnectionError) as caught:
        http.request("http://127.0.0.1:1/", "POST", body="{}")
    assert was_never_sent(caught.value)
