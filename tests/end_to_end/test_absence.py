"""What an answer of Google's leaves out is not gone: the label, its client data, contacts, looks."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.standins.google import Lag, Rules
from shared.domain.model.account import Account, Leaving
from shared.domain.sync.ledger import LISTED_FOR
from shared.errors import RetryLater
from shared.ports import Put
from shared.usecases.accounts.delete_wisp import delete_wisp, left_of
from shared.usecases.accounts.restore import restore
from shared.usecases.base import ledger_store
from shared.usecases.base.documents import load_account
from shared.usecases.base.leases import TTL
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.sync.missing import LAG
from tests.dying_process import Died
from tests.end_to_end.at_google import stored
from tests.end_to_end.leaving_kit import accounts, keep, leave, once_before, removed, traces
from tests.end_to_end.listings import Listings, held
from tests.end_to_end.nights import pass_time
from tests.hooked import Hooked, then, with_book
from tests.world import LABEL, World, a_world, customer

CUSTOMERS = 24
"""More than are removed without a question, or looked at in one run, also when a few have left."""
GROUPS, GROUP = "contactGroups.list", "contactGroups.get"
CONTACTS, LOOKS, ONE = "people.connections.list", "people.getBatchGet", "people.get"
NO_LABELS, NO_DATA = (GROUPS, "labels_left_out"), (GROUPS, "client_data_left_out")
NO_DATA_AT_ALL = (NO_DATA, (GROUP, "client_data_left_out"))
LATE = Lag(listing=120, get=120)
NO_CONTACTS, NO_LOOKS = (CONTACTS, "contacts_left_out"), (LOOKS, "people_left_out")
SOME_LOOKS = (LOOKS, "some_people_left_out")
LEFT_OUT: dict[str, Sequence[tuple[str, str]]] = {
    "labels": (NO_LABELS,),
    "client data": (NO_DATA,),
    "client data, by name too": NO_DATA_AT_ALL,
    "contacts": (NO_CONTACTS,),
    "looks": (NO_LOOKS,),
    "some looks": (SOME_LOOKS,),
    "contacts and looks": (NO_CONTACTS, NO_LOOKS),
    "contacts and some looks": (NO_CONTACTS, SOME_LOOKS),
    "labels and contacts": (NO_LABELS, NO_CONTACTS),
    "client data and contacts": (*NO_DATA_AT_ALL, NO_CONTACTS),
    "all of it": (NO_LABELS, *NO_DATA_AT_ALL, NO_CONTACTS, NO_LOOKS),
}
"""Methods, and what their answers leave out."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Customers in an account that was filled long ago, whose user has three contacts too."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as made:
        made.add_own_contacts(3)
        made.run()
        made.clock.advance(2 * LAG)
        yield made


def leave_out(world: World, what: str, times: int | None) -> None:
    """Have a number of answers, or all, leave something out."""
    for method, ready in LEFT_OUT[what]:
        world.fault(method=method, times=times, what={"ready": ready})


def be_right(world: World) -> None:
    """Have Google show everything again, a while later."""
    world.google.world.faults.clear()
    world.clock.advance(LAG)


def rename(world: World, name: str) -> str:
    """Rename the label, and return its resource name."""
    user = world.user()
    label = user.label(LABEL)
    body = {"contactGroup": {"etag": user.call("GET", label)["etag"], "name": name}}
    user.call("PUT", label, body)
    return label


def lose_ledger(world: World) -> None:
    """Delete everything that is known of the contacts."""
    world.services.state.write(*ledger_store.ledger_drops(world.services.state, "acme-0"))


def users_labels(world: World) -> dict[str, set[str]]:
    """Return each label of the user's and of ours, and who is in it."""
    groups = world.snapshot()["groups"]
    return {name: set(group["members"]) for name, group in groups.items() if not _is_system(group)}


def _is_system(group: dict[str, Any]) -> bool:
    return bool(group["groupType"] == "SYSTEM_CONTACT_GROUP")


# --- the label


