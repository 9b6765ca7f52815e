"""A label by its name, its end, and what Google's refusals say of it."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from shared.domain.sync.person import Label
from shared.errors import OutcomeUnknown, RetryLater, StopAccount, Trouble
from shared.ports import Refused
from tests.people_samples import LABEL, refusal
from tests.scripted_server import Answer, Close, ScriptedServer, Step

MADE = Label(LABEL, "e", "L")
ABOUT_LABELS: dict[str, Callable[[PeopleBook], Any]] = {
    "list": lambda book: book.labels(),
    "get": lambda book: book.label(LABEL),
    "create": lambda book: book.create_label("L", ()),
    "update": lambda book: book.mark_label(MADE, ()),
    "rename": lambda book: book.rename_label(MADE, "M"),
    "delete": lambda book: book.delete_label(LABEL),
}
"""Every request about a label, but for that about its members."""
REFUSALS = {
    "invalid": refusal(400, "INVALID_ARGUMENT"),
    "stale": refusal(400, "FAILED_PRECONDITION"),
    "stale, as in 2021": refusal(403, "FAILED_PRECONDITION"),
    "out of range": refusal(400, "OUT_OF_RANGE"),
    "too large": refusal(413, ""),
    "unknown": refusal(422, ""),
}
"""Refusals of what was in the request; each was told as if it were about a contact."""


def test_a_label_is_deleted_and_never_a_contact_in_it(server: ScriptedServer, book: PeopleBook) -> None:
    """The request says so itself, whatever Google's default is or becomes."""
    server.will(Answer(200, {}))
    book.delete_label(LABEL)
    assert [(request.method, request.target) for request in server.requests] == [
        ("DELETE", f"/v1/{LABEL}?deleteContacts=false&alt=json")
    ]


def test_a_deletion_is_repeated_until_an_answer_tells(server: ScriptedServer, book: PeopleBook) -> None:
    """It may be sent twice: a label that is gone is as it shall be."""
    server.will(Close(), refusal(503, "UNAVAILABLE"), refusal(404, "NOT_FOUND"))
    book.delete_label(LABEL)
    assert server.asked == [f"DELETE /v1/{LABEL}"] * 3
    assert {request.query[0] for request in server.requests} == {("deleteContacts", "false")}


def test_a_label_is_asked_for_with_who_is_in_it(server: ScriptedServer, book: PeopleBook) -> None:
    """By default Google names no members; what is empty is missing in its answer."""
    full = {"name": "L", "memberCount": 2, "clientData": [{"key": "k", "value": "v"}]}
    server.will(
        Answer(200, {"resourceName": LABEL, "etag": "e", **full, "memberResourceNames": ["people/c1"]}),
        Answer(200, {"resourceName": LABEL}),
    )
    assert book.label(LABEL) == Label(LABEL, "e", "L", (("k", "v"),), 2, ("people/c1",))
    assert book.label(LABEL) == Label(LABEL, "", "")
    assert server.requests[0].query == [
        ("groupFields", "clientData,memberCount,metadata,name"),
        ("maxMembers", "1000"),
        ("alt", "json"),
    ]


@pytest.mark.parametrize(
    "gone",
    [
        refusal(404, "NOT_FOUND"),
        Answer(200, {"resourceName": LABEL, "name": "L", "metadata": {"deleted": True}}),
    ],
    ids=["404", "deleted"],
)
def test_google_says_that_a_label_is_gone(server: ScriptedServer, book: PeopleBook, gone: Answer) -> None:
    """Only that, and a label that it calls deleted, is said to be none."""
    server.will(gone)
    assert book.label(LABEL) is None


def test_a_label_that_google_calls_deleted_is_not_listed(server: ScriptedServer, book: PeopleBook) -> None:
    """It names it for whoever asks what changed."""
    rows = [{"resourceName": LABEL, "metadata": {"deleted": True}}, {"resourceName": "contactGroups/2"}]
    server.will(Answer(200, {"contactGroups": rows}))
    assert [label.resource_name for label in book.labels()] == ["contactGroups/2"]


@pytest.mark.parametrize("refused", REFUSALS)
@pytest.mark.parametrize("call", ABOUT_LABELS)
def test_a_refusal_is_told_of_the_label(
    server: ScriptedServer, book: PeopleBook, call: str, refused: str
) -> None:
    """Never of a contact, whichever request about labels it was; a stale one is read again in a while."""
    server.will(REFUSALS[refused])
    with pytest.raises(Trouble) as caught:
        ABOUT_LABELS[call](book)
    is_stale = call in ("update", "rename") and refused.startswith("stale")
    expected = (RetryLater, "google.label_changed") if is_stale else (StopAccount, "google.label_refused")
    assert (type(caught.value), caught.value.reason) == expected
    for text in (caught.value.message, caught.value.user_message):
        assert "label" in text
        assert "the contact was" not in text


@pytest.mark.parametrize("call", ["list", "create"])
def test_a_404_that_cannot_be_about_a_label_is_a_refusal(
    server: ScriptedServer, book: PeopleBook, call: str
) -> None:
    """There is nothing that could be gone."""
    server.will(refusal(404, "NOT_FOUND"))
    with pytest.raises(StopAccount) as caught:
        ABOUT_LABELS[call](book)
    assert caught.value.reason == "google.label_refused"


@pytest.mark.parametrize("call", ["update", "rename"])
def test_a_label_that_is_gone_is_not_changed(server: ScriptedServer, book: PeopleBook, call: str) -> None:
    """The next run makes it anew."""
    server.will(refusal(404, "NOT_FOUND"))
    with pytest.raises(RetryLater) as caught:
        ABOUT_LABELS[call](book)
    assert caught.value.reason == "google.label_gone"


def test_a_label_gets_another_name_and_keeps_its_client_data(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """The name alone is sent, with the etag; None where another label has that name."""
    data = {"clientData": [{"key": "k", "value": "v"}]}
    server.will(
        Answer(200, {"resourceName": LABEL, "etag": "f", "name": "M", **data}), refusal(409, "ALREADY_EXISTS")
    )

    assert book.rename_label(MADE, "M") == Label(LABEL, "f", "M", (("k", "v"),))
    assert book.rename_label(MADE, "M") is None
    assert server.requests[0].json == {
        "contactGroup": {"etag": "e", "name": "M"},
        "updateGroupFields": "name",
        "readGroupFields": "clientData,metadata,name",
    }


@pytest.mark.parametrize("refused", REFUSALS)
def test_a_contact_that_is_not_put_into_the_label_is_told_so(
    server: ScriptedServer, book: PeopleBook, refused: str
) -> None:
    """It was not changed, and nothing was wrong with what was sent of it."""
    server.will(REFUSALS[refused])
    result = book.put_in_label(["people/c1"], LABEL)["people/c1"]
    assert isinstance(result, Refused)
    assert result.trouble.reason == "google.label_refused"
    assert "label" in result.trouble.user_message


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([refusal(403, "PERMISSION_DENIED")], (StopAccount, "google.forbidden")),
        ([Close()] * 3, (OutcomeUnknown, "google.no_answer")),
    ],
)
@pytest.mark.parametrize("call", ABOUT_LABELS)
def test_other_troubles_are_told(
    server: ScriptedServer, book: PeopleBook, call: str, steps: list[Step], told: tuple[type[Trouble], str]
) -> None:
    """What concerns the whole account is told as that; no answer is for later."""
    server.will(*steps)
    with pytest.raises(Trouble) as caught:
        ABOUT_LABELS[call](book)
    assert (type(caught.value), caught.value.reason) == told
