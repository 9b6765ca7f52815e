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

FIRST_WORDS = {"fmt", "validate", "plan", "checkov"}
"""What ends the search: nothing else is asked of a configuration that one of these refuses."""


def planted_together() -> list[list[Mistake]]:
    """Put the mistakes into few configurations, none with two for one check."""
    groups: list[list[Mistake]] = []
    for mistake in MISTAKES:
        alone = mistake.caught & FIRST_WORDS
        fitting = (group for group in groups if not alone and not _clash(group, mistake))
        group = next(fitting, None)
        if group is None:
            groups.append([mistake])
        else:
            group.append(mistake)
    return groups


def _clash(group: list[Mistake], mistake: Mistake) -> bool:
    taken = frozenset[str]().union(*(each.caught for each in group))
    return bool(taken & (mistake.caught | FIRST_WORDS))


@pytest.mark.parametrize(
    "mistakes", planted_together(), ids=lambda group: "; ".join(each.name for each in group)
)
def test_every_mistake_is_caught(
    terraform: Terraform, everything: Deployment, tmp_path: Path, mistakes: list[Mistake]
) -> None:
    """Each mistake is caught, and by what is meant to catch it."""
    copy = replace(terraform, root=tmp_path / "checkout")
    shutil.copytree(terraform.root, copy.root)
    for mistake in mistakes:
        mistake.plant(copy.folder)

    found = caught(copy, known=findings(everything))
    if not found and checkov.failures(tool("checkov", "bin", "checkov"), copy.folder / mistakes[0].file):
        found = {"checkov"}
    assert found == set().union(*(mistake.caught for mistake in mistakes))


def caught(terraform: Terraform, known: dict[str, list[str]]) -> set[str]:
    """Return what catches a mistake first: Terraform, or then the checks of the plan.

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
    """Return whether Terraform does not take the configuration."""
    try:
        terraform.run(*command)
    except RefusedError:
        return True
    return False
