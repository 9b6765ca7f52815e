"""Releases end to end: Terraform, its state in a bucket on loopback, and the stand-in as its provider."""

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest

from infra.releases.checkout import deletions, unnamed
from infra.releases.pipeline import StoppedError, installed
from infra.releases.smoke import Answer
from tests.releases.conftest import FUNCTIONS, PROJECT, Installation

GOOD, BAD = b"the code that works", b"the code that does not"


def digest(code: bytes) -> str:
    """Return the hash under which an archive is kept."""
    return hashlib.sha256(code).hexdigest()


@dataclass
class Callers:
    """Those who call functions that all answer, or of which none does."""

    works: bool

    def browser(self, url: str, expected: HTTPStatus) -> Answer:
        kind = "text/html" if expected == HTTPStatus.FORBIDDEN else "application/problem+json"
        return Answer(expected if self.works else 503, kind, "Please open the page again from SIMPLer.")

    def stranger(self, url: str, body: Mapping[str, object]) -> Answer:
        return Answer(403, "text/html", "")

    def backend(self, url: str, body: Mapping[str, object]) -> Answer:
        return Answer(404, "application/problem+json", '"urn:simpler-contacts:problem:wisp.unknown"')

    def scheduler(self, name: str, url: str, body: Mapping[str, object]) -> str:
        return ""


@dataclass
class Builds:
    """What was started."""

    started: list[tuple[str, int]] = field(default_factory=list)

    def build(self, commit: str, number: int, may_delete: Sequence[str] = ()) -> str:
        self.started.append((commit, number))
        return "build-1"


def deployed(installation: Installation) -> set[str]:
    """Return the archives that the functions run, by Terraform's state."""
    state = json.loads(installation.cloud.read(f"gs://{PROJECT}-terraform/simpler-contacts/default.tfstate"))
    return {
        instance["attributes"]["build_config"][0]["source"][0]["storage_source"][0]["object"]
        for resource in state["resources"]
        if resource["type"] == "google_cloudfunctions2_function"
        for instance in resource["instances"]
    }


def test_code_that_does_not_work_goes_back(installation: Installation) -> None:
    """The second release fails its calls, and the code of the first is deployed again."""
    first, builds = installation.pipeline(GOOD), Builds()
    first.prepare("c1", None)
    first.plan([])
    first.apply()
    assert first.call(Callers(works=True), builds).state == "good"
    assert deployed(installation) == {f"{digest(GOOD)}.zip"}

    second = installation.pipeline(BAD)
    second.prepare("c2", None)
    second.plan([])
    second.apply()
    with pytest.raises(
        StoppedError, match=r"console: 503(.|\n)*Release 1 goes back by itself, by build build-1,"
    ):
        second.call(Callers(works=False), builds)
    assert deployed(installation) == {f"{digest(BAD)}.zip"}
    assert builds.started == [("c1", 1)]

    back = installation.pipeline()  # what that build does
    back.prepare("c1", 1)
    back.plan([])
    back.apply()
    with pytest.raises(StoppedError, match="Nothing goes back by itself"):
        back.call(Callers(works=False), builds)
    assert deployed(installation) == {f"{digest(GOOD)}.zip"}
    assert len(builds.started) == 1

    assert [(each.number, each.state, each.why, each.archive) for each in back.register.newest()] == [
        (3, "bad", "release 1", digest(GOOD)),
        (2, "bad", "commit", digest(BAD)),
        (1, "good", "commit", digest(GOOD)),
    ]


def test_a_deletion_that_nobody_named_ends_a_release(installation: Installation) -> None:
    """Nothing is changed and no number is taken, until the deletion is named; a paused job stays paused."""
    first = installation.pipeline(GOOD)
    first.prepare("c1", None)
    first.plan([])
    first.apply()
    zones = installation.root / "shared/domain/model/time_zones.json"
    zones.write_text('["UTC"]')
    before = dict(installation.cloud.objects)

    second = installation.pipeline()
    second.prepare("c2", None)
    with pytest.raises(
        StoppedError, match=r'module.nightly\["Europe/Dublin"\].google_cloud_scheduler_job.this'
    ):
        second.plan([])
    assert installation.cloud.objects == before

    second.plan(['module.nightly["Europe/Dublin"]'])
    assert second.apply().number == 2


