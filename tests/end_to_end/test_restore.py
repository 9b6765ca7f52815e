"""Bringing an account back to what it was before a run, and letting it go on."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.domain.model.account import Account, Leaving
from shared.errors import Denied, LeaseHeld, SkipCustomer
from shared.ports import Drop, Put
from shared.replace import replace
from shared.usecases.accounts.restore import Restored, pause, restore, resume
from shared.usecases.base.documents import account_put, load_account, load_acts, load_synced, run_time
from shared.usecases.base.leases import TTL
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.run import SyncWisp
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.status import status
from shared.usecases.runs.work import work
from shared.usecases.sync.snapshots import SNAPSHOT_KEPT, contacts_before, runs
from tests.dying_process import Died, DyingProcess
from tests.end_to_end.listings import held
from tests.hooked import Hooked, with_book, with_state
from tests.world import LABEL, World, a_world, customer

OWN = "+353 1 555 0001"
"""A number that the user added."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Ten customers, all in the account."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as made:
        made.run()
        yield made


def shown(world: World) -> dict[str, Any]:
    """Return what people see of our contacts, by customer."""
    fields = ("names", "nicknames", "phoneNumbers", "userDefined", "urls")
    return {
        id_: {
            field: sorted(item.get("value", item.get("displayName", "")) for item in person.get(field, ()))
            for field in fields
        }
        for id_, person in world.labelled().items()
    }


def a_bad_night(world: World) -> str:
    """Run so that 1 changes, 2 and 3 go and 11 comes; return the run's id."""
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111", "name": "Somebody else"})
    for number in ("2", "3"):
        world.simpler.state.customers.delete(number)
    world.simpler.state.customers.add(customer(11))
    outcome = world.run()
    done = outcome.accounts[0]
    assert done.created == 1
    assert done.updated == 1
    assert done.removed == 2
    return outcome.run


def back(world: World, run: str, *, go: bool = True, services: Services | None = None) -> Restored:
    """Bring the account back."""
    world.clock.advance(1)
    return restore(services or world.services, "acme", "acme-0", run, by="an operator", go=go)


def counts(done: Restored) -> tuple[int, int, int, int]:
    """Return the counts: created, updated, removed, unknown."""
    return done.create, done.update, done.remove, done.unknown


def test_what_a_run_changed_removed_and_created_is_undone(world: World) -> None:
    """All is as it was before; the look before it tells the same counts, and changes nothing."""
    before = shown(world)
    run = a_bad_night(world)
    after = world.snapshot()
    looked = back(world, run, go=False)
    untouched = world.snapshot()
    done = back(world, run)

    assert looked.outcome is None
    assert untouched == after
    assert counts(looked) == counts(done) == (2, 1, 1, 0)
    assert done.outcome is not None
    assert done.outcome.created == 2
    assert done.outcome.updated == 1
    assert done.outcome.removed == 1
    assert shown(world) == before
    assert set(held(world).values()) == {1}


def test_a_look_makes_no_label(world: World) -> None:
    """The user has deleted it: it is counted what would come back, and Google is written nothing."""
    run = a_bad_night(world)
    world.user().call("DELETE", world.user().label(LABEL))
    before = world.snapshot()
    looked = back(world, run, go=False)

    assert world.snapshot() == before
    assert looked.outcome is None
    assert looked.create == 10


def test_what_was_is_not_what_simpler_has(world: World) -> None:
    """An undo leaves alone since when the account equals SIMPLer, and tells what it holds now; a run anew."""
    run = a_bad_night(world)
    equal = load_synced(world.services.state, "acme")["acme-0"]
    back(world, run)
    after_undo = load_synced(world.services.state, "acme")["acme-0"]
    holds = len(world.labelled())
    resume(world.services, "acme", "acme-0", by="an operator")
    world.run()
    anew = load_synced(world.services.state, "acme")["acme-0"]

    assert (after_undo.at, after_undo.expected) == (equal.at, equal.expected)
    assert after_undo.held == holds != equal.held
    assert after_undo.undone > equal.at
    assert anew.at > equal.at
    assert anew.undone == ""


