from collections.abc import Callable, Iterator
from itertools import repeat

import grpc
import pytest
from google.api_core import exceptions as google
from google.cloud.firestore import Client

from shared.adapters.google.firestore.client import CONTENDED, open_firestore, translated
from shared.domain.model.lease import Claim
from shared.errors import AlreadyThere, LeaseHeld, LeaseLost, Misconfigured, RetryLater, Trouble
from shared.ports import Drop, Put
from tests.contract.relay import LOST_ANSWER, LOST_REQUEST, REPEATED, Fault, Relay, relayed
from tests.contract.stores import Stores, in_firestore
from tests.fake_clock import FakeClock

MARY = Claim("owner-1", "run-1", "mary@acme.ie")
NIGHT = Claim("owner-2", "run-2", "nightly run")
HARMLESS = pytest.mark.parametrize(
    "fault", [LOST_ANSWER, LOST_REQUEST, REPEATED], ids=["lost answer", "lost request", "repeated"]
)
USES: dict[str, Callable[[Stores], object]] = {
    "get": lambda stores: stores.state.get("wisps/acme"),
    "find": lambda stores: stores.state.find("wisps"),
    "look": lambda stores: stores.leases.look("wisp-acme"),
    "acquire": lambda stores: stores.leases.acquire("wisp-acme", MARY, 60),
}


@pytest.fixture
def direct(firestore: Client, clock: FakeClock) -> Stores:
    """The stores as others use them, without the relay."""
    return in_firestore(firestore, clock)


@pytest.fixture
def relay_and_stores(
    firestore: Client, firestore_emulator: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Relay, Stores]]:
    """A relay, and the same database through it."""
    with relayed(firestore_emulator) as (relay, address):
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
        client = open_firestore(firestore.project, "(default)")
        yield relay, in_firestore(client, clock)
        client._firestore_api.transport.close()


@pytest.fixture
def relay(relay_and_stores: tuple[Relay, Stores]) -> Relay:
    """What loses, repeats and refuses."""
    return relay_and_stores[0]


@pytest.fixture
def stores(relay_and_stores: tuple[Relay, Stores]) -> Stores:
    """The stores behind the relay."""
    return relay_and_stores[1]


@HARMLESS
def test_acquire(stores: Stores, relay: Relay, fault: Fault) -> None:
    """A first grant is made once and is ours, whatever became of the request and its answer."""
    relay.commits.append(fault)
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    record, _ = stores.leases.look("wisp-acme")
    assert record is not None
    assert lease.token == 1
    assert record.token == 1
    assert record.belongs_to(lease) is True


@HARMLESS
def test_take_over(stores: Stores, relay: Relay, fault: Fault) -> None:
    """So is one that follows another's: the token grows by one only."""
    stores.leases.acquire("wisp-acme", NIGHT, 0)
    relay.commits.append(fault)
    assert stores.leases.acquire("wisp-acme", MARY, 60).token == 2
    with pytest.raises(LeaseHeld):
        stores.leases.acquire("wisp-acme", NIGHT, 60)


@HARMLESS
def test_renew(stores: Stores, relay: Relay, fault: Fault) -> None:
    """A renewal holds in each case, and the lease that it returns is the one recorded."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    relay.commits.append(fault)
    longer = stores.leases.renew(lease, 600)
    record, _ = stores.leases.look("wisp-acme")
    assert record is not None
    assert record.expires_at == longer.expires_at > lease.expires_at


@HARMLESS
def test_release(stores: Stores, relay: Relay, fault: Fault) -> None:
    """A release is one in each case."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    relay.commits.append(fault)
    stores.leases.release(lease)
    assert stores.leases.acquire("wisp-acme", NIGHT, 60).token == 2


def test_beaten(stores: Stores, relay: Relay, direct: Stores) -> None:
    """Who finds the lease free, but is beaten to it, is refused it."""
    relay.commits.append(Fault(before=lambda: direct.leases.acquire("wisp-acme", NIGHT, 60)))
    with pytest.raises(LeaseHeld, match="nightly run"):
        stores.leases.acquire("wisp-acme", MARY, 60)


def test_renewal_beaten(stores: Stores, relay: Relay, direct: Stores) -> None:
    """A renewal that comes just after a take-over is refused."""
    lease = stores.leases.acquire("wisp-acme", MARY, 0)
    relay.commits.append(Fault(before=lambda: direct.leases.acquire("wisp-acme", NIGHT, 60)))
    with pytest.raises(LeaseLost):
        stores.leases.renew(lease, 60)


