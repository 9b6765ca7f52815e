"""Presses of a customer's button: taken in, they are worked off or stay, whatever happens to the run."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infra.standins.google import Rules
from infra.standins.google.lag import Lag
from infra.standins.simpler.failure import Failure
from shared.domain.model.account import Account
from shared.domain.model.lease import Claim, ClaimKind, Lease
from shared.domain.model.run import RunOutcome
from shared.errors import LeaseHeld, Misconfigured, RetryLater, StopRun
from shared.events import LOGGER
from shared.ports import MOST_WRITES, SKEW, Document, Drop, Put
from shared.replace import replace
from shared.usecases.accounts.disconnect import disconnect
from shared.usecases.base.leases import RUN_DEADLINE, TTL, hold, lease_of, new_claim
from shared.usecases.base.ledger_store import load_ledger
from shared.usecases.base.run_documents import load_runs
from shared.usecases.customers.intake import KEPT, LOOKUP_SECONDS, MOST_KEPT, PRESSES_AT_ONCE, drain
from shared.usecases.customers.press import sync_customer
from shared.usecases.customers.press_queue import (
    BY_BUTTON,
    RETRY_WITHIN,
    SOON,
    TRIGGER,
    Handled,
    enqueue_run,
    load_press,
    queued,
    store,
)
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.run import MOST_ATTEMPTS, MOST_TAKEN_IN, SyncWisp, sync_wisp
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.status import PressState, status
from shared.usecases.sync.missing import LAG
from shared.usecases.sync.session import Run
from tests.end_to_end.listings import held
from tests.end_to_end.nights import customers_held, pass_time
from tests.hooked import Hooked, then, with_book, with_source, with_state
from tests.world import LABEL, World, a_world, customer

NEW = "+353 86 111 1111"
PRESSES = "wisps/acme/presses"
OTHERS_CLAIM = Claim("o", "r", "mary@other.ie")
ODD_IDS = ["a/b", "..", "a|b", "%2F", "ü🙂", "a b", "{id}", "'; --", "007"]


def nothing() -> None:
    """Do nothing, which happens mostly."""


def a_run_with_a_press(world: World, after_lookup: Callable[[], None] = nothing) -> RunOutcome:
    """Change customer 1's number and press its button, while a run has SIMPLer's list."""
    pressed: list[str] = []

    def press() -> None:
        if not pressed:
            world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
            pressed.append(sync_customer(world.services, "acme", "1", "joe@example.com").state)

    def hook(source: Any) -> Hooked:
        listed, looked = then(source.customers, press), then(source.customer, after_lookup)
        return Hooked(source, customers=listed, customer=looked)

    world.clock.advance(1)
    outcome = sync_wisp(with_source(world.services, hook), SyncWisp("acme"))
    assert pressed == ["taken_in"]
    return outcome


def phone(world: World) -> str:
    """Return customer 1's number in Google."""
    number: str = world.labelled()["1"]["phoneNumbers"][0]["value"]
    return number


def waiting(world: World) -> list[str]:
    """Return the customers whose press waits."""
    return [press["customer"] for _, press in world.services.state.find(PRESSES)]


def is_not_lost(world: World) -> bool:
    """Return whether the press is done, or somebody will do it."""
    return phone(world) == NEW or (waiting(world) == ["1"] and bool(world.tasks.tasks))


def test_a_press_stays_when_google_fails(tmp_path: Path) -> None:
    """Google does not let the run look at the contact: the press waits for a next task, which does it."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.fault(method="people.getBatchGet", times=6, what={"status": 503})
        a_run_with_a_press(world)

        assert is_not_lost(world)
        while world.tasks.tasks:
            world.work()
        assert phone(world) == NEW
        assert waiting(world) == []


def test_a_press_stays_when_another_wisp_is_in_the_account(tmp_path: Path) -> None:
    """The shared Google account is taken just then; its other user's name is not told."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        lease = world.accounts[0].lease

        def take() -> None:
            world.services.leases.acquire(lease, OTHERS_CLAIM, TTL)

        outcome = a_run_with_a_press(world, take)

        assert is_not_lost(world)
        assert "other.ie" not in str(outcome)


