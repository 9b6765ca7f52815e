import re
from importlib import import_module
from pathlib import Path

import pytest

from shared.pattern import pattern

ROOT = Path(__file__).parents[2]

DEPLOYED = sorted(
    file
    for folder in ("functions", "shared")
    for file in (ROOT / folder).rglob("*.py")
    if "import pattern\n" in file.read_text(encoding="utf-8")
)


def test_a_pattern_is_compiled_when_something_is_looked_for() -> None:
    """What is wrong with one, which only compiling shows, is raised at its first use."""
    broken = pattern("(")
    with pytest.raises(re.error):
        broken.search("")


def test_a_pattern_finds_what_a_compiled_one_does() -> None:
    """Its flags count, and it can be used again and in another way."""
    word = pattern("[a-z]+", re.IGNORECASE)
    assert word.findall("Mary Murphy") == ["Mary", "Murphy"]
    assert word.findall("Siobh") == ["Siobh"]
    assert word.sub("x", "a 1") == "x 1"


@pytest.mark.parametrize("file", DEPLOYED, ids=lambda file: file.stem)
def test_every_pattern_can_be_compiled(file: Path) -> None:
    """No text is refused at the first customer whom it meets."""
    module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    for value in vars(module).values():
        if type(value) is pattern:
            value.search("")
