"""A label's members, and its end."""

import pytest

from shared.adapters.people.book import PeopleBook
from shared.errors import RetryLater, StopAccount, Trouble
from tests.people_samples import LABEL, refusal
from tests.scripted_server import Answer, Close, ScriptedServer, Step


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


def test_the_members_of_a_label_are_asked_for(server: ScriptedServer, book: PeopleBook) -> None:
    """By default Google names none of them."""
    server.will(Answer(200, {"resourceName": LABEL, "memberResourceNames": ["people/c1"]}), Answer(200, {}))
    assert (book.members(LABEL), book.members(LABEL)) == (["people/c1"], [])
    assert server.requests[0].target == f"/v1/{LABEL}?groupFields=name&maxMembers=1000&alt=json"


def test_a_label_that_is_gone_has_no_members(server: ScriptedServer, book: PeopleBook) -> None:
    """As it has no contacts."""
    server.will(refusal(404, "NOT_FOUND"))
    assert book.members(LABEL) == []


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([refusal(403, "PERMISSION_DENIED")], StopAccount),
        ([refusal(400, "INVALID_ARGUMENT")], StopAccount),
        ([Close()] * 3, RetryLater),
    ],
)
def test_other_troubles_are_told(
    server: ScriptedServer, book: PeopleBook, steps: list[Step], kind: type[Trouble]
) -> None:
    """A refusal concerns the whole account; no answer is for later."""
    for call in (book.members, book.delete_label):
        server.will(*steps)
        with pytest.raises(kind):
            call(LABEL)