def test_a_press_stays_when_the_deadline_has_passed(tmp_path: Path) -> None:
    """The run's time is over between its accounts and the press."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        a_run_with_a_press(world, lambda: world.clock.advance(RUN_DEADLINE + 1))

        assert is_not_lost(world)


def test_a_superseded_run_forgets_no_press(tmp_path: Path) -> None:
    """The wisp's lease passes to another while the press is worked off: the old holder writes nothing."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()

        def pass_on() -> None:
            world.clock.advance(TTL - 60)
            world.expire(TTL + 60)
            world.services.leases.acquire("wisp-acme", Claim("other", "run2", "mary"), TTL)

        assert a_run_with_a_press(world, pass_on).state == "superseded"
        assert waiting(world) == ["1"]


def test_a_press_that_can_never_work_does_not_stay_for_ever(tmp_path: Path) -> None:
    """An id that no customer can have is told once and forgotten."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        start_sync(world.services, "acme", "mary@example.com")
        pressed = sync_customer(world.services, "acme", " 2", "joe@example.com")
        world.work()

        assert pressed.state == "taken_in"
        assert waiting(world) == []


def test_an_unexpected_error_of_one_press_ends_no_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told to the operators; the run's record is closed, and the wisp's lease is free."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        start_sync(world.services, "acme", "mary@example.com")
        sync_customer(world.services, "acme", "1", "joe@example.com")
        request = msgspec.convert(world.tasks.tasks.pop().body, SyncWisp)

        def break_down(_: str) -> None:
            raise ZeroDivisionError

        odd = with_source(world.services, lambda source: Hooked(source, customer=break_down))
        sync_wisp(odd, request)

        assert [vars(record)["event"] for record in caplog.records] == ["internal.error"]
        assert load_runs(world.services.state, "acme", newest=1)[0].state == "complete"
        assert world.run().state == "complete"


def test_a_busy_database_after_the_end_loses_no_rest_of_a_run(tmp_path: Path) -> None:
    """The look for late presses fails when the rest is enqueued already: the rest is done all the same."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        start_sync(world.services, "acme", "mary@example.com")
        request = msgspec.convert(world.tasks.tasks.pop().body, SyncWisp)
        world.fault(method="people.connections.list", times=5, what={"ready": "read_quota"})
        looks: list[str] = []

        def find(collection: str, **options: Any) -> list[tuple[str, Document]]:
            looks.extend([collection] if collection == PRESSES else [])
            if looks == [PRESSES] * 3:
                raise RetryLater("state.busy", "the database is busy")
            return list(world.services.state.find(collection, **options))

        with pytest.raises(RetryLater):
            sync_wisp(with_state(world.services, find=find), request)
        world.work()

        assert sorted(world.labelled()) == ["1", "2", "3"]


def test_an_allowance_goes_on_with_the_rest_of_a_run(tmp_path: Path) -> None:
    """What a person let through in a preview is let through in the next task too."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.fault(method="people.createContact", times=6, what={"ready": "write_quota"})
        sync_wisp(world.services, SyncWisp("acme", allow="abc"))

        assert world.tasks.tasks[-1].body["allow"] == "abc"


def test_an_odd_id_is_an_id(tmp_path: Path) -> None:
    """Whatever characters an id has, its contact is found again, by a run and by a press."""
    people = [customer(number) | {"customerid": odd} for number, odd in enumerate(ODD_IDS)]
    with a_world(tmp_path, people) as world:
        world.run()

        assert sorted(world.labelled()) == sorted(ODD_IDS)
        assert world.run().accounts[0].writes == 0
        pressed = [sync_customer(world.services, "acme", odd, "joe@example.com") for odd in ODD_IDS]
        assert {account.result for press in pressed for account in press.accounts} == {"unchanged"}


def press(world: World) -> tuple[str, bool]:
    """Press customer 1's button, alone; return what became of it, and whether it goes on."""
    pressed = sync_customer(world.services, "acme", "1", "joe@example.com")
    assert pressed.state == "done"
    return pressed.accounts[0].result, pressed.accounts[0].again


