"""Extent: how much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured.

    Attributes:
        near: Numbers of customers without latency.
        far: Those with latency, whole; of the largest of `near` beyond them only what is quick.
        latency: Seconds.
        race: Customers in the race.
        paced: Contacts that are created under a quota.
        functions: Which of them are started; none named: all.
        rounds: How often each of them.
    """

    near: tuple[int, ...]
    far: tuple[int, ...]
    latency: float
    race: int
    paced: int
    functions: tuple[str, ...]
    rounds: int


WHOLE = Extent((1000, 5000, 25_000), (1000, 5000), 0.08, 1000, 25_000, (), 5)
QUICK = Extent((200, 1000), (200,), 0.08, 100, 2000, ("sync_wisp",), 1)
