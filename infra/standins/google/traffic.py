"""Traffic: counters, the last requests, and who writes at the same time."""

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from infra.standins.google.account import Account

_REMEMBERED = 200


@dataclass(slots=True)
class Entry:
    """One request. Its Authorization header is not kept.

    Attributes:
        at: When it came, RFC 3339.
        account: Whose token it carried, None when that was no good.
        method: The API method, or one of OAuth's such as `oauth2.token`; of those neither query nor body is
            kept.
        http: The HTTP method.
        path: The path.
        query: The query parameters.
        body: The JSON body as it was sent, None without one.
        status: The HTTP status of the answer, None when there was no answer.
        effect: Whether the method was carried out.
    """

    at: str
    account: str | None
    method: str
    http: str
    path: str
    query: dict[str, list[str]]
    body: bytes | None = None
    status: int | None = None
    effect: bool = False


class Traffic:
    """Counts and remembers requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=_REMEMBERED)
        self._requests: Counter[tuple[str | None, str]] = Counter()
        self._answers: Counter[tuple[str | None, int | None]] = Counter()
        self._writes: Counter[str] = Counter()
        self._created: Counter[str] = Counter()
        self._overlaps: Counter[str] = Counter()

    def note(self, entry: Entry) -> None:
        """Count a request that has come in."""
        with self._lock:
            self._entries.append(entry)
            self._requests[entry.account, entry.method] += 1

    def note_answer(self, entry: Entry) -> None:
        """Count a request that was answered."""
        with self._lock:
            self._answers[entry.account, entry.status] += 1

    def note_write(self, account: Account, created: int) -> None:
        """Count a mutate request that was carried out."""
        with self._lock:
            self._writes[account.email] += 1
            self._created[account.email] += created

    @contextmanager
    def writing(self, account: Account) -> Iterator[bool]:
        """Hold while a mutate request of the account is under way; gives whether it overlaps with another.

        "Mutate requests for the same user should be sent sequentially" (each method that writes).
        """
        with self._lock:
            overlaps = account.writers > 0
            account.writers += 1
            self._overlaps[account.email] += overlaps
        try:
            yield overlaps
        finally:
            with self._lock:
                account.writers -= 1

    def counters(self, email: str | None = None) -> dict[str, Any]:
        """Return the counters of one account, or of all together."""
        with self._lock:
            return {
                "requests": _by(self._requests, email),
                "answers": _by(self._answers, email),
                "writes": _total(self._writes, email),
                "contacts_created": _total(self._created, email),
                "overlapping_writes": _total(self._overlaps, email),
            }

    def last(self, number: int) -> list[dict[str, Any]]:
        """Return the last requests, the newest last; 200 are remembered."""
        with self._lock:
            return [_told(entry) for entry in list(self._entries)[-number:]] if number > 0 else []


def _told(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "body": None if entry.body is None else msgspec.json.decode(entry.body)}


def _by(counter: Counter[tuple[str | None, Any]], email: str | None) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (account, key), number in counter.items():
        if email in {None, account}:
            found[str(key)] += number
    return dict(sorted(found.items()))


def _total(counter: Counter[str], email: str | None) -> int:
    return counter.total() if email is None else counter[email]