def finish(world: World) -> None:
    """Deliver whatever the queue holds, each task when it is due."""
    while world.tasks.tasks:
        pass_time(world, world.tasks.tasks[-1].delay)
        world.work()


def test_a_press_on_a_contact_that_google_hides_is_tried_again(tmp_path: Path) -> None:
    """Made a moment ago, and Google shows it neither by name nor in a list: told, and done by itself."""
    late = Rules(lag=Lag(sync=300, listing=300, get=300))
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], rules=late) as world:
        world.run()
        pass_time(world, 30)
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        told = press(world), waiting(world), len(world.tasks.tasks)
        finish(world)

        assert told == (("failed", True), ["1"], 1)
        assert phone(world) == NEW
        assert waiting(world) == []
        assert set(held(world).values()) == {1}


def test_a_press_on_a_contact_that_only_the_list_leaves_out_is_done_at_once(tmp_path: Path) -> None:
    """The ledger does not know all, so everything is listed; asked for by its name, the contact is there."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], rules=Rules(lag=Lag(listing=300))) as world:
        first = press(world)
        pass_time(world, 30)
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        told = press(world), phone(world), waiting(world), len(world.tasks.tasks)
        world.run()

        assert first == ("created", False)
        assert told == (("updated", False), NEW, [], 0)
        assert world.services.state.find("wisps/acme/pressed") == []
        assert waiting(world) == []
        assert sorted(held(world).items()) == [("1", 1), ("2", 1), ("3", 1)]


def test_a_press_just_after_the_label_was_deleted_is_tried_again(tmp_path: Path) -> None:
    """Google's list still names the label: the customer's record is not blamed, and a run makes the label."""
    with a_world(tmp_path, [customer(n) for n in range(2, 4)], rules=Rules(lag=Lag(labels=200))) as world:
        world.run()
        pass_time(world, LAG)
        label = next(g["resourceName"] for g in world.snapshot()["groups"].values() if g["name"] == LABEL)
        world.user().call("DELETE", label)
        world.simpler.state.customers.add(customer(1))
        pressed = sync_customer(world.services, "acme", "1", "joe@example.com").accounts[0]
        stays = waiting(world)
        finish(world)

        assert pressed.again
        assert pressed.reason.startswith("The label is not in the Google account")
        assert stays == ["1"]
        assert waiting(world) == []
        assert held(world) == {"1": 1, "2": 1, "3": 1}


def test_a_press_whose_create_has_no_answer_is_tried_again(tmp_path: Path) -> None:
    """Whether the contact was made is not known: it is looked for by itself, and made once."""
    with a_world(tmp_path, [customer(n) for n in range(2, 4)]) as world:
        world.run()
        world.simpler.state.customers.add(customer(1))
        world.fault(method="people.createContact", when="after", what={"ready": "closed"})
        told = press(world), waiting(world)
        finish(world)

        assert told == (("failed", True), ["1"])
        assert waiting(world) == []
        assert set(held(world).values()) == {1}
        assert len(held(world)) == 3


def test_a_press_saves_whose_contact_it_is_about_to_make(tmp_path: Path) -> None:
    """Before the request, as a run does: should it die then, nobody makes a second contact."""
    with a_world(tmp_path, [customer(n) for n in range(2, 4)]) as world:
        world.run()
        world.simpler.state.customers.add(customer(1))
        saved: list[str] = []

        def hook(account: Account, book: Any) -> Hooked:
            def create(*asked: Any) -> Any:
                saved.extend(load_ledger(world.services.state, account.id).head.unconfirmed)
                return book.create(*asked)

            return Hooked(book, create=create)

        pressed = sync_customer(with_book(world.services, hook), "acme", "1", "joe@example.com")

        assert [account.result for account in pressed.accounts] == ["created"]
        assert saved == ["1"]


def test_a_press_that_google_cannot_serve_is_tried_again_by_itself(tmp_path: Path) -> None:
    """Nobody else is at work; the press stays, and one run takes up all of these minutes."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        world.fault(method="people.getBatchGet", times=12, what={"status": 503})
        told = press(world), press(world)
        tasks = [(task.function, 0 < task.delay <= RETRY_WITHIN) for task in world.tasks.tasks]
        finish(world)

        assert told == (("failed", True), ("failed", True))
        assert tasks == [("sync_wisp", True)]
        assert phone(world) == NEW
        assert waiting(world) == []


