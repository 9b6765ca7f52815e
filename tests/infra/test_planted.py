import shutil
from pathlib import Path

import pytest

from infra.check.deployment import Deployment
from infra.check.terraform import RefusedError, Terraform
from shared.replace import replace
from tests.infra.checks import EVERYTHING, findings
from tests.infra.mistakes import MISTAKES, Mistake

COMMANDS = {
    "fmt": ("fmt", "-check", "-recursive"),
    "validate": ("validate", "-no-color"),
    "plan": ("plan", "-input=false", "-no-color", "-refresh=false", *(f"-var-file={e}" for e in EVERYTHING)),
}
"""What Terraform is asked, in this order; each tells all that it finds wrong."""


def refused_by(command: str) -> list[Mistake]:
    """Return the mistakes that a command of Terraform's refuses."""
    return [mistake for mistake in MISTAKES if command in mistake.caught]


def planned_together() -> list[list[Mistake]]:
    """Put the mistakes that can be planned into few configurations, none with two for one check."""
    groups: list[list[Mistake]] = []
    for mistake in MISTAKES:
        if mistake.caught & COMMANDS.keys():
            continue
        fitting = (group for group in groups if not any(each.caught & mistake.caught for each in group))
        group = next(fitting, None)
        if group is None:
            groups.append([mistake])
        else:
            group.append(mistake)
    return groups


def with_mistakes(terraform: Terraform, root: Path, mistakes: list[Mistake]) -> Terraform:
    """Return Terraform on a copy in which they are made."""
    copy = replace(terraform, root=root)
    shutil.copytree(terraform.root, copy.root)
    for mistake in mistakes:
        mistake.plant(copy.folder)
    return copy


def is_refused(terraform: Terraform, command: str) -> str:
    """Return what a command of Terraform's refuses with, in one line; empty: nothing is wrong."""
    try:
        terraform.run(*COMMANDS[command])
    except RefusedError as refusal:
        return " ".join(str(refusal).split())
    return ""


@pytest.mark.parametrize("command", COMMANDS)
def test_terraform_refuses_each_mistake(terraform: Terraform, tmp_path: Path, command: str) -> None:
    """What it can know is refused in the sentence that says what is wrong, and by nothing before it."""
    mistakes = refused_by(command)
    copy = with_mistakes(terraform, tmp_path / "checkout", mistakes)
    found = {each: is_refused(copy, each) for each in list(COMMANDS)[: list(COMMANDS).index(command) + 1]}
    refusal = found.pop(command)

    assert not any(found.values())
    assert [each.name for each in mistakes if each.refusal not in refusal or not each.refusal] == []


@pytest.mark.parametrize(
    "mistakes", planned_together(), ids=lambda group: "; ".join(each.name for each in group)
)
def test_every_mistake_is_caught(
    terraform: Terraform, everything: Deployment, tmp_path: Path, mistakes: list[Mistake]
) -> None:
    """Each mistake in what can be planned is caught, and by what is meant to catch it."""
    copy = with_mistakes(terraform, tmp_path / "checkout", mistakes)
    assert is_refused(copy, "fmt") == ""

    known, found = findings(everything), findings(copy.deployment(*EVERYTHING))

    caught = {name for name in found if found[name] != known.get(name)}
    assert caught == set().union(*(mistake.caught for mistake in mistakes)) - {"checkov"}
