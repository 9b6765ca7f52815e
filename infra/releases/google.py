"""Google: those who call the functions there, and what starts a build."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from infra.releases.smoke import Answer

QUEUE = "urgent"
"""The queue in which nothing waits for a night."""

TRIGGER = "deploy"

_PAUSE = 10
"""Seconds between two looks at a task, or two tries of a call."""

_PATIENCE = 420
"""Seconds in which a call must arrive: new rights take minutes, and the queue waits between two tries."""

_TIMEOUT = 90


@dataclass(frozen=True, slots=True)
class GoogleCloud:
    """A project, by the Google Cloud CLI.

    Attributes:
        project: Its id.
        region: Where its functions, queue and trigger are.
        sleep: Waits for so many seconds.
    """

    project: str
    region: str
    sleep: Callable[[float], None] = time.sleep

    def browser(self, url: str, expected: HTTPStatus) -> Answer:
        """Open an address, as a person does."""
        return self._answer(urllib.request.Request(url + "/"), expected=expected)

    def stranger(self, url: str, body: Mapping[str, object]) -> Answer:
        """Call a function without a token."""
        return self._answer(_call(url, body), expected=HTTPStatus.FORBIDDEN)

    def backend(self, url: str, body: Mapping[str, object]) -> Answer:
        """Call a function as SIMPLer's backend."""
        account = f"simpler-backend@{self.project}.iam.gserviceaccount.com"
        words = ("auth", "print-identity-token", "--include-email", f"--audiences={url}")
        token = gcloud(*words, f"--impersonate-service-account={account}").strip()
        call = _call(url, body)
        call.add_header("Authorization", f"Bearer {token}")
        return self._answer(call, expected=HTTPStatus.NOT_FOUND)

    def scheduler(self, name: str, url: str, body: Mapping[str, object]) -> str:
        """Have Cloud Tasks call a function as Cloud Scheduler does; return what is wrong, if anything.

        These functions are reached from inside only. A task that was answered well is gone.
        """
        place = (f"--queue={QUEUE}", f"--location={self.region}")
        if (
            gcloud("tasks", "queues", "describe", QUEUE, place[1], "--format=value(state)").strip()
            != "RUNNING"
        ):
            return ""  # an operator has paused it, and a release does not set it going
        gcloud(
            "tasks", "create-http-task", name, *place, f"--url={url}/", "--method=POST",
            "--header=content-type:application/json", f"--body-content={json.dumps(body)}",
            f"--oidc-service-account-email=scheduler@{self.project}.iam.gserviceaccount.com",
            f"--oidc-token-audience={url}",
        )  # fmt: skip
        for _ in range(_PATIENCE // _PAUSE):
            self.sleep(_PAUSE)
            waiting = gcloud("tasks", "list", *place, f"--filter=name:{name}", "--format=value(name)").strip()
            if not waiting:
                return ""
        last = gcloud("tasks", "describe", name, *place, "--format=value(lastAttempt.responseStatus)").strip()
        gcloud("tasks", "delete", name, *place, "--quiet")
        return f"no good answer within {_PATIENCE} s; the last one: {last or 'none'}"

    def build(self, commit: str, number: int, may_delete: Sequence[str] = ()) -> str:
        """Start a build that puts a release's code into service, and return its id."""
        substitutions = f"^;^_RELEASE={number};_MAY_DELETE={' '.join(may_delete)}"
        words = ("builds", "triggers", "run", TRIGGER, f"--region={self.region}", f"--sha={commit}")
        return gcloud(*words, f"--substitutions={substitutions}", "--format=value(metadata.build.id)").strip()

    def _answer(self, call: urllib.request.Request, expected: int) -> Answer:
        """Send a call until it is answered as expected, or for some minutes; return the last answer."""
        answer = Answer(0, "", "no answer")
        for _ in range(_PATIENCE // _PAUSE):
            answer = _once(call)
            if answer.status == expected:
                break
            self.sleep(_PAUSE)
        return answer


def gcloud(*words: str) -> str:
    """Run a command of the Google Cloud CLI, which says on standard error why it fails.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    return subprocess.run(["gcloud", *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def _call(url: str, body: Mapping[str, object]) -> urllib.request.Request:
    call = urllib.request.Request(url + "/", json.dumps(body).encode(), method="POST")
    call.add_header("Content-Type", "application/json")
    return call


def _once(call: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(call, timeout=_TIMEOUT) as found:
            return Answer(
                found.status, found.headers.get_content_type(), found.read().decode(errors="replace")
            )
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers.get_content_type(), error.read().decode(errors="replace"))
    except OSError as error:
        return Answer(0, "", str(error))
