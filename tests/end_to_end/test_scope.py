"""An account that holds some of the customers: those of its scope, in runs, presses and after a restore."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from infra.standins.google import Rules
from shared.domain.model.scope import EVERYBODY, Scope
from shared.domain.model.wisp import Leavers
from shared.errors import Denied, Misconfigured
from shared.replace import replace
from shared.usecases.accounts.restore import pause, restore, resume
from shared.usecases.base.documents import load_account, load_wisp, wisp_put
from shared.usecases.customers.press import sync_customer
from shared.usecases.customers.press_queue import BY_BUTTON, Handled, load_press, queued, store
from shared.usecases.customers.quality import quality
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.customer_status import customer_status
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.status import status
from shared.usecases.runs.work import work
from shared.usecases.wisps.acts import acts_of
from shared.usecases.wisps.scope import Scoped, ScopeWish, check_scope, read_scope, save_scope
from tests.hooked import Hooked, with_source
from tests.world import World, a_world, customer

BLARNEY, COBH = Scope(sites=("Blarney",)), Scope(sites=("Cobh",))
EVERY = {"1", "2", "3", "4", "5", "6"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two accounts, each with all six customers, of whom four are at Blarney."""
    blarney = [customer(n, site="Blarney", ap_nickname=f"blarney-{n % 2}") for n in range(1, 5)]
    cobh = [customer(n, site="Cobh", ap_nickname="cobh-1") for n in (5, 6)]
    with a_world(tmp_path, [*blarney, *cobh], accounts=2) as made:
        made.run()
        yield made


def choose(world: World, scope: Scope, number: int = 0) -> Scoped:
    """Let an account hold a part of the customers from now on."""
    return save_scope(world.services, ScopeWish("acme", f"acme-{number}", "mary@example.com", scope))


def test_what_is_shown_is_what_the_next_run_does(world: World) -> None:
    """The account loses those who are outside; the other keeps everybody; a further run writes nothing."""
    own = world.own_contacts()
    shown = check_scope(world.services, ScopeWish("acme", "acme-0", "mary@example.com", BLARNEY))
    before = world.run()
    saved = choose(world, BLARNEY)
    previewed = preview_sync(world.services, "acme").accounts[0]
    after = world.run()
    again = world.run()

    assert shown.effect
    assert shown.inside == 4
    assert shown.contacts == 6
    assert [each.name for each in shown.effect.removes] == ["Customer 5", "Customer 6"]
    assert {each.why for each in shown.effect.removes} == {"outside"}
    assert before.accounts[0].removed == 0
    assert saved == replace(shown, saved=True)
    assert previewed.scope == BLARNEY
    assert previewed.expected == 4
    assert previewed.remove == 2
    assert after.accounts[0].removed == 2
    assert after.accounts[1].removed == 0
    assert {note.why for note in after.accounts[0].notes} == {"outside"}
    assert world.labelled(0).keys() == {"1", "2", "3", "4"}
    assert world.labelled(1).keys() == EVERY
    assert world.own_contacts() == own
    assert again.accounts[0].unchanged == 4
    assert again.accounts[0].removed == 0


def test_a_wider_scope_brings_them_back(world: World) -> None:
    """Who comes is named, and is a new contact; the history tells who chose what."""
    choose(world, COBH)
    world.run()
    shown = check_scope(world.services, ScopeWish("acme", "acme-0", "mary@example.com", EVERYBODY))
    world.clock.advance(60)
    choose(world, EVERYBODY)
    world.run()
    acts = [(act.what, act.by, act.account, act.detail) for act in acts_of(world.services, "acme")]

    assert shown.effect
    assert [each.customer for each in shown.effect.creates] == ["1", "2", "3", "4"]
    assert world.labelled().keys() == EVERY
    assert acts == [
        ("scoped", "mary@example.com", "office0@example.com", "All customers"),
        ("scoped", "mary@example.com", "office0@example.com", "Site “Cobh”"),
    ]


