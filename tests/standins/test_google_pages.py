"""Pages that repeat or skip, by a change meanwhile or by a planned fault, and expired sync tokens."""

from typing import Any

import pytest

from infra.standins.google import Rules
from infra.standins.google.rules import ExpiredTokenShape
from tests.standins.google_kit import JANE, Google, refusal

LIST = "people.connections.list"


def filled(google: Google) -> list[str]:
    """Add five contacts, and return their names."""
    return [google.create()["resourceName"] for _ in range(5)]


def pages(google: Google, most: int = 9, **asked: Any) -> list[list[str]]:
    """Return the resource names on each page of two, up to a number of pages."""
    seen: list[list[str]] = []
    token: dict[str, str] = {}
    while len(seen) < most:
        page = google.connections(pageSize=2, **asked, **token).execute()
        assert page["totalItems"] == 5
        seen.append([person["resourceName"] for person in page["connections"]])
        if "nextPageToken" not in page:
            break
        token = {"pageToken": page["nextPageToken"]}
    return seen


def plan(google: Google, ready: str, nth: int, times: int | None = 1) -> None:
    """Plan what goes wrong with the nth page."""
    google.side("POST", "faults", [{"what": {"ready": ready}, "method": LIST, "nth": nth, "times": times}])


def test_changed_between_two_pages(google: Google) -> None:
    """By default a contact that is changed meanwhile is listed twice: it moves to the end."""
    person = google.create()
    others = [google.create()["resourceName"] for _ in range(2)]
    first = google.connections(pageSize=2).execute()
    google.update(person, mask="names").execute()
    second = google.connections(pageSize=2, pageToken=first["nextPageToken"]).execute()
    seen = [person["resourceName"] for page in (first, second) for person in page["connections"]]
    assert seen == [person["resourceName"], *others, person["resourceName"]]


def test_missed_between_two_pages(google: Google) -> None:
    """With the newest first a contact that is changed meanwhile is missed: it moves to the beginning."""
    person = google.create()
    others = [google.create()["resourceName"] for _ in range(2)]
    newest_first = {"sortOrder": "LAST_MODIFIED_DESCENDING", "pageSize": 2}
    first = google.connections(**newest_first).execute()
    google.update(person, mask="names").execute()
    second = google.connections(**newest_first, pageToken=first["nextPageToken"]).execute()
    seen = [person["resourceName"] for page in (first, second) for person in page.get("connections", [])]
    assert seen == others[::-1]


def test_page_is_repeated(google: Google) -> None:
    """A page may come twice."""
    a, b, c, d, e = filled(google)
    plan(google, "page_repeated", nth=2)
    assert pages(google) == [[a, b], [c, d], [c, d], [e]]


def test_page_leads_back(google: Google) -> None:
    """A page token may lead back to the beginning."""
    a, b, c, d, e = filled(google)
    plan(google, "page_leads_back", nth=3)
    assert pages(google) == [[a, b], [c, d], [e], [a, b], [c, d], [e]]


def test_pages_without_an_end(google: Google) -> None:
    """When every page leads back, or is repeated, a listing has no end."""
    filled(google)
    plan(google, "page_leads_back", nth=1, times=None)
    assert len(pages(google)) == 9


def test_page_is_skipped(google: Google) -> None:
    """The people of a page may be missing; how many there should be is told all the same."""
    a, b, _, _, e = filled(google)
    plan(google, "page_skipped", nth=2)
    assert pages(google) == [[a, b], [e]]


def test_pages_that_go_wrong_give_a_sync_token(google: Google) -> None:
    """A listing with a page repeated or skipped ends with a sync token like any other."""
    filled(google)
    for ready in ("page_repeated", "page_skipped"):
        plan(google, ready, nth=1)
        asked = {"pageSize": 2, "requestSyncToken": True}
        page = google.connections(**asked).execute()
        while "nextPageToken" in page:
            page = google.connections(**asked, pageToken=page["nextPageToken"]).execute()
        assert google.connections(**asked, syncToken=page["nextSyncToken"]).execute().keys() == {
            "nextSyncToken"
        }


@pytest.mark.parametrize(
    ("shape", "code", "status"),
    [
        ("400 INVALID_ARGUMENT", 400, "INVALID_ARGUMENT"),
        ("400 FAILED_PRECONDITION", 400, "FAILED_PRECONDITION"),
        ("410", 410, "FAILED_PRECONDITION"),
    ],
)
def test_shapes_of_an_expired_sync_token(
    google: Google, shape: ExpiredTokenShape, code: int, status: str
) -> None:
    """An expired sync token is refused in the chosen shape, always with the same reason."""
    google.standin.world.rules = Rules(expired_sync_token=shape)
    asked = {"requestSyncToken": True}
    token = google.connections(**asked).execute()["nextSyncToken"]
    google.later(days=7, seconds=1)
    google.sign_in(JANE)
    error = refusal(google.connections(**asked, syncToken=token))
    assert error["code"] == code
    assert error["status"] == status
    assert error["details"][0]["reason"] == "EXPIRED_SYNC_TOKEN"
