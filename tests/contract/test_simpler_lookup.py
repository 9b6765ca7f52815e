"""What SIMPLer's adapter makes of answers to the call for one customer, over HTTP."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from shared.adapters.simpler.record import SimplerRecord
from shared.domain.contact.customer import Skipped
from shared.errors import StopRun
from tests.contract.simpler_setup import source_of
from tests.fake_clock import FakeClock
from tests.scripted_server import Answer, Request, ScriptedServer


def row(number: int) -> dict[str, Any]:
    """Return the customer of that id."""
    return {"customerid": number, "name": f"Customer {number}"}


@pytest.mark.parametrize("record", [row(7), [row(7)]])
def test_a_lookup_may_answer_with_a_list_of_one(server: ScriptedServer, record: object) -> None:
    """The record alone, or in a list."""
    server.will(Answer(body={"customer": record}))
    found = source_of(server.url).customer("7")
    assert found is not None
    assert not isinstance(found, Skipped)
    assert found.customer().name == "Customer 7"
    assert parse_qs(server.requests[0].body.decode())["customerid"] == ["7"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body={"error": "No such customer: 7"}),
        Answer(404, {"success": False, "error": "Customer not found."}),
    ],
)
def test_a_lookup_that_says_none_gives_none(server: ScriptedServer, answer: Answer) -> None:
    """Only an error that means it says so; a 404 only together with such an error."""
    server.will(answer)
    assert source_of(server.url).customer("7") is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(404, b"<h1>Not Found</h1>"), "simpler.not_json"),
        (Answer(404, {}), "simpler.refused"),
        (Answer(body={}), "simpler.shape"),
        (Answer(body={"customer": None}), "simpler.shape"),
        (Answer(body={"customer": []}), "simpler.shape"),
        (Answer(body={"customer": {}}), "simpler.shape"),
        (Answer(body=b"null"), "simpler.shape"),
        (Answer(body={"customer": [row(7), row(8)]}), "simpler.shape"),
        (Answer(body={"customer": "Customer 7"}), "simpler.shape"),
        (Answer(body={"error": "API user not found"}), "simpler.refused"),
        (Answer(body={"error": "wrong password"}), "simpler.denied"),
    ],
)
def test_a_lookup_that_goes_wrong_is_an_error(server: ScriptedServer, answer: Answer, reason: str) -> None:
    """A wrong path or several customers are never taken for an absence."""
    server.will(answer)
    with pytest.raises(StopRun) as stopped:
        source_of(server.url).customer("7")
    assert stopped.value.reason == reason


def test_a_lookup_tells_of_an_unusable_record(server: ScriptedServer) -> None:
    """It is skipped for the same reasons as in a listing."""
    server.will(Answer(body={"customer": {"customerid": 7}}))
    assert source_of(server.url).customer("7") == Skipped("7", "nothing to show", 1)


def test_several_records_of_the_id_are_told_as_that(server: ScriptedServer) -> None:
    """One of them may be another customer's: none is taken."""
    server.will(Answer(body={"customer": [row(7), row(7) | {"name": "Somebody else"}]}))
    assert source_of(server.url).customer("7") == Skipped("7", "id used twice", 1)


@pytest.mark.parametrize("none", [None, "", "  ", 0, "0", "000", 1.5, [], {}, False])
def test_a_record_without_an_id_is_nobodys(server: ScriptedServer, none: object) -> None:
    """Whatever stands where the id should: the record is not taken for the customer that was asked for."""
    server.will(Answer(body={"customer": row(7) | {"customerid": none}}))
    assert source_of(server.url).customer("7") == Skipped("7", "no id", 1)


def test_a_record_that_has_no_member_for_the_id_is_nobodys(server: ScriptedServer) -> None:
    """Without the member, too, there is no customer."""
    server.will(Answer(body={"customer": {"name": "Nobody"}}))
    assert source_of(server.url).customer("7") == Skipped("7", "no id", 1)


