"""Limits: how long a call to SIMPLer may take, and how much it may answer."""

from dataclasses import dataclass

from shared.retry import Waits

WAITS = Waits((1, 2, 4), jitter=(1, 1.5), most_asked=60)
"""Between the tries of a call, unless SIMPLer asks for longer; every call only reads."""


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
        waits: Between the tries of a call.
    """

    connect: float = 10
    read: float = 120
    listing: float = 600
    lookup: float = 60
    answer: int = 64 * 2**20
    pages: int = 2_000
    waits: Waits = WAITS


LIMITS = Limits()
