"""Every request is checked against the API's description."""

from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest

from infra.standins.google.discovery import load_discovery
from tests.standins.google_kit import TIMEOUT, Google, refusal

AT = "Invalid value at"
TYPE = "type.googleapis.com/google.people.v1"


def violations(error: Any) -> Any:
    """The field violations of a BadRequest."""
    return next(detail["fieldViolations"] for detail in error["details"])


def create_batch(google: Google, person: Any) -> Any:
    """The error of a batch that would create the person."""
    body = {"contacts": [{"contactPerson": person}], "readMask": "metadata"}
    return google.ask("POST", "/v1/people:batchCreateContacts", json=body).json()["error"]


def test_revision() -> None:
    """The description is the one the package's documentation names."""
    assert load_discovery().revision == "20251117"


def test_unknown_path(google: Google) -> None:
    """An address that no API has is answered 404 with a page for people, as Google's front end does."""
    answer = google.ask("GET", "/v1/nothing")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=UTF-8")


def test_wrong_http_method(google: Google) -> None:
    """A path asked with another HTTP method than its own is 404."""
    assert google.ask("PUT", "/v1/people:createContact", json={}).status_code == 404


def test_custom_verb_is_not_part_of_an_id(google: Google) -> None:
    """A resource name ends before the colon of a custom verb."""
    assert google.ask("GET", "/v1/people/c1:updateContact?personFields=names").status_code == 404


def test_unknown_query_parameter(google: Google) -> None:
    """An unknown query parameter is 400 with Google's words."""
    error = google.ask("GET", "/v1/people/me?personFields=names&colour=red").json()["error"]
    text = (
        'Invalid JSON payload received. Unknown name "colour": Cannot bind query parameter. '
        "Field 'colour' could not be found in request message."
    )
    assert (error["code"], error["status"], error["message"]) == (400, "INVALID_ARGUMENT", text)
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
    assert (error["status"], violations(error)) == (
        "INVALID_ARGUMENT",
        [{"field": field, "description": text}],
    )


def test_parameter_given_twice(google: Google) -> None:
    """A parameter that is not repeated cannot be given twice."""
    answer = google.ask("GET", "/v1/people/me?personFields=names&personFields=urls")
    assert answer.status_code == 400


def test_negative_max_members(google: Google) -> None:
    """The number of members asked for is not negative."""
    assert google.ask("GET", "/v1/contactGroups/starred?maxMembers=-1").status_code == 400


def test_page_size_zero_is_the_default(google: Google) -> None:
    """A page size of 0 stands for the default."""
    assert google.connections(pageSize=0).execute() == {}


@pytest.mark.parametrize("parameter", ["fields=names", "alt=proto", "requestMask.includeField=person.names"])
def test_parameter_that_is_not_played(google: Google, parameter: str) -> None:
    """A parameter that Google has and the stand-in does not play is 501, not silently ignored."""
    error = google.ask("GET", f"/v1/people/me?personFields=names&{parameter}").json()["error"]
    assert (error["code"], error["status"]) == (501, "UNIMPLEMENTED")


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
    assert (error["status"], error["message"]) == ("INVALID_ARGUMENT", text)
    assert violations(error) == [{"field": where, "description": text}]


def test_unknown_member_of_the_body(google: Google) -> None:
    """An unknown member of the body itself is named without a place."""
    error = google.ask("POST", "/v1/contactGroups", json={"name": "x"}).json()["error"]
    assert error["message"] == 'Invalid JSON payload received. Unknown name "name": Cannot find field.'


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


def test_list_for_a_message(google: Google) -> None:
    """A list cannot stand where one object is due."""
    error = create_batch(google, {"birthdays": [{"date": []}]})
    where = "contacts[0].contact_person.birthdays[0]"
    reason = "Proto field is not repeating, cannot start list."
    assert error["message"] == f"Invalid JSON payload received. Unknown name \"date\" at '{where}': {reason}"


def test_all_violations(google: Google) -> None:
    """Every violation is named, not only the first."""
    error = create_batch(google, {"names": [{"a": 1}], "urls": [{"b": 1}]})
    fields = [violation["field"] for violation in violations(error)]
    assert fields == ["contacts[0].contact_person.names[0]", "contacts[0].contact_person.urls[0]"]


def test_list_for_a_map(google: Google) -> None:
    """The contacts of a batch update are a map; a list cannot be bound to it."""
    body = {"contacts": [], "updateMask": "names", "readMask": "metadata"}
    error = google.ask("POST", "/v1/people:batchUpdateContacts", json=body).json()["error"]
    text = "Invalid value at 'contacts' (Map), Cannot bind a list to map for field 'contacts'."
    assert violations(error) == [{"field": "contacts", "description": text}]


def test_unknown_member_within_a_map(google: Google) -> None:
    """What a map holds is checked too."""
    body = {"contacts": {"people/c1": {"phone": 1}}, "updateMask": "names", "readMask": "metadata"}
    error = google.ask("POST", "/v1/people:batchUpdateContacts", json=body).json()["error"]
    assert violations(error)[0]["field"] == "contacts[people/c1]"


def test_null_is_absent(google: Google) -> None:
    """A null is a member that is not set."""
    assert google.create(fields="names", names=None).keys() == {"resourceName", "etag"}


@pytest.mark.parametrize("body", ["{", "\xff", "[1]", '"x"'])
def test_body_that_is_no_object(google: Google, body: str) -> None:
    """A body that is no JSON, or no object, is 400."""
    error = google.ask("POST", "/v1/people:createContact", data=body.encode("latin-1")).json()["error"]
    assert (error["code"], error["message"][:30]) == (400, "Invalid JSON payload received.")


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
    assert (plain.headers.get("Content-Encoding"), plain.json()) == (None, packed.json())


def test_pretty_print(google: Google) -> None:
    """Answers are indented unless that is not wanted."""
    assert google.ask("GET", "/v1/contactGroups").text.startswith('{\n  "contactGroups"')
    assert google.ask("GET", "/v1/contactGroups?prettyPrint=false").text.startswith('{"contactGroups"')