@pytest.mark.parametrize("leavers", ["keep", "former"])
def test_who_is_outside_is_no_leaver(world: World, leavers: Leavers) -> None:
    """Their contact goes, also where leavers' contacts are kept or retire."""
    world.services.state.write(wisp_put(replace(load_wisp(world.services.state, "acme"), leavers=leavers)))
    choose(world, BLARNEY)
    outcome = world.run().accounts[0]

    assert outcome.removed == 2
    assert outcome.retired == 0
    assert world.labelled().keys() == {"1", "2", "3", "4"}
    assert len(world.snapshot()["contacts"]) == 4


def test_many_who_would_go_wait_for_a_person(tmp_path: Path) -> None:
    """A scope that was chosen by mistake takes nobody's contacts away, and can be taken back."""
    many = [customer(n, site="Blarney" if n > 30 else "Cobh") for n in range(1, 61)]
    with a_world(tmp_path, many) as world:
        world.run()
        saved = choose(world, BLARNEY)
        held = world.run().accounts[0]
        choose(world, EVERYBODY)
        calm = world.run().accounts[0]

        assert saved.effect
        assert saved.effect.refused == 30
        assert held.refused == 30
        assert held.removed == 0
        assert calm.state == "complete"
        assert calm.unchanged == 60


def test_a_site_with_another_name_removes_nobody(world: World) -> None:
    """Nor does SIMPLer that tells no sites any more; data quality names what is not found."""
    choose(world, COBH)
    world.run()
    for number in (5, 6):
        world.simpler.state.customers.patch(str(number), {"site": "Cobh Harbour"})
    renamed = world.run().accounts[0]
    for number in range(1, 7):
        world.simpler.state.customers.patch(str(number), {"site": ""})
    silent = world.run().accounts[0]
    found = quality(world.services, "acme")

    assert renamed.refused == 2
    assert "another name" in renamed.reason
    assert silent.refused == 2
    assert world.labelled().keys() == {"5", "6"}
    assert [each.places for each in found.unfound] == [("Cobh",)]
    assert [each.statuses for each in found.unfound] == [()]


def test_a_status_that_nobody_has_is_told_and_holds_nothing_back(world: World) -> None:
    """A status may be nobody's for a while, so those outside go; data quality names it all the same."""
    world.simpler.state.customers.patch("1", {"status": "waiting for install"})
    choose(world, Scope(sites=("Blarney",), statuses=("waiting for install", "current")))
    world.simpler.state.customers.patch("1", {"status": "current"})
    outcome = world.run().accounts[0]
    found = quality(world.services, "acme")

    assert outcome.removed == 2
    assert outcome.refused == 0
    assert [each.places for each in found.unfound] == [()]
    assert [each.statuses for each in found.unfound] == [("waiting for install",)]


