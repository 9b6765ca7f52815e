import shutil

import pytest

from infra.check import checkov
from tests.infra.checks import CONFIGURATION
from tests.infra.mistakes import MISTAKES
from tests.infra.needs import tool

pytestmark = pytest.mark.timeout(400)  # it computes for half a minute, on processors that others use, too

PLANTED = [mistake for mistake in MISTAKES if "checkov" in mistake.caught]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What Checkov finds in the configuration, and in files of it with mistakes: it takes long to begin."""
    folder = tmp_path_factory.mktemp("checkov")
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.zip")
    shutil.copytree(CONFIGURATION, folder / "configuration", ignore=ignored)
    for number, mistake in enumerate(PLANTED):
        file = folder / f"planted-{number}" / mistake.file
        file.parent.mkdir(parents=True)
        shutil.copyfile(CONFIGURATION / mistake.file, file)
        mistake.plant(folder / f"planted-{number}")
    return checkov.failures(tool("checkov", "bin", "checkov"), folder)


def test_no_rule_is_broken(broken: list[str]) -> None:
    """Checkov finds nothing but what is skipped in a comment beside it."""
    assert [each for each in broken if not each.startswith("/planted-")] == []


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=lambda number: PLANTED[number].name)
def test_a_planted_mistake_is_found(broken: list[str], number: int) -> None:
    """Checkov catches what it is meant to catch, and the plan's checks do not: test_planted."""
    [found] = (each for each in broken if each.startswith(f"/planted-{number}/"))

    assert PLANTED[number].refusal in found


def test_every_skip_is_justified() -> None:
    """Whoever skips a rule says why."""
    assert list(checkov.unjustified(CONFIGURATION)) == []