@pytest.mark.parametrize("times", [1, None], ids=["once", "always"])
@pytest.mark.parametrize("what", ["labels", "client data", "client data, by name too"])
@pytest.mark.parametrize("renamed", [False, True], ids=["", "renamed"])
def test_a_label_that_does_not_show_is_not_made_again(
    world: World, what: str, times: int | None, renamed: bool
) -> None:
    """Whether its user has renamed it or not: the ledger knows it by its resource name."""
    if renamed:
        rename(world, "Customers")
    before = users_labels(world)
    world.simpler.state.customers.add(customer(99))
    leave_out(world, what, times)
    outcome = world.run().accounts[0]
    after = users_labels(world)

    assert outcome.state == "complete"
    assert outcome.created == 1
    assert outcome.relabelled == 0
    assert after.keys() == before.keys()
    assert sum(map(len, after.values())) == CUSTOMERS + 1
    be_right(world)
    assert world.run().accounts[0].writes == 0


@pytest.mark.parametrize("what", ["labels", "client data", "client data, by name too"])
def test_a_press_and_a_preview_know_a_label_that_does_not_show(world: World, what: str) -> None:
    """The preview shows what the run will do, and the press puts its contact where all are."""
    rename(world, "Customers")
    before = users_labels(world)
    world.simpler.state.customers.add(customer(99))
    leave_out(world, what, None)
    [shown] = preview_sync(world.services, "acme").accounts
    pressed = sync_customer(world.services, "acme", "99", "joe@example.com")

    assert shown.create == 1
    assert shown.relabel == 0
    assert shown.unchanged == CUSTOMERS
    assert [one.result for one in pressed.accounts] == ["created"]
    assert users_labels(world).keys() == before.keys()


@pytest.mark.parametrize("what", ["labels", "client data"])
def test_a_look_at_a_restoration_knows_a_label_that_does_not_show(world: World, what: str) -> None:
    """Nobody would be put back into a label."""
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    run = world.run().run
    rename(world, "Customers")
    leave_out(world, what, None)
    looked = restore(world.services, "acme", "acme-0", run, by="an operator", go=False)

    assert looked.outcome is None
    assert looked.create == 0
    assert looked.update == 1


@pytest.mark.parametrize("what", ["labels", "client data"])
def test_without_the_ledger_the_contacts_tell_the_label(world: World, what: str) -> None:
    """A renamed label that a list does not show, or not as ours, is asked for by its name."""
    label = rename(world, "Customers")
    rugby = world.user().call("POST", "contactGroups", {"contactGroup": {"name": "Rugby"}})
    names = [person["resourceName"] for person in world.snapshot()["contacts"].values()]
    add = {"resourceNamesToAdd": names}
    world.user().call("POST", f"{rugby['resourceName']}/members:modify", add)
    before = users_labels(world)
    lose_ledger(world)
    leave_out(world, what, 1)
    outcome = world.run().accounts[0]

    assert outcome.state == "complete"
    assert outcome.created == 0
    assert outcome.relabelled == 0
    assert users_labels(world) == before
    assert len(before[label]) == CUSTOMERS


def test_a_ledger_that_cannot_be_read_still_knows_the_label(world: World) -> None:
    """Its head does: a renamed label of which Google shows no mark at all is not made again."""
    rename(world, "Customers")
    before = users_labels(world)
    path = "ledgers/acme-0/shards/000"
    world.services.state.write(Put(path, {"entries": "", "cards": ""}))
    leave_out(world, "client data, by name too", None)

    assert world.run().accounts[0].writes == 0
    assert users_labels(world) == before


def test_a_label_that_google_says_is_gone_is_made_again(world: World) -> None:
    """Its 404 is a word, not a silence; and all are in the new one."""
    world.user().call("DELETE", world.user().label(LABEL))
    assert world.run().accounts[0].relabelled == CUSTOMERS
    assert [len(members) for members in users_labels(world).values()] == [CUSTOMERS]


