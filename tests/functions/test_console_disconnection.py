"""An account is let go from the console: asked first, then done, with the proof."""

import pytest
import requests

from shared.domain.model.account import Leaving
from shared.errors import Denied, LeaseHeld, RetryLater
from shared.replace import replace
from shared.usecases.base.documents import account_put, load_accounts
from shared.usecases.runs.leave import start_disconnecting
from shared.usecases.runs.start import start_sync
from tests.functions.answer_cases import NoTasks
from tests.functions.console_kit import Browser, Node
from tests.world import LABEL, World

PATH = "/accounts/acme-0/disconnect"


def let_go(mary: Browser, world: World) -> Node:
    """Have the contacts removed, do the task, and return the page that tells what came of it."""
    mary.enter().get(PATH)
    mary.press("Disconnect", contacts="remove")
    return mary.get("/", after=world.work().run)


def test_it_asks_first_and_proposes_to_keep_the_contacts(mary: Browser, world: World) -> None:
    """With the count; and there is a way back."""
    world.run()
    page = mary.enter().get(PATH)

    assert page.one("h1").text == "Disconnect office0@example.com"
    assert "It holds 30 contacts of ACME Wireless" in page.text
    assert page.one("legend").text == "What should happen to the contacts?"
    assert [(f.attributes["value"], "checked" in f.attributes) for f in page.all("input", type="radio")] == [
        ("keep", True),
        ("remove", False),
    ]
    assert [link.attributes["href"] for link in page.all("a") if link.text == "Cancel"] == ["/"]


def test_contacts_that_are_kept_stay_as_they_are(mary: Browser, world: World) -> None:
    """The account is forgotten, and Google still has them all."""
    world.run()
    before = world.snapshot()["contacts"]
    mary.enter().get(PATH)
    page = mary.press("Disconnect")

    assert page.one("p", role="status").text == (
        "office0@example.com is disconnected. Its contacts stay in Google Contacts as they are."
    )
    assert [account.id for account in load_accounts(world.services.state, "acme")] == ["acme-1"]
    assert world.snapshot()["contacts"].keys() == before.keys()


def test_contacts_that_are_removed_are_counted_and_the_label_goes(mary: Browser, world: World) -> None:
    """Exactly ours: the user's own stay."""
    world.add_own_contacts(3)
    world.run()
    page = let_go(mary, world)

    assert page.one("p", role="status").text == (
        "office0@example.com is disconnected. 30 contacts were removed, and the label with them."
    )
    assert len(world.snapshot()["contacts"]) == 3


def test_a_label_with_something_else_in_it_stays_and_the_page_says_so(mary: Browser, world: World) -> None:
    """And so do contacts that the user took out of it."""
    world.run()
    user = world.user()
    label = user.label(LABEL)
    user.unlabel(world.labelled()["1"]["resourceName"], label)
    own = user.add(names=[{"givenName": "Own"}])
    user.call("POST", f"{label}/members:modify", {"resourceNamesToAdd": [own]})
    page = let_go(mary, world)

    assert page.one("p", role="status").text == (
        "office0@example.com is disconnected. 29 contacts were removed. "
        "The label stays because something else is in it. "
        "1 contact stays because it was taken out of the label."
    )


def test_an_interrupted_disconnection_is_shown_and_goes_on(mary: Browser, world: World) -> None:
    """The page says who began it, proposes what was chosen, and ends it."""
    world.run()
    leaving = Leaving(remove=True, by="ann@example.com")
    begun = replace(world.accounts[0], state="disconnecting", reason="Being let go.", leaving=leaving)
    world.services.state.write(account_put(begun))
    page = mary.enter().get("/")
    (link,) = [link for link in page.all("a") if link.text == "Continue disconnecting office0@example.com"]

    assert "Being disconnected" in page.text
    assert "Reconnect office0@example.com" not in page.text
    page = mary.get(link.attributes["href"])
    assert "ann@example.com has begun this, and it was interrupted." in page.text
    mary.press("Disconnect")
    assert "30 contacts were removed" in mary.get("/", after=world.work().run).text


def test_while_a_run_is_on_nothing_is_disconnected(mary: Browser, world: World) -> None:
    """The page says whose run it is."""
    mary.press("Synchronize Google Contacts")
    mary.get(PATH)
    page = mary.press("Disconnect")

    assert mary.answer.status_code == 409
    assert page.one("h1").text == "Please wait a moment"
    assert "started by mary@example.com" in page.text
    assert len(load_accounts(world.services.state, "acme")) == 2


