"""What `make mutants` changes, and which tests it asks: files that are there."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTANTS = ROOT / "tests/mutants"


def test_every_file_that_is_changed_is_there() -> None:
    """A rename does not silently take a file out."""
    changed = tomllib.loads((MUTANTS / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]

    assert changed
    assert [path for path in changed if not (ROOT / path).is_file()] == []


def test_every_test_that_is_asked_is_there() -> None:
    """Of the unit tests that are copied by name, and the single files beside them."""
    script = (MUTANTS / "run").read_text()
    (names,) = re.findall(r"for name in (.+); do", script)
    copied = [f"tests/unit/test_{name}.py" for name in names.split()] + re.findall(r"cp (tests/\S+)", script)

    assert [path for path in copied if not (ROOT / path).is_file()] == []
