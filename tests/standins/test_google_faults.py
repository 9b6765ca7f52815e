"""Planned faults, overlapping writes and what is counted."""

import threading
from typing import Any

import pytest
import requests

from infra.standins.google import Fault, Mishap, Rules
from infra.standins.google.ready_faults import READY
from infra.standins.google.user import User
from tests.patience import until
from tests.standins.google_kit import CONTACTS, JANE, TIMEOUT, Google, refusal, running

CREATE = "people.createContact"


def plan(google: Google, what: Any, **rule: Any) -> Any:
    """Plan one fault through the side API."""
    return google.side("POST", "faults", [{"what": what, **rule}])


def create(google: Google, **options: Any) -> requests.Response:
    """Send a create by plain HTTP, once."""
    return google.ask("POST", "/v1/people:createContact", json={}, **options)


def counted(google: Google, account: str = "") -> Any:
    """Return the counters."""
    return google.side("GET", f"counters?account={account}" if account else "counters")


@pytest.mark.parametrize(("when", "created"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("what", [{"close": True}, {"reset": True}])
def test_no_answer(google: Google, when: str, created: int, what: Any) -> None:
    """A connection ends without an answer, before the effect or after it."""
    plan(google, what, method=CREATE, when=when)
    with pytest.raises(requests.ConnectionError) as caught:
        create(google)
    assert ("ConnectionResetError" in str(caught.value)) == ("reset" in what)
    assert counted(google)["contacts_created"] == created


def test_google_client_resends_a_create(google: Google) -> None:
    """Google's own client sends a create again when there is no answer: two contacts from one call."""
    plan(google, {"close": True}, method=CREATE, when="after")
    google.create()
    assert counted(google)["contacts_created"] == 2


@pytest.mark.parametrize(("when", "created"), [("before", 0), ("after", 1)])
def test_planned_status(google: Google, when: str, created: int) -> None:
    """A planned answer takes the place of the usual one, with its headers."""
    what = {"status": 429, "body": {"error": {"code": 429}}, "headers": {"Retry-After": "7"}}
    plan(google, what, method=CREATE, when=when)
    answer = create(google)
    assert answer.status_code == 429
    assert answer.json() == what["body"]
    assert answer.headers["Retry-After"] == "7"
    assert counted(google)["contacts_created"] == created


def test_planned_text(google: Google) -> None:
    """A body that is a string is sent as it is."""
    plan(google, {"status": 502, "body": "<html>"})
    assert create(google).text == "<html>"


def test_planned_status_alone(google: Google) -> None:
    """Without a body the answer has Google's shape."""
    plan(google, {"status": 503})
    error = refusal(google.people.contactGroups().list())
    assert error["code"] == 503
    assert error["status"] == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("ready", "status", "hint"),
    [
        ("read_quota", 429, "CriticalReadsPerMinutePerProjectPerUser"),
        ("project_quota", 429, '"CriticalReadsPerMinutePerProject"'),
        ("write_quota", 429, "CriticalWritesPerMinutePerProjectPerUser"),
        ("long_quota", 429, "FBS quota limit exceeded"),
        ("internal", 500, "Internal error encountered."),
        ("unavailable", 503, "The service is currently unavailable."),
        ("overflow", 400, "MY_CONTACTS_OVERFLOW_COUNT"),
        ("stale_etag", 400, "Clear local cache and get the latest person."),
        ("delete_quota", 429, "WritesPerMinutePerProjectPerUser"),
        ("daily_quota", 429, "DailyContactWritesPerDayPerProjectPerUser"),
        ("full_sync_quota", 429, "FullContactSyncsPerMinutePerProjectPerUser"),
        ("aborted", 409, "ABORTED"),
        ("unauthenticated", 401, "UNAUTHENTICATED"),
        ("expired_sync_token", 400, "EXPIRED_SYNC_TOKEN"),
        ("expired_sync_token_precondition", 400, "EXPIRED_SYNC_TOKEN"),
        ("expired_sync_token_gone", 410, "EXPIRED_SYNC_TOKEN"),
    ],
)
def test_ready_made_errors(google: Google, ready: str, status: int, hint: str) -> None:
    """Google's usual failures can be planned by name, with other headers."""
    plan(google, {"ready": ready, "headers": {"Retry-After": "7"}})
    answer = create(google)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
    assert hint in answer.text
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("ready", "seconds"),
    [
        ("read_quota_retry_after", "20"),
        ("write_quota_retry_after", "20"),
        ("long_quota_retry_after", "3600"),
        ("read_quota", None),
        ("write_quota", None),
        ("long_quota", None),
    ],
)
def test_ready_made_quota_errors(google: Google, ready: str, seconds: str | None) -> None:
    """Every refusal for a quota is there with Retry-After and without."""
    plan(google, {"ready": ready})
    answer = create(google)
    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == seconds


