"""What users write over values of ours: kept before it is put right, until SIMPLer has it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.model.lease import Claim
from shared.domain.model.scope import Scope
from shared.domain.model.suggestion import KEPT_FOR, MOST, Suggested, Suggestion
from shared.errors import RetryLater
from shared.ports import Document, Put, StateStore
from shared.replace import replace
from shared.usecases.accounts.disconnect import disconnect
from shared.usecases.accounts.full_listing import force_full_listing
from shared.usecases.accounts.restore import restore, resume
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import from_document, wisp_put
from shared.usecases.base.leases import TTL
from shared.usecases.base.ledger_store import load_ledger
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.customers.press_queue import TRIGGER
from shared.usecases.customers.suggestions import dismiss, suggestions
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.work import work
from shared.usecases.sync.snapshots import runs
from shared.usecases.wisps.acts import acts_of
from shared.usecases.wisps.scope import ScopeWish, save_scope
from tests.end_to_end.leaving_kit import once_before
from tests.end_to_end.nights import numbers
from tests.hooked import Hooked, with_book, with_state
from tests.world import World, a_world, customer

DAY = timedelta(days=1).total_seconds()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A wisp whose three customers are contacts."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        yield world


def kept(world: World) -> list[Suggestion]:
    """Return what is kept of users' edits."""
    found = world.services.state.find("wisps/acme/suggestions")
    return [from_document(document, Suggestion, id_) for id_, document in found]


def short(world: World) -> list[tuple[str, str, str, str, int]]:
    """Return the same in short: whose, which field, SIMPLer's value, theirs and how often."""
    return [(each.customer, each.field, each.simpler, each.theirs, each.times) for each in kept(world)]


def suggested(world: World) -> list[Suggested]:
    """Return what the account's ledger knows of them, the oldest first."""
    return [*load_ledger(world.services.state, world.accounts[0].id).head.suggested.values()]


def write_over(world: World, number: str = "085 555 5555", customer_id: str = "1") -> None:
    """Write over the number of a customer's contact, as the user."""
    person = world.labelled()[customer_id]
    typed = [{"value": number, "type": "mobile"}]
    world.user().edit(person["resourceName"], phoneNumbers=typed)


def rename(world: World, name: str, customer_id: str = "1") -> None:
    """Write over the name of a customer's contact, as the user."""
    person = world.labelled()[customer_id]
    world.user().edit(person["resourceName"], names=[{"givenName": name}])


def name_of(world: World, customer_id: str = "1") -> str:
    """Return the name that a contact has."""
    return str(world.labelled()[customer_id]["names"][0]["givenName"])


class Counted:
    """A store that counts what is asked of it.

    Attributes:
        asked: The paths and collections that were read, in order.
    """

    def __init__(self, state: StateStore) -> None:
        self._state = state
        self.asked: list[str] = []

    def get(self, path: str) -> Document | None:
        """Count, and read."""
        self.asked.append(path)
        return self._state.get(path)

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """Count, and search."""
        self.asked.append(collection)
        return self._state.find(collection, where=where, newest=newest)

    def write(self, *writes: Any, **fence: Any) -> None:
        """Write."""
        self._state.write(*writes, **fence)


def test_what_a_user_wrote_is_kept_and_put_right(world: World) -> None:
    """With SIMPLer's value and theirs, the account and the customer's name."""
    write_over(world)
    before = world.clock.now().isoformat()
    world.run()
    [found] = kept(world)

    assert short(world) == [("1", "phoneNumbers", "+353 87 100 0001", "085 555 5555", 1)]
    assert found.account == world.accounts[0].id
    assert found.name == "Customer 1"
    assert found.since == found.last
    assert found.since > before
    assert "+353 87 100 0001" in numbers(world.labelled()["1"])


def test_a_night_without_an_edit_reads_and_writes_nothing_of_it(world: World) -> None:
    """Also where suggestions are kept: the ledger knows of whom."""
    write_over(world)
    world.run()
    before = kept(world)
    world.simpler.state.customers.patch("2", {"mobile": "086 222 2222"})
    counted = Counted(world.services.state)
    world.services = replace(world.services, state=counted)
    world.run()

    assert [path for path in counted.asked if "suggestions" in path] == []
    assert kept(world) == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [("Ann\u202e", "Ann"), ("Ann\n\u00a0Roe", "Ann Roe"), ("\u200b ", ""), ("N" * 500, "N" * 299 + "…")],
)
def test_what_nobody_sees_is_not_kept_of_a_users_words(world: World, typed: str, told: str) -> None:
    """They are copied into SIMPLer; a value of spaces alone is one that was removed."""
    rename(world, typed)
    world.run()

    assert [each.theirs for each in kept(world)] == [told]


