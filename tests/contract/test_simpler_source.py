"""The promises of a source of customers, on SIMPLer's adapter and the stand-in, over HTTP."""

import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import quote, quote_plus

import pytest

from infra.standins.simpler.failure import Failure, Kind
from infra.standins.simpler.generator import cases, make_customers
from infra.standins.simpler.standin import SimplerStandIn
from infra.standins.simpler.state import Paging
from shared.adapters.simpler.client import BOUNDS, Bounds
from shared.adapters.simpler.record import SimplerRecord
from shared.adapters.simpler.source import SimplerSource
from shared.errors import StopRun
from shared.ports import CustomerSource, Listing
from shared.replace import replace
from tests.contract.simpler_setup import PAGINGS, PASSWORD, USERNAME, read_all, source_of
from tests.fake_clock import FakeClock

SMALL = Bounds(connect=2, read=2, answer=2**20)
CUSTOMERS = make_customers(50, seed=1, odd=False)
FAILURES: list[tuple[Failure, str]] = [
    (Failure("down"), "simpler.down"),
    (Failure("busy"), "simpler.down"),
    (Failure("denied"), "simpler.denied"),
    (Failure("error"), "simpler.refused"),
    (Failure("redirect"), "simpler.redirected"),
    (Failure("html"), "simpler.not_json"),
    (Failure("truncated"), "simpler.truncated"),
    (Failure("cut"), "simpler.truncated"),
    (Failure("huge", size=2**21), "simpler.huge"),
    (Failure("gap"), "simpler.incomplete"),
    (Failure("wrong total"), "simpler.incomplete"),
]
IDS = [failure.kind for failure, _ in FAILURES]


def open_standin(paging: Paging, customers: list[Any]) -> SimplerStandIn:
    """Return a stand-in, 20 customers to a page, with awkward credentials."""
    standin = SimplerStandIn(customers, paging=paging, page_size=20)
    standin.state.api_username = USERNAME
    standin.state.api_password = PASSWORD
    return standin


@pytest.fixture(params=PAGINGS)
def paging(request: pytest.FixtureRequest) -> Paging:
    """Each way of paging."""
    return cast("Paging", request.param)


@pytest.fixture
def standin(paging: Paging) -> Iterator[SimplerStandIn]:
    """A stand-in with 50 customers, 20 to a page."""
    with open_standin(paging, CUSTOMERS) as standin:
        yield standin


@pytest.fixture
def source(standin: SimplerStandIn, paging: Paging, clock: FakeClock) -> SimplerSource:
    """The source on the stand-in."""
    return source_of(standin.api, {"listing": {"paging": PAGINGS[paging]}}, clock=clock, limits=SMALL)


def customers_of(source: CustomerSource) -> Listing:
    """Return the listing, asked for through the port."""
    return source.customers()


def test_every_customer_is_listed_once_in_order(source: SimplerSource) -> None:
    """All pages together are the customers of SIMPLer, with nothing skipped and nothing in doubt."""
    listing = customers_of(source)
    expected = [(str(record["customerid"]), record["name"]) for record in CUSTOMERS]
    assert expected == [(customer.id, customer.name) for customer in read_all(listing)]
    assert listing.skipped == ()
    assert listing.total == 50
    assert listing.doubts == ()


def test_a_record_is_read_whole(source: SimplerSource) -> None:
    """Names, phones, e-mails, address and network of a customer arrive where they belong."""
    record = CUSTOMERS[0]
    customer = read_all(source.customers())[0]
    assert record["contact_first"] == customer.first_name
    assert record["contact_last"] == customer.last_name
    assert record["nickname"] == customer.nickname
    assert record["status"] == customer.status
    assert record["mobile"] == customer.phones[0].text
    assert customer.phones[0].kind == "mobile"
    assert record["email"] == customer.emails[0]
    assert record["city"] == customer.addresses[0].city
    assert record["postcode"] == customer.addresses[0].postcode
    assert record["site"] == customer.site
    assert record["ap_nickname"] == customer.ap
    assert record["product"] == customer.plan


