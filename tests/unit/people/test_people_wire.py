"""Google's JSON ⇄ our values."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.google.people.requests import change_json
from shared.adapters.google.people.schema import PersonRead, Read, person_of, persons_in, read_person
from shared.domain.sync.person import OWNED, Change, Person

CONTACT = {"primary": True, "source": {"type": "CONTACT", "id": "47c21a010c6b30c8"}}


def person_from(answer: dict[str, Any]) -> Person:
    """Return the person in Google's JSON."""
    return person_of(read_person(msgspec.json.encode(answer)))


def read(**fields: Any) -> Person:
    """Return a person with these fields."""
    return person_from({"resourceName": "people/c1", "etag": "%e", **fields})


def test_a_person_is_read_whole() -> None:
    """Names, etags, client data and groups are where they belong; a note is known, and not kept."""
    person = read(
        metadata={
            "objectType": "PERSON",
            "sources": [
                {"type": "PROFILE", "id": "1", "etag": "#p"},
                {"type": "CONTACT", "id": "47c2", "etag": "#c", "updateTime": "2023-02-24T16:40:20.181599Z"},
            ],
        },
        clientData=[
            {"metadata": CONTACT, "key": "a", "value": "1"},
            {"key": "a", "value": "1"},
            {"key": "b"},
        ],
        memberships=[
            {
                "contactGroupMembership": {
                    "contactGroupId": "x",
                    "contactGroupResourceName": "contactGroups/x",
                }
            },
            {"domainMembership": {"inViewerDomain": True}},
        ],
        biographies=[{"value": "the user's note"}],
    )
    assert person == Person(
        "people/c1",
        "%e",
        "47c2",
        "#c",
        "2023-02-24T16:40:20.181599Z",
        {},
        (("a", "1"), ("a", "1"), ("b", "")),
        frozenset({"contactGroups/x"}),
        has_user_data=True,
    )


@pytest.mark.parametrize(
    ("field", "item", "kept"),
    [
        (
            "phoneNumbers",
            {"value": "087 1", "canonicalForm": "+353871", "type": "mobile", "formattedType": "Mobile"},
            {"value": "087 1", "type": "mobile"},
        ),
        (
            "emailAddresses",
            {"value": "a@b.ie", "displayName": "A", "formattedType": "Home", "type": "home"},
            {"value": "a@b.ie", "displayName": "A", "type": "home"},
        ),
        (
            "names",
            {
                "displayName": "Mr J D",
                "displayNameLastFirst": "D, J",
                "givenName": "J",
                "unstructuredName": "Mr J D",
            },
            {"givenName": "J"},
        ),
        ("names", {"displayName": "J D", "unstructuredName": "J D"}, {"unstructuredName": "J D"}),
        (
            "addresses",
            {"city": "Cork", "countryCode": "IE", "formattedValue": "Cork\nIE", "formattedType": "Home"},
            {"city": "Cork", "countryCode": "IE"},
        ),
        (
            "addresses",
            {"formattedValue": "at the pub", "type": "x"},
            {"formattedValue": "at the pub", "type": "x"},
        ),
        (
            "organizations",
            {
                "name": "A",
                "title": "B",
                "current": True,
                "startDate": {"year": 2020},
                "formattedType": "Work",
            },
            {"name": "A", "title": "B"},
        ),
        ("nicknames", {"value": "Joe", "type": "DEFAULT"}, {"value": "Joe", "type": "DEFAULT"}),
        ("userDefined", {"key": "k", "value": "v"}, {"key": "k", "value": "v"}),
        ("urls", {"value": "http://x", "formattedType": "Work"}, {"value": "http://x"}),
        ("externalIds", {"value": "42", "type": "customer"}, {"value": "42", "type": "customer"}),
    ],
)
def test_an_item_keeps_what_may_be_written(field: str, item: dict[str, Any], kept: dict[str, str]) -> None:
    """Members that only Google writes are dropped, so that the item can be sent back."""
    assert read(**{field: [{**item, "metadata": CONTACT}]}).fields == {field: (kept,)}


def test_items_from_elsewhere_are_left_out() -> None:
    """What a linked profile or a domain contributes is not the contact's, and may not be written to it."""
    profile = {"source": {"type": "PROFILE", "id": "1"}}
    person = read(
        phoneNumbers=[{"value": "1", "metadata": profile}, {"value": "2"}],
        urls=[{"value": "x", "metadata": profile}],
        nicknames=[{"formattedType": "x"}],
    )
    assert person.fields == {"phoneNumbers": ({"value": "2"},)}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"resourceName": ""},
        {"resourceName": 5},
        {"resourceName": "people/c1", "etag": None},
        {"resourceName": "people/c1", "metadata": []},
        {"resourceName": "people/c1", "clientData": [{"key": 1}]},
        {"resourceName": "people/c1", "names": {"givenName": "x"}},
        {"resourceName": "people/c1", "names": ["x"]},
        {"resourceName": "people/c1", "names": [{"givenName": ["x"]}]},
        {"resourceName": "people/c1", "urls": [{"value": "x", "metadata": "y"}]},
        {"resourceName": "people/c1", "urls": [{"value": "x", "metadata": {"source": 5}}]},
    ],
)
def test_a_person_of_another_shape_is_refused(answer: dict[str, Any]) -> None:
    """An answer that is not what Google documents is an error, never a half-read person."""
    with pytest.raises(msgspec.ValidationError):
        person_from(answer)


def test_persons_are_found_by_the_name_that_was_asked_for() -> None:
    """An answer without a person, for one that is gone, is left out."""
    gone = {"requestedResourceName": "people/c1", "status": {"code": 5}}
    there = {"requestedResourceName": "people/c2", "person": {"resourceName": "people/c3"}}
    answer = msgspec.json.encode({"responses": [gone, there]})
    assert persons_in(msgspec.json.decode(answer, type=Read)) == {"people/c2": Person("people/c3", "")}


def members_of(items: Any) -> list[str]:
    """Return the members that are read of a field's items."""
    wire, _ = get_args(items)
    return [member.encode_name for member in msgspec.structs.fields(wire) if member.name != "metadata"]


MEMBERS = {
    field.encode_name: members_of(field.type)
    for field in msgspec.structs.fields(PersonRead)
    if field.encode_name in OWNED
}
texts = st.text(min_size=1, max_size=5)
items = {
    field: st.lists(st.dictionaries(st.sampled_from(members), texts, min_size=1), max_size=3).map(tuple)
    for field, members in MEMBERS.items()
    if field not in ("names", "addresses")
}


@given(fields=st.fixed_dictionaries(items), pairs=st.lists(st.tuples(texts, texts), max_size=3).map(tuple))
def test_what_is_written_is_read_back(
    fields: dict[str, tuple[dict[str, str], ...]], pairs: tuple[tuple[str, str], ...]
) -> None:
    """A change, sent and read again, gives the same fields and client data."""
    sent = change_json(Change(Person("people/c1", "%e", "id", "#e"), fields, pairs))
    person = person_from({"resourceName": "people/c1", **sent})
    assert person.fields == {field: fields[field] for field in OWNED if fields.get(field)}
    assert person.client_data == pairs
    assert person.source_id == "id"
    assert person.source_etag == "#e"
