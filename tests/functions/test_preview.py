"""`preview_sync`: what a run would do, and the token that lets exactly its removals through."""

from shared.usecases.accounts.restore import pause
from tests.functions.served import Served
from tests.world import World, customer


def test_it_shows_a_change_field_by_field_and_writes_nothing(functions: Served, world: World) -> None:
    """Old and new value; a run afterwards does just that."""
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.simpler.state.customers.add(customer(50))
    world.leave(2)
    before = world.snapshot()
    preview = functions.press("preview_sync").json()
    account = preview["accounts"][0]

    assert account["create"] == 1
    assert account["update"] == 1
    assert account["remove"] == 1
    assert account["refused"] == 0
    assert account["updates"][0]["customer"] == "1"
    assert account["updates"][0]["why"] == "changed in SIMPLer"
    old_new = {c["field"]: (c["old"], c["new"]) for c in account["updates"][0]["changes"]}
    assert old_new["phoneNumbers"] == (["+353 87 100 0001 (mobile)"], ["+353 86 111 1111 (mobile)"])
    assert account["removes"] == [
        {"customer": "2", "name": "Customer 2", "why": "left", "retires": False, "changes": [], "kept": []}
    ]
    assert world.snapshot() == before
    assert preview["token"] == ""
    outcome = world.run().accounts[0]
    assert outcome.created == 1
    assert outcome.updated == 1
    assert outcome.removed == 1


def test_of_a_paused_account_it_says_that_a_run_does_none_of_this(functions: Served, world: World) -> None:
    """As the settings do before they are saved; the numbers stay, and nothing is done until it is resumed."""
    world.run()
    pause(world.services, "acme", "acme-0", "New phones this week", by="Tom")
    world.leave(2)
    preview = functions.press("preview_sync").json()["accounts"]
    saving = functions.press("wisp_settings", do="check", settings={"leavers": "former"}).json()
    outcome = world.run().accounts[0]

    assert [(each["remove"], each["paused"]) for each in preview] == [(1, "New phones this week"), (1, "")]
    assert [each["paused"] for each in saving["effects"]] == ["New phones this week", ""]
    assert outcome.removed == 0


def test_before_the_first_run_it_shows_everything_as_new(functions: Served, world: World) -> None:
    """No label is made by looking."""
    account = functions.press("preview_sync").json()["accounts"][0]

    assert account["create"] == 30
    assert len(account["creates"]) == 30
    assert not world.counters()["writes"]


def test_the_guard_holds_back_many_removals_until_a_person_lets_them_through(
    functions: Served, world: World
) -> None:
    """Refused at night; with the preview's token they go, and only they."""
    world.run()
    world.leave(*range(1, 26))
    refused = world.run()
    preview = functions.press("preview_sync").json()
    functions.press("start_sync", allow=preview["token"])
    allowed = world.work()

    assert [(a.refused, a.removed, a.code) for a in refused.accounts] == [(25, 0, "guard")] * 2
    assert [(a["refused"], bool(a["guard"])) for a in preview["accounts"]] == [(25, True)] * 2
    assert [(a.refused, a.removed) for a in allowed.accounts] == [(0, 25)] * 2
    assert len(world.labelled()) == 5


def test_a_token_for_other_removals_lets_nothing_through(functions: Served, world: World) -> None:
    """The plan changed since the preview: the guard refuses, and says that."""
    world.run()
    world.leave(*range(1, 26))
    token = functions.press("preview_sync").json()["token"]
    world.leave(*range(26, 27))
    functions.press("start_sync", allow=token)
    outcome = world.work().accounts[0]

    assert outcome.removed == 0
    assert outcome.refused == 26
    assert "not what would be removed now" in outcome.reason
