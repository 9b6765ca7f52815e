"""What pytest is told in the copy: few examples a test, and names of tests that it finds again."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "mutants",
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutants")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse names with a backslash.

    mutmut calls tests by their names. pytest does not find such a one again, and mutmut takes that failure
    for a mutant that was caught.
    """
    if odd := [item.nodeid for item in items if "\\" in item.nodeid]:
        pytest.exit("give these tests plain ids: " + ", ".join(odd), returncode=1)
