"""The rules of a lease at their edges; `tests/property/test_lease.py` has them in any history."""

import pytest

from shared.domain.model.lease import Claim, Lease, granted, handed_on, released, renewed

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


def test_a_renewed_lease_is_the_same_for_longer() -> None:
    """Never for shorter; and a released one keeps all but its holder."""
    assert renewed(MINE, MINE, 200, 300) == Lease("wisp-acme", MARY, 7, acquired_at=100, expires_at=500)
    assert renewed(MINE, MINE, 50, 300) == MINE
    assert released(MINE, MINE) == Lease("wisp-acme", None, 7, acquired_at=100, expires_at=400)