@pytest.mark.parametrize(
    "name",
    [
        "  Azotel  SIMPLer - ACME   Wireless ",
        "AZOTEL SIMPLER - ACME WIRELESS",
        "Azotel SIMPLer \uff0d \uff21CME Wireless",
    ],
    ids=["spaces", "case", "wide letters"],
)
def test_a_name_is_known_as_google_may_give_it_back(tmp_path: Path, name: str) -> None:
    """Trimmed or not, composed or not: a label of the name is ours, and is not made beside it."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.user().call("POST", "contactGroups", {"contactGroup": {"name": name}})
        assert world.run().accounts[0].created == 1
        assert [len(members) for members in users_labels(world).values()] == [1]


def test_other_programs_data_of_a_hidden_label_stays(tmp_path: Path) -> None:
    """A label is marked only with what it was read to hold: a write replaces its client data."""
    theirs = {"key": "crm", "value": "17"}
    with a_world(tmp_path, [customer(1)]) as world:
        group = {"name": LABEL, "clientData": [theirs]}
        made = world.user().call("POST", "contactGroups", {"contactGroup": group})["resourceName"]
        world.fault(method=GROUPS, times=None, what={"ready": "client_data_left_out"})
        world.run()
        be_right(world)
        world.run()
        data = world.user().call("GET", made, groupFields="clientData")["clientData"]

    assert theirs in data
    assert len(data) == 2


def test_a_label_whose_name_is_taken_and_that_does_not_show_is_waited_for(tmp_path: Path) -> None:
    """Its maker may have died before the ledger was told; it is told of the label, and found later."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.user().call("POST", "contactGroups", {"contactGroup": {"name": LABEL}})
        world.fault(method=GROUPS, times=None, what={"ready": "labels_left_out"})
        [hidden] = world.run().accounts
        be_right(world)
        [found] = world.run().accounts

        assert hidden.state == "unfinished"
        assert hidden.code == "google.label_hidden"
        assert "label" in hidden.reason
        assert found.state == "complete"
        assert found.created == 1
        assert [len(members) for members in users_labels(world).values()] == [1]


def test_a_mark_that_does_not_show_is_not_written_again(world: World) -> None:
    """Nor is anything else of the label."""
    label = world.user().label(LABEL)
    before = world.user().call("GET", label, groupFields="clientData")
    world.simpler.state.customers.add(customer(99))
    leave_out(world, "client data, by name too", None)
    world.run()

    assert world.user().call("GET", label, groupFields="clientData") == before


def second_label(world: World) -> str:
    """Make another label with our mark, as a superseded holder may; return its name."""
    ours = world.user().label(LABEL)
    marked = world.user().call("GET", ours, groupFields="clientData")["clientData"]
    second = {"contactGroup": {"name": "Aaa", "clientData": marked}}
    return str(world.user().call("POST", "contactGroups", second)["resourceName"])


@pytest.mark.parametrize("lost", [False, True], ids=["", "without the ledger"])
def test_of_several_labels_the_one_that_the_ledger_knows_counts(world: World, lost: bool) -> None:
    """Then one that somebody is in; a second one in which nobody is goes."""
    ours, other = world.user().label(LABEL), second_label(world)
    if lost:
        lose_ledger(world)
    world.simpler.state.customers.add(customer(99))

    assert world.run().accounts[0].relabelled == 0
    assert len(users_labels(world)[ours]) == CUSTOMERS + 1
    assert other not in users_labels(world)


def test_a_second_label_goes_when_all_that_is_in_it_is_in_ours(world: World) -> None:
    """Its contacts stay, as they are."""
    other = second_label(world)
    names = [contact["resourceName"] for contact in world.labelled().values()]
    world.user().call("POST", f"{other}/members:modify", {"resourceNamesToAdd": names[:3]})
    world.simpler.state.customers.add(customer(99))
    world.run()

    assert other not in users_labels(world)
    assert len(world.labelled()) == CUSTOMERS + 1


