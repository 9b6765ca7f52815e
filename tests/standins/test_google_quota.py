"""Quotas by the stand-in's own clock, the long quota, and what the counters tell of both."""

from typing import Any

import pytest
import requests

from infra.standins.google import Quota, Rules
from infra.standins.google.user import User
from tests.standins.google_kit import JANE, Google

LIST = "/v1/people/me/connections?personFields=names"
FULL_SYNC = f"{LIST}&requestSyncToken=true"


def limit(google: Google, **limits: Any) -> None:
    """Enforce quotas: the usual ones, but for these."""
    google.standin.world.rules = Rules(quota=Quota(**limits))


def listing(google: Google, path: str = LIST) -> requests.Response:
    """Return a request that reads people."""
    return google.ask("GET", path)


def batch_create(google: Google, number: int = 1) -> requests.Response:
    """Return a request that creates people in a batch."""
    body = {"contacts": [{"contactPerson": {}}] * number, "readMask": ""}
    return google.ask("POST", "/v1/people:batchCreateContacts", json=body)


def used(google: Google) -> Any:
    """Return the counters of the quotas."""
    return google.side("GET", f"counters?account={JANE}")["quota"]


def units(google: Google) -> dict[str, int]:
    """Return the units used, by metric."""
    return {metric: use["used"] for metric, use in used(google).items()}


def test_no_quota_by_default(google: Google) -> None:
    """Without limits nothing is refused, but everything is counted."""
    assert {listing(google).status_code for _ in range(61)} == {200}
    assert used(google) == {"critical_reads": {"used": 61, "peak": 61, "refused": 0}}


def test_reads_per_minute(google: Google) -> None:
    """After sixty reads in a minute every further one is 429, until the next minute begins."""
    limit(google)
    statuses = [listing(google).status_code for _ in range(61)]
    google.later(seconds=59)
    statuses.append(listing(google).status_code)
    google.later(seconds=1)
    assert [*statuses[59:], listing(google).status_code] == [200, 429, 429, 200]
    assert used(google)["critical_reads"] == {"used": 61, "peak": 60, "refused": 2}


def test_refusal(google: Google) -> None:
    """A refusal names the metric, the limit and its size, as Google's do, and has no Retry-After."""
    limit(google, critical_reads=0)
    answer = listing(google)
    words = "Critical read requests (Contact and Profile Reads)"
    assert answer.json()["error"] == {
        "code": 429,
        "status": "RESOURCE_EXHAUSTED",
        "message": f"Quota exceeded for quota metric '{words}' and limit '{words} per minute per user' of "
        "service 'people.googleapis.com' for consumer 'project_number:1'.",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "quota_limit": "CriticalReadsPerMinutePerProjectPerUser",
                    "quota_limit_value": "0",
                    "quota_metric": "people.googleapis.com/critical_read_requests",
                    "service": "people.googleapis.com",
                    "consumer": "projects/1",
                },
            }
        ],
    }
    assert "Retry-After" not in answer.headers


def test_retry_after(google: Google) -> None:
    """On request a refusal tells how long the minute lasts."""
    limit(google, critical_reads=0, retry_after=True)
    google.later(seconds=18)
    assert listing(google).headers["Retry-After"] == "42"


def test_costs_of_writes(google: Google) -> None:
    """Single writes cost one of each kind; a batch costs six and two hundred, however many it is of."""
    person = google.create()
    google.update(person, mask="names").execute()
    assert units(google) == {"critical_reads": 2, "critical_writes": 2, "daily_contact_writes": 2}
    batch_create(google, 3)
    assert units(google) == {"critical_reads": 8, "critical_writes": 8, "daily_contact_writes": 202}


def test_costs_of_deletes(google: Google) -> None:
    """A single delete costs one write request, a batch ten."""
    names = [google.create()["resourceName"] for _ in range(3)]
    google.ask("DELETE", f"/v1/{names[0]}:deleteContact")
    google.ask("POST", "/v1/people:batchDeleteContacts", json={"resourceNames": names[1:]})
    assert units(google)["write_requests"] == 11


def test_costs_of_reads(google: Google) -> None:
    """Every read of people costs one critical read."""
    name = google.create()["resourceName"]
    google.read(name)
    google.ask("GET", f"/v1/people:batchGet?resourceNames={name}&personFields=names")
    assert units(google)["critical_reads"] == 3


def test_costs_of_groups(google: Google) -> None:
    """Reading groups costs a group read, and each write of them a write request."""
    group = google.make_group("Ours")
    name = group["resourceName"]
    google.ask("GET", f"/v1/{name}")
    google.ask("GET", "/v1/contactGroups")
    google.ask("POST", f"/v1/{name}/members:modify", json={"resourceNamesToRemove": ["people/c1"]})
    google.ask("DELETE", f"/v1/{name}")
    assert units(google) == {"group_reads": 2, "write_requests": 3}


