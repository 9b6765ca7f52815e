import subprocess
from typing import Any

import pytest
import yaml

from infra.check import pipeline
from tests.docs.pages import text

BUILD: dict[str, Any] = yaml.safe_load(text("cloudbuild.yaml"))

WRONG = {
    "a misspelt field": ("script:", "scripts:", "has no field scripts"),
    "a wrong word": ("CLOUD_LOGGING_ONLY", "CLOUD_LOGGING", "is CLOUD_LOGGING, which is none of"),
    "an image of any version": (
        "python:3.13.9-bookworm",
        "python:latest",
        "python:latest is not pinned",
    ),
    "an unknown substitution": ("$_MAY_DELETE", "$_MAY_DELET", "_MAY_DELET is used and not defined"),
    "a number for a duration": ("3600s", "3600", "Build.timeout is no string"),
}
"""What could be wrong: a text, what it becomes, and what is said of it."""


def test_the_pipeline_is_one_of_cloud_builds() -> None:
    """Every field and word of cloudbuild.yaml is known to Cloud Build, and every image is pinned."""
    assert list(pipeline.mistakes(BUILD)) == []


def test_the_steps_are_in_order() -> None:
    """What is deployed was checked before it was built, and is tried after it was deployed."""
    assert [step["id"] for step in BUILD["steps"]] == [
        "tools",
        "cli",
        "lint-and-types",
        "tests-and-infrastructure",
        "archive",
        "prepare",
        "plan",
        "deploy",
        "smoke",
    ]


@pytest.mark.parametrize("mistake", WRONG)
def test_mistakes_are_found(mistake: str) -> None:
    """What Cloud Build would refuse, or would take as it comes, is found."""
    old, new, said = WRONG[mistake]
    build = yaml.safe_load(text("cloudbuild.yaml").replace(old, new))

    assert said in "\n".join(pipeline.mistakes(build))


@pytest.mark.parametrize("step", pipeline.scripts(BUILD))
def test_every_script_can_be_parsed(step: str) -> None:
    """The shell understands each step's script."""
    done = subprocess.run(
        ["bash", "-n"], input=pipeline.scripts(BUILD)[step], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