@pytest.mark.parametrize("ready", ["closed", "reset", "hang_and_close"])
def test_ready_made_ends(google: Google, ready: str) -> None:
    """A connection that ends is there by name too."""
    plan(google, {"ready": ready, "hang": 0.01}, when="after")
    with pytest.raises(requests.ConnectionError):
        create(google)
    assert counted(google)["contacts_created"] == 1


@pytest.mark.parametrize("ready", sorted(READY))
def test_every_ready_made_fault(google: Google, ready: str) -> None:
    """Whatever there is by name can be planned, and strikes once."""
    google.standin.world.faults.add([Fault(Mishap(ready=ready))])
    strikes = [google.standin.world.faults.take(CREATE, JANE) for _ in range(2)]
    assert strikes[0]
    assert strikes[0].what.ready is None
    assert strikes[1] is None


def test_owner_meets_no_faults(google: Google) -> None:
    """The owner at work in Google's own pages meets no faults, nor are their calls counted for them."""
    plan(google, {"status": 500}, method=CREATE)
    User.of(google.address, JANE).add()
    assert [create(google).status_code for _ in range(2)] == [500, 200]


def test_hang(google: Google) -> None:
    """A call that hangs goes on all the same, after its client has given up."""
    plan(google, {"hang": TIMEOUT}, method=CREATE)
    with pytest.raises(requests.ReadTimeout):
        create_apart(google, timeout=0.1)
    assert counted(google)["contacts_created"] == 0
    google.side("DELETE", "faults")
    until(lambda: counted(google)["contacts_created"] == 1)


def test_hang_and_end(google: Google) -> None:
    """A call can hang and then end without effect."""
    plan(google, {"hang": 0.01, "close": True}, method=CREATE)
    with pytest.raises(requests.ConnectionError):
        create(google)
    assert counted(google)["contacts_created"] == 0


def test_stopping_ends_a_hanging_call() -> None:
    """A server that is closed does not wait for calls that hang, and does not carry them out."""
    with running() as google:
        plan(google, {"hang": TIMEOUT}, method=CREATE)
        with pytest.raises(requests.ReadTimeout):
            create_apart(google, timeout=0.1)
    assert google.standin.world.accounts[JANE].contacts == {}


