"""Files and builds by the Google Cloud CLI itself, which asks a Google Cloud on loopback."""

import json
from base64 import b64decode
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from infra.releases.files import ChangedError, CloudStorage, MissingError
from infra.releases.google import GoogleCloud
from infra.releases.smoke import NOWHERE
from tests.infra.needs import program
from tests.releases.cloud import Cloud, environment, running

URL = "gs://acme-contacts-terraform/releases/000001.json"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A Google Cloud that the CLI asks."""
    program("gcloud")
    with running() as (cloud, url):
        for name, value in environment(url, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield cloud


@pytest.mark.timeout(300)
def test_files_are_written_over_what_was_read_only(cloud: Cloud, tmp_path: Path) -> None:
    """A write with a generation is refused when somebody else was faster; a file comes back whole."""
    files, mine, read = CloudStorage(), tmp_path / "mine", tmp_path / "read"
    mine.write_bytes(b"PK\x00\r\nmine")

    files.put(mine, URL, generation=0)
    with pytest.raises(ChangedError):
        files.put(mine, URL, generation=0)
    generation = files.get(URL, read)

    assert read.read_bytes() == mine.read_bytes()
    assert generation == cloud.generation(URL)
    assert files.names("gs://acme-contacts-terraform/releases/*.json") == [URL]
    assert files.names("gs://acme-contacts-terraform/nothing/*.json") == []
    with pytest.raises(MissingError):
        files.get(f"{URL}.not", read)


@pytest.mark.timeout(300)
def test_a_function_is_called_as_the_scheduler(cloud: Cloud) -> None:
    """A task is put into the queue for it; once it is gone, it was answered well."""
    url, waited = "https://sync-all-1.europe-west1.run.app", list[float]()
    google = GoogleCloud("acme-contacts", "europe-west1", waited.append)

    assert google.scheduler("release-7-sync-all", url, {"time_zone": NOWHERE}) == ""

    [task] = (each.body["task"] for each in cloud.asked if each.method == "POST")
    call = task["httpRequest"]
    assert task["name"].endswith("/queues/urgent/tasks/release-7-sync-all")
    assert call["url"] == f"{url}/"
    assert call["httpMethod"] == "POST"
    assert json.loads(b64decode(call["body"])) == {"time_zone": NOWHERE}
    assert call["oidcToken"] == {
        "serviceAccountEmail": "scheduler@acme-contacts.iam.gserviceaccount.com",
        "audience": url,
    }
    assert len(waited) == 1


def test_a_call_is_tried_until_it_arrives() -> None:
    """A function that is not reached is called again for some minutes; the last answer is told."""
    waited = list[float]()

    answer = GoogleCloud("acme-contacts", "europe-west1", waited.append).browser(
        "http://127.0.0.1:1", HTTPStatus.FORBIDDEN
    )

    assert answer.status == 0
    assert sum(waited) == 420


@pytest.mark.timeout(300)
def test_an_earlier_release_is_built_from_its_commit(cloud: Cloud) -> None:
    """Cloud Build is asked for the commit, and told the release and what may be deleted."""
    may_delete = ['module.nightly["Europe/Dublin"]', "google_project_service.api"]

    build = GoogleCloud("acme-contacts", "europe-west1").build("4f2a9c1", 41, may_delete)

    assert build == "build-1"
    assert cloud.builds() == [
        {
            "commitSha": "4f2a9c1",
            "substitutions": {"_RELEASE": "41", "_MAY_DELETE": " ".join(may_delete)},
        }
    ]
