"""A rival for leases: what each of several threads or processes does at the same time as the others."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from shared.adapters.local.clock import SystemClock
from shared.domain.model.lease import Claim
from shared.errors import LeaseHeld, LeaseLost, RetryLater
from shared.ports import Put
from tests.contract.stores import Stores, in_firestore, in_sqlite


@dataclass(frozen=True, slots=True)
class Score:
    """What a rival achieved.

    Attributes:
        won: The rounds in which it got the lease that all wanted.
        tokens: The tokens of its grants of the one lease that expires at once, in order.
        kept: How many of its fenced increments the store accepted.
    """

    won: list[int]
    tokens: list[int]
    kept: int


def race(stores: Stores, name: str, rounds: int) -> Score:
    """Run both races, one after the other."""
    claim = Claim(name, "run", name)
    won = [number for number in range(rounds) if _wins(stores, claim, number)]
    tokens, kept = _increments(stores, claim, rounds)
    return Score(won, tokens, kept)


def _wins(stores: Stores, claim: Claim, number: int) -> bool:
    try:
        lease = stores.leases.acquire(f"round-{number}", claim, 600)
    except LeaseHeld:
        return False
    stores.state.write(Put(f"winners/{number}", {"name": claim.owner}), fence=lease)
    return True


def _increments(stores: Stores, claim: Claim, rounds: int) -> tuple[list[int], int]:
    """Read, add one, write: safe only if no stale holder's write is ever accepted."""
    tokens, kept = [], 0
    for _ in range(rounds):
        try:
            lease = stores.leases.acquire("expires-at-once", claim, 0)
            tokens.append(lease.token)
            count = (stores.state.get("counts/all") or {"n": 0})["n"]
            stores.state.write(Put("counts/all", {"n": count + 1}), fence=lease)
        except (LeaseHeld, LeaseLost, RetryLater):
            continue
        kept += 1
    return tokens, kept


def opened(kind: str, place: str) -> Stores:
    """Return the stores that a test's processes share."""
    if kind == "sqlite":
        return in_sqlite(Path(place), SystemClock())
    from shared.adapters.google.firestore.client import open_firestore  # noqa: PLC0415  see stores

    return in_firestore(open_firestore(place, "(default)"), SystemClock())


def say(line: str) -> None:
    """Write a line to the process that started this one."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(kind: str, place: str, name: str, rounds: str) -> None:
    """Say that one is ready, wait for the start, race, and print the score."""
    stores = opened(kind, place)
    say("ready")
    sys.stdin.readline()
    say(json.dumps(asdict(race(stores, name, int(rounds)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
