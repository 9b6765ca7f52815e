"""A People API in a few lines for scripted answers, and people to send to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from shared.adapters.google.people.contacts import PeopleBook
from shared.adapters.google.transport import Http, SendOnce
from shared.domain.model.quota import Cost
from shared.domain.sync.changes import Changes, changes_in
from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.person import Change, NewPerson, Person
from shared.errors import OverQuota
from shared.ports import Gate, Refused, Result, Unknown, Written
from tests.fake_clock import FakeClock
from tests.scripted_server import Answer, Request

LABEL = "contactGroups/19cb37f60aed8000"
KEY = "azotel-simpler"


def changes_by(listed: Iterable[Person]) -> Changes:
    """Return what a listing by sync token tells somebody who knows nothing yet."""
    return changes_in(listed, Desired("acme", {}), Ledger())


class OpenGate:
    """A gate that lets everything pass.

    Attributes:
        asked: Seconds and cost of each request.
        refusals: What Google refused for its quota.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[float, Cost]] = []
        self.refusals: list[OverQuota] = []

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Let it pass."""
        self.asked.append((seconds, cost))

    def refused(self, trouble: OverQuota) -> None:
        """Keep it."""
        self.refusals.append(trouble)


class ShutGate(OpenGate):
    """A gate that lets a number of requests pass, and then none."""

    def __init__(self, passes: int, trouble: Exception) -> None:
        super().__init__()
        self._passes = passes
        self._trouble = trouble

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Let it pass, or raise."""
        if len(self.asked) == self._passes:
            raise self._trouble
        super().__call__(seconds, cost)


@contextmanager
def book_at(
    url: str,
    clock: FakeClock,
    gate: Gate | None = None,
    *,
    timeout: float | None = None,
    http: Http | None = None,
) -> Iterator[PeopleBook]:
    """Give a book that speaks to this server; `timeout` shortens every time-out."""
    with requests.Session() as session:
        http = http or SendOnce(session, 60)
        yield PeopleBook(_Impatient(http, timeout) if timeout else http, url, gate or OpenGate(), clock)


class _Impatient:
    """A transport with shorter time-outs."""

    def __init__(self, http: Http, timeout: float) -> None:
        self._http = http
        self._timeout = timeout

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any) -> Any:
        return self._http.request(uri, method, body, headers, timeout=self._timeout)

    def close(self) -> None:
        self._http.close()


def newcomers(count: int) -> list[NewPerson]:
    """Return new contacts, each with its key."""
    return [
        NewPerson(f"v1|acme|{n}|run", {"names": ({"givenName": f"N{n}"},)}, ((KEY, f"v1|acme|{n}|run"),))
        for n in range(count)
    ]


def revisions(count: int) -> list[Change]:
    """Return changes to contacts that were read before."""
    return [
        Change(
            Person(f"people/c{n}", f"%etag{n}", f"id{n}", f"#etag{n}"),
            {"names": ({"givenName": f"M{n}"},), "phoneNumbers": ({"value": f"+3531{n}"},)},
            ((KEY, f"v1|acme|{n}|run"),),
        )
        for n in range(count)
    ]


def person(name: str, etag: str, **fields: Any) -> dict[str, Any]:
    """Return a person as Google answers it."""
    source = {"type": "CONTACT", "id": f"id-of-{name}", "etag": etag, "updateTime": "2026-03-02T05:00:00Z"}
    return {"resourceName": name, "etag": f"%{etag}", "metadata": {"sources": [source]}, **fields}


def _made(asked: Mapping[str, Any]) -> dict[str, Any]:
    return person(f"people/{asked['clientData'][0]['value']}", "#1", clientData=asked["clientData"])


def created(request: Request) -> list[dict[str, Any]]:
    """Return the responses to a create that is done, in the order of the request."""
    contacts = [contact["contactPerson"] for contact in request.json["contacts"]]
    return [{"status": {}, "person": _made(contact)} for contact in contacts]


def create_all(request: Request) -> Answer:
    """Create everybody."""
    if request.path.endswith(":createContact"):
        return Answer(200, _made(request.json))
    return Answer(200, {"createdPeople": created(request)})


def update_all(request: Request) -> Answer:
    """Update everybody."""
    if request.path.endswith(":updateContact"):
        return Answer(200, person(name_in(request), "#2"))
    names = request.json["contacts"]
    return Answer(
        200, {"updateResult": {name: {"status": {}, "person": person(name, "#2")} for name in names}}
    )


def read_as(*persons: dict[str, Any]) -> Answer:
    """Return the answer to a second look."""
    responses = [{"requestedResourceName": one["resourceName"], "person": one} for one in persons]
    return Answer(200, {"responses": responses})


def refusal(status: int, name: str, *details: dict[str, Any]) -> Answer:
    """Return an error of Google's, as a whole answer."""
    body = {"code": status, "message": "Invalid value: Mary Murphy", "status": name, "details": [*details]}
    return Answer(status, {"error": body})


def _blaming(kind: str, codes: dict[str, int]) -> Answer:
    errors = {name: {"code": code, "message": "Mary Murphy"} for name, code in codes.items()}
    detail = {"@type": f"type.googleapis.com/google.people.v1.{kind}", "contactErrors": errors}
    return refusal(400, "INVALID_ARGUMENT", detail)


def blame_creates(codes: dict[str, int]) -> Answer:
    """Return a refused create with the indexes to blame and their google.rpc.Code."""
    return _blaming("BatchCreateContactsErrorDetails", codes)


def blame_updates(codes: dict[str, int]) -> Answer:
    """Return a refused update with the names to blame and their google.rpc.Code."""
    return _blaming("BatchUpdateContactsErrorDetails", codes)


def kinds(results: Mapping[str, Result]) -> dict[str, int]:
    """Return how many results there are of each kind, refusals by their reason."""
    names = [
        result.trouble.reason if isinstance(result, Refused) else type(result).__name__
        for result in results.values()
    ]
    return {name: names.count(name) for name in set(names)}


def reason_of(result: Result) -> str:
    """Return why it was not written."""
    assert isinstance(result, Refused | Unknown)
    return result.trouble.reason


def written(result: Result) -> Person:
    """Return the person that was written."""
    assert isinstance(result, Written)
    return result.person


def name_in(request: Request) -> str:
    """Return the contact that a single request is about."""
    return request.path.removeprefix("/v1/").rpartition(":")[0]


def names_in(requests_: Sequence[Request]) -> list[int]:
    """Return how many contacts each batch had."""
    return [len(request.json["contacts"]) for request in requests_]