def test_a_value_that_is_changed_again_is_told_so(world: World) -> None:
    """Each time it was put right in between; the last words count."""
    for word in ("Anne", "Annie", "Nan"):
        rename(world, word)
        world.clock.advance(DAY)
        world.run()
    [found] = kept(world)

    assert short(world) == [("1", "names", "Customer 1", "Nan", 3)]
    assert found.since == found.last


def test_the_same_words_again_are_not_new(world: World) -> None:
    """They were seen first when they were typed first."""
    rename(world, "Anne")
    world.run()
    [first] = kept(world)
    rename(world, "Anne")
    world.clock.advance(DAY)
    world.run()
    [again] = kept(world)

    assert again.since == first.since
    assert again.last > first.last
    assert again.times == 2


def test_what_google_refuses_to_put_right_is_kept_and_counted_once(world: World) -> None:
    """The words are kept before the contact is written, and the next run sees the same edit."""
    rename(world, "Anne")
    world.fault(method="people.updateContact", times=None, what={"ready": "overflow"})
    world.run()
    refused = short(world)
    world.google.world.faults.clear()
    world.clock.advance(DAY)
    world.run()

    assert refused == [("1", "names", "Customer 1", "Anne", 1)]
    assert short(world) == refused
    assert name_of(world) == "Customer 1"


def test_simpler_that_takes_a_value_over_ends_its_suggestion(world: World) -> None:
    """The others stay."""
    write_over(world)
    rename(world, "Nan", "2")
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "+353 85 555 5555"})
    world.run()

    assert [each.customer for each in kept(world)] == ["2"]


def test_simpler_that_has_it_beside_its_own_ends_it_too(world: World) -> None:
    """The user's number, as it is dialled at home, is one of SIMPLer's now."""
    write_over(world)
    world.run()
    world.simpler.state.customers.patch("1", {"work_phone": "+353 85 555 5555"})
    world.run()

    assert kept(world) == []


def test_simpler_that_has_something_else_by_now_ends_it(world: World) -> None:
    """What the user wrote was about a value that SIMPLer has no more; another's suggestion stays."""
    write_over(world)
    write_over(world, customer_id="2")
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 777 7777"})
    world.run()

    assert [each.customer for each in kept(world)] == ["2"]


def test_what_a_user_wrote_over_a_value_that_simpler_just_gave_up_stays(world: World) -> None:
    """SIMPLer has nothing that it could be compared with."""
    write_over(world)
    world.simpler.state.customers.patch("1", {"mobile": ""})
    world.run()
    before = short(world)
    world.simpler.state.customers.patch("1", {"nickname": "another"})
    world.run()

    assert before == [("1", "phoneNumbers", "", "085 555 5555", 1)]
    assert short(world) == before


def test_a_run_that_lost_its_lease_keeps_nothing(world: World) -> None:
    """Its successor reads the contact again, and keeps what it finds."""
    write_over(world)
    lost: list[str] = []

    def lose(path: str) -> Document | None:
        if "/suggestions/" in path and not lost:
            lost.append(path)
            world.expire(TTL + 1)
            world.services.leases.acquire(world.accounts[0].lease, Claim("o", "r", "nightly run"), TTL)
        return world.services.state.get(path)

    world.clock.advance(1)
    outcome = sync_wisp(with_state(world.services, get=lose), SyncWisp("acme")).accounts[0]

    assert outcome.state == "unfinished"
    assert outcome.code == "google.account_in_use"
    assert kept(world) == []


def test_a_press_ends_what_simpler_has(world: World) -> None:
    """Of its own customer, and of nobody else."""
    write_over(world)
    rename(world, "Nan", "2")
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "+353 85 555 5555"})
    sync_customer(world.services, "acme", "1", "mary@example.com")

    assert [each.customer for each in kept(world)] == ["2"]


