import pytest

from infra.check.deployment import Deployment
from tests.infra.checks import CHECKS


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_found(example: Deployment, check: str) -> None:
    """What would be deployed with the example's variables is as each check says."""
    assert list(CHECKS[check](example)) == []


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_found_in_everything(everything: Deployment, check: str) -> None:
    """What would be deployed with every option taken is as each check says."""
    assert list(CHECKS[check](everything)) == []