def test_write_that_does_not_fit(google: Google) -> None:
    """A batch that would go beyond a limit is refused, is not done and costs nothing."""
    limit(google, critical_writes=11)
    assert [batch_create(google).status_code for _ in range(2)] == [200, 429]
    assert used(google) == {
        "critical_reads": {"used": 6, "peak": 6, "refused": 0},
        "critical_writes": {"used": 6, "peak": 6, "refused": 1},
        "daily_contact_writes": {"used": 200, "peak": 200, "refused": 0},
    }
    assert google.side("GET", "counters")["contacts_created"] == 1


def test_full_sync(google: Google) -> None:
    """First pages of full syncs have their own quota; pages by a sync or page token do not."""
    google.create()
    google.create()
    limit(google, full_syncs=1)
    first = listing(google, f"{FULL_SYNC}&pageSize=1").json()
    second = listing(google, f"{FULL_SYNC}&pageSize=1&pageToken={first['nextPageToken']}").json()
    token = second["nextSyncToken"]
    paths = (f"{FULL_SYNC}&pageSize=1", f"{FULL_SYNC}&pageSize=1&syncToken={token}", LIST)
    assert [listing(google, path).status_code for path in paths] == [429, 200, 200]


def test_daily_writes(google: Google) -> None:
    """What was written on a day counts until midnight Pacific Time."""
    limit(google, daily_contact_writes=200)
    assert [batch_create(google).status_code for _ in range(2)] == [200, 429]
    info = batch_create(google).json()["error"]["details"][0]
    assert info["metadata"]["quota_limit"] == "DailyContactWritesPerDayPerProjectPerUser"
    google.later(hours=19, minutes=59)
    google.sign_in(JANE)
    assert batch_create(google).status_code == 429
    google.later(minutes=1)
    assert batch_create(google).status_code == 200


def test_accounts_have_their_own(google: Google) -> None:
    """The quota of an account is not used up by another; together the peak is the highest of any."""
    limit(google, critical_reads=2)
    statuses = [listing(google).status_code for _ in range(3)]
    google.sign_in("john@example.com")
    assert [*statuses, listing(google).status_code] == [200, 200, 429, 200]
    assert google.side("GET", "counters")["quota"] == {"critical_reads": {"used": 3, "peak": 2, "refused": 1}}


def test_answers_are_counted(google: Google) -> None:
    """The counters tell how many requests were answered with which status."""
    limit(google, critical_reads=1)
    for _ in range(3):
        listing(google)
    google.side("POST", "faults", [{"what": {"ready": "write_quota"}}])
    listing(google)
    assert google.side("GET", "counters")["answers"] == {"200": 1, "429": 3}


def test_owner_has_no_quota(google: Google) -> None:
    """The owner at work in Google's own pages uses none of a program's quota."""
    limit(google, critical_reads=0)
    assert User.of(google.address, JANE).call("GET", "people/me/connections", personFields="names") == {}
    assert used(google) == {}


def test_long_quota(google: Google) -> None:
    """While the long quota of an account is exhausted every call is its 429; then all is well again."""
    google.side("POST", f"accounts/{JANE}/long-quota", {"seconds": 600})
    google.later(seconds=599)
    answers = [listing(google), google.ask("GET", "/v1/contactGroups")]
    assert {answer.status_code for answer in answers} == {429}
    assert all("FBS quota limit exceeded" in answer.text for answer in answers)
    google.later(seconds=1)
    assert listing(google).status_code == 200


def test_rules_through_the_side_api(google: Google) -> None:
    """Quotas and other rules are changed through the side API, one by one, and end with a reset."""
    changed = google.side("POST", "rules", {"quota": {"critical_reads": 0}})["rules"]
    assert changed["quota"]["critical_reads"] == 0
    assert changed["quota"]["critical_writes"] == 30
    assert google.side("POST", "rules", {"latency": 0})["rules"]["quota"]["critical_reads"] == 0
    assert listing(google).status_code == 429
    google.renew()
    assert google.side("GET", "rules")["rules"]["quota"] is None
    assert listing(google).status_code == 200


@pytest.mark.parametrize("rules", [{"tea": 1}, {"quota": {"tea": 1}}, {"lag": 3}])
def test_unsuitable_rules(google: Google, rules: Any) -> None:
    """Rules that there are not are refused, with the reason."""
    assert google.side("POST", "rules", rules).keys() == {"error"}