@pytest.mark.parametrize(
    ("how", "stay"),
    [("left", []), ("deleted", []), ("without an id", ["2"])],
    ids=["left", "deleted", "without an id"],
)
def test_a_customer_who_leaves_takes_their_suggestions_along(world: World, how: str, stay: list[str]) -> None:
    """Nobody corrects them any more; who may be a record that cannot be read has not left."""
    rename(world, "Nan", "2")
    world.run()
    match how:
        case "left":
            world.leave(2)
        case "deleted":
            world.simpler.state.customers.delete("2")
        case _:
            world.simpler.state.customers.patch("2", {"customerid": ""})
    world.run()

    assert [each.customer for each in kept(world)] == stay


@pytest.mark.parametrize("why", ["left", "outside"])
def test_while_removals_wait_what_users_wrote_stays(tmp_path: Path, why: str) -> None:
    """A list that lost many, or a site with another name, ends no suggestion: the contacts stay."""
    with a_world(tmp_path, [customer(n, site="Blarney") for n in range(1, 41)]) as world:
        save_scope(world.services, ScopeWish("acme", "acme-0", "mary@example.com", Scope(("Blarney",))))
        world.run()
        write_over(world)
        world.run()
        if why == "left":
            world.leave(*range(1, 31))
        else:
            for number in range(1, 41):
                world.simpler.state.customers.patch(str(number), {"site": "Blarney North"})
        outcome = world.run().accounts[0]

        assert outcome.refused
        assert outcome.removed == 0
        assert short(world) == [("1", "phoneNumbers", "+353 87 100 0001", "085 555 5555", 1)]


@pytest.fixture
def placed(tmp_path: Path) -> Iterator[World]:
    """A wisp whose account holds those of one site: three of its four customers."""
    with a_world(tmp_path, [customer(n, site="Blarney" if n < 4 else "Cobh") for n in range(1, 5)]) as world:
        choose(world, "Blarney")
        world.run()
        yield world


def choose(world: World, site: str) -> None:
    """Have the account hold those of a site."""
    save_scope(world.services, ScopeWish("acme", "acme-0", "mary@example.com", Scope((site,))))


def test_who_is_held_no_more_by_the_account_keeps_their_suggestions(placed: World) -> None:
    """SIMPLer may still take them over; whoever has left takes theirs along."""
    write_over(placed)
    rename(placed, "Nan", "2")
    placed.run()
    before = short(placed)
    choose(placed, "Cobh")
    outcome = placed.run().accounts[0]
    moved = short(placed)
    placed.leave(2)
    placed.run()

    assert outcome.removed == 3
    assert moved == before
    assert [each.customer for each in kept(placed)] == ["1"]


def test_what_simpler_takes_over_of_somebody_elsewhere_ends_too(placed: World) -> None:
    """No run writes a contact of theirs in this account any more."""
    write_over(placed)
    rename(placed, "Nan", "2")
    placed.run()
    choose(placed, "Cobh")
    placed.run()
    placed.simpler.state.customers.patch("1", {"mobile": "+353 85 555 5555"})
    placed.run()

    assert [each.customer for each in kept(placed)] == ["2"]


@pytest.mark.parametrize("lists_all", [False, True], ids=["changes", "all"])
def test_what_a_user_wrote_of_somebody_who_moves_is_kept(placed: World, *, lists_all: bool) -> None:
    """Nobody has seen the words yet when the contact is removed."""
    write_over(placed)
    placed.simpler.state.customers.patch("1", {"site": "Cobh"})
    if lists_all:
        force_full_listing(placed.services, placed.accounts[0], by="test")
    outcome = placed.run().accounts[0]

    assert outcome.removed == 1
    assert short(placed) == [("1", "phoneNumbers", "+353 87 100 0001", "085 555 5555", 1)]


def undo(world: World, run: str, services: Services | None = None) -> None:
    """Bring the account back to what it was before a run."""
    world.clock.advance(1)
    account = world.accounts[0].id
    restore(services or world.services, "acme", account, run, by="Olga", go=True)


def test_what_an_undo_puts_right_is_kept_until_simpler_has_it(world: World) -> None:
    """With what SIMPLer has, not with what stood there once; the next run does not end it."""
    world.simpler.state.customers.patch("1", {"name": "Bob Byrne"})
    run = world.run().run
    rename(world, "Bertie")
    rename(world, "Maggie", "2")
    undo(world, run)
    undone = name_of(world), name_of(world, "2")
    told = sorted(short(world))
    resume(world.services, "acme", world.accounts[0].id, by="Olga")
    world.run()

    assert undone == ("Customer 1", "Customer 2")
    assert told == [
        ("1", "names", "Bob Byrne", "Bertie", 1),
        ("2", "names", "Customer 2", "Maggie", 1),
    ]
    assert sorted(short(world)) == told
    assert name_of(world) == "Bob Byrne"


