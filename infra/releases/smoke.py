"""Smoke: calls that show whether what was deployed works, and need no WISP.

The calls leave nothing behind: no WISP has the id, and none can have the time zone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

NOWHERE = "Antarctica/Troll"
"""A time zone that is none of a WISP's (shared/domain/model/time_zones.json)."""

NOBODY = "smoke-test"
"""A WISP that is not there."""


OPEN = frozenset({"console", "customer_changed"})
"""Functions that anybody may call."""

INSIDE = frozenset({"make_preview", "sync_all", "sync_wisp", "watchdog"})
"""Functions that are not reached from here (infra/gcp/functions.tf, ``ingress``)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answered."""

    status: int
    kind: str
    body: str


class Callers(Protocol):
    """Those who call the functions."""

    def browser(self, url: str, expected: HTTPStatus) -> Answer:
        """Open an address, as a person does; again for a while, until it has the expected status."""

    def stranger(self, url: str, body: Mapping[str, object]) -> Answer:
        """Call a function without a token."""

    def backend(self, url: str, body: Mapping[str, object]) -> Answer:
        """Call a function as SIMPLer's backend."""

    def scheduler(self, name: str, url: str, body: Mapping[str, object]) -> str:
        """Have Cloud Tasks call a function as Cloud Scheduler does; return what is wrong, if anything."""


def flaws(urls: Mapping[str, str], callers: Callers, name: str) -> Iterator[str]:
    """Yield what does not answer as it should.

    Args:
        urls: The functions' addresses.
        callers: Those who call.
        name: A name for the tasks that nothing had before.
    """
    page = callers.browser(urls["console"], HTTPStatus.FORBIDDEN)
    is_ours = "SIMPLer" in page.body  # Google's own refusal is a page with this status, too
    if page.status != HTTPStatus.FORBIDDEN or not is_ours:
        yield f"console: {page.status} {page.kind}, and not the page that asks for a link"
    trigger = callers.browser(urls["customer_changed"], HTTPStatus.BAD_REQUEST)
    if (trigger.status, trigger.kind) != (HTTPStatus.BAD_REQUEST, "application/problem+json"):
        yield f"customer_changed: {trigger.status} {trigger.kind}, and not that the key is missing"
    asked = {
        "wisp": NOBODY,
        "user": {"id": NOBODY, "email": "smoke@example.com", "rights": ["user->gcontact"]},
    }
    known = callers.backend(urls["sync_status"], asked)
    if known.status != HTTPStatus.NOT_FOUND or "problem:wisp.unknown" not in known.body:
        yield f"sync_status: {known.status}, and not that there is no such WISP: {known.body[:300]}"
    yield from _let_in(urls, callers, asked)
    for function, body in (("sync_all", {"time_zone": NOWHERE}), ("watchdog", {})):
        wrong = callers.scheduler(f"{name}-{function.replace('_', '-')}", urls[function], body)
        if wrong:
            yield f"{function}: {wrong}"


def _let_in(urls: Mapping[str, str], callers: Callers, asked: Mapping[str, object]) -> Iterator[str]:
    """Yield the first function that Cloud Run lets somebody call without a token, since each is waited for.

    The functions believe that Cloud Run has looked at the token; its check can be switched off for each.
    """
    for function in sorted(urls.keys() - OPEN - INSIDE):
        refused = callers.stranger(urls[function], asked)
        if refused.status != HTTPStatus.FORBIDDEN:
            yield f"{function}: {refused.status} without a token, and not a refusal"
            return
