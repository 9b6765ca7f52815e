"""Limits: how long and how much of SIMPLer is put up with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds, so that no answer can hold a run up or fill the memory.

    Attributes:
        connect: Seconds to make a connection.
        read: Seconds between two pieces of an answer, the first included.
        listing: Seconds for a whole listing, waits and repeated calls included.
        lookup: Seconds for one customer, likewise.
        answer: Bytes of an answer, unpacked.
        pages: Answers of a listing.
        tries: How often a call is sent until it succeeds; every call only reads.
        patience: The longest wait that SIMPLer may ask for (seconds).
    """

    connect: float = 10
    read: float = 120
    listing: float = 600
    lookup: float = 60
    answer: int = 64 * 2**20
    pages: int = 2_000
    tries: int = 4
    patience: float = 60


LIMITS = Limits()