def test_what_a_user_writes_during_an_undo_is_kept_too(world: World) -> None:
    """The contact changes between the listing and the write."""
    world.simpler.state.customers.patch("1", {"name": "Bob Byrne"})
    run = world.run().run
    changing = once_before(world.services, "update", lambda: rename(world, "Bertie"))
    undo(world, run, changing)

    assert short(world) == [("1", "names", "Bob Byrne", "Bertie", 1)]
    assert name_of(world) == "Customer 1"


def test_an_undo_ends_no_suggestion(world: World) -> None:
    """It does not tell what SIMPLer has, though the value of then is the one that was typed."""
    world.simpler.state.customers.patch("1", {"name": "Bob Byrne"})
    world.simpler.state.customers.add(customer(4))
    run = world.run().run
    rename(world, "Robert Byrne")
    rename(world, "Dora", "4")
    world.run()
    before = short(world)
    undo(world, run)

    assert len(before) == 2
    assert short(world) == before


def test_what_a_user_wrote_on_a_contact_that_an_undo_removes_is_kept(world: World) -> None:
    """SIMPLer has the customer, so the next run creates the contact again, by SIMPLer's value."""
    world.simpler.state.customers.add(customer(4))
    run = world.run().run
    rename(world, "Dora", "4")
    undo(world, run)
    left = world.labelled().keys()
    resume(world.services, "acme", world.accounts[0].id, by="Olga")
    world.run()

    assert left == {"1", "2", "3"}
    assert short(world) == [("4", "names", "Customer 4", "Dora", 1)]
    assert name_of(world, "4") == "Customer 4"


def test_a_users_number_beside_ours_is_no_suggestion(world: World) -> None:
    """It stays on the contact, and is theirs."""
    person = world.labelled()["1"]
    both = [*person["phoneNumbers"], {"value": "085 555 5555"}]
    world.user().edit(person["resourceName"], phoneNumbers=both)
    world.simpler.state.customers.patch("1", {"mobile": "086 222 2222"})
    world.run()

    assert kept(world) == []
    assert "085 555 5555" in numbers(world.labelled()["1"])


def test_a_number_of_another_kind_stands_in_the_place_of_ours(world: World) -> None:
    """The contact held nothing but ours, so it was typed since."""
    name = world.labelled()["1"]["resourceName"]
    world.user().edit(name, phoneNumbers=[{"value": "085 555 5555", "type": "home"}])
    world.run()

    assert [each.theirs for each in kept(world)] == ["085 555 5555"]


def test_a_number_that_a_user_added_before_stands_in_no_place_of_ours(world: World) -> None:
    """They had both, and then removed ours."""
    person = world.labelled()["1"]
    added = {"value": "085 555 5555", "type": "home"}
    world.user().edit(person["resourceName"], phoneNumbers=[*person["phoneNumbers"], added])
    world.simpler.state.customers.patch("1", {"nickname": "another"})
    world.run()
    world.user().edit(person["resourceName"], phoneNumbers=[added])
    world.run()

    assert [each.theirs for each in kept(world)] == [""]


@pytest.mark.parametrize(
    ("new_name", "lists_all"), [(True, False), (True, True), (False, False)], ids=["changed", "all", "known"]
)
def test_a_contact_that_was_merged_tells_nothing(world: World, *, new_name: bool, lists_all: bool) -> None:
    """The name of the other contact is nobody's correction, whether Google tells of the merger or not."""
    own = world.user().add(names=[{"givenName": "Nan"}], phoneNumbers=[{"value": "085 555 5555"}])
    ours = world.labelled()["1"]["resourceName"]
    rename(world, "Nell")
    world.user().merge(*((own, ours) if new_name else (ours, own)), new_name=new_name)
    if lists_all:
        force_full_listing(world.services, world.accounts[0], by="test")
    world.run()

    assert name_of(world) == "Customer 1"
    assert kept(world) == []


@pytest.mark.parametrize("how", ["linked", "merged"])
def test_what_a_user_writes_after_a_link_or_a_merge_is_kept(world: World, how: str) -> None:
    """Google tells of either in each list of changes from then on; what a run has seen is no news."""
    name = world.labelled()["1"]["resourceName"]
    if how == "linked":
        world.user().link(name)
    else:
        world.user().merge(name, world.user().add(names=[{"givenName": "Nan"}]), new_name=False)
    world.run()
    told = []
    for word in ("Anne", "Annie"):
        rename(world, word)
        world.clock.advance(DAY)
        world.run()
        told += [each.theirs for each in kept(world)]

    assert told == ["Anne", "Annie"]


