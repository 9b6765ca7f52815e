"""Provider: what happens in SIMPLer: customers come, change and leave, and SIMPLer itself has bad days."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import requests

from infra.standins.simpler.oddities import ODDITIES
from infra.standins.simpler.people import People, Record

TIMEOUT = 30
_WANTED = "current"
SITES = ("Blarney", "Cobh")
"""Where customers are served, by turns."""
_FAILURES: tuple[Mapping[str, Any], ...] = (
    *({"kind": kind} for kind in ("down", "denied", "error", "busy", "redirect", "html", "truncated", "cut")),
    *({"kind": kind} for kind in ("empty", "gap", "repeat", "wrong total", "moving total")),
    {"kind": "slow", "seconds": 0.02},
    {"kind": "huge", "size": 2**16},
)

_OFTEN = ("customers come", "customers come", "a customer changes", "a customer changes")


def customer(number: int, change: int = 0) -> Record:
    """Return a customer; another `change` gives other details of the same one."""
    return {
        "customerid": number,
        "name": f"Customer{'s' * (change % 3)} {number}",
        "nickname": f"nick{number}-{change}",
        "status": _WANTED,
        "mobile": f"087 {1_000_000 + 1000 * change + number}",
        "email": f"c{number}.{change}@example.com",
        "address1": f"{change + 1} Main Street",
        "city": "Cork",
        "country": "Ireland",
        "product": f"{10 + change}M/2M",
        "site": SITES[number % len(SITES)],
    }


class _Folk(People):
    """Gives oddities the customers that they are made from."""

    def __init__(self, random: Random, new: Callable[[], Record]) -> None:
        self.rng = random
        self._new = new

    def customer(self) -> Record:
        return self._new()


class Provider:
    """A WISP's SIMPLer.

    Attributes:
        records: Its customers.
        strayed: Ids of customers who were no contacts at some time.
    """

    def __init__(self, count: int, random: Random) -> None:
        self.records: list[Any] = [customer(number + 1) for number in range(count)]
        self.strayed: set[str] = set()
        self._random = random
        self._given = count
        self._changes = 0
        self._hidden: list[Any] = []
        self._side = ""
        self._deeds: Mapping[str, Callable[[], bool]] = {
            "customers come": self._come,
            "a customer changes": self._change,
            "a customer leaves": self._leave,
            "a customer is deleted": self._delete,
            "a customer comes back": self._come_back,
            "a record is odd": self._odd,
            "records change places": self._shuffle,
            "the list shrinks": self._shrink,
            "the list recovers": self._recover,
            "SIMPLer fails": self._fail,
        }

    def connect(self, side: str) -> None:
        """Note where SIMPLer's side door is."""
        self._side = side

    def act(self, deed: str = "") -> str:
        """Let something happen; return what, or an empty text for nothing."""
        deed = deed or self._random.choice((*self._deeds, *_OFTEN))
        before = self._wanted()
        done = self._deeds[deed]()
        self.strayed |= before - self._wanted()
        requests.put(f"{self._side}/customers", json=self.records, timeout=TIMEOUT).raise_for_status()
        return deed if done else ""

    def recover(self) -> None:
        """Mend every failure."""
        requests.delete(f"{self._side}/failure", timeout=TIMEOUT).raise_for_status()

    def anybody(self) -> str:
        """Return a customer's id, often the newest, sometimes one that does not exist."""
        ids = sorted(str(record.get("customerid")) for record in self.records if isinstance(record, dict))
        return self._random.choice([*ids, "999", str(self._given), str(self._given)])

    def _wanted(self) -> set[str]:
        """Return the ids all of whose records are contacts: SIMPLer answers a press with any of them."""
        records = [record for record in self.records if isinstance(record, dict)]
        others = {str(record.get("customerid")) for record in records if record.get("status") != _WANTED}
        return {str(record.get("customerid")) for record in records} - others

    def _one(self) -> dict[str, Any] | None:
        known = [record for record in self.records if isinstance(record, dict) and record.get("name")]
        return self._random.choice(known) if known else None

    def _new(self) -> Record:
        self._given += 1
        return customer(self._given)

    def _come(self) -> bool:
        self.records += [self._new() for _ in range(self._random.choice((1, 1, 2, 8)))]
        return True

    def _change(self) -> bool:
        record = self._one()
        if record and isinstance(record["customerid"], int):
            self._changes += 1
            record.update(customer(record["customerid"], self._changes) | {"status": record.get("status")})
        return bool(record)

    def _leave(self) -> bool:
        record = self._one()
        if record:
            record["status"] = "post"
        return bool(record)

    def _delete(self) -> bool:
        record = self._one()
        if record:
            self.records.remove(record)
        return bool(record)

    def _come_back(self) -> bool:
        record = next((r for r in self.records if isinstance(r, dict) and r.get("status") == "post"), None)
        if record:
            record["status"] = _WANTED
        return bool(record)

    def _odd(self) -> bool:
        make = ODDITIES[self._random.choice(sorted(ODDITIES))]
        self.records += make(_Folk(self._random, self._new))
        return True

    def _shuffle(self) -> bool:
        self._random.shuffle(self.records)
        return True

    def _shrink(self) -> bool:
        middle = len(self.records) // 2
        self._hidden += self.records[middle:]
        del self.records[middle:]
        return bool(self._hidden)

    def _recover(self) -> bool:
        self.records += self._hidden
        recovered = bool(self._hidden)
        self._hidden.clear()
        return recovered

    def _fail(self) -> bool:
        failure = {**self._random.choice(_FAILURES), "times": self._random.randint(1, 5)}
        failure["page"] = self._random.choice((None, None, 1, 2))
        requests.put(f"{self._side}/failure", json=failure, timeout=TIMEOUT).raise_for_status()
        return True