def test_a_press_that_nobody_came_to_is_handed_on(tmp_path: Path) -> None:
    """SIMPLer fails at a press, whose user is told; somebody else's, which was taken in, is done by a run."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        other = {"customer": "2", "by": "mary@example.com", "at": "2026-03-02T05:00:00+00:00"}
        world.services.state.write(Put(f"{PRESSES}/0", other))

        looked: list[str] = []

        def fail(id_: str) -> None:
            looked.append(id_)
            raise StopRun("simpler.down", "SIMPLer does not answer")

        failing = with_source(world.services, lambda source: Hooked(source, customer=fail))
        pressed = sync_customer(failing, "acme", "1", "joe@example.com")
        assert pressed.state == "done"
        assert [account.result for account in pressed.accounts] == ["failed"]
        assert looked == ["1"]  # it would fail for the next customer too
        assert waiting(world) == ["2"]
        finish(world)

        assert waiting(world) == []
        assert phone(world) == NEW


def test_however_many_go_on_pressing_an_answer_comes(tmp_path: Path) -> None:
    """Others press again and again while it works: the answer waits for two batches of them, no more."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        looked: list[str] = []

        def press_another(source: Any) -> Hooked:
            def look(id_: str) -> Any:
                looked.append(id_)
                number = len(looked)
                another = {"customer": str(number % 3 + 1), "by": "eve@example.com", "at": str(number)}
                world.services.state.write(Put(f"{PRESSES}/{number:024}", another))
                return source.customer(id_)

            return Hooked(source, customer=look)

        pressed = sync_customer(with_source(world.services, press_another), "acme", "1", "joe@example.com")

        assert looked[0] == "1"
        assert pressed.state == "done"
        assert len(looked) <= 2 * (PRESSES_AT_ONCE + 1)
        assert [0 < task.delay <= SOON for task in world.tasks.tasks] == [True]
        finish(world)
        assert waiting(world) == []


def test_a_slow_simpler_keeps_nobody_waiting_for_others(tmp_path: Path) -> None:
    """It takes three seconds for each of six others: the answer waits for some, a run does the rest."""
    with a_world(tmp_path, [customer(n) for n in range(1, 8)]) as world:
        world.run()
        for number in range(2, 8):
            store(world.services, "acme", str(number), "eve@example.com")

        def take_long(source: Any) -> Hooked:
            return Hooked(source, customer=then(source.customer, lambda: world.clock.advance(3)))

        began = world.clock.monotonic()
        pressed = sync_customer(with_source(world.services, take_long), "acme", "1", "joe@example.com")

        assert pressed.state == "done"
        assert world.clock.monotonic() - began <= 2 * (4 + 3)
        assert len(waiting(world)) == 3
        assert len(world.tasks.tasks) == 1
        finish(world)
        assert waiting(world) == []


