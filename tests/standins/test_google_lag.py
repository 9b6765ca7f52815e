"""Writes that are seen late, answers that take long, and the clocks of both."""

import time
from typing import Any

import pytest

from infra.standins.google import GoogleStandIn, Lag, NewAccount, Quota, Rules
from infra.standins.google.user import User
from tests.fake_clock import FakeClock
from tests.standins.google_kit import JANE, Google, refusal, running, source_of

MINUTES = 300


def listed(google: Google, **asked: Any) -> dict[str, str]:
    """Return the source etags of a listing, by resource name; "deleted" for what is deleted."""
    people = google.connections(**asked).execute().get("connections", [])
    return {
        person["resourceName"]: "deleted" if "deleted" in person["metadata"] else source_of(person)["etag"]
        for person in people
    }


def test_no_lag_by_default(google: Google) -> None:
    """By default a write is seen at once."""
    person = google.create()
    assert listed(google) == {person["resourceName"]: source_of(person)["etag"]}


def test_create_is_seen_late(google: Google) -> None:
    """A listing does not show a new contact until the time has passed."""
    google.lag(listing=MINUTES)
    name = google.create()["resourceName"]
    google.later(seconds=MINUTES - 1)
    before = listed(google)
    google.later(seconds=1)
    assert before == {}
    assert list(listed(google)) == [name]


def test_update_is_seen_late(google: Google) -> None:
    """A listing shows a changed contact as it was, with the etag that it had."""
    person = google.create()
    google.lag(listing=MINUTES)
    after = google.update(person, mask="names").execute()
    name = person["resourceName"]
    before = listed(google)
    google.later(seconds=MINUTES)
    assert before == {name: source_of(person)["etag"]}
    assert listed(google) == {name: source_of(after)["etag"]}


def test_delete_is_seen_late(google: Google) -> None:
    """A listing goes on to show a deleted contact for a while."""
    name = google.create()["resourceName"]
    google.lag(listing=MINUTES)
    google.delete(name)
    before = listed(google)
    google.later(seconds=MINUTES)
    assert list(before) == [name]
    assert listed(google) == {}


def test_get_is_stale(google: Google) -> None:
    """A get shows a contact as it was; its etag is refused, that of the answer to the write is good."""
    person = google.create(nicknames=[{"value": "J"}])
    google.lag(get=MINUTES)
    name = person["resourceName"]
    after = google.update({**person, "nicknames": [{"value": "K"}]}, mask="nicknames").execute()
    stale = google.read(name, "nicknames,metadata")
    assert stale["nicknames"][0]["value"] == "J"
    assert source_of(stale) == source_of(person)
    assert refusal(google.update(stale, mask="names"))["status"] == "FAILED_PRECONDITION"
    assert google.update(after, mask="urls").execute()["resourceName"] == name
    google.later(seconds=MINUTES)
    assert google.read(name, "nicknames")["nicknames"][0]["value"] == "K"


def test_get_of_what_is_new_or_gone(google: Google) -> None:
    """A get does not find a new contact yet, and still finds a deleted one."""
    gone = google.create()["resourceName"]
    google.lag(get=MINUTES)
    new = google.create()["resourceName"]
    google.delete(gone)
    asked = {"resourceNames": [new, gone], "personFields": "metadata"}
    found = [
        answer["httpStatusCode"]
        for answer in google.people.people().getBatchGet(**asked).execute()["responses"]
    ]
    google.later(seconds=MINUTES)
    after = google.people.people().getBatchGet(**asked).execute()["responses"]
    assert found == [404, 200]
    assert [answer["httpStatusCode"] for answer in after] == [200, 404]


def test_sorts_of_reading_lag_apart(google: Google) -> None:
    """Sync listings, plain listings and gets each have their own lag."""
    google.lag(sync=MINUTES, listing=60)
    name = google.create()["resourceName"]
    seen = [list(listed(google)), list(listed(google, requestSyncToken=True)), google.read(name)]
    google.later(seconds=60)
    assert seen[:2] == [[], []]
    assert list(listed(google)) == [name]
    assert listed(google, requestSyncToken=True) == {}