def test_an_empty_list_is_an_empty_listing(standin: SimplerStandIn, source: SimplerSource) -> None:
    """No customers are no error: what to make of it is decided elsewhere."""
    standin.state.failure = Failure("empty")
    listing = source.customers()

    assert list(listing.records) == []
    assert listing.skipped == ()
    assert listing.total == 0


@pytest.mark.parametrize("count", [1, 19, 20, 21, 40])
def test_any_number_of_customers_is_complete(
    standin: SimplerStandIn, source: SimplerSource, count: int
) -> None:
    """The end is found wherever it lies in a page."""
    standin.state.customers.replace(CUSTOMERS[:count])
    assert count == len(source.customers().records)


def test_odd_records_are_skipped_or_read_and_never_cost_the_others(paging: Paging) -> None:
    """Of each kind of unusable record as many are skipped as there are; all others are customers."""
    records = make_customers(500, seed=3)
    with open_standin(paging, records) as standin:
        standin.state.page_size = 500
        profile = {"listing": {"paging": {**PAGINGS[paging], **({"size": 500} if paging == "page" else {})}}}
        listing = source_of(standin.api, profile).customers()
    each = cases(500)
    expected = {"no id": each, "not a record": each, "nothing to show": each, "id used twice": 2 * each}
    assert expected == Counter(skipped.reason for skipped in listing.skipped)
    assert listing.total == 500
    assert 500 - len(listing.skipped) - each == len(listing.records)  # "same twice" counts once
    assert ["have no id" in invalidate for invalidate in listing.doubts] == [True]


@pytest.mark.parametrize(("failure", "reason"), FAILURES, ids=IDS)
def test_every_failure_ends_the_listing(
    standin: SimplerStandIn, source: SimplerSource, failure: Failure, reason: str
) -> None:
    """Whatever SIMPLer does wrong, there is a reason and no listing."""
    standin.state.failure = failure
    with pytest.raises(StopRun) as stopped:
        source.customers()
    assert reason == stopped.value.reason


@pytest.mark.parametrize("kind", ["gap", "repeat", "moving total", "empty", "truncated", "html", "denied"])
@pytest.mark.parametrize("paging", ["page", "cursor"], indirect=True)
def test_a_failure_on_a_later_page_ends_the_listing(
    standin: SimplerStandIn, source: SimplerSource, kind: Kind
) -> None:
    """A good beginning does not make a list complete."""
    standin.state.failure = Failure(kind, page=2)
    with pytest.raises(StopRun) as stopped:
        source.customers()
    others = {"truncated": "simpler.truncated", "html": "simpler.not_json", "denied": "simpler.denied"}
    assert others.get(kind, "simpler.incomplete") == stopped.value.reason