def test_a_second_label_in_which_a_user_has_put_something_stays(world: World) -> None:
    """With everybody in it."""
    other = second_label(world)
    own = next(iter(world.own_contacts().values()))
    world.user().call("POST", f"{other}/members:modify", {"resourceNamesToAdd": [own["resourceName"]]})
    world.simpler.state.customers.add(customer(99))
    world.run()

    assert users_labels(world)[other] == {own["resourceName"]}


def test_a_second_label_that_google_does_not_let_go_costs_nobody_anything(world: World) -> None:
    """The account is as SIMPLer says all the same."""
    second_label(world)
    world.simpler.state.customers.add(customer(99))
    world.fault(method="contactGroups.delete", times=None, what={"status": 400})

    assert world.run().state == "complete"


def test_a_label_whose_maker_died_is_waited_for(tmp_path: Path) -> None:
    """It may not show for minutes, and its user may rename it: that one is being made was noted first."""

    def dying(_: Account, book: Any) -> Hooked:
        def die() -> None:
            raise Died

        return Hooked(book, create_label=then(book.create_label, die))

    late = Rules(lag=Lag(labels=500, label=500))
    with a_world(tmp_path, [customer(n) for n in range(1, 8)], rules=late) as world:
        with suppress(Died):
            sync_wisp(with_book(world.services, dying), SyncWisp("acme"))
        world.expire(TTL)
        [made] = users_labels(world)
        etag = world.user().call("GET", made)["etag"]
        world.user().call("PUT", made, {"contactGroup": {"etag": etag, "name": "Customers"}})
        soon = world.run().accounts[0]
        pass_time(world, LAG)
        later = world.run().accounts[0]

        assert soon.state == "unfinished"
        assert soon.code == "google.label_hidden"
        assert later.state == "complete"
        assert later.created == 7
        assert [len(members) for members in users_labels(world).values()] == [7]


def test_a_label_that_a_press_has_made_is_known(world: World) -> None:
    """A user deleted ours; the press's is renamed, and its mark does not show: a run makes no third one."""
    world.user().call("DELETE", world.user().label(LABEL))
    world.simpler.state.customers.add(customer(99))
    sync_customer(world.services, "acme", "99", "joe@example.com")
    rename(world, "Customers")
    leave_out(world, "client data, by name too", None)
    world.run()

    assert [len(members) for members in users_labels(world).values()] == [CUSTOMERS + 1]


def test_a_first_run_that_dies_leaves_its_label_known(tmp_path: Path) -> None:
    """Before the first contact is made in it, the ledger is told of the label: nobody else would know it."""

    def dying(_: Account, book: Any) -> Hooked:
        def die() -> None:
            raise Died

        return Hooked(book, create=then(book.create, die))

    with a_world(tmp_path, [customer(n) for n in range(1, 8)]) as world:
        with suppress(Died):
            sync_wisp(with_book(world.services, dying), SyncWisp("acme"))
        label = world.user().label(LABEL)

        assert len(world.labelled()) == 7
        assert ledger_store.load_ledger(world.services.state, "acme-0").head.label == label


# --- disconnecting


def assert_empty(world: World, own: dict[str, Any]) -> None:
    """Check that nothing of ours is in the account, and nothing of the account with us."""
    assert world.snapshot()["contacts"] == own
    assert users_labels(world) == {}
    assert accounts(world) == {}
    assert stored(world) == {}
    assert traces(world) == []


@pytest.mark.parametrize("times", [1, None], ids=["once", "always"])
@pytest.mark.parametrize("what", LEFT_OUT)
@pytest.mark.parametrize("lost", [False, True], ids=["", "without ledger"])
@pytest.mark.parametrize("renamed", [False, True], ids=["", "renamed"])
def test_nothing_is_forgotten_before_it_is_proven_to_be_gone(
    world: World, what: str, times: int | None, lost: bool, renamed: bool
) -> None:
    """Either all contacts are removed, or it is not finished; then a task goes on when Google comes right."""
    own = world.own_contacts()
    if lost:
        lose_ledger(world)
    if renamed:
        rename(world, "Customers")
    leave_out(world, what, times)
    done = leave(world)
    if done == "disconnect.unfinished":
        assert accounts(world) == {"acme-0": "disconnecting"}
        assert stored(world) == {"token-0": "refresh-acme-0"}
        be_right(world)
        assert world.work().accounts[0].removed == CUSTOMERS
    else:
        assert done == removed(CUSTOMERS)
    assert_empty(world, own)