def test_what_a_user_writes_is_kept_though_google_links_the_contact_for_it(world: World) -> None:
    """As for an e-mail address of somebody who has a profile; at the second link the first is known."""
    for word in ("Anne", "Annie"):
        rename(world, word)
        world.user().link(world.labelled()["1"]["resourceName"])
        world.clock.advance(DAY)
        world.run()

    assert short(world) == [("1", "names", "Customer 1", "Annie", 2)]
    assert name_of(world) == "Customer 1"


def by_button(world: World) -> None:
    """Press the button at the first customer."""
    sync_customer(world.services, "acme", "1", "mary@example.com")


def by_trigger(world: World) -> None:
    """Have SIMPLer tell of a change of theirs."""
    world.simpler.state.customers.patch("1", {"nickname": "another"})
    tell_change(world.services, "acme", "1")
    task = world.tasks.tasks.pop()
    world.clock.advance(task.delay)
    work(world.services, msgspec.convert(task.body, SyncWisp))


def by_undo(world: World) -> None:
    """Undo the run of the day before, which wrote the contact."""
    account = world.accounts[0].id
    latest = max(runs(world.services.state, account, world.clock.now()))
    restore(world.services, "acme", account, latest, by="Olga", go=True)
    resume(world.services, "acme", account, by="Olga")


def by_listing(world: World) -> None:
    """Run with a list of everything."""
    force_full_listing(world.services, world.accounts[0], by="test")
    world.run()


LOOKS = pytest.mark.parametrize("look", [by_button, by_trigger, by_undo, by_listing])
"""What reads a contact without its earlier names: those are told in lists of changes only."""


@LOOKS
def test_a_look_keeps_what_a_user_wrote_though_google_linked_the_contact(
    world: World, look: Callable[[World], None]
) -> None:
    """And a list of changes that tells of the link afterwards does not hide what they write then."""
    world.simpler.state.customers.patch("1", {"nickname": "a nickname"})
    world.run()
    world.clock.advance(DAY)
    rename(world, "Nan")
    world.user().link(world.labelled()["1"]["resourceName"])
    look(world)
    first, put_right = short(world), name_of(world)
    rename(world, "Nell")
    world.clock.advance(DAY)
    world.run()

    assert first == [("1", "names", "Customer 1", "Nan", 1)]
    assert put_right == "Customer 1"
    assert short(world) == [("1", "names", "Customer 1", "Nell", 2)]
    assert name_of(world) == "Customer 1"


@LOOKS
def test_a_link_that_a_look_has_seen_hides_nothing_that_is_written_later(
    world: World, look: Callable[[World], None]
) -> None:
    """Only the next list of changes tells its former name."""
    world.simpler.state.customers.patch("1", {"nickname": "a nickname"})
    world.run()
    world.clock.advance(DAY)
    world.user().link(world.labelled()["1"]["resourceName"])
    look(world)
    rename(world, "Nell")
    world.clock.advance(DAY)
    world.run()

    assert [each.theirs for each in kept(world) if each.field == "names"] == ["Nell"]


@LOOKS
def test_a_contact_that_a_look_finds_merged_under_a_new_name_tells_nothing(
    world: World, look: Callable[[World], None]
) -> None:
    """Its source id is another one."""
    world.simpler.state.customers.patch("1", {"nickname": "a nickname"})
    world.run()
    world.clock.advance(DAY)
    rename(world, "Nan")
    own = world.user().add(names=[{"givenName": "Nan"}])
    world.user().merge(world.labelled()["1"]["resourceName"], own)
    look(world)

    assert name_of(world) == "Customer 1"
    assert kept(world) == []


def test_a_linked_contact_that_was_left_to_the_night_is_kept_then(world: World) -> None:
    """Also where the user has touched it once more."""
    rename(world, "Nan")
    world.run()
    rename(world, "Nell")
    world.user().link(world.labelled()["1"]["resourceName"])
    world.clock.advance(1)
    sync_wisp(world.services, SyncWisp("acme", TRIGGER))
    spared = name_of(world)
    world.user().edit(world.labelled()["1"]["resourceName"], biographies=[{"value": "a note"}])
    world.clock.advance(DAY)
    world.run()

    assert spared == "Nell"
    assert short(world) == [("1", "names", "Customer 1", "Nell", 2)]


