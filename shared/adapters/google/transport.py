"""Transport: the HTTP transport under Google's client; a request goes out once or not at all.

google-api-python-client speaks through httplib2, which sends a POST again when the server closes the
connection without an answer, whatever ``num_retries`` says (httplib2, ``Http._conn_request``: "retry
regardless of the number of RETRIES"). That would create contacts twice. This object has the same one
method over ``requests``: no retries, no redirects, a time-out always, and one request at a time, since
httplib2 shared by threads was seen to hand one account's answer to another.

A connection that the server has closed while it was idle may only show itself after the request was
written. That is a `requests.ConnectionError` like any other lost answer: nobody knows what the server did.
"""

import socket
import threading
from collections.abc import Mapping
from typing import Any, Protocol

import httplib2
import requests
from requests.adapters import HTTPAdapter

CONNECT_SECONDS = 10.0
"""Seconds that a connection may take to open."""

MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer, unpacked: ten times a full page of 1,000 contacts; more would not fit our memory."""

_CHUNK = 64 * 1024
_NEVER_SENT = (requests.ConnectTimeout, ConnectionRefusedError, socket.gaierror)


def was_never_sent(error: BaseException | None) -> bool:
    """Return whether a failed request certainly did not reach the server: no connection came about."""
    while error is not None:
        if isinstance(error, _NEVER_SENT):
            return True
        error = error.__cause__ or error.__context__
    return False


def _read(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > MAX_ANSWER:
            raise requests.RequestException(f"the answer is larger than {MAX_ANSWER} bytes")
    return bytes(content)


def _left_as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _head(response: requests.Response) -> httplib2.Response:
    head = httplib2.Response({**response.headers, "status": str(response.status_code)})
    head.reason = response.reason
    return head


class Http(Protocol):
    """Sends for googleapiclient: `SendOnce`, or a wrapper that adds something to each request."""

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """Send one request; `requests.RequestException` when no answer came."""

    def close(self) -> None:
        """Close the connections."""


class SendOnce:
    """Requests that go out once, and one at a time."""

    def __init__(self, session: requests.Session, timeout: float) -> None:
        """Take over the session: its own retries, if any, are switched off.

        Args:
            session: Nobody else may use it.
            timeout: The longest silence, in seconds, when a request names none.
        """
        self._session = session
        self._timeout = timeout
        self._in_use = threading.Lock()
        # Without this, requests would put a password of ~/.netrc in the place of our token.
        session.auth = _left_as_it_is
        session.mount("http://", HTTPAdapter(max_retries=0))
        session.mount("https://", HTTPAdapter(max_retries=0))

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """Send one request, once.

        Returns:
            The answer, whatever its status, and its unpacked body.

        Raises:
            requests.RequestException: No whole answer came; see `was_never_sent`.
            RuntimeError: Another thread's request is under way.
        """
        if not self._in_use.acquire(blocking=False):
            raise RuntimeError("this transport is in use by another thread; build one for each account")
        try:
            with self._session.request(
                method,
                uri,
                data=body,
                headers=dict(headers or {}),
                timeout=(CONNECT_SECONDS, timeout or self._timeout),
                allow_redirects=False,
                stream=True,
            ) as response:
                return _head(response), _read(response)
        finally:
            self._in_use.release()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
