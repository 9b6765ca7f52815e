"""The rules of a lease at their edges; `tests/property/test_lease.py` has them in any history."""

from typing import get_args

import pytest

from shared.domain.model.lease import (
    LARGEST_TOKEN,
    Claim,
    ClaimKind,
    Lease,
    granted,
    handed_on,
    kind_of,
    mended,
    released,
    renewed,
    run_name,
)
from shared.replace import replace

MARY, NIGHT = Claim("a", "run-1", "mary@example.com"), Claim("b", "run-2", "nightly run")
MINE = Lease("wisp-acme", MARY, 7, acquired_at=100, expires_at=400)


@pytest.mark.parametrize(("now", "free"), [(399.9, False), (400, True), (400.1, True)])
def test_a_lease_is_free_from_its_expiry_on(now: float, *, free: bool) -> None:
    """Not a moment before, and at that very moment."""
    taken = Lease("wisp-acme", NIGHT, 8, acquired_at=now, expires_at=now + 300)

    assert MINE.is_free(now) == free
    assert granted(MINE, "wisp-acme", NIGHT, now, 300) == (taken if free else None)


def test_a_lease_that_is_handed_on_begins_anew_under_its_name() -> None:
    """With the next token, the other's claim, and the time of the handing on."""
    assert handed_on(MINE, MINE, NIGHT, 200, 300) == Lease(
        "wisp-acme", NIGHT, 8, acquired_at=200, expires_at=500
    )


@pytest.mark.parametrize("present", [None, replace(MINE, token=8)], ids=["none", "another's"])
def test_a_lease_that_is_not_there_or_passed_on_is_not_handed_on(present: Lease | None) -> None:
    """Whoever comes too late gets nothing."""
    assert handed_on(present, MINE, NIGHT, 200, 300) is None
    assert renewed(present, MINE, 200, 300) is None
    assert released(present, MINE) is None


def test_a_renewed_lease_is_the_same_for_longer() -> None:
    """Never for shorter; and a released one keeps all but its holder."""
    assert renewed(MINE, MINE, 200, 300) == Lease("wisp-acme", MARY, 7, acquired_at=100, expires_at=500)
    assert renewed(MINE, MINE, 50, 300) == MINE
    assert released(MINE, MINE) == Lease("wisp-acme", None, 7, acquired_at=100, expires_at=400)


@pytest.mark.parametrize(
    ("owner", "token", "ours"), [("a", 7, True), ("a", 8, False), ("b", 7, False), ("b", 8, False)]
)
def test_a_record_is_ours_by_owner_and_token(owner: str, token: int, *, ours: bool) -> None:
    """Whatever else it says of its holder, as one may that an earlier build has written over."""
    record = Lease("wisp-acme", Claim(owner, "x", "y", "customers"), token, acquired_at=100, expires_at=400)

    assert record.belongs_to(MINE) == ours
    assert not Lease("wisp-acme", None, 7, acquired_at=100, expires_at=400).belongs_to(MINE)


@pytest.mark.parametrize("kind", get_args(ClaimKind))
def test_a_name_tells_its_kind(kind: ClaimKind) -> None:
    """What earlier builds recorded is told apart by the names that are still given."""
    name = run_name(kind, "20260302T050000-0123abcd")

    assert kind_of(name) == kind
    assert name == ("" if kind == "run" else f"{kind}-") + "20260302T050000-0123abcd"


@pytest.mark.parametrize(
    ("run", "kind"), [("", "accounts"), ("disconnected", "run"), ("20260302T050000-0123abcd", "run")]
)
def test_a_name_without_a_prefix_is_a_runs(run: str, kind: ClaimKind) -> None:
    """But for a change of the accounts, which had none."""
    assert kind_of(run) == kind


@pytest.mark.parametrize("token", [1, 7, LARGEST_TOKEN - 1])
def test_a_record_that_is_mended_goes_on_with_the_next_token(token: int) -> None:
    """Granted from now on, to whoever mends it."""
    grant = Lease("wisp-acme", NIGHT, token + 1, acquired_at=200, expires_at=500)

    assert mended(token, "wisp-acme", NIGHT, 200, 300) == grant


@pytest.mark.parametrize("token", [None, "7", 7.0, True, 0, -1, LARGEST_TOKEN])
def test_a_token_that_is_lost_is_replaced_by_one_that_was_never_given(token: object) -> None:
    """The seconds since 1970: a lease that is taken each second has not had so many."""
    assert mended(token, "wisp-acme", NIGHT, 1_700_000_000.9, 300).token == 1_700_000_001