def test_a_press_that_simpler_fails_starts_no_run_of_its_own(tmp_path: Path) -> None:
    """Its user is told, and tries again by themselves."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        world.simpler.state.failure = Failure("denied")
        pressed = sync_customer(world.services, "acme", "1", "joe@example.com")

        assert [account.result for account in pressed.accounts] == ["failed"]
        assert waiting(world) == []
        assert world.tasks.tasks == []


def test_the_lease_outlasts_a_slow_simpler_that_is_asked_for_many(tmp_path: Path) -> None:
    """Nothing is asked of Google meanwhile, so no request of ours renews it."""
    with a_world(tmp_path, [customer(1)], accounts=0) as world:
        for number in range(8):
            store(world.services, "acme", str(number), "eve@example.com")

        taken: list[Lease] = []

        def pass_a_minute() -> None:
            world.clock.advance(LOOKUP_SECONDS)
            world.expire(LOOKUP_SECONDS)
            with suppress(LeaseHeld):
                taken.append(world.services.leases.acquire(lease_of("acme"), OTHERS_CLAIM, TTL))

        slow = with_source(world.services, lambda it: Hooked(it, customer=then(it.customer, pass_a_minute)))
        claim = new_claim(slow, "run", "nightly run")
        with hold(slow, lease_of("acme"), claim) as held_lease:
            drain(Run(slow, world.wisp, held_lease, world.clock.monotonic() + RUN_DEADLINE), (), set())

        assert taken == []
        assert waiting(world) == []


def test_a_run_gets_its_turn_among_presses(tmp_path: Path) -> None:
    """It finds the lease with a press: the next presses leave it to the run, which takes them up."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        lease = world.services.leases.acquire("wisp-acme", Claim("o", "p", "a button", "customers"), TTL)
        with pytest.raises(LeaseHeld):
            sync_wisp(world.services, SyncWisp("acme"))
        world.services.leases.release(lease)
        pressed = sync_customer(world.services, "acme", "1", "joe@example.com")

        assert pressed.state == "taken_in"
        assert "1" in sync_wisp(world.services, SyncWisp("acme")).taken_in


def test_the_button_waits_for_a_press_of_a_customers(tmp_path: Path) -> None:
    """It has the lease for some seconds; the run starts as soon as it is given back."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        lease = world.services.leases.acquire("wisp-acme", Claim("o", "p", "a button", "customers"), TTL)

        def give_back(_: float) -> None:
            world.services.leases.release(lease)

        patient = replace(world.services, clock=Hooked(world.services.clock, sleep=give_back))
        assert start_sync(patient, "acme", "mary@example.com").state == "waiting"


def test_what_became_of_a_press_that_was_taken_in_can_be_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It waits, then it is done, with what was done in each account; a day later nobody knows it."""
    caplog.set_level("INFO", LOGGER.name)
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        start_sync(world.services, "acme", "mary@example.com")
        press = sync_customer(world.services, "acme", "1", "joe@example.com").press
        before = status(world.services, "acme", has_right=True, press=press).press
        world.work()
        after = status(world.services, "acme", has_right=True, press=press).press
        other = status(world.services, "acme", has_right=True, press="0" * 24).press
        world.clock.advance(KEPT.total_seconds())
        world.run()

        assert before == PressState(press, "waiting", "1")
        assert after is not None
        assert after.state == "done"
        assert after.customer == "1"
        assert [account.result for account in after.accounts] == ["unchanged"]
        assert other is None
        assert [vars(record)["event"] for record in caplog.records].count("customer.synced") == 1
        assert load_press(world.services.state, "acme", press) is None


def test_a_run_lists_some_of_very_many_presses_and_counts_the_others(tmp_path: Path) -> None:
    """A document has a size, and lists of runs are read often."""
    people = [customer(n) for n in range(1, MOST_TAKEN_IN + 4)]
    with a_world(tmp_path, people) as world:
        world.run()
        for record in people:
            store(world.services, "acme", str(record["customerid"]), "joe@example.com")
        outcome = world.run()

        assert len(outcome.taken_in) == MOST_TAKEN_IN
        assert outcome.taken_in_left_out == 3
        assert waiting(world) == []


