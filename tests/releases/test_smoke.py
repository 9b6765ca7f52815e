"""What is called after a release, on the functions themselves."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest
import requests

from infra.releases.smoke import INSIDE, NOBODY, NOWHERE, OPEN, Answer, flaws
from shared.domain.model.time_zone import TIME_ZONES
from shared.replace import replace
from tests.docs.pages import ROOT, code, rows
from tests.functions.console_kit import console_of
from tests.functions.served import served
from tests.world import a_world, customer


def _answer(response: requests.Response) -> Answer:
    return Answer(response.status_code, response.headers["Content-Type"].partition(";")[0], response.text)


@dataclass(frozen=True)
class Callers:
    """Those who call; a stranger is refused by Cloud Run, which is not here.

    Attributes:
        stranger_gets: What Cloud Run answers to a call without a token.
        is_open: Whether Cloud Run lets browsers and triggers in.
        delivered: The tasks, each with the function's status.
    """

    stranger_gets: int = 403
    is_open: bool = True
    delivered: dict[str, int] = field(default_factory=dict)

    def browser(self, url: str, expected: HTTPStatus) -> Answer:
        if not self.is_open:
            return Answer(403, "text/html", "<h1>Error: Forbidden</h1>")
        return _answer(requests.get(url + "/", timeout=30))

    def stranger(self, url: str, body: Mapping[str, object]) -> Answer:
        return Answer(self.stranger_gets, "text/html", "")

    def backend(self, url: str, body: Mapping[str, object]) -> Answer:
        return _answer(requests.post(url + "/", json=body, timeout=30))

    def scheduler(self, name: str, url: str, body: Mapping[str, object]) -> str:
        self.delivered[name] = requests.post(url + "/", json=body, timeout=30).status_code
        return "" if self.delivered[name] < 300 else "it failed"


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The addresses of the functions of an installation that has no account yet."""
    folder = tmp_path_factory.mktemp("world")
    with (
        a_world(folder, [customer(1)], accounts=0) as world,
        served(world) as functions,
        console_of(world) as console,
    ):
        names = ("customer_changed", "sync_status", "sync_all", "watchdog")
        yield {"console": console.address} | {name: f"{functions.address}/{name}" for name in names}


def test_functions_that_work_have_no_flaw(urls: dict[str, str]) -> None:
    """The page that asks for a link, no such WISP, a refusal, a night of nobody, a look of the watchdog."""
    callers = Callers()

    assert list(flaws(urls, callers, "release-7")) == []
    assert callers.delivered == {"release-7-sync-all": 202, "release-7-watchdog": 200}


def test_what_does_not_answer_is_named(urls: dict[str, str]) -> None:
    """Each function that answers otherwise is told with what it answered."""
    broken = dict.fromkeys(urls, f"{urls['sync_status']}/nothing/like/this")

    found = "\n".join(flaws(broken, replace(Callers(), stranger_gets=200), "release-7"))

    for name in (
        "console: ",
        "customer_changed: ",
        "sync_status: 4",
        "sync_status: 200 without a token",
        "sync_all: ",
        "watchdog: ",
    ):
        assert name in found


def test_a_console_and_triggers_that_nobody_may_call_are_named(urls: dict[str, str]) -> None:
    """What Cloud Run refuses by itself is a page with the same status as ours."""
    found = [each.partition(":")[0] for each in flaws(urls, replace(Callers(), is_open=False), "release-8")]

    assert found == ["console", "customer_changed"]


def test_the_first_function_that_needs_no_token_is_named(urls: dict[str, str]) -> None:
    """Each that is called from outside is tried, and those that are reached from inside only are not."""
    more = urls | dict.fromkeys(("operate", "outage_list", "sync_wisp"), urls["sync_status"])

    found = list(flaws(more, replace(Callers(), stranger_gets=401), "release-9"))

    assert found == ["operate: 401 without a token, and not a refusal"]


def test_who_is_reached_from_where_is_as_deployed() -> None:
    """What is called by nobody from outside, and by everybody, is what infra/gcp says of callers."""
    callers = {code(row["function"]): code(row["caller"]) for row in rows("infra/gcp/README.md", "function")}

    assert {name for name, caller in callers.items() if caller in ("scheduler", "task-queue")} == INSIDE
    assert {name for name, caller in callers.items() if caller == "allUsers"} == OPEN


def test_a_release_needs_no_package() -> None:
    """Its steps run on Python's own library, as they do in Cloud Build's image of the Google Cloud CLI."""
    command = [sys.executable, "-S", "-m", "infra.releases", "--help"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stderr == ""


def test_the_calls_concern_nobody() -> None:
    """No WISP can have the time zone whose night is started; the id of none is a WISP's form."""
    assert NOWHERE not in TIME_ZONES
    assert NOBODY == "smoke-test"
