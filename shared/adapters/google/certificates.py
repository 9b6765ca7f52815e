"""Certificates: the public keys behind its ID tokens, fetched only as often as they change.

google-auth itself fetches them at every call (google.oauth2.id_token, "verify_token").
"""

import re
import threading
from collections.abc import Mapping

import msgspec
import requests
from cryptography.x509 import load_pem_x509_certificate

from shared.errors import Misconfigured, RetryLater
from shared.loopback import is_private
from shared.ports import Clock
from shared.typed import from_json

FETCH_SECONDS = 10.0
"""How long the server may be silent (seconds)."""

SHORTEST, LONGEST = 60.0, 86_400.0
"""Seconds for which certificates are kept at least and at most, whatever the server says."""

PAUSE = 5.0
"""The time between a fetch that failed and the next (seconds)."""

_MAX_AGE = re.compile(r"\bmax-age=(\d{1,9})\b", re.IGNORECASE)


class GoogleCertificates:
    """Certificates by key id, kept as long as their server allows (RFC 9111 section 5.2.2.1).

    May be shared by threads: one fetches, the others wait for it.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        """Fetch nothing yet.

        Args:
            url: Where they are, in Google's v1 form: ``{key id: X.509 certificate as PEM}``.
            clock: Time, by which they age.

        Raises:
            Misconfigured: The address is neither https nor on loopback.
        """
        self._url = _checked(url)
        self._clock = clock
        self._lock = threading.Lock()
        self._certificates: Mapping[str, str] = {}
        self._stale_at = self._curious_at = self._next_try = clock.monotonic()

    def with_key(self, key: str) -> Mapping[str, str]:
        """Return the certificates, fetched anew if they are too old or, once a minute, if the key is missing.

        Raises:
            RetryLater: They are needed and cannot be fetched.
        """
        with self._lock:
            now = self._clock.monotonic()
            if now >= self._stale_at or (key not in self._certificates and now >= self._curious_at):
                self._fetch(now)
            return self._certificates

    def _fetch(self, now: float) -> None:
        if now < self._next_try:
            raise _unavailable("could not be fetched a moment ago", self._next_try - now)
        self._next_try = now + PAUSE
        try:
            answer = requests.get(self._url, timeout=FETCH_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise _unavailable("cannot be reached") from error
        if answer.status_code != requests.codes.ok:
            raise _unavailable(f"answered {answer.status_code}")
        self._certificates = _read(answer.content)
        self._stale_at = now + _lifetime(answer.headers)
        self._curious_at = now + SHORTEST
        self._next_try = now


def _read(body: bytes) -> Mapping[str, str]:
    try:
        certificates = from_json(body, dict[str, str])
        for certificate in certificates.values():
            load_pem_x509_certificate(certificate.encode())
    except (msgspec.DecodeError, ValueError) as error:
        raise _unavailable("gave no certificates; GOOGLE_CERTS_URL must be of Google's v1 form") from error
    return certificates


def _lifetime(headers: Mapping[str, str]) -> float:
    """Return the seconds until the certificates are stale, without those they have spent in caches."""
    allowed = _MAX_AGE.search(headers.get("Cache-Control", ""))
    age = headers.get("Age", "")
    left = float(allowed[1]) if allowed else 0.0
    left -= float(age) if age.isdecimal() else 0.0
    return min(max(left, SHORTEST), LONGEST)


def _checked(url: str) -> str:
    if not is_private(url):
        raise Misconfigured(
            "setting.callers",
            "GOOGLE_CERTS_URL must begin with https://, or else others could put their certificates there.",
        )
    return url


def _unavailable(what: str, after: float = PAUSE) -> RetryLater:
    return RetryLater(
        "google.certificates",
        f"the server of Google's certificates {what}",
        "It cannot be checked at the moment who calls. Please try again in a few seconds.",
        after=after,
    )