def test_a_customer_who_is_pressed_very_often_is_forgotten_in_several_writes(tmp_path: Path) -> None:
    """A store takes only so many at once; what became of a press is kept before it is forgotten."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        press = {"customer": "1", "by": "joe@example.com", "at": world.clock.now().isoformat()}
        for start in (0, MOST_WRITES):
            world.services.state.write(*(Put(f"{PRESSES}/{start + n}", press) for n in range(MOST_WRITES)))
        written: list[list[str]] = []

        def write(*writes: Put | Drop, fence: Any = None) -> None:
            written.append([each.path for each in writes])
            world.services.state.write(*writes, fence=fence)

        sync_wisp(with_state(world.services, write=write), SyncWisp("acme"))

        assert waiting(world) == []
        assert max(map(len, written)) <= MOST_WRITES
        assert len(world.services.state.find("wisps/acme/pressed")) == MOST_KEPT


@pytest.mark.parametrize("new_name", [False, True], ids=["same name", "new name"])
@pytest.mark.parametrize("order", [("1", "2"), ("2", "1")], ids=["into the customer's", "into another's"])
def test_a_press_on_a_contact_that_a_user_merged_loses_and_doubles_nobody(
    tmp_path: Path, order: tuple[str, str], *, new_name: bool
) -> None:
    """A run parts the two, since it sees both; what Google tells meanwhile is minutes old."""
    late = Rules(lag=Lag(sync=300, listing=240, get=20))
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], rules=late) as world:
        world.run()
        pass_time(world, LAG)
        merged = [world.labelled()[number]["resourceName"] for number in order]
        world.user().merge(*merged, new_name=new_name)
        pass_time(world, LAG)
        told = press(world)
        finish(world)
        pass_time(world, 1)
        calm = world.run().accounts[0]

        assert told == ("failed", True)
        assert waiting(world) == []
        assert calm.writes == 0
        assert customers_held(world) == {"1": 1, "2": 1, "3": 1}


def test_a_turn_that_cannot_be_read_is_told_to_the_operator(tmp_path: Path) -> None:
    """Somebody changed the document by hand: the press stays, and the error names the document."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.services.state.write(Put("wisps/acme/turn/run", {"until": "tomorrow"}))
        with pytest.raises(Misconfigured, match="wisps/acme/turn/run"):
            sync_customer(world.services, "acme", "1", "joe@example.com")

        assert waiting(world) == ["1"]


@pytest.mark.parametrize("act", ["run", "disconnection"])
def test_a_press_that_fails_while_another_act_is_ending_waits_for_no_night(tmp_path: Path, act: str) -> None:
    """Whoever pressed was told that the act takes the customer up; SIMPLer is away for a moment then."""
    with a_world(tmp_path, [customer(1)], accounts=2) as world:
        world.run()
        world.tasks.tasks.clear()

        def press_first(lease: Any) -> Any:
            if lease.name == "wisp-acme" and not world.simpler.state.failure:
                world.simpler.state.failure = Failure("denied")
                store(world.services, "acme", "1", "mary@example.com")
            return world.services.leases.release(lease)

        services = replace(world.services, leases=Hooked(world.services.leases, release=press_first))
        if act == "run":
            sync_wisp(services, SyncWisp("acme"))
        else:
            disconnect(services, wisp="acme", account=world.accounts[1].id, by="mary@example.com")

        assert [task.body for task in world.tasks.tasks] == [{"wisp": "acme", "by": BY_BUTTON}]


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        (SyncWisp("acme", tries=MOST_ATTEMPTS), "SIMPLer"),
        (SyncWisp("acme", attempt=MOST_ATTEMPTS), "Google"),
    ],
    ids=["it failed", "it is unfinished"],
)
@pytest.mark.parametrize("pressed", ["before", "meanwhile", "by a trigger"])
def test_a_press_while_a_run_is_given_up_waits_for_no_night(
    tmp_path: Path, last: SyncWisp, fault: str, pressed: str
) -> None:
    """Its user was told that the run takes it up; who pressed before had many tries, triggers have a task."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        if fault == "SIMPLer":
            world.simpler.state.failure = Failure("down")
        else:
            world.fault(method="people.connections.list", times=1, what={"ready": "long_quota"})
        presses: list[str] = []
        behind = timedelta(seconds=SKEW - 1)  # by the clock of another machine

        def press_once() -> None:
            if presses:
                return
            if pressed == "by a trigger":
                tell_change(world.services, "acme", "1")
                presses.extend(queued(world.services, "acme"))
            else:
                elsewhere: Any = Hooked(world.clock, now=lambda: world.clock.now() - behind)
                presses.extend(store(replace(world.services, clock=elsewhere), "acme", "1", "mary@acme.ie"))

        def press_first(lease: Any) -> Any:
            if lease.name == "wisp-acme":
                press_once()
            return world.services.leases.release(lease)

        if pressed == "before":
            press_once()
        world.clock.advance(60)
        services = replace(world.services, leases=Hooked(world.services.leases, release=press_first))
        outcome = sync_wisp(services, last)
        handed_on = [task.body for task in world.tasks.tasks]

        assert outcome.state in ("failed", "unfinished")
        assert waiting(world) == ["1"]
        assert (
            handed_on
            == {
                "before": [],
                "meanwhile": [{"wisp": "acme", "by": BY_BUTTON}],
                "by a trigger": [{"wisp": "acme", "by": TRIGGER, "told": True}],
            }[pressed]
        )


def test_many_who_press_while_a_run_is_ending_wait_for_no_later_task_of_it(tmp_path: Path) -> None:
    """It is to go on in hours; two batches of them are looked at at once, the others within half a minute."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        world.fault(method="people.connections.list", times=1, what={"ready": "long_quota"})
        world.clock.advance(60)

        def press_first(lease: Any) -> Any:
            if lease.name == "wisp-acme" and not waiting(world):
                for number in range(2 * PRESSES_AT_ONCE + 3):
                    store(world.services, "acme", str(number), "mary@acme.ie")
            return world.services.leases.release(lease)

        services = replace(world.services, leases=Hooked(world.services.leases, release=press_first))
        outcome = sync_wisp(services, SyncWisp("acme"))

        assert outcome.state == "unfinished"
        assert min(task.delay for task in world.tasks.tasks) <= SOON
        assert max(task.delay for task in world.tasks.tasks) > SOON


