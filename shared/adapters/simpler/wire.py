"""Wire: one HTTP exchange with SIMPLer, bounded in time and size, that leaves no credentials in a log.

Requests' errors quote the address, and with "GET query" the address holds the password. So an error of theirs
is named here by its class, never chained, and urllib3's log of requests loses everything behind the "?".
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from urllib3 import exceptions as urllib3_errors

from shared.adapters.simpler.errors import row_for_silence, stop
from shared.errors import Trouble
from shared.ports import Clock
from shared.retry import Waits

_CHUNK = 2**16
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)

ASK_WAITS = Waits((1, 2, 4), jitter=(1, 1.5), most_asked=60)
"""Between the tries of a call, unless SIMPLer asks for longer; every call only reads."""


@dataclass(frozen=True, slots=True)
class Bounds:
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
    waits: Waits = ASK_WAITS


BOUNDS = Bounds()


class SimplerSession(requests.Session):
    """Never follows a redirect, nor reads its body, and takes no proxy or password from its surroundings."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, _: requests.Response) -> None:
        """None: a redirect is an answer like any other."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What SIMPLer answered; `charset` is what its Content-Type names."""

    status: int
    retry_after: str
    body: bytes
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Setback:
    """No usable answer.

    Attributes:
        trouble: What to raise if it does not pass.
        passing: Whether the same call may succeed soon.
        after: Seconds that SIMPLer asks to wait.
    """

    trouble: Trouble
    passing: bool
    after: float = 0


class Wire:
    """Exchanges of one listing, which share a deadline. Not for use by two threads."""

    def __init__(self, session: SimplerSession, limits: Bounds, clock: Clock, *, deadline: float) -> None:
        self._session = session
        self._limits = limits
        self._clock = clock
        self._deadline = deadline

    def left(self) -> float:
        """Seconds until the deadline.

        Raises:
            StopRun: There are none left.
        """
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise stop("simpler.slow", "the time for the whole call is used up")
        return left

    def send(self, method: str, url: str, **parameters: Any) -> Reply | Setback:
        """Send one request and read the answer.

        Raises:
            StopRun: The deadline has passed, or the answer is too large.
        """
        limits = self._limits
        timeout = (min(limits.connect, left := self.left()), min(limits.read, left))
        try:
            with (
                _queries_hidden(),
                self._session.request(
                    method,
                    url,
                    **parameters,
                    timeout=timeout,
                    verify=True,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                named = _CHARSET.search(response.headers.get("Content-Type", ""))
                again = response.headers.get("Retry-After", "")
                return Reply(response.status_code, again, self._body(response), named[1] if named else "")
        except (requests.RequestException, urllib3_errors.HTTPError) as error:
            failure = type(error)
        row = row_for_silence(failure)
        return Setback(row.trouble(detail=failure.__name__), row.again)

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        # read1 returns with whatever has come, so that a server that sends drop by drop meets the deadline.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._limits.answer:
                raise stop("simpler.huge", f"over {self._limits.answer} bytes")
            self.left()
        return bytes(body)


class _QueryFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = re.sub(r"\?[^\s\"')]*", "?…", record.getMessage()), None
        return True


@contextmanager
def _queries_hidden() -> Iterator[None]:
    """Have urllib3 log addresses without their queries, while the context lasts."""
    logger = logging.getLogger("urllib3.connectionpool")
    logger.addFilter(hide := _QueryFilter())
    try:
        yield
    finally:
        logger.removeFilter(hide)