def test_newer_words_on_a_linked_contact_are_kept_after_a_write_that_failed(world: World) -> None:
    """What Google told of the link is remembered before the write."""

    def away(*_: object) -> None:
        raise RetryLater("google.unavailable", "away", "Google is away.")

    rename(world, "Nan")
    world.user().link(world.labelled()["1"]["resourceName"])
    world.clock.advance(1)
    sync_wisp(with_book(world.services, lambda _, book: Hooked(book, update=away)), SyncWisp("acme"))
    first = short(world)
    rename(world, "Nell")
    world.clock.advance(DAY)
    world.run()

    assert first == [("1", "names", "Customer 1", "Nan", 1)]
    assert [each.theirs for each in kept(world)] == ["Nell"]
    assert name_of(world) == "Customer 1"


def test_a_linked_contact_that_was_put_right_today_is_left_to_the_night(world: World) -> None:
    """The ledger knows it by its new name, so the night finds it."""
    rename(world, "Nan")
    world.run()
    rename(world, "Nan")
    world.user().link(world.labelled()["1"]["resourceName"])
    world.clock.advance(1)
    sync_wisp(world.services, SyncWisp("acme", TRIGGER))
    spared = name_of(world)
    world.clock.advance(DAY)
    outcome = world.run().accounts[0]

    assert spared == "Nan"
    assert outcome.mended == 1
    assert outcome.created == 0
    assert name_of(world) == "Customer 1"


def test_a_contact_that_is_merged_once_more_tells_nothing_again(world: World) -> None:
    """Its name may be the other one's; what is written after that is the user's again."""
    for typed in ("Nan", "Nell"):
        own = world.user().add(names=[{"givenName": typed}])
        rename(world, typed)
        world.user().merge(world.labelled()["1"]["resourceName"], own, new_name=False)
        world.run()
    merged = kept(world)
    rename(world, "Anne")
    world.run()

    assert merged == []
    assert [each.theirs for each in kept(world)] == ["Anne"]


def test_a_merged_contact_that_could_not_be_put_right_tells_nothing_yet(world: World) -> None:
    """Its name is still that of the other one."""
    rename(world, "Nan")
    own = world.user().add(names=[{"givenName": "Nan"}])
    world.user().merge(world.labelled()["1"]["resourceName"], own, new_name=False)
    world.fault(method="people.updateContact", times=None, what={"ready": "overflow"})
    world.run()
    world.google.world.faults.clear()
    world.user().edit(world.labelled()["1"]["resourceName"], biographies=[{"value": "a note"}])
    world.run()

    assert name_of(world) == "Customer 1"
    assert kept(world) == []


def test_a_merged_contact_that_changes_as_it_is_put_right_tells_nothing(world: World) -> None:
    """The look after Google's refusal does not tell of the merger."""
    rename(world, "Nan")
    own = world.user().add(names=[{"givenName": "Nan"}])
    name = world.labelled()["1"]["resourceName"]
    world.user().merge(name, own, new_name=False)
    note = {"biographies": [{"value": "a note"}]}
    changing = once_before(world.services, "update", lambda: world.user().edit(name, **note))
    world.clock.advance(1)
    outcome = sync_wisp(changing, SyncWisp("acme"))

    assert outcome.state == "complete"
    assert name_of(world) == "Customer 1"
    assert kept(world) == []


def test_a_preview_keeps_nothing(world: World) -> None:
    """It writes nothing at all."""
    rename(world, "Nan")
    preview_sync(world.services, "acme")

    assert kept(world) == []


def test_a_press_puts_a_value_right_once_a_day_and_the_night_does_again(world: World) -> None:
    """Who changes it again means it: the press says so, and leaves it to the night."""
    rename(world, "Nan")
    first = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]
    put_right = name_of(world)
    rename(world, "Nan")
    again = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]
    left = name_of(world)
    world.clock.advance(DAY)
    world.run()

    assert first.result == "updated"
    assert put_right == "Customer 1"
    assert again.result == "unchanged"
    assert "night" in again.reason
    assert left == "Nan"
    assert name_of(world) == "Customer 1"
    assert short(world) == [("1", "names", "Customer 1", "Nan", 2)]


