"""Every request is checked against the API's description."""

from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.standins.google_kit import TIMEOUT, Google, refusal

AT = "Invalid value at"
TYPE = "type.googleapis.com/google.people.v1"


def violations(error: Any) -> Any:
    """Return the field violations of a BadRequest."""
    return next(detail["fieldViolations"] for detail in error["details"])


def create_batch(google: Google, person: Any) -> Any:
    """Return the error of a batch that would create the person."""
    body = {"contacts": [{"contactPerson": person}], "readMask": "metadata"}
    return google.ask("POST", "/v1/people:batchCreateContacts", json=body).json()["error"]


def test_unknown_path(google: Google) -> None:
    """An address that no API has is answered 404 with a page for people, as Google's front end does."""
    answer = google.ask("GET", "/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


def test_unknown_query_parameter(google: Google) -> None:
    """An unknown query parameter is 400 with Google's words."""
    error = google.ask("GET", "/v1/people/me?personFields=names&colour=red").json()["error"]
    text = (
        'Invalid JSON payload received. Unknown name "colour": Cannot bind query parameter. '
        "Field 'colour' could not be found in request message."
    )
    assert error["code"] == 400
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"] == text
    assert violations(error) == [{"description": text}]


@pytest.mark.parametrize(
    ("parameter", "field", "text"),
    [
        ("pageSize=many", "page_size", f"{AT} 'page_size' (TYPE_INT32), \"many\""),
        ("requestSyncToken=yes", "request_sync_token", f"{AT} 'request_sync_token' (TYPE_BOOL), \"yes\""),
        ("sortOrder=UP", "sort_order", f"{AT} 'sort_order' ({TYPE}.SortOrder), \"UP\""),
        ("sources=ME", "sources", f"{AT} 'sources' ({TYPE}.Sources), \"ME\""),
        ("pageSize=1001", "page_size", "pageSize must be between 1 and 1000, inclusive."),
        ("pageSize=-1", "page_size", "pageSize must be between 1 and 1000, inclusive."),
    ],
)
def test_unsuitable_query_parameter(google: Google, parameter: str, field: str, text: str) -> None:
    """A query parameter of the wrong type, outside its enum or its bounds is 400 and named."""
    error = google.ask("GET", f"/v1/people/me/connections?personFields=names&{parameter}").json()["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    assert violations(error) == [{"field": field, "description": text}]


@pytest.mark.parametrize("parameter", ["fields=names", "alt=proto", "requestMask.includeField=person.names"])
def test_parameter_that_is_not_played(google: Google, parameter: str) -> None:
    """A parameter that Google has and the stand-in does not play is 501, not silently ignored."""
    error = google.ask("GET", f"/v1/people/me?personFields=names&{parameter}").json()["error"]
    assert error["code"] == 501
    assert error["status"] == "UNIMPLEMENTED"


def test_method_that_is_not_played(google: Google) -> None:
    """A method that Google has and the stand-in does not play is 501 and says so."""
    request = google.people.people().searchContacts(query="", readMask="names")
    assert refusal(request) == {
        "code": 501,
        "status": "UNIMPLEMENTED",
        "message": "The stand-in does not play people.searchContacts.",
    }


def test_unknown_member(google: Google) -> None:
    """An unknown member is 400 and named with where it is, in protobuf's names."""
    error = create_batch(google, {"name": "Jane"})
    where = "contacts[0].contact_person"
    text = f"Invalid JSON payload received. Unknown name \"name\" at '{where}': Cannot find field."
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"] == text
    assert violations(error) == [{"field": where, "description": text}]


def test_snake_case_member(google: Google) -> None:
    """Members have the description's names only."""
    assert "given_name" in create_batch(google, {"names": [{"given_name": "Jane"}]})["message"]


@pytest.mark.parametrize(
    ("person", "where", "what"),
    [
        ({"names": [{"givenName": 5}]}, "names[0].given_name", "(TYPE_STRING), 5"),
        ({"names": ["Jane"]}, "names[0]", f'({TYPE}.Name), "Jane"'),
        ({"names": {"givenName": "Jane"}}, "names", '(LIST), {"givenName":"Jane"}'),
        ({"organizations": [{"current": "yes"}]}, "organizations[0].current", '(TYPE_BOOL), "yes"'),
        ({"birthdays": [{"date": {"day": "x"}}]}, "birthdays[0].date.day", '(TYPE_INT32), "x"'),
        ({"birthdays": [{"date": {"day": 2**31}}]}, "birthdays[0].date.day", f"(TYPE_INT32), {2**31}"),
        (
            {"biographies": [{"contentType": "RTF"}]},
            "biographies[0].content_type",
            f'({TYPE}.Biography.contentType), "RTF"',
        ),
    ],
)
def test_unsuitable_member(google: Google, person: Any, where: str, what: str) -> None:
    """A member of the wrong type or outside its enum is 400 with Google's words."""
    assert create_batch(google, person)["message"] == f"{AT} 'contacts[0].contact_person.{where}' {what}"


def test_null_is_absent(google: Google) -> None:
    """A null is a member that is not set."""
    assert google.create(fields="names", names=None).keys() == {"resourceName", "etag"}


@pytest.mark.parametrize("body", ["{", "\xff", "[1]", '"x"'])
def test_body_that_is_no_object(google: Google, body: str) -> None:
    """A body that is no JSON, or no object, is 400."""
    error = google.ask("POST", "/v1/people:createContact", data=body.encode("latin-1")).json()["error"]
    assert error["code"] == 400
    assert error["message"][:30] == "Invalid JSON payload received."


def test_get_sent_as_post(google: Google) -> None:
    """A long GET comes as a POST with the query in a form, which is what Google's client makes of it."""
    names = [google.create()["resourceName"] for _ in range(60)]
    request = google.people.people().getBatchGet(resourceNames=names, personFields="metadata")
    answers = request.execute()["responses"]
    assert [answer["person"]["resourceName"] for answer in answers] == names
    assert google.standin.world.traffic.last(1)[0]["http"] == "GET"


def test_connection_stays_open(google: Google) -> None:
    """A connection serves one request after another."""
    with closing(HTTPConnection(google.address.removeprefix("http://"), timeout=TIMEOUT)) as connection:
        connection.connect()
        socket = connection.sock
        for _ in range(3):
            connection.request("GET", "/v1/contactGroups")
            connection.getresponse().read()
        assert connection.sock is socket


def test_gzip(google: Google) -> None:
    """An answer is packed for clients that take gzip, and only for those."""
    packed = google.ask("GET", "/v1/contactGroups", headers={"Accept-Encoding": "gzip"})
    plain = google.ask("GET", "/v1/contactGroups", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers.get("Content-Encoding") is None
    assert plain.json() == packed.json()


def test_pretty_print(google: Google) -> None:
    """Answers are indented unless that is not wanted."""
    assert google.ask("GET", "/v1/contactGroups").text.startswith('{\n  "contactGroups"')
    assert google.ask("GET", "/v1/contactGroups?prettyPrint=false").text.startswith('{"contactGroups"')