def test_nth_call(google: Google) -> None:
    """A fault strikes the calls it says, counted by method."""
    plan(google, {"status": 500}, method=CREATE, nth=2, times=2)
    google.ask("GET", "/v1/contactGroups")
    assert [create(google).status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_every_call(google: Google) -> None:
    """A fault without an end strikes every call, until the plan is cleared."""
    plan(google, {"status": 500}, times=None)
    assert [create(google).status_code for _ in range(3)] == [500, 500, 500]
    assert google.side("GET", "faults")["faults"][0]["seen"] == 3
    assert google.side("DELETE", "faults") == {"faults": []}
    assert create(google).status_code == 200


def test_first_rule_strikes(google: Google) -> None:
    """Of two rules for the same call the first one strikes, and both have seen it."""
    google.standin.world.faults.add([Fault(Mishap(status=500)), Fault(Mishap(status=503), nth=2)])
    assert [create(google).status_code for _ in range(3)] == [500, 503, 200]


def test_fault_of_one_account(google: Google) -> None:
    """A fault can be one account's only."""
    plan(google, {"status": 500}, account="john@example.com", times=None)
    assert create(google).status_code == 200
    google.sign_in("john@example.com")
    assert create(google).status_code == 500


def test_fault_of_the_token_endpoint(google: Google) -> None:
    """The token endpoint can fail too."""
    plan(google, {"status": 503}, method="oauth2.token")
    assert google.http.post(google.address + "/token", timeout=TIMEOUT).status_code == 503
    assert create(google).status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        {"what": {}},
        {"what": {"close": True, "reset": True}},
        {"what": {"ready": "tea"}},
        {"what": {"close": True}, "when": "soon"},
        {"what": {"close": True}, "methods": "*"},
        {},
    ],
)
def test_unsuitable_rule(google: Google, rule: Any) -> None:
    """A rule that cannot be meant is refused, with the reason."""
    assert google.side("POST", "faults", [rule]).keys() == {"error"}
    assert google.side("GET", "faults") == {"faults": []}


def overlapping(google: Google) -> list[int]:
    """Send two writes, the first held up until the second is answered; return the statuses."""
    plan(google, {"hang": TIMEOUT}, method=CREATE)
    seen: list[int] = []
    first = threading.Thread(target=lambda: seen.append(create_apart(google)))
    first.start()
    until(lambda: google.standin.world.accounts[JANE].writers == 1)
    seen.append(create_apart(google))
    google.side("DELETE", "faults")
    first.join()
    return seen


def create_apart(google: Google, timeout: float = TIMEOUT) -> int:
    """Send a create on its own connection, and return the status."""
    token = google.standin.world.credentials.mint(JANE, [CONTACTS])
    headers = {"Authorization": f"Bearer {token}"}
    url = google.address + "/v1/people:createContact"
    return requests.post(url, json={}, headers=headers, timeout=timeout).status_code


def test_overlapping_writes_are_counted(google: Google) -> None:
    """Writes of one account at the same time are done, and counted."""
    assert overlapping(google) == [200, 200]
    assert counted(google, JANE)["overlapping_writes"] == 1


def test_overlapping_writes_are_refused() -> None:
    """On request the later one is 409 ABORTED."""
    with running(Rules(refuse_overlaps=True)) as google:
        assert overlapping(google) == [409, 200]


def test_writes_one_after_the_other(google: Google) -> None:
    """Writes one after the other do not overlap, nor do those of two accounts."""
    create(google)
    create(google)
    assert counted(google)["overlapping_writes"] == 0


def test_counters(google: Google) -> None:
    """Requests are counted by method, writes and created contacts when they were done."""
    create(google)
    google.ask("GET", "/v1/people/c1?personFields=names")
    google.ask("DELETE", "/v1/people/c1:deleteContact")
    body = {"contacts": [{"contactPerson": {}}] * 3, "readMask": ""}
    google.ask("POST", "/v1/people:batchCreateContacts", json=body)
    assert counted(google) == {
        "requests": {
            "people.batchCreateContacts": 1,
            "people.createContact": 1,
            "people.deleteContact": 1,
            "people.get": 1,
        },
        "writes": 2,
        "contacts_created": 4,
        "overlapping_writes": 0,
        "answers": {"200": 2, "404": 2},
        "quota": {
            "critical_reads": {"used": 8, "peak": 8, "refused": 0},
            "critical_writes": {"used": 7, "peak": 7, "refused": 0},
            "daily_contact_writes": {"used": 201, "peak": 201, "refused": 0},
            "write_requests": {"used": 1, "peak": 1, "refused": 0},
        },
    }
    assert counted(google, "john@example.com")["requests"] == {}