def test_a_setting_changes_only_that(installation: Installation) -> None:
    """With the same code, a setting of the functions changes one variable of theirs, and nothing else."""
    first = installation.pipeline(GOOD)
    first.prepare("c1", None)
    first.plan([])
    first.apply()
    settings = installed(PROJECT, "installation.tfvars")
    installation.settings(installation.cloud.read(settings).decode() + 'people_quota = "reads=90"\n')

    second = installation.pipeline()
    archive = second.prepare("c1", 1).archive
    shown = second.checkout.plan(second.folder / "installation.tfvars", archive, second.folder / "plan")

    changes = [each for each in shown["resource_changes"] if each["change"]["actions"] != ["no-op"]]
    assert {each["type"] for each in changes} == {"google_cloudfunctions2_function"}
    for change in (each["change"] for each in changes):
        [now] = change["after"].pop("service_config")
        [then] = change["before"].pop("service_config")
        was = then.pop("environment_variables")
        assert now.pop("environment_variables") == {**was, "PEOPLE_QUOTA": "reads=90"}
        assert now == then
        assert change["after"]["build_config"] == change["before"]["build_config"]


def test_a_plan_is_done_only_while_it_holds(installation: Installation) -> None:
    """When something else was applied since, or is being applied, Terraform refuses the plan."""
    first, rival = installation.pipeline(GOOD), installation.pipeline()
    first.prepare("c1", None)
    first.plan([])
    rival.checkout.plan(first.folder / "installation.tfvars", digest(BAD), first.folder / "rival")
    rival.checkout.apply(first.folder / "rival")

    with pytest.raises(subprocess.CalledProcessError):
        first.apply()
    assert deployed(installation) == {f"{digest(BAD)}.zip"}
    assert first.register.good() is None


def test_an_archive_is_what_its_name_says(installation: Installation) -> None:
    """One that is there already is not written again; one that somebody wrote over is not deployed."""
    url = f"gs://{PROJECT}-code/{digest(GOOD)}.zip"
    installation.pipeline(GOOD).prepare("c1", None)
    assert installation.pipeline(GOOD).prepare("c1", None).archive == digest(GOOD)
    assert installation.cloud.generation(url) == 1

    installation.cloud.write(url, b"something else")
    with pytest.raises(StoppedError, match="somebody wrote over it"):
        installation.pipeline(GOOD).prepare("c1", None)


def test_what_does_not_answer_is_told_also_when_nothing_can_be_started(installation: Installation) -> None:
    """Without a trigger the flaws are told all the same, and the command that goes back."""

    class NoTrigger(Builds):
        """A project without the trigger."""

        def build(self, commit: str, number: int, may_delete: Sequence[str] = ()) -> str:
            raise subprocess.CalledProcessError(1, "gcloud")

    pipeline = installation.pipeline(GOOD)
    draft = pipeline.prepare("c1", None)
    pipeline.register.mark(pipeline.register.claim(draft), "good")
    bad = pipeline.register.claim(draft)
    (pipeline.folder / "release.json").write_text(bad.json())
    (pipeline.folder / "functions.json").write_text(
        json.dumps(dict.fromkeys(FUNCTIONS, "https://example.com"))
    )

    with pytest.raises(StoppedError, match=r"console: 503(.|\n)*make back RELEASE=1"):
        pipeline.call(Callers(works=False), NoTrigger())
    assert pipeline.register.find(2).state == "bad"


def test_settings_are_named_by_their_generation(installation: Installation) -> None:
    """A release says which settings it was deployed with."""
    installation.settings("# others\n")

    draft = installation.pipeline(GOOD).prepare("c1", None)

    assert draft.settings == installation.cloud.generation(installed(PROJECT, "installation.tfvars")) == 2


def test_deletions_are_named_by_what_is_around_them() -> None:
    """A name is an address, or that of a module or resource around it; a part of a word is none."""
    plan = {
        "resource_changes": [
            {"address": 'module.nightly["UTC"].job.this', "change": {"actions": ["delete"]}},
            {"address": "google_storage_bucket.code", "change": {"actions": ["delete", "create"]}},
            {"address": "google_storage_bucket.kept", "change": {"actions": ["update"]}},
            {"address": "google_firestore_document.wisp", "change": {"actions": ["forget"]}},
        ]
    }
    deleted = deletions(plan)

    assert deleted == ['module.nightly["UTC"].job.this', "google_storage_bucket.code"]
    assert list(unnamed(deleted, [])) == deleted
    assert list(unnamed(deleted, ["module", "module.night", "google_storage_bucket"])) == deleted
    assert list(unnamed(deleted, ["module.nightly", "google_storage_bucket.code"])) == []