def test_a_change_of_simplers_is_written_whatever_was_put_right_today(world: World) -> None:
    """SIMPLer's new values do not wait for the night, and its other values come with them."""
    rename(world, "Nan")
    sync_customer(world.services, "acme", "1", "mary@example.com")
    rename(world, "Nan")
    world.simpler.state.customers.patch("1", {"mobile": "086 222 2222"})
    done = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]

    assert done.result == "updated"
    assert "+353 86 222 2222" in numbers(world.labelled()["1"])


def test_a_new_edit_beside_one_that_was_put_right_today_is_put_right(world: World) -> None:
    """The contact has to be written anyway, so it is right as a whole."""
    rename(world, "Nan")
    sync_customer(world.services, "acme", "1", "mary@example.com")
    rename(world, "Nan")
    write_over(world)
    done = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]

    assert done.result == "updated"
    assert name_of(world) == "Customer 1"
    assert "+353 87 100 0001" in numbers(world.labelled()["1"])


def test_a_change_that_is_told_leaves_to_the_night_what_was_put_right_today(world: World) -> None:
    """SIMPLer's triggers tell of many things that concern no contact."""
    rename(world, "Nan")
    world.run()
    rename(world, "Nan")
    tell_change(world.services, "acme", "1")
    task = world.tasks.tasks.pop()
    world.clock.advance(task.delay)
    work(world.services, msgspec.convert(task.body, SyncWisp))

    assert name_of(world) == "Nan"


def test_what_a_run_leaves_to_the_night_is_put_right_then(world: World) -> None:
    """The run has heard of the change by its token, and nobody tells it again: the ledger remembers."""
    before = name_of(world)
    rename(world, "Nan")
    world.run()
    rename(world, "Nan")
    world.clock.advance(1)
    sync_wisp(world.services, SyncWisp("acme", TRIGGER))
    spared = name_of(world)
    world.clock.advance(DAY)
    world.run()

    assert spared == "Nan"
    assert name_of(world) == before


def test_a_record_that_cannot_be_used_ends_no_suggestion(world: World) -> None:
    """Its customer may be one still; the contact stays too."""
    write_over(world)
    world.run()
    empty = dict.fromkeys(customer(1).keys() - {"customerid", "status"})
    world.simpler.state.customers.patch("1", empty)
    outcome = world.run().accounts[0]

    assert outcome.skipped == 1
    assert [each.customer for each in kept(world)] == ["1"]


def test_the_suggestions_of_an_account_go_with_it(tmp_path: Path) -> None:
    """They are what its owner wrote; another account's stay."""
    with a_world(tmp_path, [customer(1)], accounts=2) as world:
        world.run()
        for number in (0, 1):
            person = world.labelled(number)["1"]
            world.user(number).edit(person["resourceName"], names=[{"givenName": f"Nan {number}"}])
        world.run()
        gone, stays = (account.id for account in world.accounts)
        for told in suggestions(world.services, "acme").suggestions:
            dismiss(world.services, "acme", told.id, "mary@example.com")
        disconnect(world.services, wisp="acme", account=gone, by="mary@example.com")
        dismissed = world.services.state.find("wisps/acme/dismissed")

        assert [each.account for each in kept(world)] == [stays]
        assert [document["account"] for _, document in dismissed] == [stays]


def test_a_suggestion_is_open_for_thirty_days(world: World) -> None:
    """The store deletes it in its own time, so its age counts."""
    rename(world, "Nan")
    world.run()
    before = suggestions(world.services, "acme").count
    world.clock.advance(KEPT_FOR.total_seconds())

    assert before == 1
    assert suggestions(world.services, "acme").count == 0
    assert len(kept(world)) == 1


def test_a_suggestion_that_is_too_old_goes_when_another_is_kept(world: World) -> None:
    """It was written with its end."""
    rename(world, "Nan")
    world.run()
    world.clock.advance(KEPT_FOR.total_seconds() + 1)
    rename(world, "Nell", "2")
    world.run()

    assert [each.customer for each in kept(world)] == ["2"]


