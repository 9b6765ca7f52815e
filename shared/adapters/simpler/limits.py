"""Limits: how long a call to SIMPLer may take, and how much it may answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep an answer from holding a run up or filling the memory.

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
