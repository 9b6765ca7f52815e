"""What every `LeaseStore` promises to one caller at a time; rivals are in race_contract.py."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.model.lease import Claim, Lease
from shared.errors import LeaseHeld, LeaseLost, Misconfigured
from shared.ports import Put
from tests.contract.stores import Stores
from tests.fake_clock import FakeClock

MARY = Claim("owner-1", "run-1", "mary@acme.ie")
NIGHT = Claim("owner-2", "run-2", "nightly run")
OLGA = Claim("owner-3", "freed-3", "olga@azotel.example", "freed")

Spoil = Callable[..., object]
"""Writes members into the record of ``wisp-acme``, as somebody does by hand."""

WRONG: dict[str, Any] = {
    "token": "seven",
    "expires_at": "tomorrow",
    "acquired_at": -1.0,
    "holder": None,
}
"""A wrong value for each of these members."""


class LeaseContract:
    def test_first_grant(self, stores: Stores) -> None:
        """The first grant has token 1 and lasts `ttl` seconds of the database's time."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        assert lease.name == "wisp-acme"
        assert lease.claim == MARY
        assert lease.token == 1
        assert lease.expires_at - lease.acquired_at == pytest.approx(60)

    def test_database_time(self, stores: Stores) -> None:
        """Times are seconds since 1970, with fractions, by a clock that goes."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        _, now = stores.leases.look("wisp-acme")
        assert now == pytest.approx(time.time(), abs=30)
        assert lease.acquired_at <= now < lease.expires_at

    def test_held(self, stores: Stores) -> None:
        """Another is refused, and told who holds it, for which run and since when."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        with pytest.raises(LeaseHeld) as caught:
            stores.leases.acquire("wisp-acme", NIGHT, 60)
        refusal = caught.value
        assert refusal.holder == "mary@acme.ie"
        assert refusal.run == "run-1"
        assert refusal.since == lease.acquired_at

    def test_held_by_oneself(self, stores: Stores) -> None:
        """A claim that holds the lease does not get it a second time."""
        stores.leases.acquire("wisp-acme", MARY, 60)
        with pytest.raises(LeaseHeld):
            stores.leases.acquire("wisp-acme", MARY, 60)

    def test_refusal_changes_nothing(self, stores: Stores) -> None:
        """Who is refused leaves the record as it was."""
        stores.leases.acquire("wisp-acme", MARY, 60)
        before, _ = stores.leases.look("wisp-acme")
        with pytest.raises(LeaseHeld):
            stores.leases.acquire("wisp-acme", NIGHT, 3_600)
        assert stores.leases.look("wisp-acme")[0] == before

    def test_different_names(self, stores: Stores) -> None:
        """Leases of different names have nothing to do with each other."""
        stores.leases.acquire("wisp-acme", MARY, 60)
        assert stores.leases.acquire("google-1f3c", NIGHT, 60).token == 1

    def test_take_over(self, stores: Stores) -> None:
        """An expired lease goes to the next who asks, with a greater token."""
        stores.leases.acquire("wisp-acme", MARY, 0)
        lease = stores.leases.acquire("wisp-acme", NIGHT, 60)
        assert lease.claim == NIGHT
        assert lease.token == 2

    def test_release(self, stores: Stores) -> None:
        """A released lease is free at once; its record and token stay, and the next token is greater."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        stores.leases.release(lease)
        record, _ = stores.leases.look("wisp-acme")
        assert record == Lease("wisp-acme", None, 1, lease.acquired_at, lease.expires_at)
        assert stores.leases.acquire("wisp-acme", NIGHT, 60).token == 2

    def test_those_that_are_held(self, stores: Stores) -> None:
        """All that have a claim are named, expired ones too; none that was given back."""
        given_back = stores.leases.acquire("wisp-zulu", MARY, 60)
        stores.leases.acquire("wisp-acme", MARY, 60)
        stores.leases.acquire("google-1f3c", NIGHT, 0)
        stores.leases.release(given_back)
        assert stores.leases.held() == ["google-1f3c", "wisp-acme"]

    def test_release_twice(self, stores: Stores) -> None:
        """Releasing again does nothing, nor does releasing what was never taken."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        stores.leases.release(lease)
        stores.leases.release(lease)
        stores.leases.release(Lease("never", MARY, 1, 0, 9e9))
        assert stores.leases.look("never")[0] is None
        assert stores.leases.acquire("wisp-acme", NIGHT, 60).token == 2

    def test_release_by_stale_holder(self, stores: Stores) -> None:
        """Who lost the lease cannot give it back for the one who has it."""
        stale = stores.leases.acquire("wisp-acme", MARY, 0)
        stores.leases.acquire("wisp-acme", NIGHT, 60)
        stores.leases.release(stale)
        record, now = stores.leases.look("wisp-acme")
        assert record is not None
        assert record.claim == NIGHT
        assert record.token == 2
        assert record.is_free(now) is False

    def test_renew(self, stores: Stores) -> None:
        """Renewing extends the same grant, counted from now."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        longer = stores.leases.renew(lease, 120)
        assert longer.claim == MARY
        assert longer.token == 1
        assert longer.acquired_at == lease.acquired_at
        assert longer.expires_at >= lease.expires_at + 60
        assert stores.leases.renew(longer, 120).expires_at >= longer.expires_at

    def test_renew_never_shortens(self, stores: Stores) -> None:
        """Asking for less than is left leaves what is left."""
        lease = stores.leases.acquire("wisp-acme", MARY, 600)
        longer = stores.leases.renew(lease, 1)
        assert longer.expires_at == lease.expires_at
        assert longer.deadline == lease.deadline

    def test_renew_with_an_older_copy(self, stores: Stores) -> None:
        """Any copy of the grant renews it, however often it was renewed since."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        stores.leases.renew(lease, 600)
        assert stores.leases.renew(lease, 60).token == 1

    def test_renew_after_expiry(self, stores: Stores) -> None:
        """An expired lease that nobody took is renewed, and then keeps others out."""
        lease = stores.leases.acquire("wisp-acme", MARY, 0)
        stores.leases.renew(lease, 60)
        with pytest.raises(LeaseHeld):
            stores.leases.acquire("wisp-acme", NIGHT, 60)

    def test_renew_after_take_over(self, stores: Stores) -> None:
        """A lease that passed to another is not renewed, whether that one still holds it or not."""
        lease = stores.leases.acquire("wisp-acme", MARY, 0)
        other = stores.leases.acquire("wisp-acme", NIGHT, 0)
        with pytest.raises(LeaseLost):
            stores.leases.renew(lease, 60)
        stores.leases.release(other)
        with pytest.raises(LeaseLost):
            stores.leases.renew(lease, 60)

    def test_renew_after_release(self, stores: Stores) -> None:
        """A released lease is not renewed, nor one that was never taken."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        stores.leases.release(lease)
        with pytest.raises(LeaseLost):
            stores.leases.renew(lease, 60)
        with pytest.raises(LeaseLost):
            stores.leases.renew(Lease("never", MARY, 1, 0, 9e9), 60)

    def test_hand_on(self, stores: Stores) -> None:
        """A lease passes to another claim with the next token, even expired; then not again."""
        mine = stores.leases.acquire("wisp-acme", MARY, 0)
        theirs = stores.leases.hand_on(mine, NIGHT, 60)
        assert theirs.claim == NIGHT
        assert theirs.token == 2
        with pytest.raises(LeaseLost):
            stores.leases.hand_on(mine, Claim("second", "run-2", "task"), 60)
        with pytest.raises(LeaseLost):
            stores.leases.renew(mine, 60)
        assert stores.leases.renew(theirs, 60).token == 2

    def test_hand_on_what_was_taken(self, stores: Stores) -> None:
        """What another took meanwhile, or what was released, cannot be handed on."""
        mine = stores.leases.acquire("wisp-acme", MARY, 0)
        theirs = stores.leases.acquire("wisp-acme", NIGHT, 60)
        with pytest.raises(LeaseLost):
            stores.leases.hand_on(mine, NIGHT, 60)
        stores.leases.release(theirs)
        with pytest.raises(LeaseLost):
            stores.leases.hand_on(theirs, MARY, 60)

    def test_deadline(self, stores: Stores, clock: FakeClock) -> None:
        """Our own deadline is counted from before the request, on our own clock, which goes on meanwhile."""
        clock.tick = 7
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        assert lease.deadline == 160
        clock.tick = 0
        before = clock.monotonic()
        clock.tick = 7
        assert stores.leases.renew(lease, 120).deadline == before + 120

    def test_look(self, stores: Stores) -> None:
        """Looking takes nothing, and gives no deadline."""
        assert stores.leases.look("wisp-acme")[0] is None
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        record, now = stores.leases.look("wisp-acme")
        assert record == Lease("wisp-acme", MARY, 1, lease.acquired_at, lease.expires_at)
        assert not record.is_free(now)

    def test_kind(self, stores: Stores) -> None:
        """What a lease is held for is kept, and told to whoever is refused."""
        claim = Claim("owner", "disconnect-1", "mary@acme.ie", "disconnect")
        stores.leases.acquire("wisp-acme", claim, 60)
        record, _ = stores.leases.look("wisp-acme")
        with pytest.raises(LeaseHeld) as caught:
            stores.leases.acquire("wisp-acme", NIGHT, 60)
        assert record is not None
        assert record.claim == claim
        assert caught.value.kind == "disconnect"

    def test_unicode(self, stores: Stores) -> None:
        """A holder's name may be in any script."""
        claim = Claim("owner", "run", "Ó Súilleabháin 日本")
        stores.leases.acquire("wisp-acme", claim, 60)
        record, _ = stores.leases.look("wisp-acme")
        assert record is not None
        assert record.claim == claim

    def test_record_that_cannot_be_read(self, stores: Stores, spoil: Spoil) -> None:
        """Whoever needs it is told which document it is, and nothing is written; other leases are as ever."""
        for member, value in WRONG.items():
            lease = stores.leases.acquire("wisp-acme", MARY, 0)
            spoil(**{member: value})
            for needs in (
                lambda: stores.leases.look("wisp-acme"),
                lambda: stores.leases.acquire("wisp-acme", NIGHT, 60),
                lambda lease=lease: stores.leases.renew(lease, 60),
                lambda lease=lease: stores.leases.hand_on(lease, NIGHT, 60),
                lambda lease=lease: stores.state.write(Put("wisps/acme", {"n": 1}), fence=lease),
                lambda: stores.leases.forget("wisp-acme"),
            ):
                with pytest.raises(Misconfigured, match="leases/wisp-acme is not valid") as caught:
                    needs()
                assert caught.value.reason == "document.invalid"
            stores.leases.release(lease)
            assert stores.leases.held() == ["wisp-acme"]
            assert stores.leases.names("") == ["wisp-acme"]
            assert stores.state.get("wisps/acme") is None
            assert stores.leases.mend("wisp-acme", OLGA, 0) is not None
        assert stores.leases.acquire("wisp-beta", NIGHT, 60).token == 1

    def test_mend(self, stores: Stores, spoil: Spoil) -> None:
        """A record that cannot be read becomes a grant; its token grows, and the old holder is out."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        spoil(expires_at="tomorrow")
        mended = stores.leases.mend("wisp-acme", OLGA, 60)
        assert mended is not None
        assert mended.token == 2
        assert mended.claim == OLGA
        assert stores.leases.look("wisp-acme")[0] == mended
        with pytest.raises(LeaseLost):
            stores.leases.renew(lease, 60)
        with pytest.raises(LeaseHeld):
            stores.leases.acquire("wisp-acme", NIGHT, 60)

    def test_mend_without_a_token(self, stores: Stores, spoil: Spoil) -> None:
        """Where the token itself is lost, the next is greater than any that was given."""
        stores.leases.acquire("wisp-acme", MARY, 60)
        spoil(token="seven")
        mended = stores.leases.mend("wisp-acme", OLGA, 60)
        assert mended is not None
        assert mended.token > 1_700_000_000

    def test_mend_what_is_whole(self, stores: Stores) -> None:
        """A record that can be read is left as it is, and so is one that is not there."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        assert stores.leases.mend("wisp-acme", OLGA, 60) is None
        assert stores.leases.mend("never", OLGA, 60) is None
        assert stores.leases.renew(lease, 60).claim == MARY
        assert stores.leases.look("never")[0] is None

    def test_names(self, stores: Stores) -> None:
        """All that were ever taken and begin so, given back or not."""
        for name in ("wisp-acme", "mail-1", "mail-2", "mailing", "google-7"):
            stores.leases.release(stores.leases.acquire(name, MARY, 60))
        assert stores.leases.names("mail-") == ["mail-1", "mail-2"]
        assert stores.leases.names("") == ["google-7", "mail-1", "mail-2", "mailing", "wisp-acme"]
        assert stores.leases.names("nobody-") == []

    def test_forget(self, stores: Stores) -> None:
        """A free lease is gone with its token; one that is held stays."""
        stores.leases.acquire("mail-1", MARY, 0)
        stores.leases.acquire("mail-2", MARY, 60)
        assert stores.leases.forget("mail-1") is True
        assert stores.leases.forget("mail-1") is False
        assert stores.leases.forget("mail-2") is False
        assert stores.leases.names("") == ["mail-2"]
