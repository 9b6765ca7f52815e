from infra.check import checkov
from tests.infra.checks import CONFIGURATION
from tests.infra.needs import tool


def test_no_rule_is_broken() -> None:
    """Checkov finds nothing but what is skipped in a comment beside it."""
    assert checkov.failures(tool("checkov", "bin", "checkov"), CONFIGURATION) == []


def test_every_skip_is_justified() -> None:
    """Whoever skips a rule says why."""
    assert list(checkov.unjustified(CONFIGURATION)) == []
