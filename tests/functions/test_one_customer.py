"""`sync_customer`: one customer into every account, now or with the run that is on."""

import pytest

from infra.standins.simpler.failure import Failure, Kind
from shared.usecases.customers.press_queue import store
from shared.usecases.sync.missing import LAG
from tests.functions.served import Served
from tests.world import World, customer


def results(functions: Served, customer: str) -> list[tuple[str, str]]:
    """Return what a press says about each account."""
    answer = functions.press("sync_customer", customer=customer)
    assert answer.status_code == 200, answer.text
    return [(account["result"], account["reason"]) for account in answer.json()["accounts"]]


def test_a_new_customer_is_created_changed_and_removed(functions: Served, world: World) -> None:
    """Created, unchanged, updated, removed, then skipped: each told for both accounts."""
    world.run()
    world.simpler.state.customers.add(customer(99))
    told = [results(functions, "99"), results(functions, "99")]
    world.simpler.state.customers.patch("99", {"mobile": "086 999 9999"})
    told.append(results(functions, "99"))
    world.leave(99)
    told += [results(functions, "99"), results(functions, "99")]

    kinds = [[result for result, _ in each] for each in told]
    assert kinds == [[k] * 2 for k in ("created", "unchanged", "updated", "removed", "skipped")]
    assert told[-1][0][1].startswith("The status “post” is none of those that make a contact: ")
    assert "99" not in world.labelled()


def test_it_reads_one_customer_and_does_not_list_any_side(functions: Served, world: World) -> None:
    """One lookup at SIMPLer; two requests to Google: the contact, the change."""
    world.run()
    world.simpler.state.customers.patch("7", {"mobile": "086 777 7777"})
    calls, asked = len(world.simpler.state.calls), world.people_requests()
    assert results(functions, "7")[0][0] == "updated"

    assert [call.path for call in world.simpler.state.calls[calls:]] == ["/restapi/getCustomerData"]
    assert world.people_requests() - asked == 2


def test_a_customer_that_simpler_does_not_have_loses_its_contact(functions: Served, world: World) -> None:
    """Deleted in SIMPLer: removed, from both accounts."""
    world.run()
    world.simpler.state.customers.delete("3")

    assert [result for result, _ in results(functions, "3")] == ["removed", "removed"]


def test_a_press_during_a_run_is_taken_into_it(functions: Served, world: World) -> None:
    """202 with the run; the run reads the customer again before it ends, and says so."""
    run = functions.press("start_sync").json()["run"]
    answer = functions.press("sync_customer", customer="5")
    outcome = world.work()

    assert answer.status_code == 202
    assert answer.json()["state"] == "taken_in"
    assert answer.json()["run"] == run
    assert [account.result for account in outcome.taken_in["5"]] == ["unchanged", "unchanged"]
    assert world.services.state.find("wisps/acme/presses") == []


def test_before_the_first_run_the_account_is_looked_through(functions: Served, world: World) -> None:
    """With no ledger yet, one customer's contact is made once, however often the button is pressed."""
    assert [result for result, _ in results(functions, "1")] == ["created", "created"]
    assert [result for result, _ in results(functions, "1")] == ["unchanged", "unchanged"]
    assert world.run().accounts[0].created == 29


def test_a_contact_that_was_deleted_by_hand_is_made_again(functions: Served, world: World) -> None:
    """The button mends what the user damaged, once a new contact that Google hides would have shown."""
    world.run()
    world.clock.advance(LAG)
    world.user().delete(world.labelled()["4"]["resourceName"])

    assert [result for result, _ in results(functions, "4")] == ["created", "unchanged"]


def test_an_id_that_no_customer_can_have_is_refused(functions: Served, world: World) -> None:
    """A clear error before anything is asked."""
    for odd in ("", " ", "x" * 65):
        assert functions.press("sync_customer", customer=odd).status_code in (400, 422)
    assert functions.press("sync_customer", customer=7).status_code == 400


def test_when_simpler_is_down_it_says_so_and_nothing_is_lost_or_left(functions: Served, world: World) -> None:
    """Failed for each account, with the reason; the press does not stay behind."""
    world.run()
    world.simpler.state.failure = Failure("down")
    told = results(functions, "1")

    assert [result for result, _ in told] == ["failed", "failed"]
    assert "SIMPLer" in told[0][1]
    assert world.services.state.find("wisps/acme/presses") == []
    assert "1" in world.labelled()


def test_a_press_that_a_run_took_in_survives_simpler_being_down(functions: Served, world: World) -> None:
    """It was accepted: while SIMPLer fails it stays stored, and the next run takes it in."""
    world.run()
    functions.press("start_sync")
    functions.press("sync_customer", customer="6")
    world.simpler.state.customers.patch("6", {"mobile": "086 666 6666"})
    world.simpler.state.failure = Failure("down")
    failed = world.work()
    stored = world.services.state.find("wisps/acme/presses")
    world.simpler.state.failure = None
    outcome = world.run()

    assert failed.state == "failed"
    assert len(stored) == 1
    assert list(outcome.taken_in) == ["6"]
    assert world.services.state.find("wisps/acme/presses") == []
    assert world.labelled()["6"]["phoneNumbers"][0]["value"] == "+353 86 666 6666"


@pytest.mark.parametrize("kind", ["no id", "another"])
def test_a_record_that_may_be_anybodys_is_nobodys(functions: Served, world: World, kind: Kind) -> None:
    """Without an id, or with another one: the contact stays as it is, and the answer says why."""
    world.run()
    before = world.snapshot()["contacts"]
    world.simpler.state.customers.patch("7", {"mobile": "086 777 7777"})
    world.simpler.state.failure = Failure(kind)
    told = results(functions, "7")

    assert [result for result, _ in told] == ["skipped", "skipped"]
    assert all(reason.endswith("Please have the record looked at in SIMPLer.") for _, reason in told)
    assert world.snapshot()["contacts"] == before
    assert world.services.state.find("wisps/acme/presses") == []


@pytest.mark.parametrize("kind", ["no id", "another"])
def test_a_record_that_may_be_anybodys_holds_no_other_press_up(world: World, kind: Kind) -> None:
    """A run that takes presses in is done with that one, goes on to others, and calls for no further run."""
    world.run()
    for number in ("7", "8"):
        world.simpler.state.customers.patch(number, {"mobile": "086 777 7777"})
        store(world.services, "acme", number, "mary@example.com")
    world.simpler.state.failure = Failure(kind, page=1, times=2)  # the list is one page, then the first press
    outcome = world.run()

    told = sorted([each.result for each in accounts] for accounts in outcome.taken_in.values())
    assert told == [["skipped", "skipped"], ["unchanged", "unchanged"]]
    assert world.services.state.find("wisps/acme/presses") == []
    assert not world.tasks.tasks