@pytest.mark.parametrize("document", [None, {"at": 5}])
def test_what_is_kept_of_the_last_complete_run_holds_no_undo_up(
    world: World, document: dict[str, Any] | None
) -> None:
    """None may have been complete, and it may be unreadable; the undo tells what the account holds."""
    run, path = a_bad_night(world), "wisps/acme/synced/acme-0"
    world.services.state.write(Put(path, document) if document else Drop(path))
    done = back(world, run).outcome
    synced = load_synced(world.services.state, "acme")["acme-0"]

    assert done is not None
    assert done.state == "complete"
    assert synced.at == ""
    assert synced.held == len(world.labelled())


def test_what_users_added_since_stays(world: World) -> None:
    """To a contact that is brought back as well as to one that is left alone; their own are not touched."""
    world.add_own_contacts(3)
    own = world.own_contacts()
    run = a_bad_night(world)
    for number in ("1", "5"):
        person = world.labelled()[number]
        ours = [{"value": phone["value"]} for phone in person["phoneNumbers"]]
        world.user().edit(person["resourceName"], phoneNumbers=[*ours, {"value": OWN}])
    back(world, run)

    for number in ("1", "5"):
        numbers = [phone["value"] for phone in world.labelled()[number]["phoneNumbers"]]
        assert numbers == [f"+353 87 100 000{number}", OWN]
    assert world.own_contacts() == own


def test_the_account_is_left_alone_until_it_may_go_on(world: World) -> None:
    """Runs and presses write nothing and say why, so does the status; then all is as SIMPLer has it."""
    run = a_bad_night(world)
    now = shown(world)
    back(world, run)
    before = world.snapshot()
    paused = world.run().accounts[0]
    pressed = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]
    health = status(world.services, "acme", has_right=True).accounts[0]
    began = (
        f"{datetime.fromisoformat(run_time(run)).astimezone(ZoneInfo(world.wisp.time_zone)):%d %b %Y, %H:%M}"
    )

    assert paused.state == "stopped"
    assert paused.code == "account.paused"
    assert pressed.result == "failed"
    assert f"Brought back by an operator to what it was before the run of {began}" in paused.reason
    assert pressed.reason == paused.reason
    assert health.state == "paused"
    assert health.reason in paused.reason
    assert world.snapshot() == before

    resume(world.services, "acme", "acme-0", by="an operator")
    outcome = world.run().accounts[0]
    assert outcome.created == 1
    assert outcome.updated == 1
    assert outcome.removed == 2
    assert shown(world) == now
    assert status(world.services, "acme", has_right=True).accounts[0].state == "connected"


def test_doing_it_twice_is_doing_it_once(world: World) -> None:
    """The second time there is nothing to do."""
    run = a_bad_night(world)
    back(world, run)
    before = world.snapshot()
    again = back(world, run)

    assert counts(again) == (0, 0, 0, 0)
    assert world.snapshot() == before
    assert again.outcome is not None
    assert again.outcome.state == "complete"


def test_any_run_can_be_gone_back_to(world: World) -> None:
    """Past several that wrote, a press among them; and a restoration can be undone itself."""
    first = shown(world)
    wrote = [a_bad_night(world)]
    second = shown(world)
    world.simpler.state.customers.patch("5", {"mobile": "086 555 5555"})
    sync_customer(world.services, "acme", "5", "mary@example.com")
    world.simpler.state.customers.add(customer(12))
    wrote.append(world.run().run)
    third = shown(world)
    idle = world.run().run
    back(world, wrote[0])
    assert shown(world) == first

    last = [
        run for run in runs(world.services.state, "acme-0", world.clock.now()) if run.startswith("restore-")
    ][-1]
    back(world, last)
    assert shown(world) == third
    back(world, wrote[1])
    assert shown(world) == {**second, "5": third["5"]}
    with pytest.raises(SkipCustomer):
        back(world, idle)