@pytest.mark.parametrize("what", ["labels", "client data", "client data, by name too", "contacts", "looks"])
def test_one_answer_that_leaves_something_out_ends_nothing_too_soon(world: World, what: str) -> None:
    """With the ledger, what one answer leaves out is found in others, in the same attempt."""
    own = world.own_contacts()
    leave_out(world, what, 1)

    assert leave(world) == removed(CUSTOMERS)
    assert_empty(world, own)


def test_a_renamed_label_that_does_not_show_is_removed(world: World) -> None:
    """The ledger knows it."""
    own = world.own_contacts()
    rename(world, "Customers")
    leave_out(world, "client data, by name too", None)

    assert leave(world) == removed(CUSTOMERS)
    assert_empty(world, own)


def test_while_it_is_not_proven_a_person_can_keep_the_contacts(world: World) -> None:
    """A way out that needs nothing of Google."""
    leave_out(world, "contacts and looks", None)
    world.fault(method=ONE, times=None, what={"ready": "unavailable"})
    assert leave(world) == "google.unavailable"
    assert keep(world).kept == CUSTOMERS
    assert accounts(world) == {}
    assert traces(world) == []


def test_contacts_that_their_user_deleted_are_gone(world: World) -> None:
    """Listing, look and the label's members agree: there is nothing to wait for."""
    own = world.own_contacts()
    for person in world.labelled().values():
        world.user().delete(person["resourceName"])

    assert leave(world) == "0 contacts were removed; the label no longer exists."
    assert_empty(world, own)


@pytest.mark.parametrize(
    "late",
    [
        {"sync": LAG / 2, "listing": LAG / 2, "get": LAG / 2, "labels": LAG / 2, "label": LAG / 2},
        {"labels": LAG / 2, "label": LAG / 2},
        {"listing": LAG / 2, "label": LAG / 2},
        {"listing": LAG / 2, "get": LAG / 2},
    ],
    ids=["everything", "labels", "contacts and who is in the label", "contacts"],
)
def test_what_was_made_a_moment_ago_is_waited_for(tmp_path: Path, late: dict[str, float]) -> None:
    """Neither listing nor look nor label need show it: contacts and label are removed when they do."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], rules=Rules(lag=Lag(**late))) as world:
        world.run()
        done = leave(world)
        if done == "disconnect.unfinished":
            world.google.clock.forward(timedelta(seconds=LAG))
            world.clock.advance(LAG)
            assert world.work().accounts[0].removed == 5

        assert_empty(world, {})


def test_what_only_the_label_names_yet_is_waited_for(tmp_path: Path) -> None:
    """A copy and a user's own contact, a minute old: listings are late, and a look finds neither."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], rules=Rules(lag=LATE)) as world:
        world.run()
        world.clock.advance(LAG)
        world.google.clock.forward(timedelta(seconds=LAG))
        user, label = world.user(), world.user().label(LABEL)
        user.put(user.copy(str(world.labelled()["1"]["resourceName"]), client_data=True), label)
        own = user.add(names=[{"givenName": "Plumber"}])
        user.put(own, label)
        unfinished = leave(world)
        world.google.clock.forward(timedelta(seconds=121))
        world.clock.advance(LAG)
        world.work()

        assert unfinished == "disconnect.unfinished"
        assert accounts(world) == {}
        assert users_labels(world) == {label: {own}}
        assert set(world.snapshot()["contacts"]) == {own}


