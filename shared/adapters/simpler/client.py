"""Client: asks SIMPLer, again if need be, until there is an answer in JSON or a reason why not.

Every exchange is bounded in time and size, and leaves no credentials in a log. Errors of `requests` quote the
address, and with "GET query" the address holds the password: so such an error is named by its class, never
chained, and urllib3's log of requests loses everything behind the "?".
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
import requests
from urllib3 import exceptions as urllib3_errors

from shared.adapters.simpler.address import BaseAddress
from shared.adapters.simpler.errors import row_for_silence, row_for_status, stop
from shared.adapters.simpler.profile import ErrorMembers, ListCall, LookupCall
from shared.adapters.simpler.record import ABSENT, is_empty, pick
from shared.domain.model.credentials import Credentials
from shared.errors import Trouble
from shared.ports import Clock
from shared.retry import Waits
from shared.retry_after import retry_after

_OK, _NOT_FOUND = 200, 404
_KEYWORDS = {"GET query": "params", "POST form": "data", "POST json": "json"}
_CHUNK = 2**16
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)

ASK_WAITS = Waits((1, 2, 4), jitter=(1, 1.5), most_asked=60)
"""Between the tries of a call, unless SIMPLer asks for longer; every call only reads."""


class Bounds(msgspec.Struct, frozen=True):
    """Bounds that keep an answer from holding a run up or filling the memory.

    Attributes:
        connect: Seconds to make a connection.
        read: Seconds between two pieces of an answer, the first included.
        listing: Seconds for a whole listing, waits and repeated calls included.
        awaited: The same while somebody waits for it, in a function that has five minutes.
        lookup: Seconds for one customer, likewise.
        answer: Bytes of an answer, unpacked.
        pages: Answers of a listing.
        waits: Between the tries of a call.
    """

    connect: float = 10
    read: float = 120
    listing: float = 600
    awaited: float = 210
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
        """Return None: a redirect is an answer like any other."""


class _Setback(msgspec.Struct, frozen=True):
    """No usable answer.

    Attributes:
        trouble: What to raise if it does not pass.
        passing: Whether the same call may succeed soon.
        after: Seconds that SIMPLer asks to wait.
    """

    trouble: Trouble
    passing: bool
    after: float = 0


class SimplerClient:
    """Calls to one SIMPLer, each with the credentials; they share a deadline. Not for use by two threads."""

    def __init__(
        self,
        session: SimplerSession,
        clock: Clock,
        *,
        address: BaseAddress,
        credentials: Credentials,
        operator: str,
        error: ErrorMembers,
        limits: Bounds,
        seconds: float,
    ) -> None:
        """Start the time of all calls together; nothing is asked yet.

        Args:
            session: Sends the requests.
            clock: For the deadline, and for the waits between tries.
            address: Where SIMPLer is.
            credentials: Sent with every call.
            operator: Sent with them unless it is empty.
            error: Where an answer reports a failure.
            limits: For each answer.
            seconds: For all calls together.
        """
        self._session = session
        self._clock = clock
        self._address = address
        self._credentials = credentials
        self._operator = operator
        self._error = error
        self._limits = limits
        self._deadline = clock.monotonic() + seconds

    def list(self, call: ListCall, parameters: Mapping[str, str | int]) -> Any:
        """Return the answer to a list call.

        Raises:
            StopRun: There is none that can be used.
        """
        _, document = self._ask(call, parameters, {_OK})
        told = failure(document, self._error)
        if told is not None:
            raise self._told(told)
        return document

    def look_up(self, call: LookupCall, customer: str) -> Any:
        """Return the record of one customer, or None when SIMPLer says in words that there is none.

        A bare 404 and an empty record do not count as saying so: a wrong path or a right that is missing may
        look the same, and a contact would be removed for it.

        Raises:
            StopRun: There is none that can be used.
        """
        status, document = self._ask(call, {call.id: customer}, {_OK, _NOT_FOUND})
        told = failure(document, self._error)
        if told is not None and contains(told, call.missing):
            return None
        if told is not None:
            raise self._told(told)
        if status != _OK:
            raise stop("simpler.refused", f"HTTP {status}")
        if (record := pick(document, call.record)) is ABSENT:
            raise stop("simpler.shape", f"there is no member {call.record}")
        if is_empty(record):
            raise stop("simpler.shape", f"the member {call.record} is empty")
        return record

    def _ask(
        self, call: ListCall | LookupCall, parameters: Mapping[str, str | int], good: set[int]
    ) -> tuple[int, Any]:
        """Return the HTTP status and the document of an answer whose status is good.

        Not by `Tries`: a wait that does not fit the time of the whole call ends it at once.
        """
        tried = 0
        while True:
            outcome, tried = self._exchange(call, parameters, good), tried + 1
            if not isinstance(outcome, _Setback):
                return outcome
            pause = self._limits.waits.pause(tried, outcome.after) if outcome.passing else None
            if pause is None:
                raise outcome.trouble
            if pause >= self._left():
                raise stop("simpler.slow", "the time for the whole call would be used up by waiting")
            self._clock.sleep(pause)

    def _exchange(
        self, call: ListCall | LookupCall, parameters: Mapping[str, str | int], good: set[int]
    ) -> tuple[int, Any] | _Setback:
        """Send the call once, and read its answer."""
        everything = {**call.parameters, **parameters, **self._identity()}
        keyword: dict[str, Any] = {_KEYWORDS[call.send]: everything}
        timeout = (min(self._limits.connect, left := self._left()), min(self._limits.read, left))
        try:
            with (
                _queries_hidden(),
                self._session.request(
                    call.send.partition(" ")[0],
                    self._address.of(call.path),
                    **keyword,
                    timeout=timeout,
                    verify=True,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                status, headers, body = response.status_code, response.headers, self._body(response)
        except (requests.RequestException, urllib3_errors.HTTPError) as error:
            silence = type(error)
        else:
            if status in good:
                charset = _CHARSET.search(headers.get("Content-Type", ""))
                return status, read_json(body, charset[1] if charset else "")
            row = row_for_status(status)
            wait = retry_after(headers.get("Retry-After", ""), self._clock.now())
            return _Setback(row.trouble(detail=f"HTTP {status}"), row.again, wait)
        row = row_for_silence(silence)
        return _Setback(row.trouble(detail=silence.__name__), row.again)

    def _identity(self) -> dict[str, str]:
        identity = {
            "api_username": self._credentials.api_username,
            "api_password": self._credentials.api_password,
        }
        return {**identity, "operator": self._operator} if self._operator else identity

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        # read1 returns with whatever has come, so that a server that sends drop by drop meets the deadline.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._limits.answer:
                raise stop("simpler.huge", f"over {self._limits.answer} bytes")
            self._left()
        return bytes(body)

    def _left(self) -> float:
        """Return the seconds until the deadline; raise `StopRun` if there are none."""
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise stop("simpler.slow", "the time for the whole call is used up")
        return left

    def _told(self, text: str) -> Trouble:
        denied = contains(text, self._error.denied)
        return stop("simpler.denied" if denied else "simpler.refused", "told in the answer itself")


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


_NONE = {"", "0", "false", "no", "none", "null", "nil", "ok", "success", "no error", "no errors", "n/a", "-"}
"""Texts for an error that say that there is none."""


def failure(document: Any, error: ErrorMembers) -> str | None:
    """Return the text of the failure that the answer reports, perhaps empty; None when it reports none."""
    message = pick(document, error.message) if error.message else None
    if not (is_empty(message) or _is_no(message) or (isinstance(message, str) and _is_none(message))):
        return str(message)
    if error.success and _is_no(pick(document, error.success)):
        return ""
    return None


def contains(text: str, phrases: tuple[str, ...]) -> bool:
    """Return whether one of the phrases is in the text, without case."""
    return any(phrase.casefold() in text.casefold() for phrase in phrases)


def _is_none(text: str) -> bool:
    return text.strip().strip(".!").casefold() in _NONE


def _is_no(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in {"0", "false", "no"}
    return isinstance(value, bool | int) and not value


_WINDOWS = {"", "utf-8", "utf8", "us-ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"}
"""Encodings that replies name while their texts are in Windows' code page, if not in UTF-8."""