def test_many_presses_make_an_undo_read_no_more(world: World) -> None:
    """Each keeps what was, but only what the first of them kept tells what was before the run."""
    before = shown(world)
    run = a_bad_night(world)
    read: list[str] = []

    def find(collection: str, **asked: Any) -> Any:
        read.append(collection)
        return world.services.state.find(collection, **asked)

    counting = with_state(world.services, find=find)
    contacts_before(counting.state, "acme-0", run, world.clock.now())
    first = len(read)
    for number in range(5):
        world.simpler.state.customers.patch("5", {"mobile": f"086 555 000{number}"})
        world.clock.advance(1)
        sync_customer(world.services, "acme", "5", "mary@example.com")
    read.clear()
    contacts_before(counting.state, "acme-0", run, world.clock.now())
    again = len(read)
    back(world, run)

    assert again == first
    assert shown(world) == before


def test_before_the_first_run_there_was_nothing(tmp_path: Path) -> None:
    """Then everything of ours goes, and nothing of the user's."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.add_own_contacts(3)
        own = world.own_contacts()
        done = back(world, world.run().run)

        assert counts(done) == (0, 0, 10, 0)
        assert world.snapshot()["contacts"] == own


def test_a_ledger_that_changes_its_number_of_documents_can_be_gone_back_from(world: World) -> None:
    """From ten customers to six hundred in one run, and back."""
    before = shown(world)
    for number in range(11, 601):
        world.simpler.state.customers.add(customer(number))
    done = back(world, world.run().run)

    assert counts(done) == (0, 0, 590, 0)
    assert shown(world) == before


def test_it_cannot_be_gone_back_for_ever(world: World) -> None:
    """After thirty days nothing is kept, and a run that never was is told the same, kindly."""
    run = a_bad_night(world)
    world.clock.advance((SNAPSHOT_KEPT + timedelta(hours=1)).total_seconds())
    before = world.snapshot()
    for unknown in (run, "20260101T000000-0badcafe"):
        with pytest.raises(SkipCustomer) as told:
            back(world, unknown)
        assert told.value.reason == "restore.unknown"
        assert (
            told.value.user_message
            == "There is nothing to go back to for this run. Please choose one from the list."
        )
    assert world.snapshot() == before
    assert load_account(world.services.state, "acme", "acme-0").paused == ""


def test_it_can_be_gone_back_for_thirty_days(world: World) -> None:
    """An hour before they are over it is all there."""
    before = shown(world)
    run = a_bad_night(world)
    world.clock.advance((SNAPSHOT_KEPT - timedelta(hours=1)).total_seconds())
    back(world, run)

    assert shown(world) == before


def test_what_was_is_kept_before_the_first_write(world: World) -> None:
    """When a run sends its first request that writes, the way back is there already; a calm run has none."""
    known: list[set[str]] = []

    def look() -> None:
        known.append(set(runs(world.services.state, "acme-0", world.clock.now())))

    def watched(_: Account, book: Any) -> Hooked:
        names = ("update", "create", "remove", "put_in_label")
        return Hooked(book, **{name: first(look, getattr(book, name)) for name in names})

    calm, before = world.run().run, set(runs(world.services.state, "acme-0", world.clock.now()))
    world.services = with_book(world.services, watched)
    run = a_bad_night(world)

    assert calm not in before
    assert known == [before | {run}] * 3


def first(action: Callable[[], None], call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that acts first."""

    def both(*arguments: Any) -> Any:
        action()
        return call(*arguments)

    return both


def lose_ledger(world: World) -> None:
    """Delete the snapshot's head: what is left is not believed."""
    world.services.state.write(Drop("ledgers/acme-0"))


def rebuild_ledger(world: World) -> None:
    """Lose the ledger, and build it anew with a run that writes something."""
    lose_ledger(world)
    world.simpler.state.customers.add(customer(12))
    assert world.run().accounts[0].created == 1


def lose_part(world: World) -> None:
    """Delete some of what was kept, as the store may before the rest."""
    state, path = world.services.state, "ledgers/acme-0/before"
    last = [id_ for id_, _ in state.find(path)][-1]
    state.write(*(Drop(f"{path}/{last}/parts/{number}") for number, _ in state.find(f"{path}/{last}/parts")))


@pytest.mark.parametrize("loss", [lose_ledger, rebuild_ledger, lose_part])
def test_who_is_not_known_is_not_removed(world: World, loss: Callable[[World], None]) -> None:
    """When the ledger was lost since, nobody can tell what was there: it is refused, and nothing touched."""
    run = a_bad_night(world)
    loss(world)
    before = world.snapshot()
    with pytest.raises(SkipCustomer) as told:
        back(world, run)
    assert told.value.reason == "restore.lost"
    assert world.snapshot() == before