def test_a_label_into_which_a_contact_was_put_a_moment_ago_stays(tmp_path: Path) -> None:
    """It names the user's contact as a member, and that one's own memberships do not show it yet."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], rules=Rules(lag=LATE)) as world:
        own = world.user().add(names=[{"givenName": "Plumber"}])
        world.run()
        world.clock.advance(LAG)
        world.google.clock.forward(timedelta(seconds=LAG))
        label = world.user().label(LABEL)
        world.user().put(own, label)

        assert leave(world) == removed(5, label_stays=True)
        assert users_labels(world) == {label: {own}}


def test_a_create_that_is_in_doubt_is_waited_for(tmp_path: Path) -> None:
    """It may show yet, and only we know its mark."""
    with a_world(tmp_path, [customer(n) for n in range(1, 8)]) as world:
        world.fault(method="people.batchCreateContacts", what={"hang": 0.0, "close": True}, when="before")
        world.run()
        assert leave(world) == "disconnect.unfinished"
        world.clock.advance(LAG)
        world.work()
        assert accounts(world) == {}
        assert traces(world) == []


def test_what_stays_is_told_with_its_reason(world: World) -> None:
    """Out of the label, or another WISP's too."""
    people = world.labelled()
    user, label = world.user(), world.user().label(LABEL)
    user.unlabel(people["1"]["resourceName"], label)
    other = {"key": "azotel-simpler", "value": "v1|mike|7|x"}
    user.edit(people["2"]["resourceName"], clientData=[*people["2"]["clientData"], other])
    stripped = people["3"]["resourceName"]
    user.edit(stripped, clientData=[])
    done = leave(world)

    assert done == (
        f"{removed(CUSTOMERS - 3, label_stays=True)} 1 contact stays because it was taken out of the label."
        " 1 contact stays because it belongs to another WISP as well."
    )
    assert {people[n]["resourceName"] for n in "123"} <= world.snapshot()["contacts"].keys()


def test_a_label_is_removed_only_when_listing_and_members_agree(world: World) -> None:
    """A user's own contact in it keeps it, even if the list of members leaves it out."""
    user, label = world.user(), world.user().label(LABEL)
    own = user.add(names=[{"givenName": "Plumber"}])
    user.call("POST", f"{label}/members:modify", {"resourceNamesToAdd": [own]})
    empty = {"resourceName": label, "name": LABEL}
    world.fault(method=GROUP, times=None, what={"status": 200, "body": empty})

    assert leave(world) == removed(CUSTOMERS, label_stays=True)
    assert users_labels(world) == {label: {own}}


def test_a_label_is_not_removed_while_it_counts_members_whom_nobody_shows(world: World) -> None:
    """The count is a witness too."""
    label = world.user().label(LABEL)
    counted = {"resourceName": label, "name": LABEL, "memberCount": CUSTOMERS + 1}
    world.fault(method=GROUP, times=None, what={"status": 200, "body": counted})
    unfinished = leave(world)
    be_right(world)
    world.work()

    assert unfinished == "disconnect.unfinished"
    assert users_labels(world) == {}
    assert accounts(world) == {}


def test_the_count_survives_an_attempt_that_could_not_prove_it(world: World) -> None:
    """What was removed then is told with what is removed later."""

    def hide() -> None:
        world.fault(method=LOOKS, what={"ready": "people_left_out"})
        world.fault(method=ONE, times=4, what={"ready": "unavailable"})

    services = once_before(world.services, "label", hide)
    world.user().call(
        "POST",
        f"{world.user().label(LABEL)}/members:modify",
        {"resourceNamesToAdd": [*world.own_contacts()][:1]},
    )
    assert leave(world, services) == "google.unavailable"
    leaving = load_account(world.services.state, "acme", "acme-0").leaving
    assert leaving == Leaving(
        remove=True, by="mary@example.com", found=CUSTOMERS, confirmed=CUSTOMERS, whole=True
    )
    assert leave(world) == removed(CUSTOMERS, label_stays=True)


@pytest.mark.parametrize("what", ["labels", "contacts and looks", "all of it"])
def test_a_deleted_wisp_leaves_no_contact_behind(world: World, what: str) -> None:
    """Its settings and its accounts stay until that is proven; doing it again goes on."""
    own = world.own_contacts()
    leave_out(world, what, None)
    with suppress(RetryLater):
        delete_wisp(world.services, "acme", remove=True, by="an operator")
    if left_of(world.services.state, "acme"):
        be_right(world)
        delete_wisp(world.services, "acme", remove=True, by="an operator")

    assert world.snapshot()["contacts"] == own
    assert left_of(world.services.state, "acme") == []