class TestOneCustomer:
    """A press, a change that is told, and a look-up."""

    def test_a_press_goes_by_the_scope_of_each_account(self, world: World) -> None:
        """The account that does not hold them says so."""
        choose(world, BLARNEY)
        world.run()
        world.simpler.state.customers.patch("5", {"name": "Another name"})
        pressed = sync_customer(world.services, "acme", "5", "mary@example.com").accounts

        assert [each.result for each in pressed] == ["skipped", "updated"]
        assert pressed[0].reason == "outside of what this account holds"
        assert world.labelled(0).keys() == {"1", "2", "3", "4"}

    def test_a_customer_who_moves_goes_from_one_account_to_the_other(self, world: World) -> None:
        """A press has them where they are now, and the run that follows takes them from where they were."""
        choose(world, BLARNEY, 0)
        choose(world, COBH, 1)
        world.run()
        world.simpler.state.customers.patch("1", {"site": "Cobh"})
        pressed = sync_customer(world.services, "acme", "1", "mary@example.com").accounts
        at_once = [world.labelled(number).keys() for number in (0, 1)]
        world.run()

        assert [each.result for each in pressed] == ["failed", "created"]
        assert pressed[0].again
        assert pressed[0].reason.startswith("SIMPLer says that this customer is elsewhere now")
        assert at_once == [{"1", "2", "3", "4"}, {"1", "5", "6"}]
        assert world.labelled(0).keys() == {"2", "3", "4"}
        assert world.labelled(1).keys() == {"1", "5", "6"}
        assert queued(world.services, "acme") == {}

    def test_a_press_at_a_site_with_another_name_removes_nobody(self, world: World) -> None:
        """The run that follows looks at all customers, the guard holds them, and the press is at its end."""
        choose(world, BLARNEY)
        world.run()
        for number in range(1, 5):
            world.simpler.state.customers.patch(str(number), {"site": "Blarney North"})
        pressed = sync_customer(world.services, "acme", "1", "mary@example.com").accounts
        (press,) = queued(world.services, "acme")
        to_do = [task.body for task in world.tasks.tasks]
        outcome = world.run()
        became = load_press(world.services.state, "acme", press)

        assert pressed[0].again
        assert {"wisp": "acme", "by": BY_BUTTON} in to_do
        assert outcome.accounts[0].refused == 4
        assert world.labelled(0).keys() == {"1", "2", "3", "4"}
        assert isinstance(became, Handled)
        assert "look at the preview" in became.accounts[0].reason
        assert became.accounts[1].result == "unchanged"

    def test_a_press_during_a_run_waits_for_the_next_ones_list(self, world: World) -> None:
        """A run that read SIMPLer's list before has not seen that the customer moves, whoever waited then."""
        choose(world, BLARNEY)
        world.run()
        store(world.services, "acme", "2", "mary@example.com")

        def press_once_it_is_read(source: Any) -> Hooked:
            def read() -> Any:
                listing = source.customers()
                world.simpler.state.customers.patch("1", {"site": "Cobh"})
                store(world.services, "acme", "1", "mary@example.com")
                return listing

            return Hooked(source, customers=read)

        sync_wisp(with_source(world.services, press_once_it_is_read), SyncWisp("acme"))
        waiting, rest = queued(world.services, "acme"), world.tasks.tasks[-1].body
        outcome = world.run()

        assert [press.customer for press in waiting.values()] == ["1"]
        assert rest["wisp"] == "acme"
        assert outcome.accounts[0].removed == 1
        assert queued(world.services, "acme") == {}

    def test_a_press_in_an_account_that_the_run_did_not_finish_is_taken_up_again(self, world: World) -> None:
        """Nobody may be told that the run held the contact back: it has not come so far."""
        choose(world, BLARNEY)
        world.run()
        world.simpler.state.customers.patch("1", {"site": "Cobh"})
        (press,) = store(world.services, "acme", "1", "mary@example.com")
        world.fault(
            method="people.connections.list", account="office0@example.com", times=None, what={"status": 503}
        )
        cut = world.run()
        world.google.world.faults.clear()
        waiting = list(queued(world.services, "acme"))
        world.run()
        became = load_press(world.services.state, "acme", press)

        assert [account.state for account in cut.accounts] == ["unfinished", "complete"]
        assert waiting == [press]
        assert isinstance(became, Handled)
        assert "1" not in world.labelled(0)

    def test_a_press_while_a_run_is_ending_is_tried_again_by_itself(self, world: World) -> None:
        """The run has enqueued nothing by then, and hands it on once it has looked at it."""
        choose(world, BLARNEY)
        world.run()
        pressed: list[str] = []

        def press_first(lease: Any) -> Any:
            if lease.name == "wisp-acme" and not pressed:
                world.simpler.state.customers.patch("1", {"site": "Cobh"})
                pressed.extend(store(world.services, "acme", "1", "mary@example.com"))
            return world.services.leases.release(lease)

        leases = Hooked(world.services.leases, release=press_first)
        sync_wisp(replace(world.services, leases=leases), SyncWisp("acme"))
        waiting, to_do = queued(world.services, "acme"), [task.body for task in world.tasks.tasks]

        assert list(waiting) == pressed
        assert to_do == [{"wisp": "acme", "by": BY_BUTTON}]
        assert world.run().accounts[0].removed == 1

    def test_a_site_that_gets_another_name_takes_nobody_away_by_triggers(self, world: World) -> None:
        """Each of its customers is told; a run looks at all of them, and the guard holds them."""
        choose(world, BLARNEY)
        world.run()
        for number in range(1, 5):
            world.simpler.state.customers.patch(str(number), {"site": "Blarney North"})
            tell_change(world.services, "acme", str(number))
        work(world.services, SyncWisp("acme", told=True))
        waiting, to_do = queued(world.services, "acme"), [task.body for task in world.tasks.tasks]
        outcome = world.run()

        assert len(waiting) == 4
        assert {"wisp": "acme", "by": BY_BUTTON} in to_do
        assert outcome.accounts[0].refused == 4
        assert world.labelled(0).keys() == {"1", "2", "3", "4"}
        assert queued(world.services, "acme") == {}

    def test_one_who_moves_is_told_to_both_accounts(self, world: World) -> None:
        """They enter one account at once, and leave the other in the run that comes for them."""
        choose(world, BLARNEY, 0)
        choose(world, COBH, 1)
        world.run()
        world.simpler.state.customers.patch("1", {"site": "Cobh"})
        tell_change(world.services, "acme", "1")
        work(world.services, SyncWisp("acme", told=True))
        at_once = [world.labelled(number).keys() for number in (0, 1)]
        world.run()

        assert at_once == [{"1", "2", "3", "4"}, {"1", "5", "6"}]
        assert world.labelled(0).keys() == {"2", "3", "4"}
        assert world.labelled(1).keys() == {"1", "5", "6"}

    @pytest.mark.parametrize("site", ["", "n/a"])
    def test_a_press_without_a_site_leaves_the_contact(self, world: World, site: str) -> None:
        """One record without a site proves nothing; what is typed for none is none."""
        choose(world, BLARNEY)
        world.run()
        world.simpler.state.customers.patch("1", {"site": site})
        pressed = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]

        assert pressed.result == "skipped"
        assert pressed.reason.startswith("SIMPLer does not tell where this customer is served")
        assert "1" in world.labelled()

    def test_a_look_up_tells_why_they_are_not_there(self, world: World) -> None:
        """It names what the account holds."""
        choose(world, BLARNEY)
        before = customer_status(world.services, "acme", "5").accounts
        world.run()
        after = customer_status(world.services, "acme", "5").accounts

        assert [each.state for each in before] == ["leaving", "current"]
        assert [each.state for each in after] == ["outside", "current"]
        assert after[0].reason == "This account holds others only: Site “Blarney”."
        assert before[0].reason.startswith(after[0].reason)


