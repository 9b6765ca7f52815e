"""A second contact of one customer is known until it is gone, whatever becomes of its removal."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.standins.google import Rules
from infra.standins.google.lag import Lag
from shared.domain.model.account import Account
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.end_to_end.at_google import copied
from tests.end_to_end.listings import Listings, held
from tests.hooked import Hooked, Shown, with_book
from tests.world import LABEL, World, a_world, customer

DELETE = "people.deleteContact"
EIGHT = [customer(n) for n in range(1, 9)]


def copy(world: World, *numbers: str, note: str = "") -> list[str]:
    """Copy the contacts of these customers, with mark and label, as the trash gives them back."""
    user, now = world.user(), world.labelled()
    more = {"biographies": [{"value": note}]} if note else {}
    names = [user.add(**copied(now[number]), **more) for number in numbers]
    user.call("POST", f"{user.label(LABEL)}/members:modify", {"resourceNamesToAdd": names})
    return names


def test_one_whose_removal_google_refuses_goes_the_next_night(tmp_path: Path) -> None:
    """The change that told of it is not told again, and everything is not listed again either."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        copy(world, "1")
        world.fault(method=DELETE, times=20, what={"status": 400})
        refused = world.run().accounts[0]
        world.google.world.faults.clear()
        listings = Listings(world)
        mended, calm = world.run().accounts[0], world.run().accounts[0]

        assert refused.state == "partial"
        assert refused.failed == 1
        assert mended.state == "complete"
        assert mended.removed == 1
        assert listings.whole == 0
        assert calm.writes == 0
        assert calm.requests == 1
        assert set(held(world).values()) == {1}


def test_one_that_a_look_does_not_show_yet_is_put_off_and_told(tmp_path: Path) -> None:
    """Google's single reads are a minute old: the run is not complete, and its next task removes it."""
    with a_world(tmp_path, EIGHT, rules=Rules(lag=Lag(get=60))) as world:
        world.run()
        world.clock.advance(3600)
        world.google.clock.forward(timedelta(hours=1))
        copy(world, "1")
        put_off = world.run().accounts[0]
        world.google.clock.forward(timedelta(seconds=61))
        world.clock.advance(61)
        mended = world.work().accounts[0]

        assert put_off.state == "unfinished"
        assert put_off.code == "google.changed"
        assert [(note.customer, note.what) for note in put_off.notes] == [("1", "kept")]
        assert mended.state == "complete"
        assert mended.removed == 1
        assert set(held(world).values()) == {1}


def test_one_that_was_edited_by_hand_is_told_night_after_night(tmp_path: Path) -> None:
    """It stays until a person merges the two, so a person must hear of it."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        (name,) = copy(world, "1")
        world.user().edit(name, phoneNumbers=[{"value": "+353 1 555 0000"}])
        nights = [world.run().accounts[0] for _ in range(3)]
        world.user().delete(name)
        merged = world.run().accounts[0]

        assert [[note.why for note in night.notes if note.customer == "1"] for night in nights] == 3 * [
            ["a second contact of this customer was edited by hand; please merge the two"]
        ]
        assert merged.notes == []
        assert merged.writes == 0
        assert world.run().accounts[0].requests == 1


def test_one_with_a_users_note_is_told_as_such(tmp_path: Path) -> None:
    """Not as one that changed a moment ago: it will be there tomorrow."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        copy(world, "1", note="gate code 1234")
        nights = [world.run().accounts[0] for _ in range(2)]

        assert [(night.state, night.notes[0].why) for night in nights] == 2 * [
            ("complete", "a user made a second contact of this customer their own; please merge the two")
        ]


@pytest.mark.parametrize("night", ["by changes", "by a whole listing"])
def test_what_a_preview_shows_is_what_the_run_would_remove(tmp_path: Path, night: str) -> None:
    """Thirty leave, three with two contacts each; a person lets exactly these 33 removals through."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        world.run()
        copy(world, "1", "2", "3")
        world.fault(method=DELETE, times=60, what={"status": 400})
        world.run()
        world.google.world.faults.clear()
        world.leave(*range(1, 31))
        world.run()
        if night == "by a whole listing":
            world.clock.advance(7 * 24 * 3600)
        preview = preview_sync(world.services, "acme")
        world.clock.advance(1)
        outcome = sync_wisp(world.services, SyncWisp("acme", allow=preview.token)).accounts[0]

        assert preview.accounts[0].refused == 33
        assert outcome.state == "complete"
        assert outcome.removed == 33
        assert outcome.refused == 0
        assert held(world) == {str(n): 1 for n in range(31, 61)}


def test_one_of_a_leaver_does_not_make_the_first_forgotten(tmp_path: Path) -> None:
    """It is copied while the guard holds its customer's removal back: both are known, and both go."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        world.run()
        world.leave(*range(1, 31))
        world.run()
        copy(world, "1")
        world.run()
        preview = preview_sync(world.services, "acme")
        world.clock.advance(1)
        outcome = sync_wisp(world.services, SyncWisp("acme", allow=preview.token)).accounts[0]

        assert preview.accounts[0].refused == 31
        assert outcome.state == "complete"
        assert outcome.removed == 31
        assert outcome.refused == 0
        assert held(world) == {str(n): 1 for n in range(31, 61)}