@pytest.mark.parametrize("send", ["GET query", "POST form", "POST json"])
@pytest.mark.parametrize(("failure", "reason"), FAILURES, ids=IDS)
@pytest.mark.parametrize("paging", ["page"], indirect=True)
def test_no_failure_shows_the_credentials_or_a_customer(
    standin: SimplerStandIn, failure: Failure, reason: str, send: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither error, nor its causes, nor any log at DEBUG holds user, password or a customer's name."""
    caplog.set_level(logging.DEBUG)
    standin.state.failure = failure
    profile = {"listing": {"send": send, "paging": PAGINGS["page"]}}
    with pytest.raises(StopRun) as stopped:
        source_of(standin.api, profile, limits=SMALL).customers()
    error = stopped.value
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "\n".join(
        [*traceback.format_exception(error), repr(error), error.message, error.user_message, caplog.text]
    )
    assert reason in shown
    assert "/restapi/getCustomers" in caplog.text or failure.kind == "down"
    secrets = [spell(text) for text in (USERNAME, PASSWORD) for spell in (str, quote, quote_plus)]
    assert [secret for secret in [*secrets, CUSTOMERS[0]["name"]] if secret in shown] == []


@pytest.mark.parametrize("send", ["GET query", "POST form", "POST json"])
def test_credentials_are_accepted_however_they_are_sent(
    standin: SimplerStandIn, paging: Paging, send: str
) -> None:
    """A query, a form and JSON carry the same parameters, special characters included."""
    profile = {"listing": {"send": send, "paging": PAGINGS[paging]}, "lookup": {"send": send}}
    source = source_of(standin.api, profile)
    assert len(source.customers().records) == 50
    assert isinstance(source.customer(str(CUSTOMERS[0]["customerid"])), SimplerRecord)
    assert {"corkwireless"} == {call.parameters["operator"] for call in standin.state.calls}


@pytest.mark.parametrize("kind", ["down", "busy", "cut"])
def test_a_passing_failure_is_outwaited(
    standin: SimplerStandIn, source: SimplerSource, clock: FakeClock, kind: Kind
) -> None:
    """Three failures in a row cost growing waits, and no customer."""
    standin.state.failure = Failure(kind, times=3)
    assert len(source.customers().records) == 50
    least = (1, 2, 4)
    assert [low <= seconds <= 1.5 * low for low, seconds in zip(least, clock.slept, strict=True)] == [
        True
    ] * 3


def test_a_lasting_failure_is_given_up_after_four_tries(
    standin: SimplerStandIn, source: SimplerSource, clock: FakeClock
) -> None:
    """The fourth failure is the last."""
    standin.state.failure = Failure("busy")
    with pytest.raises(StopRun):
        source.customers()
    assert len(standin.state.calls) == 4
    assert len(clock.slept) == 3


@pytest.mark.parametrize("kind", ["denied", "error", "html", "truncated", "redirect"])
def test_what_will_not_pass_is_not_tried_again(
    standin: SimplerStandIn, source: SimplerSource, kind: Kind
) -> None:
    """A refusal is taken as the answer."""
    standin.state.failure = Failure(kind)
    with pytest.raises(StopRun):
        source.customers()
    assert len(standin.state.calls) == 1


def test_retry_after_is_honoured(standin: SimplerStandIn, source: SimplerSource, clock: FakeClock) -> None:
    """SIMPLer is not asked again before it wants to be."""
    standin.state.failure = Failure("busy", times=1, seconds=30)
    source.customers()
    assert [30 <= seconds <= 45 for seconds in clock.slept] == [True]


def test_a_long_retry_after_is_not_waited_for(
    standin: SimplerStandIn, source: SimplerSource, clock: FakeClock
) -> None:
    """An hour is too long; knocking earlier would be impolite."""
    standin.state.failure = Failure("busy", times=1, seconds=3600)
    with pytest.raises(StopRun) as stopped:
        source.customers()
    assert stopped.value.reason == "simpler.down"
    assert clock.slept == []


@pytest.mark.parametrize("paging", ["all"], indirect=True)
def test_an_answer_that_does_not_come_is_not_awaited(standin: SimplerStandIn) -> None:
    """The time to read is bounded."""
    standin.state.failure = Failure("slow", seconds=30)
    with pytest.raises(StopRun) as stopped:
        source_of(standin.api, limits=replace(SMALL, read=0.1)).customers()
    assert stopped.value.reason == "simpler.slow"


@pytest.mark.parametrize("paging", ["all"], indirect=True)
def test_an_answer_that_comes_drop_by_drop_meets_the_deadline(standin: SimplerStandIn) -> None:
    """A server that never pauses for long cannot hold a run up for ever."""

    class Ticking(FakeClock):
        def monotonic(self) -> float:
            self.advance(1)
            return super().monotonic()

    standin.state.failure = Failure("drip", seconds=0.001)
    with pytest.raises(StopRun) as stopped:
        source_of(standin.api, clock=Ticking(), limits=replace(BOUNDS, listing=20)).customers()
    assert stopped.value.reason == "simpler.slow"


def test_waiting_does_not_outlast_the_deadline(standin: SimplerStandIn, clock: FakeClock) -> None:
    """What would end after the deadline is not begun."""
    standin.state.failure = Failure("busy", seconds=50)
    with pytest.raises(StopRun) as stopped:
        source_of(standin.api, clock=clock, limits=replace(SMALL, listing=40)).customers()
    assert stopped.value.reason == "simpler.slow"
    assert clock.slept == []


def test_wrong_credentials_are_denied(standin: SimplerStandIn) -> None:
    """SIMPLer's 401 is told as such."""
    secret = '{"api_username": "somebody", "api_password": "else"}'
    with pytest.raises(StopRun) as stopped:
        source_of(standin.api, secret=secret).customers()
    assert stopped.value.reason == "simpler.denied"


@pytest.mark.parametrize("paging", ["page", "cursor"], indirect=True)
def test_the_same_record_on_two_pages_counts_once_and_raises_a_doubt(
    standin: SimplerStandIn, source: SimplerSource
) -> None:
    """The list moved, so that an absence in it means nothing."""
    standin.state.customers.replace([*CUSTOMERS, CUSTOMERS[0]])
    listing = source.customers()
    invalidate = (
        "1 customer stands on two pages: the list moved while it was read, so others may be missing from it"
    )
    assert len(listing.records) == 50
    assert listing.skipped == ()
    assert listing.total == 51
    assert listing.doubts == (invalidate,)


def test_one_id_with_two_records_is_skipped_both_times(
    standin: SimplerStandIn, source: SimplerSource
) -> None:
    """Nobody can say which of the two is the customer."""
    other = {**CUSTOMERS[1], "customerid": CUSTOMERS[0]["customerid"]}
    standin.state.customers.replace([CUSTOMERS[0], other, *CUSTOMERS[2:]])
    skipped = source.customers().skipped
    customer = str(CUSTOMERS[0]["customerid"])
    assert [(customer, "id used twice", 1), (customer, "id used twice", 2)] == [
        (one.customer, one.reason, one.position) for one in skipped
    ]


def test_a_record_without_an_id_raises_a_doubt(standin: SimplerStandIn, source: SimplerSource) -> None:
    """It may be any customer, and the operator is told where it stands."""
    standin.state.customers.replace([*CUSTOMERS[:16], {"name": "Nobody"}])
    assert source.customers().doubts == ("the record at position 17 has no id, so it may be any customer",)


@pytest.mark.parametrize("none", [None, "", "  ", 0, "0", False, 7.5, {}])
def test_whatever_stands_for_no_id_raises_a_doubt(
    standin: SimplerStandIn, source: SimplerSource, none: object
) -> None:
    """Zero is a database's word for none: no customer is made of it, and nobody's absence is believed."""
    standin.state.customers.replace([CUSTOMERS[0] | {"customerid": none}, *CUSTOMERS[1:]])
    listing = source.customers()
    assert [(one.customer, one.reason, one.position) for one in listing.skipped] == [("", "no id", 1)]
    assert len(listing.records) == 49
    assert len(listing.doubts) == 1


def test_many_records_without_an_id_are_one_doubt(standin: SimplerStandIn, source: SimplerSource) -> None:
    """Ten positions are named, the others counted."""
    standin.state.customers.replace([{"name": f"Nobody {number}"} for number in range(12)])
    named = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"
    assert (f"the records at positions {named} have no id, so they may be any customers",) == (
        source.customers().doubts
    )


def test_one_customer_is_found_by_id(standin: SimplerStandIn, source: SimplerSource) -> None:
    """What the lookup gives is what the listing gives."""
    listed = read_all(source.customers())[7]
    found = source.customer(listed.id)
    assert isinstance(found, SimplerRecord)
    assert found.customer() == listed


def test_a_customer_that_simpler_does_not_have_is_none(source: SimplerSource) -> None:
    """SIMPLer says so itself."""
    assert None is source.customer("7777777")


@pytest.mark.parametrize(
    ("failure", "reason"), [pair for pair in FAILURES if pair[0].kind not in {"gap", "wrong total"}]
)
@pytest.mark.parametrize("paging", ["all"], indirect=True)
def test_a_failed_lookup_never_says_that_there_is_no_customer(
    standin: SimplerStandIn, source: SimplerSource, failure: Failure, reason: str
) -> None:
    """None is only said when SIMPLer said so."""
    standin.state.failure = failure
    with pytest.raises(StopRun) as stopped:
        source.customer("1001")
    assert reason == stopped.value.reason