def test_granted_and_lost(stores: Stores, relay: Relay, direct: Stores) -> None:
    """A grant whose answer was lost does not count once another holder has taken over."""
    relay.commits.append(
        Fault(answer=grpc.StatusCode.UNAVAILABLE, after=lambda: direct.leases.acquire("wisp-acme", NIGHT, 60))
    )
    with pytest.raises(LeaseHeld):
        stores.leases.acquire("wisp-acme", MARY, 0)


@HARMLESS
def test_fenced(stores: Stores, relay: Relay, fault: Fault) -> None:
    """A fenced write is applied, whatever became of the request and its answer."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    relay.commits.append(fault)
    stores.state.write(Put("wisps/a", {"n": 1}), Put("wisps/b", {}), fence=lease)
    assert list(stores.state.find("wisps")) == [("a", {"n": 1}), ("b", {})]


def test_fenced_sent_once(stores: Stores, relay: Relay) -> None:
    """A fenced write whose answer was lost is looked for, and not sent a second time."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    relay.seen = 0
    relay.commits.append(LOST_ANSWER)
    stores.state.write(Put("wisps/a", {}), fence=lease)
    assert relay.seen == 1


def test_renewed_between(stores: Stores, relay: Relay, direct: Stores) -> None:
    """A renewal that comes between does not stop a fenced write."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    relay.commits.append(Fault(before=lambda: direct.leases.renew(lease, 600)))
    stores.state.write(Put("wisps/a", {"n": 1}), fence=lease)
    assert stores.state.get("wisps/a") == {"n": 1}


def test_taken_over_between(stores: Stores, relay: Relay, direct: Stores) -> None:
    """A take-over that comes between the look at the lease and the write stops the whole write."""
    stores.state.write(Put("wisps/a", {"n": 1}))
    lease = stores.leases.acquire("wisp-acme", MARY, 0)
    relay.commits.append(Fault(before=lambda: direct.leases.acquire("wisp-acme", NIGHT, 60)))
    with pytest.raises(LeaseLost):
        stores.state.write(Put("wisps/b", {}), Drop("wisps/a"), fence=lease)
    assert list(stores.state.find("wisps")) == [("a", {"n": 1})]


def test_taken_over_after(stores: Stores, relay: Relay, direct: Stores) -> None:
    """A fenced write that was applied, but whose answer was lost, counts even if a take-over followed."""
    lease = stores.leases.acquire("wisp-acme", MARY, 0)
    relay.commits.append(
        Fault(answer=grpc.StatusCode.UNAVAILABLE, after=lambda: direct.leases.acquire("wisp-acme", NIGHT, 60))
    )
    stores.state.write(Put("wisps/a", {"n": 1}), fence=lease)
    assert stores.state.get("wisps/a") == {"n": 1}


def test_gives_up(stores: Stores, relay: Relay, clock: FakeClock) -> None:
    """A change that never gets through ends in a request to come later, after a bounded time."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    for use in (
        lambda: stores.leases.renew(lease, 60),
        lambda: stores.leases.release(lease),
        lambda: stores.state.write(Put("wisps/a", {}), fence=lease),
        lambda: stores.state.write(Put("used/n1", {}, new=True)),
    ):
        relay.commits.extend(repeat(LOST_REQUEST, 200))
        before = clock.monotonic()
        with pytest.raises(RetryLater, match=r"state\.contended"):
            use()
        relay.commits.clear()
        assert CONTENDED.within <= clock.monotonic() - before <= CONTENDED.within + 1


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (grpc.StatusCode.ABORTED, RetryLater),
        (grpc.StatusCode.DEADLINE_EXCEEDED, RetryLater),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, RetryLater),
        (grpc.StatusCode.UNKNOWN, RetryLater),
        (grpc.StatusCode.FAILED_PRECONDITION, Misconfigured),
        (grpc.StatusCode.NOT_FOUND, Misconfigured),
        (grpc.StatusCode.PERMISSION_DENIED, Misconfigured),
        (grpc.StatusCode.UNAUTHENTICATED, Misconfigured),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_refused_read(
    stores: Stores,
    relay: Relay,
    use: Callable[[Stores], object],
    status: grpc.StatusCode,
    kind: type[Trouble],
) -> None:
    """Google's refusals become ours by what one does about them."""
    relay.reads.append(Fault(copies=0, answer=status))
    with pytest.raises(Trouble) as caught:
        use(stores)
    assert type(caught.value) is kind


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_brief_outage(stores: Stores, relay: Relay, use: Callable[[Stores], object]) -> None:
    """A read that fails once is sent again, and nobody notices."""
    relay.reads.append(LOST_REQUEST)
    use(stores)


