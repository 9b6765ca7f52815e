import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import Denied, Misconfigured, RetryLater
from shared.signed import REMEMBERED, Signed
from tests.fake_clock import FakeClock
from tests.memory_secrets import MemorySecrets

OLD = "old" * 16
PAYLOAD = {"wisp": "acme", "user": {"id": "17"}, "text": "Ó Súilleabháin " * 40}


class Store(MemorySecrets):
    """Secrets in memory that fail as the real stores do: missing, or out of reach."""

    def __init__(self, **values: str) -> None:
        super().__init__(**values)
        self.asked = 0
        self.error: Exception | None = None

    def get(self, name: str) -> str:
        self.asked += 1
        if self.error:
            raise self.error
        if name not in self._values:
            raise Misconfigured("secret.missing", f"the secret {name} does not exist")
        return super().get(name)


def signed(store: MemorySecrets, clock: FakeClock | None = None) -> Signed:
    """Return one instance of the service."""
    return Signed(store, "key", clock or FakeClock())


def test_an_instance_whose_clock_is_behind_reads_it() -> None:
    """Clocks of two instances may differ by ten seconds; what comes from further ahead is not believed."""
    store, ahead, behind = Store(), FakeClock(), FakeClock()
    ahead.advance(10)
    token = signed(store, ahead).sign("link", PAYLOAD)
    assert signed(store, behind).read("link", token, 300) == PAYLOAD
    ahead.advance(1)
    token = signed(store, ahead).sign("link", PAYLOAD)
    assert reason(lambda: signed(store, behind).read("link", token, 300)) == "link.invalid"


def test_a_key_that_could_be_guessed_is_refused() -> None:
    """An operator who stores a short one is told, and nothing is signed with it."""
    with pytest.raises(Misconfigured) as caught:
        signed(Store(key="k" * 31)).sign("link", PAYLOAD)
    assert caught.value.reason == "secret.weak"
    assert signed(Store(key="k" * 32)).sign("link", PAYLOAD)


def reason(call: Callable[[], object]) -> str:
    """Return why it was denied."""
    with pytest.raises(Denied) as caught:
        call()
    return caught.value.reason


def test_what_was_signed_comes_back_in_another_instance() -> None:
    """The key is in the secret store, so whichever instance answers can read it."""
    store, clock = Store(), FakeClock()
    token = signed(store, clock).sign("link", PAYLOAD)
    assert signed(store, clock).read("link", token, 300) == PAYLOAD
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_it_is_good_for_its_seconds_and_no_longer() -> None:
    """At the last second it is read, a second later it has expired."""
    clock = FakeClock()
    ours = signed(Store(), clock)
    token = ours.sign("link", PAYLOAD)
    clock.advance(300)
    assert ours.read("link", token, 300) == PAYLOAD
    clock.advance(1)
    assert reason(lambda: ours.read("link", token, 300)) == "link.expired"


def test_it_is_good_for_its_purpose_only() -> None:
    """A link is no session and no state."""
    ours = signed(Store())
    token = ours.sign("link", PAYLOAD)
    assert reason(lambda: ours.read("session", token, 300)) == "link.invalid"


@pytest.mark.parametrize("spoiled", ["", ".", "a.b.c", "é", "\x00", "x" * 100_000])
def test_what_was_never_signed_is_refused(spoiled: str) -> None:
    """Whatever a browser sends, the answer is the same and quotes none of it."""
    assert reason(lambda: signed(Store()).read("link", spoiled, 300)) == "link.invalid"


def test_no_character_can_be_changed() -> None:
    """Payload, time and signature all count."""
    ours = signed(Store())
    token = ours.sign("link", {"wisp": "acme"})
    others = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token) - 1)]
    assert {reason(lambda t=t: ours.read("link", t, 300)) for t in others} == {"link.invalid"}  # type: ignore[misc]  # mypy cannot type a lambda's default


def test_another_key_signs_in_vain() -> None:
    """A token of another installation is refused."""
    token = signed(Store(key="theirs" * 8)).sign("link", PAYLOAD)
    assert reason(lambda: signed(Store(key="ours" * 8)).read("link", token, 300)) == "link.invalid"


def test_a_payload_that_is_no_object_is_refused() -> None:
    """Even with our key."""
    ours = signed(Store())
    token = ours._serializer("link").dumps(["acme"])
    assert reason(lambda: ours.read("link", token, 300)) == "link.invalid"


def test_the_key_is_made_once_at_random_and_kept() -> None:
    """Installations differ; within one the key stays."""
    one, other = Store(), Store()
    for store in (one, other, one):
        signed(store).sign("link", PAYLOAD)
    first = one.get("key")
    assert len(first) == 43
    assert first != other.get("key")
    signed(one).sign("link", PAYLOAD)
    assert one.get("key") == first


def test_the_key_is_asked_for_once_a_minute() -> None:
    """A new key is used by every instance a minute later."""
    store, clock = Store(key=OLD), FakeClock()
    ours = signed(store, clock)
    for _ in range(5):
        ours.sign("link", PAYLOAD)
    asked = store.asked
    store.put("key", "new" * 16)
    clock.advance(REMEMBERED)
    token = ours.sign("link", PAYLOAD)
    assert asked == 1
    assert store.asked == 2
    assert signed(store, clock).read("link", token, 300) == PAYLOAD


@pytest.mark.parametrize(
    "error", [RetryLater("secret.unreachable", "away"), Misconfigured("vault.key_missing", "no key")]
)
def test_no_new_key_is_made_while_the_store_is_away(error: Exception) -> None:
    """Only a key that is surely missing is made; any other trouble is told."""
    store = Store(key=OLD)
    store.error = error
    with pytest.raises(type(error)):
        signed(store).sign("link", PAYLOAD)
    store.error = None
    assert store.get("key") == OLD


def test_threads_that_find_no_key_make_one() -> None:
    """First uses at once: one key is made and stored, and what each signs the others can read."""

    class Slow(Store):
        """Secrets that are so far away that all have asked before the first is stored."""

        def __init__(self) -> None:
            super().__init__()
            self.stored = 0

        def put(self, name: str, value: str) -> None:
            self.stored += 1
            threading.Event().wait(0.05)
            super().put(name, value)

    store = Slow()
    ours = signed(store)
    with ThreadPoolExecutor(9) as pool:
        tokens = list(pool.map(lambda _: ours.sign("link", PAYLOAD), range(9)))
    assert [ours.read("link", token, 300) for token in tokens] == [PAYLOAD] * 9
    assert store.stored == 1