def test_an_account_keeps_two_hundred_and_the_oldest_goes_for_a_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody wrote over all their contacts at once; one that is changed again is the newest."""
    caplog.set_level("INFO")
    with a_world(tmp_path, [customer(n) for n in range(1, MOST + 2)]) as world:
        world.run()
        listed = {"pageSize": "1000", "personFields": "names"}
        people = world.user().call("GET", "people/me/connections", **listed)["connections"]
        for some in batches(people, 200):
            contacts = {p["resourceName"]: {"etag": p["etag"], "names": [{"givenName": "Nan"}]} for p in some}
            asked = {"contacts": contacts, "updateMask": "names", "readMask": "names"}
            world.user().call("POST", "people:batchUpdateContacts", asked)
        world.run()
        before = [each.customer for each in suggested(world)]
        left_out = {str(n) for n in range(1, MOST + 2)} - set(before)
        told = [vars(each) for each in caplog.records if vars(each).get("event") == "suggestions.kept"]
        world.clock.advance(DAY)
        rename(world, "Nell", before[0])
        rename(world, "Nell", *left_out)
        world.run()

        assert len(before) == MOST
        assert [each["fields"]["left_out"] for each in told] == [1]
        assert {each.customer for each in suggested(world)} == {*before, *left_out} - {before[1]}
        assert {each.customer for each in kept(world)} == {*before, *left_out} - {before[1]}


def test_open_suggestions_are_told_newest_first(world: World) -> None:
    """With the account's address and the customer's name, and a link where the settings name one."""
    rename(world, "Anne")
    world.run()
    world.clock.advance(DAY)
    rename(world, "Nan", "2")
    world.run()
    profile = {"link": "https://{server}/customer?id={id}"}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    told = suggestions(world.services, "acme").suggestions

    assert [each.theirs for each in told] == ["Nan", "Anne"]
    assert told[0].email == world.accounts[0].email
    assert told[0].link.endswith("/customer?id=2")


def test_what_is_dismissed_is_seen_no_more_until_the_words_change(world: World) -> None:
    """Also when the same words come again; others are news."""
    rename(world, "Anne")
    world.run()
    [told] = suggestions(world.services, "acme").suggestions
    assert dismiss(world.services, "acme", told.id, "mary@example.com")
    rename(world, "Anne")
    world.clock.advance(DAY)
    world.run()
    same = suggestions(world.services, "acme").count
    rename(world, "Nan")
    world.clock.advance(DAY)
    world.run()
    [news] = suggestions(world.services, "acme").suggestions

    assert same == 0
    assert news.theirs == "Nan"
    assert news.times == 3


def test_words_that_changed_since_somebody_looked_are_not_dismissed(world: World) -> None:
    """A run may write them at the same time."""
    rename(world, "Anne")
    world.run()
    [looked_at] = suggestions(world.services, "acme").suggestions
    rename(world, "Nan")
    world.clock.advance(DAY)
    world.run()

    assert not dismiss(world.services, "acme", looked_at.id, "mary@example.com")
    assert suggestions(world.services, "acme").count == 1


def test_who_dismissed_it_is_told_once(world: World) -> None:
    """However often the button is pressed."""
    rename(world, "Anne")
    world.run()
    [told] = suggestions(world.services, "acme").suggestions
    first = dismiss(world.services, "acme", told.id, "mary@example.com")
    second = dismiss(world.services, "acme", told.id, "mary@example.com")
    acts = [(act.what, act.by, act.about, act.name) for act in acts_of(world.services, "acme")]

    assert first
    assert not second
    assert acts == [("dismissed", "mary@example.com", "1", "Customer 1")]


def test_a_suggestion_that_cannot_be_read_hides_no_other(world: World) -> None:
    """Nor is one of another wisp's among them."""
    rename(world, "Anne")
    world.run()
    [document] = [each for _, each in world.services.state.find("wisps/acme/suggestions")]
    world.services.state.write(
        Put("wisps/acme/suggestions/garbled", {"account": 7}),
        Put("wisps/acme/suggestions/timeless", {**document, "last": "yesterday"}),
        Put("wisps/acme/suggestions/zoneless", {**document, "since": "2026-03-02T05:00:00"}),
        Put("wisps/acme/dismissed/garbled", {"account": "acme-0", "by": "", "at": ""}),
        Put("wisps/other/suggestions/theirs", document),
    )

    assert suggestions(world.services, "acme").count == 1


def test_a_suggestion_that_cannot_be_read_stops_no_run(world: World) -> None:
    """It is written anew when the same value is changed again."""
    rename(world, "Anne")
    world.run()
    [(id_, document)] = world.services.state.find("wisps/acme/suggestions")
    world.services.state.write(Put(f"wisps/acme/suggestions/{id_}", {**document, "last": 7}))
    rename(world, "Nan")
    world.clock.advance(DAY)

    assert world.run().state == "complete"
    assert short(world) == [("1", "names", "Customer 1", "Nan", 1)]