@HARMLESS
def test_plain_write(stores: Stores, relay: Relay, fault: Fault) -> None:
    """A write without a fence is sent again, since it may be applied twice."""
    relay.commits.append(fault)
    stores.state.write(Put("wisps/a", {"n": 1}), Drop("wisps/b"))
    assert list(stores.state.find("wisps")) == [("a", {"n": 1})]


@HARMLESS
def test_new(stores: Stores, relay: Relay, direct: Stores, fault: Fault) -> None:
    """A new document is written once and is ours, whatever became of the request and its answer."""
    relay.commits.append(fault)
    stores.state.write(Put("used/n1", {}, new=True), Put("wisps/a", {"n": 1}))
    assert direct.state.get("wisps/a") == {"n": 1}
    with pytest.raises(AlreadyThere):
        stores.state.write(Put("used/n1", {}, new=True))


@HARMLESS
def test_new_fenced(stores: Stores, relay: Relay, fault: Fault) -> None:
    """So is one that is written with a fence."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    relay.commits.append(fault)
    stores.state.write(Put("used/n1", {}, new=True), Put("wisps/a", {"n": 1}), fence=lease)
    assert stores.state.get("wisps/a") == {"n": 1}


@pytest.mark.parametrize("answer", [None, grpc.StatusCode.UNAVAILABLE], ids=["answered", "lost answer"])
def test_new_beaten(stores: Stores, relay: Relay, direct: Stores, answer: grpc.StatusCode | None) -> None:
    """A rival who wrote just the same a moment before is told apart from a first copy of our own."""
    rival = Put("used/n1", {}, new=True)
    relay.commits.append(Fault(before=lambda: direct.state.write(rival), answer=answer))
    with pytest.raises(AlreadyThere):
        stores.state.write(Put("used/n1", {}, new=True), Put("wisps/a", {}))
    assert stores.state.get("wisps/a") is None


def test_new_fenced_and_renewed_between(stores: Stores, relay: Relay, direct: Stores) -> None:
    """Our own document, whose answer was lost, is known again although the lease was written since."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    relay.commits.append(
        Fault(
            answer=grpc.StatusCode.UNAVAILABLE,
            after=lambda: direct.state.write(Put("wisps/b", {}), fence=lease),
        )
    )
    stores.state.write(Put("used/n1", {}, new=True), fence=lease)
    assert stores.state.get("used/n1") == {}


def test_refused_writes(stores: Stores, relay: Relay) -> None:
    """A refused commit is no contention: it is told at once."""
    lease = stores.leases.acquire("wisp-acme", MARY, 60)
    for use in (
        lambda: stores.leases.renew(lease, 60),
        lambda: stores.state.write(Put("wisps/a", {})),
        lambda: stores.state.write(Put("wisps/a", {}), fence=lease),
        lambda: stores.state.write(Put("used/n1", {}, new=True)),
    ):
        relay.commits.append(Fault(copies=0, answer=grpc.StatusCode.PERMISSION_DENIED))
        with pytest.raises(Misconfigured, match=r"roles/datastore\.user"):
            use()


def test_long_outage() -> None:
    """When the client's own retries are used up, the caller may try again later."""
    with pytest.raises(RetryLater, match="did not answer"), translated():
        raise google.RetryError("Timeout of 8.0s exceeded", None)  # type: ignore[no-untyped-call]  # Google has no types here


def test_own_mistakes_are_not_disguised(direct: Stores) -> None:
    """A document that is too large is a fault of this program, and stays one."""
    with pytest.raises(google.InvalidArgument):
        direct.state.write(Put("wisps/a", {"text": "x" * 1_100_000}))


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials the operator is told so."""
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    with pytest.raises(Misconfigured, match="without Google credentials"):
        open_firestore("a-project", "(default)")