@pytest.mark.parametrize("record", [row(8), [row(8)], {"customerid": 8}, row(70), {"customerid": "07"}])
def test_another_customers_record_is_not_the_one_that_was_asked_for(
    server: ScriptedServer, record: object
) -> None:
    """Usable or not, it is skipped, and for the customer that was asked for."""
    server.will(Answer(body={"customer": record}))
    assert source_of(server.url).customer("7") == Skipped("7", "another id", 1)


def test_an_odd_answer_about_one_of_several_is_that_ones_only(server: ScriptedServer) -> None:
    """The others are read; the odd one is told as a record that cannot be."""
    server.will(
        Answer(body={"customer": row(7)}),
        Answer(body={"customer": []}),
        Answer(404, b"<h1>Not Found</h1>"),
        Answer(body={"error": "Internal error 17"}),
    )
    found = source_of(server.url).some(["7", "8", "9", "10"], listed=10_000)

    assert isinstance(found["7"], SimplerRecord)
    assert [found[id_] for id_ in ("8", "9", "10")] == [
        Skipped("8", "not a record", 1),
        Skipped("9", "not a record", 1),
        Skipped("10", "not a record", 1),
    ]


def test_where_every_answer_about_several_is_odd_simpler_is(server: ScriptedServer) -> None:
    """Nothing can be said of any customer then, so it is an error."""
    server.will(Answer(body={"customer": []}), Answer(body={}))
    with pytest.raises(StopRun) as stopped:
        source_of(server.url).some(["7", "8"], listed=10_000)
    assert stopped.value.reason == "simpler.shape"


def test_what_is_wrong_with_simpler_itself_ends_several(server: ScriptedServer) -> None:
    """Credentials that are refused for one are refused for all."""
    server.will(Answer(body={"customer": row(7)}), Answer(body={"error": "wrong password"}))
    with pytest.raises(StopRun) as stopped:
        source_of(server.url).some(["7", "8"], listed=10_000)
    assert stopped.value.reason == "simpler.denied"


def test_several_are_looked_up_over_one_connection(server: ScriptedServer) -> None:
    """One after the other, each as when it is looked up alone."""
    server.will(
        Answer(body={"customer": row(7)}),
        Answer(body={"error": "No such customer: 8"}),
        Answer(body={"customer": row(70)}),
    )
    found = source_of(server.url).some(["7", "8", "9"], listed=10_000)

    assert list(found) == ["7", "8", "9"]
    assert isinstance(found["7"], SimplerRecord)
    assert found["8"] is None
    assert found["9"] == Skipped("9", "another id", 1)
    assert server.connections == 1


def test_of_a_short_list_several_are_taken(server: ScriptedServer) -> None:
    """Where that costs SIMPLer less; whom the list has not is looked up all the same."""
    twice = [row(9), row(9) | {"name": "Somebody else"}]
    server.will(
        Answer(body={"customers": [row(7), *twice], "total": 3}),
        Answer(body={"error": "No such customer: 8"}),
    )
    found = source_of(server.url).some(["9", "8", "7"], listed=3)

    assert list(found) == ["9", "8", "7"]
    assert isinstance(found["7"], SimplerRecord)
    assert found["8"] is None
    assert found["9"] == Skipped("9", "id used twice", 3, "Somebody else")
    assert [request.path.rpartition("/")[2] for request in server.requests] == [
        "getCustomers",
        "getCustomerData",
    ]


def test_what_is_not_known_of_the_list_is_no_reason_to_read_it(server: ScriptedServer) -> None:
    """Before the first run nobody knows how long it is."""
    server.will(Answer(body={"customer": row(7)}))
    source_of(server.url).some(["7"], listed=None)

    assert [request.path.rpartition("/")[2] for request in server.requests] == ["getCustomerData"]


def test_several_have_the_time_of_one(server: ScriptedServer) -> None:
    """Somebody waits: a minute is for all of them together."""
    clock = FakeClock()

    def slowly(_: Request) -> Answer:
        clock.advance(25)
        return Answer(body={"customer": row(7)})

    server.will(slowly, slowly, slowly)
    with pytest.raises(StopRun) as stopped:
        source_of(server.url, clock=clock).some(["7", "7", "7", "7"], listed=None)

    assert stopped.value.reason == "simpler.slow"