@pytest.mark.parametrize("pause", [0, 1, MINUTES - 1])
def test_sync_token_loses_nothing(google: Google, pause: int) -> None:
    """A token that was taken while changes were not seen yet delivers them when they are."""
    changed, deleted = google.create(), google.create()["resourceName"]
    google.lag(sync=MINUTES)
    token = google.synced()
    after = google.update(changed, mask="names").execute()
    google.delete(deleted)
    created = google.create()
    google.later(seconds=pause)
    early = google.connections(requestSyncToken=True, syncToken=token).execute()
    assert early.keys() == {"nextSyncToken"}
    google.later(seconds=MINUTES - pause)
    assert listed(google, requestSyncToken=True, syncToken=early["nextSyncToken"]) == {
        changed["resourceName"]: source_of(after)["etag"],
        deleted: "deleted",
        created["resourceName"]: source_of(created)["etag"],
    }


def test_full_sync_during_the_lag(google: Google) -> None:
    """The token of a full listing that did not show a change yet delivers it too, and only once."""
    google.lag(sync=MINUTES)
    name = google.create()["resourceName"]
    token = google.synced()
    google.later(seconds=MINUTES)
    assert list(listed(google, requestSyncToken=True, syncToken=token)) == [name]
    later = google.synced(syncToken=token)
    assert listed(google, requestSyncToken=True, syncToken=later) == {}


def test_changes_one_after_the_other(google: Google) -> None:
    """Of several changes of one contact each is seen in its time."""
    google.lag(listing=MINUTES)
    first = google.create()
    google.later(seconds=100)
    second = google.update(first, mask="names").execute()
    google.later(seconds=200)
    between = listed(google)
    google.later(seconds=100)
    name = first["resourceName"]
    assert between == {name: source_of(first)["etag"]}
    assert listed(google) == {name: source_of(second)["etag"]}


def test_order_outlasts_a_change_of_the_lag(google: Google) -> None:
    """A change is never seen before an earlier one, also when the lag ends meanwhile."""
    google.lag(sync=MINUTES)
    google.create()
    google.standin.world.rules = Rules()
    google.create()
    early = listed(google, requestSyncToken=True)
    google.later(seconds=MINUTES)
    assert early == {}
    assert len(listed(google, requestSyncToken=True)) == 2


def test_owner_sees_what_is_so(google: Google) -> None:
    """Owners see their changes at once, and so does whoever compares the account as a whole."""
    google.lag(get=MINUTES, listing=MINUTES)
    jane = User.of(google.address, JANE)
    name = jane.add(nicknames=[{"value": "J"}])
    jane.edit(name, nicknames=[{"value": "K"}])
    assert jane.everything()["contacts"][name]["nicknames"][0]["value"] == "K"


def test_a_clock_of_ones_own() -> None:
    """In one process a test's own clock is the stand-in's: quota and lag go by it."""
    clock = FakeClock()
    rules = Rules(quota=Quota(critical_reads=1), lag=Lag(get=MINUTES))
    standin = GoogleStandIn(clock=clock.now, rules=rules)
    with standin.serve() as address:
        google = Google(standin, address)
        standin.world.add_account(NewAccount(JANE))
        name = google.create()["resourceName"]
        statuses = []
        for seconds in (0, 60, MINUTES):
            clock.sleep(seconds)
            statuses.append(google.ask("GET", f"/v1/{name}?personFields=names").status_code)
        google.close()
    assert statuses == [429, 404, 200]


def test_latency() -> None:
    """On request every answer takes so long at least, until it is said otherwise."""
    with running(Rules(latency=0.05)) as google:
        before = time.monotonic()
        google.create()
        assert time.monotonic() - before >= 0.05
        google.side("POST", "rules", {"latency": 0})
        assert google.standin.world.rules.latency == 0
