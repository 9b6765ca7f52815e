"""Any history of rivals who acquire, renew and release one lease, some of them long after it expired."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.domain.model.lease import Claim, Lease, granted, handed_on, released, renewed

NAME = "wisp-acme"
RIVALS = [Claim(f"owner-{number}", f"run-{number}", f"person {number}") for number in range(4)]
SECONDS = st.integers(min_value=0, max_value=20).map(float)
TIMES = st.floats(min_value=0, max_value=4e9)
CLAIMS = st.sampled_from(RIVALS)
RECORDS = st.builds(
    Lease,
    st.just(NAME),
    st.none() | CLAIMS,
    st.integers(min_value=1, max_value=5),
    acquired_at=TIMES,
    expires_at=TIMES,
)


class LeaseMachine(RuleBasedStateMachine):
    """The record, the database's clock, and what each rival believes to hold, right or wrong.

    Two grants to the same claim differ by their token alone, as for a program that is restarted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0
        self.record: Lease | None = None
        self.believed: list[Lease] = []
        self.tokens: list[int] = []

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(claim=CLAIMS, ttl=SECONDS)
    def acquire(self, claim: Claim, ttl: float) -> None:
        held = self.record is not None and not self.record.is_free(self.now)
        lease = granted(self.record, NAME, claim, self.now, ttl)
        assert (lease is None) == held
        if lease is not None:
            assert lease.claim == claim
            assert lease.acquired_at == self.now
            assert lease.expires_at == self.now + ttl
            self.record = lease
            self.believed.append(lease)
            self.tokens.append(lease.token)

    @rule(choice=st.data(), ttl=SECONDS)
    def renew(self, choice: st.DataObject, ttl: float) -> None:
        mine = self.choose(choice)
        if mine is None:
            return
        longer = renewed(self.record, mine, self.now, ttl)
        assert (longer is None) == (not self.is_newest_and_kept(mine))
        self.believed.remove(mine)
        if longer is not None:
            assert self.record is not None
            assert longer.expires_at >= max(self.record.expires_at, self.now + ttl)
            assert longer.claim == mine.claim
            assert longer.token == mine.token
            assert longer.acquired_at == mine.acquired_at
            self.record = longer
            self.believed.append(longer)

    @rule(choice=st.data(), claim=CLAIMS, ttl=SECONDS)
    def hand_on(self, choice: st.DataObject, claim: Claim, ttl: float) -> None:
        mine = self.choose(choice)
        if mine is None:
            return
        theirs = handed_on(self.record, mine, claim, self.now, ttl)
        assert (theirs is None) == (not self.is_newest_and_kept(mine))
        self.believed.remove(mine)
        if theirs is not None:
            assert theirs.claim == claim
            assert theirs.expires_at == self.now + ttl
            self.record = theirs
            self.believed.append(theirs)
            self.tokens.append(theirs.token)

    @rule(choice=st.data())
    def release(self, choice: st.DataObject) -> None:
        mine = self.choose(choice)
        if mine is None:
            return
        free = released(self.record, mine)
        assert (free is None) == (not self.is_newest_and_kept(mine))
        self.believed.remove(mine)
        if free is not None:
            assert free.claim is None
            assert free.token == mine.token
            self.record = free

    @invariant()
    def at_most_one_holder_is_right(self) -> None:
        """Check that at most one rival holds a lease that has not expired."""
        assert len([lease for lease in self.believed if self.now < lease.expires_at]) <= 1

    @invariant()
    def tokens_grow_with_each_grant(self) -> None:
        """Check that tokens grow by one, and that the record keeps the last."""
        assert self.tokens == list(range(1, len(self.tokens) + 1))
        assert (self.record.token if self.record else 0) == len(self.tokens)

    def choose(self, choice: st.DataObject) -> Lease | None:
        """Return any lease that a rival believes to hold."""
        return choice.draw(st.sampled_from(self.believed)) if self.believed else None

    def is_newest_and_kept(self, mine: Lease) -> bool:
        """Return whether a belief is true: no grant came after it, and it was not given back."""
        return self.record is not None and self.record.claim is not None and mine.token == self.tokens[-1]


TestLeaseMachine = LeaseMachine.TestCase
TestLeaseMachine.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


@given(record=RECORDS, now=TIMES, ttl=SECONDS)
def test_never_shorter(record: Lease, now: float, ttl: float) -> None:
    """A renewal never ends sooner than what it renews, even if the database's clock was set back."""
    longer = renewed(record, record, now, ttl)
    assert longer is None or longer.expires_at >= record.expires_at


@given(record=RECORDS, mine=RECORDS, now=TIMES, ttl=SECONDS)
def test_stale(record: Lease, mine: Lease, now: float, ttl: float) -> None:
    """A grant of another token, or to another claim, is neither renewed nor released."""
    ours = mine.claim is not None and (mine.claim, mine.token) == (record.claim, record.token)
    assert (renewed(record, mine, now, ttl) is not None) == ours
    assert (released(record, mine) is not None) == ours


@given(record=st.none() | RECORDS, claim=CLAIMS, now=TIMES, ttl=SECONDS)
def test_grant(record: Lease | None, claim: Claim, now: float, ttl: float) -> None:
    """What is free is granted with the next token, and what is held is not."""
    lease = granted(record, NAME, claim, now, ttl)
    if record is not None and record.claim is not None and now < record.expires_at:
        assert lease is None
    else:
        assert lease == Lease(NAME, claim, record.token + 1 if record else 1, now, now + ttl)