def test_status_tells_the_scope_and_how_many_it_has(world: World) -> None:
    """An account that holds its part is complete."""
    choose(world, BLARNEY)
    world.run()
    accounts = status(world.services, "acme", has_right=True).accounts

    assert [each.scope for each in accounts] == [BLARNEY, EVERYBODY]
    assert [each.expected for each in accounts] == [4, 6]
    assert [each.held for each in accounts] == [4, 6]


def test_data_quality_names_whom_no_account_holds(world: World) -> None:
    """They are contacts who are on nobody's phone."""
    choose(world, BLARNEY, 0)
    choose(world, Scope(sites=("Cobh",), access_points=("cobh-1",)), 1)
    world.simpler.state.customers.patch("6", {"ap_nickname": "cobh-2"})

    assert [each.customer for each in quality(world.services, "acme").nowhere] == ["6"]


def test_a_restore_brings_back_who_is_outside_until_runs_go_on(world: World) -> None:
    """A person decided on the whole account; the next run after the pause makes it equal to its scope."""
    choose(world, BLARNEY)
    world.run()
    [(last, _)] = world.services.state.find("wisps/acme/runs", newest=1)
    restore(world.services, "acme", "acme-0", last, by="mary@example.com", go=True)
    restored = world.labelled().keys()
    resume(world.services, "acme", "acme-0", by="mary@example.com")
    world.run()

    assert restored == EVERY
    assert world.labelled().keys() == {"1", "2", "3", "4"}
    assert load_account(world.services.state, "acme", "acme-0").scope == BLARNEY