def test_a_strange_account_or_a_run_that_is_on_is_refused(world: World) -> None:
    """Nothing is written, and nothing paused."""
    run = a_bad_night(world)
    with pytest.raises(Denied):
        restore(world.services, "acme", "mike-0", run, by="an operator", go=True)
    start_sync(world.services, "acme", "mary@example.com")
    with pytest.raises(LeaseHeld):
        back(world, run)
    assert load_account(world.services.state, "acme", "acme-0").paused == ""


def test_who_has_paused_an_account_keeps_their_reason(world: World) -> None:
    """It is brought back all the same; History tells who did what."""
    run = a_bad_night(world)
    pause(world.services, "acme", "acme-0", "SIMPLer is being moved", by="Olga")
    done = back(world, run).outcome

    assert done is not None
    assert done.state == "complete"
    assert load_account(world.services.state, "acme", "acme-0").paused == "SIMPLer is being moved"
    assert [act.what for act in load_acts(world.services.state, "acme", 5)] == ["restored", "paused"]


@pytest.mark.parametrize(
    ("paused", "is_back"),
    [
        ("Brought back by Olga to what it was before the run of Monday", True),
        ("SIMPLer is being moved", False),
    ],
)
def test_an_undo_that_an_earlier_build_began_goes_on(world: World, paused: str, is_back: bool) -> None:
    """That build told by the reason of the pause alone what it brings back; a person's own reason ends it."""
    run = a_bad_night(world)
    world.services.state.write(account_put(replace(world.accounts[0], paused=paused)))
    work(world.services, SyncWisp("acme", by="Olga", undo=run, account="acme-0", attempt=2))

    assert ("2" in world.labelled()) == is_back
    assert load_account(world.services.state, "acme", "acme-0").paused == paused


@pytest.mark.parametrize("go", [False, True])
def test_an_account_that_is_being_disconnected_is_not_filled(world: World, go: bool) -> None:
    """Its contacts were removed, and its consent could not be ended yet: what came in would stay."""
    run = a_bad_night(world)
    leaving = Leaving(remove=True, by="Olga", found=9, kept=0)
    world.services.state.write(
        account_put(replace(world.accounts[0], state="disconnecting", leaving=leaving))
    )
    before = world.snapshot()
    with pytest.raises(Denied) as told:
        back(world, run, go=go)

    assert told.value.reason == "account.unknown"
    assert world.snapshot() == before
    assert load_account(world.services.state, "acme", "acme-0").paused == ""


def test_a_restoration_that_dies_is_done_by_the_next(world: World) -> None:
    """Wherever (every other write will do here): nothing is doubled, and all is as it was before."""
    for writes in count(0, 2):
        before = shown(world)
        world.simpler.state.customers.patch("1", {"mobile": f"086 333 {writes:04}"})
        world.simpler.state.customers.delete(str(100 + writes - 2) if writes else "4")
        world.simpler.state.customers.add(customer(100 + writes))
        run, dying = world.run().run, DyingProcess(writes)
        with suppress(Died):
            back(world, run, services=dying.services(world.services))
        world.expire(2 * TTL)
        world.clock.advance(2 * TTL)
        for _ in range(3):
            done = back(world, run).outcome
            if done and done.state == "complete":
                break
            world.clock.advance(2 * TTL)
        assert shown(world) == before, (writes, dying.died)
        assert set(held(world).values()) == {1}, (writes, dying.died)
        resume(world.services, "acme", "acme-0", by="an operator")
        assert world.run().state == "complete"
        if not dying.died:
            return


def test_a_paused_account_stays_paused_when_it_is_connected_again(world: World) -> None:
    """What somebody decided about it is not forgotten with its token."""
    paused = replace(world.accounts[0], paused="For now", state="reconnect", reason="x", since="y")
    world.services.state.write(account_put(paused))
    world.google.world.credentials.revoke("refresh-acme-0")
    health = status(world.services, "acme", has_right=True).accounts[0]

    assert health.state == "reconnect"
    assert world.run().accounts[0].code == "account.paused"
