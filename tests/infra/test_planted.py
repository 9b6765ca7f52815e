import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from infra.check import checkov
from infra.check.deployment import Deployment
from infra.check.terraform import RefusedError, Terraform
from tests.infra.checks import EVERYTHING, findings
from tests.infra.mistakes import MISTAKES, Mistake
from tests.infra.needs import tool


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_every_mistake_is_caught(
    terraform: Terraform, everything: Deployment, tmp_path: Path, mistake: Mistake
) -> None:
    """Each mistake is caught, and by what is meant to catch it."""
    copy = replace(terraform, folder=tmp_path / "gcp")
    shutil.copytree(terraform.folder, copy.folder)
    mistake.plant(copy.folder)

    found = caught(copy, known=findings(everything))
    if not found and checkov.failures(tool("checkov", "bin", "checkov"), copy.folder / mistake.file):
        found = {"checkov"}
    assert mistake.caught == found


def caught(terraform: Terraform, known: dict[str, list[str]]) -> set[str]:
    """What catches a mistake first: Terraform, or then the checks of the plan.

    A plan validates too, so whether validation alone would do is asked only where there is no plan.
    """
    if refused(terraform, "fmt", "-check", "-recursive"):
        return {"fmt"}
    try:
        found = findings(terraform.deployment(*EVERYTHING))
    except RefusedError:
        return {"validate" if refused(terraform, "validate") else "plan"}
    return {name for name in found if found[name] != known.get(name)}


def refused(terraform: Terraform, *command: str) -> bool:
    """Whether Terraform does not take the configuration."""
    try:
        terraform.run(*command)
    except RefusedError:
        return True
    return False