def test_a_full_account_is_used_again(tmp_path: Path) -> None:
    """Those who are outside make room for those who wait, once they are out of the trash."""
    spread = [customer(n, site="Blarney" if n > 5 else "Cobh") for n in range(1, 11)]
    with a_world(tmp_path, spread, rules=Rules(max_contacts=6)) as world:
        full = world.run().accounts[0]
        choose(world, BLARNEY)
        world.run()
        world.google.clock.forward(timedelta(days=31))
        last = world.run().accounts[0]

        assert full.code == "google.full"
        assert last.state == "complete"
        assert world.labelled().keys() == {"6", "7", "8", "9", "10"}


class TestChoosing:
    """What is refused, and what can be chosen."""

    def test_what_can_be_chosen_is_what_simpler_has(self, world: World) -> None:
        """The most frequent first, with how many contacts each has."""
        found = read_scope(world.services, "acme", "acme-0")

        assert found.scope == EVERYBODY
        assert [(each.name, each.contacts) for each in found.choices.sites] == [("Blarney", 4), ("Cobh", 2)]
        assert [each.name for each in found.choices.access_points] == ["blarney-0", "blarney-1", "cobh-1"]
        assert [each.name for each in found.choices.statuses][:1] == ["current"]

    @pytest.mark.parametrize(
        ("scope", "sentence"),
        [
            (Scope(sites=("Mallow",)), "There is no site “Mallow”. SIMPLer has: Blarney, Cobh."),
            (Scope(statuses=("post",)), "There is no status that makes a contact “post”."),
            (Scope(sites=("Cobh",), access_points=("blarney-1",)), "No customer who is a contact fits this"),
        ],
    )
    def test_what_nobody_has_is_refused(self, world: World, scope: Scope, sentence: str) -> None:
        """With what there is; nothing is saved."""
        found = choose(world, scope)

        assert sentence in found.flaws[0].message
        assert found.saved is False
        assert load_account(world.services.state, "acme", "acme-0").scope == EVERYBODY

    def test_names_are_kept_as_simpler_writes_them(self, world: World) -> None:
        """Whatever the case, the white space, the composition and hidden signs, each once."""
        world.simpler.state.customers.patch("6", {"site": "Dún Laoghaire"})
        given = (" BLARNEY", "blarney", "Co\u200bbh", normalize("NFD", "Dún Laoghaire"))

        assert choose(world, Scope(sites=given)).scope.sites == ("Blarney", "Cobh", "Dún Laoghaire")

    def test_the_second_of_two_is_told_who_was_first(self, world: World) -> None:
        """Nobody's choice is written over unseen."""
        choose(world, COBH)
        wish = ScopeWish("acme", "acme-0", "tom@example.com", BLARNEY, before=EVERYBODY)

        with pytest.raises(Misconfigured, match="not the one") as refused:
            save_scope(world.services, wish)

        assert "Site “Cobh”" in refused.value.user_message

    def test_an_operators_pause_stays(self, world: World) -> None:
        """A choice changes nothing else of the account."""
        pause(world.services, "acme", "acme-0", why="we look", by="olga")
        choose(world, BLARNEY)

        assert load_account(world.services.state, "acme", "acme-0").paused == "we look"

    def test_another_wisps_account_is_none(self, world: World) -> None:
        """Ids of accounts are looked for in the wisp only."""
        with pytest.raises(Denied):
            read_scope(world.services, "acme", "other-0")