def test_a_press_that_failed_is_done_when_another_one_of_the_customer_goes_well(tmp_path: Path) -> None:
    """Somebody else presses while Google fails the first; both are done then, and nobody waits any more."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        world.fault(method="people.getBatchGet", times=None, what={"status": 503})
        others: list[str] = []

        def press_too() -> None:
            if others:
                world.google.world.faults.clear()
            else:
                others.extend(store(world.services, "acme", "1", "mary@example.com"))

        looking = with_source(world.services, lambda it: Hooked(it, customer=then(it.customer, press_too)))
        pressed = sync_customer(looking, "acme", "1", "joe@example.com")

        assert [account.result for account in pressed.accounts] == ["updated"]
        assert waiting(world) == []
        assert world.tasks.tasks == []
        assert isinstance(load_press(world.services.state, "acme", others[0]), Handled)


def test_a_run_that_takes_presses_up_is_none_that_may_have_begun(tmp_path: Path) -> None:
    """By the clock of another machine it is due, and has looked who waits: this press has one of its own."""
    with a_world(tmp_path, []) as world:
        enqueue_run(world.services, "acme", within=SOON)
        world.clock.advance(world.tasks.tasks[0].delay - SKEW + 1)
        enqueue_run(world.services, "acme", within=SOON)

        assert len(world.tasks.tasks) == 2
        assert all(SKEW < task.delay <= SOON for task in world.tasks.tasks)


@pytest.mark.parametrize(("kind", "tasks"), [("restore", 1), ("customers", 1), ("run", 0), ("disconnect", 0)])
def test_a_press_is_handed_on_unless_who_holds_the_lease_takes_it_up(
    tmp_path: Path, kind: ClaimKind, tasks: int
) -> None:
    """What an operator restores, or another press that died, looks at no press when it ends."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.services.leases.acquire("wisp-acme", Claim("o", "r", "mary@other.ie", kind), TTL)
        pressed = sync_customer(world.services, "acme", "1", "joe@example.com")

        assert pressed.state == "taken_in"
        assert len(world.tasks.tasks) == tasks