def test_one_that_the_guard_keeps_is_not_made_a_third_time_by_a_press(tmp_path: Path) -> None:
    """The first contact of a leaver is gone, the second waits for a person, and the customer comes back."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        world.run()
        first = str(world.labelled()["1"]["resourceName"])
        copy(world, "1")
        world.fault(method=DELETE, times=60, what={"status": 400})
        world.run()
        world.leave(*range(1, 31))
        world.google.world.faults.clear()
        world.user().delete(first)
        world.run()
        world.simpler.state.customers.patch("1", {"status": "current"})
        sync_customer(world.services, "acme", "1", "mary@acme.ie")

        assert held(world)["1"] == 1


@pytest.mark.parametrize("then", ["as it is", "out of the label", "without our mark"])
def test_one_that_is_merged_with_another_customers_costs_that_one_no_contact(
    tmp_path: Path, then: str
) -> None:
    """The contact that is left has a new name, which tells the same night that the other one is gone."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        user, label = world.user(), world.user().label(LABEL)
        (second,) = copy(world, "1")
        world.fault(method=DELETE, times=20, what={"status": 400})
        world.run()
        world.google.world.faults.clear()
        name = user.merge(second, str(world.labelled()["2"]["resourceName"]))
        if then == "out of the label":
            user.unlabel(name, label)
        elif then == "without our mark":
            user.edit(name, clientData=[])
        world.run()
        world.run()  # what was put back into the label is compared once it is there
        calm = [world.run().accounts[0]]
        world.clock.advance(7 * 24 * 3600)
        calm.append(world.run().accounts[0])

        assert world.labelled().keys() == {str(number) for number in range(1, 9)}
        assert [(night.state, night.writes) for night in calm] == [("complete", 0), ("complete", 0)]


def hiding(services: Services, name: str, *, listings: bool) -> Services:
    """Return services to which one contact is hidden in looks and in full listings."""

    def hook(_: Account, book: Any) -> Hooked:
        def look(names: Sequence[str]) -> dict[str, Any]:
            return {asked: person for asked, person in book.look(names).items() if asked != name}

        def shown(persons: Any) -> Iterator[Any]:
            return (person for person in persons if person.resource_name != name)

        def listed(sync_token: str | None = None) -> Any:
            read = book.list(sync_token)
            return read if sync_token else Shown(shown(read), read)

        if not listings:
            return Hooked(book, look=look)
        return Hooked(book, look=look, list=listed)

    return with_book(services, hook)


@pytest.mark.parametrize("hidden", ["the one that the ledger names", "the second one"])
@pytest.mark.parametrize("act", ["a run", "a whole listing", "a press", "a press's look alone"])
def test_one_of_two_that_google_hides_is_not_forgotten(tmp_path: Path, act: str, hidden: str) -> None:
    """Neither a listing nor a look shows it for once: the other serves meanwhile, and one goes next night."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        first = str(world.labelled()["1"]["resourceName"])
        (second,) = copy(world, "1")
        world.fault(method=DELETE, times=20, what={"status": 400})
        world.run()
        world.google.world.faults.clear()
        world.clock.advance(7 * 24 * 3600 if act == "a whole listing" else 3600)
        name = second if hidden == "the second one" else first
        services = hiding(world.services, name, listings=act != "a press's look alone")
        if act.startswith("a press"):
            sync_customer(services, "acme", "1", "mary@acme.ie")
        else:
            sync_wisp(services, SyncWisp("acme"))
        world.clock.advance(24 * 3600)
        world.run()
        calm = world.run().accounts[0]

        assert set(held(world).values()) == {1}
        assert calm.state == "complete"
        assert calm.writes == 0


@pytest.mark.parametrize("act", ["a whole listing", "a press"])
def test_one_that_takes_a_hidden_ones_place_does_not_make_it_forgotten(tmp_path: Path, act: str) -> None:
    """A copy with our mark alone is put into the label while Google hides the contact; then one goes."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        first = world.labelled()["1"]
        world.user().add(**{k: v for k, v in copied(first).items() if k != "memberships"})
        world.run()
        world.clock.advance(7 * 24 * 3600 if act == "a whole listing" else 3600)
        services = hiding(world.services, str(first["resourceName"]), listings=True)
        if act == "a press":
            sync_customer(services, "acme", "1", "mary@acme.ie")
        else:
            sync_wisp(services, SyncWisp("acme"))
        world.clock.advance(24 * 3600)
        world.run()

        assert set(held(world).values()) == {1}
        assert len(world.labelled()) == len(EIGHT)


def test_a_press_whose_second_contact_cannot_be_removed_says_why(tmp_path: Path) -> None:
    """Not which fields of the first one it has changed."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        copy(world, "1")
        world.fault(method=DELETE, times=20, what={"status": 400})
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        (told,) = sync_customer(world.services, "acme", "1", "mary@acme.ie").accounts

        assert told.result == "failed"
        assert told.reason.split(":")[0] == "google.invalid"


@pytest.mark.parametrize("is_removed_first", [True, False], ids=["as a copy", "as what was theirs"])
def test_one_outside_the_label_is_put_back_where_its_customer_returns(
    tmp_path: Path, is_removed_first: bool
) -> None:
    """A listing of everything would put it back; changes do not tell of it again, so it is remembered."""
    with a_world(tmp_path, EIGHT) as world:
        world.run()
        ours = world.labelled()["1"]["resourceName"]
        name = world.user().copy(ours, client_data=True)
        world.run()
        world.leave(1)
        world.run()
        if not is_removed_first:
            world.run()
        world.simpler.state.customers.patch("1", {"status": "current"})
        listings = Listings(world)
        back = world.run().accounts[0]

        assert back.state == "complete"
        assert back.created == 0
        assert back.relabelled == 1
        assert listings.whole == 0
        assert world.labelled()["1"]["resourceName"] == name