def test_a_refused_label_is_told_as_the_label(tmp_path: Path) -> None:
    """Not as a contact that was changed."""
    refused = {"status": 400, "body": {"error": {"code": 400, "status": "FAILED_PRECONDITION"}}}
    with a_world(tmp_path, [customer(1)]) as world:
        world.fault(method="contactGroups.create", what=refused)
        [outcome] = world.run().accounts
        assert outcome.state == "stopped"
        assert outcome.code == "google.label_refused"
        assert "label" in outcome.reason
        assert world.run().accounts[0].created == 1
        assert held(world) == {"1": 1}


def test_a_second_label_goes_with_ours_on_disconnecting(world: World) -> None:
    """Nothing with our mark is left."""
    own = world.own_contacts()
    second_label(world)

    assert leave(world) == removed(CUSTOMERS)
    assert_empty(world, own)


def test_a_label_that_google_does_not_let_go_is_told_with_a_way_out(world: World) -> None:
    """The contacts are gone; once its user has deleted the label, it ends."""
    own = world.own_contacts()
    world.fault(method="contactGroups.delete", what={"status": 400})
    stopped = leave(world)

    assert stopped == "google.label_refused"
    waiting = load_account(world.services.state, "acme", "acme-0")
    assert "delete the label in Google Contacts" in waiting.reason
    world.user().call("DELETE", world.user().label(LABEL))
    assert leave(world) == removed(CUSTOMERS)
    assert_empty(world, own)


# --- a run's whole listing, a press, and a preview


@pytest.fixture
def night(world: World) -> World:
    """The next run lists everything."""
    world.clock.advance(LISTED_FOR)
    return world


@pytest.mark.parametrize("what", ["contacts", "contacts and looks", "contacts and some looks"])
def test_a_whole_listing_that_leaves_contacts_out_makes_and_forgets_nobody(night: World, what: str) -> None:
    """Not those who left either: their contacts are removed as soon as Google shows them."""
    for number in ("1", "2"):
        night.leave(int(number))
    leave_out(night, what, times=None)
    hidden = night.run().accounts[0]
    known = {number for number, _ in ledger_store.load_ledger(night.services.state, "acme-0").entries()}
    still_known = {str(n) for n in range(3, CUSTOMERS + 1)}
    be_right(night)
    shown, again, calm = (night.run().accounts[0] for _ in range(3))

    assert hidden.created == 0
    assert still_known <= known
    assert hidden.removed + shown.removed == 2
    assert held(night) == {str(n): 1 for n in range(3, CUSTOMERS + 1)}
    assert shown.created == 0
    assert again.writes == 0
    assert calm.writes == 0
    assert calm.requests == 1


def test_a_contact_of_a_leaver_that_nobody_shows_stays_in_mind(night: World) -> None:
    """Neither list nor look has it, and Google does not say that it is gone: the ledger keeps it."""
    night.leave(1)
    leave_out(night, "contacts and looks", times=None)
    hidden = night.run().accounts[0]

    assert hidden.state == "unfinished"
    assert hidden.code == "google.unconfirmed"
    assert ledger_store.load_ledger(night.services.state, "acme-0").get("1")


def test_a_contact_that_a_look_leaves_out_is_asked_for_by_itself(night: World) -> None:
    """Its user has deleted it, and the answer for many leaves it out; that for one says that it is gone."""
    night.user().delete(str(night.labelled()["1"]["resourceName"]))
    leave_out(night, "looks", times=None)

    assert night.run().accounts[0].created == 1
    assert held(night) == {str(n): 1 for n in range(1, CUSTOMERS + 1)}


