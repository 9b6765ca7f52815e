"""Authorization codes: what a browser carries from Google's consent to the program that asked for it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from infra.standins.google.credentials import Grant

CODES_LAST = timedelta(minutes=10)
"""The longest that RFC 6749 section 4.1.2 recommends."""


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code's meaning.

    Attributes:
        grant: The consent; its client is the only one that can use the code.
        redirect_uri: Where the browser was sent back to.
        challenge: PKCE's code challenge, "" for none.
        challenge_method: `S256` or `plain`.
        nonce: For the ID token, "" for none.
    """

    grant: Grant
    redirect_uri: str
    challenge: str
    challenge_method: str
    nonce: str


class Codes:
    """The codes that were given out; each is good once."""

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self._lock = threading.Lock()
        self._fresh: dict[str, tuple[Code, datetime]] = {}
        self._spent: dict[str, Code] = {}
        self._now = now
        self._random = random

    def issue(self, code: Code) -> str:
        """Return a new code with a slash in it, as Google's have: it must survive URLs."""
        text = f"4/0A{self._random.getrandbits(256):064x}"
        with self._lock:
            self._fresh[text] = (code, self._now() + CODES_LAST)
        return text

    def find(self, text: str) -> Code | None:
        """Return what is behind a code that is fresh or spent; None when nobody gave it out."""
        with self._lock:
            fresh = self._fresh.get(text)
            return fresh[0] if fresh else self._spent.get(text)

    def spend(self, text: str) -> Literal["in time", "too late", "again"]:
        """Use a code that was given out; tells how that comes."""
        with self._lock:
            if text in self._spent:
                return "again"
            code, ends = self._fresh.pop(text)
            self._spent[text] = code
            return "in time" if self._now() < ends else "too late"
