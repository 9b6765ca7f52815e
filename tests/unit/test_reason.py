"""Who can mend what a code tells is what docs/errors.md says of it."""

import pytest

from shared.domain.model.reason import FOR_ITS_OWNER, WAITS_FOR_A_PERSON, is_for_an_operator
from tests.docs.pages import code, codes, rows

ROWS = {code(row["code"]): row for row in rows("docs/errors.md", "code")}
OF_A_CALL = {
    *("lease.unknown", "mail.recipient", "night.unknown", "preview.failed"),
    *("settings.changed", "wisp.no_account", "wisp.unknown"),
}
"""What whoever called can mend, or is told at once."""


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row["class"] == "Misconfigured"])
def test_what_is_wrongly_set_up_is_for_an_operator(name: str) -> None:
    """Nobody else is mailed about it."""
    assert is_for_an_operator(name) == (name not in OF_A_CALL)


@pytest.mark.parametrize(
    "name", [name for name, row in ROWS.items() if row["class"] in ("StopAccount", "StopRun", "AccountFull")]
)
def test_what_stops_an_account_or_simpler_is_for_its_people(name: str) -> None:
    """They are mailed, since they can mend it or must know."""
    assert not is_for_an_operator(name)


def test_every_reason_is_a_code() -> None:
    """None is misspelt."""
    assert WAITS_FOR_A_PERSON - ROWS.keys() == set()
    assert {codes(ROWS[name]["code"]).pop() for name in FOR_ITS_OWNER} == FOR_ITS_OWNER