def test_why_contacts_stay_is_told_truly(mary: Browser, world: World) -> None:
    """One is another WISP's as well, one was taken out of the label."""
    world.run()
    user, people = world.user(), world.labelled()
    user.unlabel(people["1"]["resourceName"], user.label(LABEL))
    other = {"key": "azotel-simpler", "value": "v1|mike|7|x"}
    user.edit(people["2"]["resourceName"], clientData=[*people["2"]["clientData"], other])
    page = let_go(mary, world)

    assert page.one("p", role="status").text == (
        "office0@example.com is disconnected. 28 contacts were removed. "
        "The label stays because something else is in it. "
        "1 contact stays because it was taken out of the label. "
        "1 contact stays because it belongs to another WISP as well."
    )


def test_contacts_of_a_deleted_label_are_not_said_to_be_taken_out_of_it(mary: Browser, world: World) -> None:
    """Contacts that lost the deleted label stay, and do not count as removed."""
    world.run()
    world.user().call("DELETE", world.user().label(LABEL))
    page = let_go(mary, world)

    assert page.one("p", role="status").text == (
        "office0@example.com is disconnected. 0 contacts were removed; the label no longer exists. "
        "30 contacts stay because they were no longer in any label."
    )


def test_contacts_are_removed_by_a_run_of_their_own(mary: Browser, world: World) -> None:
    """The browser does not wait: the page shows how far it is, and the history has the proof."""
    world.run()
    mary.enter().get(PATH)
    page = mary.press("Disconnect", contacts="remove")

    assert page.one("p", role="status").text == (
        "office0@example.com is being disconnected. You may leave this page meanwhile."
    )
    assert page.all("progress") != []
    assert page.all("section", **{"aria-labelledby": "needs"}) == []
    assert len(world.labelled()) == 30
    outcome = world.work()
    history = mary.get("/history").text
    assert [(account.account, account.removed) for account in outcome.accounts] == [
        ("acme-0", 30),
        ("acme-1", 0),
    ]
    assert [account.id for account in load_accounts(world.services.state, "acme")] == ["acme-1"]
    assert "you disconnected office0@example.com" in history
    assert "30 contacts were removed, and the label with them." in history
    assert "you began to disconnect office0@example.com" in history


def test_during_a_run_nothing_is_decided(mary: Browser, world: World) -> None:
    """Also where a task would do it; the account stays as it is."""
    world.run()
    start_sync(world.services, "acme", "ann@example.com")
    with pytest.raises(LeaseHeld):
        start_disconnecting(world.services, "acme", "acme-0", "mary@example.com")
    with pytest.raises(Denied):
        start_disconnecting(world.services, "acme", "acme-9", "mary@example.com")
    assert [account.state for account in load_accounts(world.services.state, "acme")] == ["connected"] * 2


def test_a_task_that_google_does_not_let_remove_says_what_can_be_done(mary: Browser, world: World) -> None:
    """On the first page, until somebody decides again."""
    world.run()
    requests.post(f"{world.google_url}/revoke", {"token": "refresh-acme-0"}, timeout=30).raise_for_status()
    start_disconnecting(world.services, "acme", "acme-0", "mary@example.com")
    outcome = world.work()
    page = mary.enter().get("/")

    assert [account.state for account in outcome.accounts] == ["stopped", "complete"]
    assert "is not disconnected completely yet. Google no longer accepts the connection" in page.text
    assert "disconnect it and keep the contacts" in page.text
    mary.get(PATH)
    assert "office0@example.com is disconnected." in mary.press("Disconnect", contacts="keep").text


def test_a_queue_that_is_away_leaves_the_decision_to_the_next_run(mary: Browser, world: World) -> None:
    """The lease is free again, and nothing of the account is lost."""
    world.run()
    away = replace(world.services, tasks=NoTasks())
    with pytest.raises(RetryLater):
        start_disconnecting(away, "acme", "acme-0", "mary@example.com")
    outcome = world.run()

    assert outcome.accounts[0].account == "acme-0"
    assert outcome.accounts[0].removed == 30
    assert [account.id for account in load_accounts(world.services.state, "acme")] == ["acme-1"]


def test_what_cannot_be_proven_is_not_said_to_be_done(mary: Browser, world: World) -> None:
    """The page says why, and what else can be done; the account stays until then."""
    world.run()
    for method, left_out in (("people.connections.list", "contacts"), ("people.getBatchGet", "people")):
        world.fault(method=method, times=None, what={"ready": f"{left_out}_left_out"})
    world.fault(method="people.get", times=None, what={"status": 400})
    page = let_go(mary, world)

    assert "Continues later." in page.one("p", role="status").text
    assert "not certain that every contact is removed" in page.text
    assert "disconnect it and keep the contacts" in page.text
    assert "Being disconnected" in page.text
    world.google.world.faults.clear()
    mary.get(PATH)
    mary.press("Disconnect")
    page = mary.get("/", after=world.work().run)
    assert "30 contacts were removed, and the label with them." in page.text