_UTF_8 = re.compile(
    rb"[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}|(.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrt]|u[0-9a-fA-F]{4})|(.))", re.DOTALL)


def read_json(body: bytes, charset: str = "") -> Any:
    """Read the body as a JSON value, whatever else its Content-Type says.

    One odd customer does not cost the others. A text may be in another encoding than the rest; it may hold a
    line end or a NUL as it is, or a backslash of its own. NaN becomes null. Lone surrogates stay, for the
    domain.

    Args:
        body: As it came.
        charset: What the reply names as its encoding; counts where it is not UTF-8.

    Raises:
        StopRun: It is no JSON, or only the beginning of some.
    """
    with suppress(ValueError, RecursionError):
        return msgspec.json.decode(body)  # the usual case; it is stricter than what follows, and much faster
    text = _decoded(body, charset.casefold()).strip()
    for attempt in (text, _ESCAPE.sub(_escaped, text)):
        with suppress(ValueError, RecursionError):
            return json.loads(attempt, parse_constant=lambda _: None, strict=False)
    begins_like_json = text.startswith(("{", "["))
    # Raised out here because json's error holds the whole text, and with it every customer.
    raise stop("simpler.truncated" if begins_like_json else "simpler.not_json", f"{len(body)} bytes")


def _decoded(body: bytes, charset: str) -> str:
    """Decode as UTF-8 what is that, in whole or in part; else as the reply names, else by Windows' code page.

    Browsers read ISO-8859-1 in the same way (encoding.spec.whatwg.org/#names-and-labels).
    """
    with suppress(UnicodeDecodeError):
        return body.decode("utf-8-sig")
    if charset not in _WINDOWS:
        with suppress(LookupError):
            return body.decode(charset, errors="replace")
    return _UTF_8.sub(_as_utf_8, body).decode()


def _as_utf_8(found: re.Match[bytes]) -> bytes:
    octet: bytes | None = found[1]
    if octet is None:
        return found[0]
    try:
        return octet.decode("cp1252").encode()
    except UnicodeDecodeError:  # five octets have no character there
        return octet.decode("latin-1").encode()


def _escaped(found: re.Match[str]) -> str:
    """Keep an escape that JSON knows; drop the backslash before an apostrophe, and double any other."""
    if found[1]:
        return found[0]
    return "'" if found[2] == "'" else f"\\\\{found[2]}"