def test_silence_is_no_proof_however_long_it_lasts(night: World) -> None:
    """Neither list nor look shows anybody, hours apart, and Google does not say that anybody is gone."""
    leave_out(night, "contacts and looks", times=None)
    nights = []
    for _ in range(3):
        nights.append(night.run().accounts[0])
        night.clock.advance(6 * LAG)
    be_right(night)
    shown = night.run().accounts[0]

    assert [(account.state, account.created) for account in (*nights, shown)] == [
        *[("unfinished", 0)] * 3,
        ("complete", 0),
    ]
    assert held(night) == {str(n): 1 for n in range(1, CUSTOMERS + 1)}


def test_a_contact_of_which_google_says_that_it_is_gone_is_made_anew_at_once(night: World) -> None:
    """The look at its name is answered with NOT_FOUND."""
    night.user().delete(str(night.labelled()["1"]["resourceName"]))

    assert night.run().accounts[0].created == 1


@pytest.mark.parametrize(("alone", "listings_of_all"), [(False, 0), (True, 1)], ids=["looks", "and alone"])
def test_a_doubted_contact_that_a_look_leaves_out_is_asked_for_in_other_ways(
    world: World, *, alone: bool, listings_of_all: int
) -> None:
    """A run by changes must look at it, since its last write failed: by itself, or by listing everything."""
    world.user().edit(str(world.labelled()["1"]["resourceName"]), phoneNumbers=[{"value": "+353 1 555 0000"}])
    world.fault(method="people.updateContact", times=3, what={"status": 400})
    failed = world.run().accounts[0]
    world.google.world.faults.clear()
    leave_out(world, "looks", times=1)
    if alone:
        world.fault(method=ONE, times=1, what={"status": 400})
    listings = Listings(world)
    mended = world.run().accounts[0]

    assert failed.failed == 1
    assert mended.updated == 1
    assert mended.state == "complete"
    assert listings.whole == listings_of_all


@pytest.mark.parametrize("what", ["contacts", "looks", "contacts and looks"])
def test_a_press_makes_no_second_contact_of_one_that_does_not_show(world: World, what: str) -> None:
    """It is found, or looked for again in a while."""
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    leave_out(world, what, times=None)
    sync_customer(world.services, "acme", "1", "mary@acme.ie")
    be_right(world)
    world.run()

    assert held(world) == {str(n): 1 for n in range(1, CUSTOMERS + 1)}
    assert world.labelled()["1"]["phoneNumbers"][0]["value"] == "+353 86 111 1111"


@pytest.mark.parametrize("what", ["contacts", "contacts and looks", "labels"])
def test_a_preview_shows_nobody_as_new_whom_google_only_hides(world: World, what: str) -> None:
    """Nor as to be put back into the label."""
    leave_out(world, what, times=None)
    shown = preview_sync(world.services, "acme").accounts[0]

    assert shown.create == 0
    assert shown.relabel == 0
    assert shown.remove == 0


def test_a_creation_in_doubt_is_not_settled_by_one_empty_list(tmp_path: Path) -> None:
    """Its answer was lost, and days later a list comes empty: the label's members say that it is not all."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.fault(method="people.batchCreateContacts", when="after", what={"close": True})
        world.run()
        world.clock.advance(LISTED_FOR)
        leave_out(world, "contacts", times=1)
        hidden = world.run().accounts[0]
        world.clock.advance(60)
        shown = world.run().accounts[0]

        assert hidden.state == "unfinished"
        assert hidden.code == "google.incomplete"
        assert hidden.created == 0
        assert shown.state == "complete"
        assert shown.created == 0
        assert held(world) == {str(n): 1 for n in range(1, 11)}


def test_a_press_believes_no_empty_list_either(tmp_path: Path) -> None:
    """A customer's button is tried again, too."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.fault(method="people.batchCreateContacts", when="after", what={"close": True})
        world.run()
        world.clock.advance(LISTED_FOR)
        leave_out(world, "contacts", times=1)
        (told,) = sync_customer(world.services, "acme", "1", "mary@acme.ie").accounts
        world.run()

        assert told.result == "failed"
        assert told.again is True
        assert held(world) == {str(n): 1 for n in range(1, 11)}
