"""What every `StateStore` promises, fenced writes included."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from shared.adapters.google.firestore.state import PAGE
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.night import Nights, Streak, Watched
from shared.errors import AlreadyThere, LeaseLost
from shared.ports import Document, Drop, Put
from shared.usecases.base.batches import batches
from shared.usecases.base.run_documents import load_watched, nights_put, read_nights, watched_put
from tests.contract.stores import Stores

MARY = Claim("owner-1", "run-1", "mary@acme.ie")
NIGHT = Claim("owner-2", "run-2", "nightly run")
SOON = datetime(2100, 1, 1, tzinfo=UTC)

ROUND_TRIPS = {
    "empty": {},
    "scalars": {"text": "", "yes": True, "no": False, "none": None, "int": 1, "float": 1.0, "big": 2**53 + 1},
    "small numbers": {"zero": 0, "negative": -1, "tiny": 5e-324, "third": 1 / 3},
    "unicode": {"naïve": "Ó Súilleabháin 🏔️ \u0000 \u2028 \"quotes\" 'n' \\", "日本": {"語": ["ß"]}},
    "odd names": {"a.b": 1, "a b": {"": 0, "__x__": 1, "c/d": 2}, "`": 3, "0": 4},
    "empty inside": {"list": [], "object": {}, "lists": [[], [[]]], "objects": [{}, {"a": {}}]},
    "lists in lists": {
        "matrix": [[1, 2], [3.0, [None, True]]],
        "of objects": [{"a": [{"b": [1]}]}, {"a": 1}],
    },
    "numbers inside": {"list": [1, 1.0, -0.5, 10**30, None, False]},
    "looks packed": {"inner": {"json": "[1]"}, "json": "{}"},
    "deep": {"a": {"b": {"c": {"d": {"e": [{"f": {"g": None}}]}}}}},
}


def exactly(value: Any) -> Any:
    """Return the value with the type of each part, so that 1, 1.0 and True differ."""
    if isinstance(value, dict):
        return {name: exactly(part) for name, part in value.items()}
    if isinstance(value, list):
        return [exactly(part) for part in value]
    return type(value).__name__, value


def ids(found: Sequence[tuple[str, Document]]) -> list[str]:
    """Return the ids of what was found, in order."""
    return [id_ for id_, _ in found]


class StateContract:
    @pytest.mark.parametrize("document", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
    def test_round_trip(self, stores: Stores, document: Document) -> None:
        """A document of JSON values comes back as it was, each value with its type."""
        stores.state.write(Put("wisps/acme", document))
        assert exactly(stores.state.get("wisps/acme")) == exactly(document)

    def test_large(self, stores: Stores) -> None:
        """A document of 900 KB with thousands of small parts is kept."""
        entries = {f"customer-{number}": {"etag": "x" * 400, "phones": [number]} for number in range(2_000)}
        stores.state.write(Put("ledgers/acme", {"entries": entries}))
        assert stores.state.get("ledgers/acme") == {"entries": entries}

    def test_long_text(self, stores: Stores) -> None:
        """One text of 900 KB is kept."""
        stores.state.write(Put("ledgers/acme", {"text": "é" * 450_000}))
        assert stores.state.get("ledgers/acme") == {"text": "é" * 450_000}

    def test_absent(self, stores: Stores) -> None:
        """What was never written is None, and its collection empty."""
        assert stores.state.get("wisps/acme") is None
        assert list(stores.state.find("wisps")) == []

    def test_replaces(self, stores: Stores) -> None:
        """A Put leaves nothing of the document that was there."""
        stores.state.write(Put("wisps/acme", {"old": 1, "kept": {"a": 1}}))
        stores.state.write(Put("wisps/acme", {"kept": {"b": 2}}))
        assert stores.state.get("wisps/acme") == {"kept": {"b": 2}}

    def test_drop(self, stores: Stores) -> None:
        """A Drop deletes one document, or does nothing if it does not exist."""
        stores.state.write(Put("wisps/acme", {"a": 1}), Put("wisps/other", {}))
        stores.state.write(Drop("wisps/acme"), Drop("wisps/never"))
        assert ids(stores.state.find("wisps")) == ["other"]

    def test_nested_collections(self, stores: Stores) -> None:
        """A collection below a document is its own: not listed with, nor dropped with, what is above it."""
        stores.state.write(Put("wisps/acme/runs/r1", {"n": 1}), Put("wisps/other/runs/r2", {"n": 2}))
        assert list(stores.state.find("wisps")) == []
        stores.state.write(Put("wisps/acme", {}))
        stores.state.write(Drop("wisps/acme"))
        assert list(stores.state.find("wisps/acme/runs")) == [("r1", {"n": 1})]

    def test_find_by_id(self, stores: Stores) -> None:
        """Documents are found in the order of their ids, as bytes."""
        names = ["b", "a", "Z", "é", "10", "9", "a-1"]
        stores.state.write(*(Put(f"wisps/{name}", {"name": name}) for name in names))
        assert list(stores.state.find("wisps")) == [
            (name, {"name": name}) for name in ("10", "9", "Z", "a", "a-1", "b", "é")
        ]

    def test_find_where(self, stores: Stores) -> None:
        """Only documents whose members equal all the given texts are found, and text is not number."""
        stores.state.write(
            Put("accounts/1", {"wisp": "acme", "state": "connected", "n": 7}),
            Put("accounts/2", {"wisp": "acme", "state": "expired", "n": "7"}),
            Put("accounts/3", {"wisp": "other", "state": "connected"}),
            Put("accounts/4", {"state": ["connected"], "wisp": {"acme": "acme"}}),
        )
        found = stores.state.find
        assert ids(found("accounts", where={"wisp": "acme"})) == ["1", "2"]
        assert ids(found("accounts", where={"wisp": "acme", "state": "connected"})) == ["1"]
        assert ids(found("accounts", where={"n": "7"})) == ["2"]
        assert ids(found("accounts", where={"absent": "x"})) == []
        assert ids(found("accounts", where={})) == ["1", "2", "3", "4"]

    def test_find_newest(self, stores: Stores) -> None:
        """The newest are those that started last; what never started is not among them."""
        started = {"a": "2026-03-01T05:00Z", "b": "2026-03-03T05:00Z", "c": "2026-03-02T05:00Z"}
        stores.state.write(
            Put("runs/never", {}), *(Put(f"runs/{name}", {"started": when}) for name, when in started.items())
        )
        assert ids(stores.state.find("runs", newest=2)) == ["b", "c"]
        assert ids(stores.state.find("runs", newest=9)) == ["b", "c", "a"]
        assert ids(stores.state.find("runs", newest=0)) == []

    def test_newest_by_number(self, stores: Stores) -> None:
        """Starting times may be numbers; those that started together come by id, the last first."""
        stores.state.write(
            *(
                Put(f"runs/{name}", {"started": started})
                for name, started in (("a", 9), ("b", 10.5), ("c", 9))
            )
        )
        assert ids(stores.state.find("runs", newest=3)) == ["b", "c", "a"]

    def test_newest_where(self, stores: Stores) -> None:
        """With both, the newest among those that match are found."""
        stores.state.write(
            *(Put(f"runs/{day}", {"started": day, "by": ("mary", "night")[day % 2]}) for day in range(1, 8))
        )
        assert ids(stores.state.find("runs", where={"by": "night"}, newest=2)) == ["7", "5"]

    def test_find_many(self, stores: Stores) -> None:
        """However many there are, all are found, each once and in their order, also those of one sort."""
        numbers = range(2 * PAGE + 1)
        for some in batches(numbers, 450):
            stores.state.write(
                *(
                    Put(f"wisps/w{number:04}", {"started": number, "zone": ("here", "there")[number % 2]})
                    for number in some
                )
            )
        everybody = [f"w{number:04}" for number in numbers]
        assert ids(stores.state.find("wisps")) == everybody
        assert ids(stores.state.find("wisps", where={"zone": "here"})) == everybody[::2]
        assert ids(stores.state.find("wisps", newest=PAGE + 1)) == everybody[-1 : -PAGE - 2 : -1]
        assert ids(stores.state.find("wisps", where={"zone": "there"}, newest=PAGE)) == everybody[-2::-2]

    def test_expiry_is_hidden(self, stores: Stores) -> None:
        """When a document expires is the store's affair: it is no member of it."""
        stores.state.write(Put("runs/1", {"started": "a"}, expires=SOON))
        assert stores.state.get("runs/1") == {"started": "a"}
        assert list(stores.state.find("runs", newest=1)) == [("1", {"started": "a"})]

    def test_expiry_has_one_meaning(self, stores: Stores) -> None:
        """A document that expires cannot have its own member of that name; another may."""
        stores.state.write(Put("runs/1", {"expires": "never"}))
        assert stores.state.get("runs/1") == {"expires": "never"}
        with pytest.raises(AssertionError):
            stores.state.write(Put("runs/2", {"expires": "never"}, expires=SOON))

    def test_many(self, stores: Stores) -> None:
        """400 writes are applied together, in order."""
        stores.state.write(*(Put(f"wisps/w{number:03}", {"n": number}) for number in range(400)))
        assert ids(stores.state.find("wisps")) == [f"w{number:03}" for number in range(400)]

    def test_nothing(self, stores: Stores) -> None:
        """No writes are no error."""
        stores.state.write()

    def test_all_or_none(self, stores: Stores) -> None:
        """When one write cannot be done, none is."""
        stores.state.write(Put("wisps/a", {"n": 1}))
        with pytest.raises((TypeError, ValueError)):
            stores.state.write(Put("wisps/a", {"n": 2}), Drop("wisps/a"), Put("wisps/b", {"n": [object()]}))
        assert list(stores.state.find("wisps")) == [("a", {"n": 1})]

    @pytest.mark.parametrize("path", ["wisps", "wisps/acme/runs"])
    def test_wrong_path(self, stores: Stores, path: str) -> None:
        """A path that names a collection is a fault of the caller."""
        with pytest.raises(ValueError, match=r"."):
            stores.state.get(path)
        with pytest.raises(ValueError, match=r"."):
            stores.state.write(Put(path, {}))

    def test_fenced(self, stores: Stores) -> None:
        """The holder's writes are applied, as often as it likes, and after a renewal too."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        stores.state.write(Put("wisps/a", {"n": 1}), Put("wisps/b", {}), fence=lease)
        renewed = stores.leases.renew(lease, 60)
        stores.state.write(Put("wisps/a", {"n": 2}), Drop("wisps/b"), fence=lease)
        stores.state.write(Put("wisps/c", {"n": 3}), fence=renewed)
        assert list(stores.state.find("wisps")) == [("a", {"n": 2}), ("c", {"n": 3})]

    def test_fence_leaves_the_lease(self, stores: Stores) -> None:
        """A fenced write changes nothing that the lease says."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        before, _ = stores.leases.look("wisp-acme")
        stores.state.write(Put("wisps/a", {}), fence=lease)
        assert stores.leases.look("wisp-acme")[0] == before

    def test_expired_but_not_taken(self, stores: Stores) -> None:
        """A holder whose lease expired may write while nobody has taken it: no one came between."""
        lease = stores.leases.acquire("wisp-acme", MARY, 0)
        stores.state.write(Put("wisps/a", {"n": 1}), fence=lease)
        assert stores.state.get("wisps/a") == {"n": 1}

    def test_taken_over(self, stores: Stores) -> None:
        """A stale holder writes nothing, not even a Drop, and the new holder is not disturbed."""
        stores.state.write(Put("wisps/a", {"n": 1}))
        stale = stores.leases.acquire("wisp-acme", MARY, 0)
        fresh = stores.leases.acquire("wisp-acme", NIGHT, 60)
        with pytest.raises(LeaseLost):
            stores.state.write(Put("wisps/b", {}), Drop("wisps/a"), fence=stale)
        assert list(stores.state.find("wisps")) == [("a", {"n": 1})]
        stores.state.write(Put("wisps/b", {}), fence=fresh)

    def test_taken_over_by_the_same_claim(self, stores: Stores) -> None:
        """The token alone tells two grants apart."""
        stale = stores.leases.acquire("wisp-acme", MARY, 0)
        stores.leases.acquire("wisp-acme", MARY, 60)
        self.refuses(stores, stale)

    def test_released(self, stores: Stores) -> None:
        """After giving the lease back one writes nothing."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        stores.leases.release(lease)
        self.refuses(stores, lease)

    def test_never_granted(self, stores: Stores) -> None:
        """A lease that the store never granted opens nothing."""
        self.refuses(stores, Lease("wisp-acme", MARY, 1, 0, 9e9))

    def test_fence_alone(self, stores: Stores) -> None:
        """The fence is checked even if there is nothing to write."""
        lease = stores.leases.acquire("wisp-acme", MARY, 0)
        stores.state.write(fence=lease)
        stores.leases.acquire("wisp-acme", NIGHT, 60)
        with pytest.raises(LeaseLost) as caught:
            stores.state.write(fence=lease)
        assert caught.value.reason == "lease.lost"

    def test_new(self, stores: Stores) -> None:
        """A new document is like any other once it is there: read, found, replaced and dropped."""
        stores.state.write(Put("used/n1", {"by": "mary", "list": [1]}, expires=SOON, new=True))
        assert stores.state.get("used/n1") == {"by": "mary", "list": [1]}
        assert list(stores.state.find("used", where={"by": "mary"})) == [("n1", {"by": "mary", "list": [1]})]
        stores.state.write(Put("used/n1", {"by": "joe"}))
        assert stores.state.get("used/n1") == {"by": "joe"}
        stores.state.write(Drop("used/n1"))
        stores.state.write(Put("used/n1", {}, new=True))
        assert stores.state.get("used/n1") == {}

    def test_new_once(self, stores: Stores) -> None:
        """A second one is refused with everything in the same write, however alike it is."""
        stores.state.write(Put("used/n1", {"n": 1}, new=True), Put("wisps/a", {"n": 1}))
        with pytest.raises(AlreadyThere, match="used/n1") as caught:
            stores.state.write(
                Drop("wisps/a"), Put("used/n2", {}, new=True), Put("used/n1", {"n": 1}, new=True)
            )
        assert caught.value.reason == "state.already_there"
        assert list(stores.state.find("wisps")) == [("a", {"n": 1})]
        assert ids(stores.state.find("used")) == ["n1"]

    def test_new_over_another(self, stores: Stores) -> None:
        """A document that was written without asking counts as there."""
        stores.state.write(Put("used/plain", {}))
        with pytest.raises(AlreadyThere):
            stores.state.write(Put("used/plain", {}, new=True))

    def test_new_has_its_own_member(self, stores: Stores) -> None:
        """A new document cannot have a member with the store's own name."""
        stores.state.write(Put("used/n1", {"attempt": 1}))
        with pytest.raises(AssertionError):
            stores.state.write(Put("used/n2", {"attempt": 1}, new=True))

    def test_new_fenced(self, stores: Stores) -> None:
        """With a fence both conditions count: the lease first, then whether there is one."""
        stale = stores.leases.acquire("wisp-acme", MARY, 0)
        stores.state.write(Put("used/n1", {}, new=True), fence=stale)
        fresh = stores.leases.acquire("wisp-acme", NIGHT, 60)
        with pytest.raises(LeaseLost):
            stores.state.write(Put("used/n2", {}, new=True), fence=stale)
        with pytest.raises(AlreadyThere):
            stores.state.write(Put("wisps/a", {}), Put("used/n1", {}, new=True), fence=fresh)
        assert ids(stores.state.find("used")) == ["n1"]
        assert stores.state.get("wisps/a") is None

    def test_new_for_rivals(self, stores: Stores) -> None:
        """Of eight threads that write the same new document at once one succeeds, with its other writes."""
        barrier = Barrier(8)

        def write(number: int) -> bool:
            barrier.wait()
            try:
                stores.state.write(Put("used/n1", {"n": 0}, new=True), Put(f"winners/{number}", {}))
            except AlreadyThere:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(write, range(8)))
        assert sum(won) == 1
        assert ids(stores.state.find("winners")) == [str(won.index(True))]

    def refuses(self, stores: Stores, fence: Lease) -> None:
        """Check that nothing can be written under this fence."""
        with pytest.raises(LeaseLost):
            stores.state.write(Put("wisps/b", {}), fence=fence)
        assert stores.state.get("wisps/b") is None

    def test_nights(self, stores: Stores) -> None:
        """What runs came to is found by time zone in one query; so is what an earlier build left."""
        streak = Streak("google.scope", "2026-03-01T05:00:00+00:00", 2)
        dublin = Nights("Europe/Dublin", 30.5, began="2026-03-02T05:00:00+00:00", stopped={"acme-1": streak})
        stores.state.write(
            nights_put("acme", dublin),
            nights_put("borealis", Nights("America/Toronto", complete="2026-03-02T10:00:00+00:00")),
            Put("durations/early", {"time_zone": "Europe/Dublin", "seconds": 12.5}),
            Put("durations/odd", {"time_zone": "Europe/Dublin", "began": "yesterday"}),
        )
        known, broken = read_nights(stores.state, "Europe/Dublin")
        assert known == {"acme": dublin, "early": Nights("Europe/Dublin", 12.5)}
        assert broken == ["durations/odd"]

    def test_watched(self, stores: Stores) -> None:
        """How far each night was watched comes back as it was."""
        watched = {"Europe/Dublin": Watched("2026-03-02T05:00:00+00:00", "2026-03-02T06:30:00+00:00")}
        assert load_watched(stores.state) == {}
        stores.state.write(watched_put(watched))
        assert load_watched(stores.state) == watched
