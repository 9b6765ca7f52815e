"""Needs: programs that a test works with and the package index does not have."""

import os
import shutil
from pathlib import Path

import pytest

from infra.check.tools import TOOLS


def program(name: str) -> str:
    """Return where the program is; skip the test without it, or fail with CI=true."""
    found = shutil.which(name)
    if found is None:
        _without(f"{name} was not found")
    return str(found)


def tool(*parts: str) -> Path:
    """Return a part of what infra/check/setup sets up."""
    path = TOOLS.joinpath(*parts)
    if not path.exists():
        _without(f"infra/check/setup has not been run: there is no {path}")
    return path


def _without(reason: str) -> None:
    sentence = f"the infrastructure cannot be checked: {reason}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
