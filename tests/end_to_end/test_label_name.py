"""The label's name: it follows the WISP's, unless a user gave it another one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.model.wisp import FORMER_SUFFIX, LABEL_PREFIX
from shared.domain.sync.ledger import LISTED_FOR
from shared.domain.sync.mark import former_mark
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.sync.missing import LAG
from tests.world import LABEL, World, a_world, customer

UPDATE = "contactGroups.update"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two customers in an account that was filled last night."""
    with a_world(tmp_path, [customer(1), customer(2)]) as made:
        made.run()
        made.clock.advance(LAG)
        yield made


def call_wisp(world: World, name: str) -> None:
    """Give the WISP another name in its settings."""
    world.services.state.write(wisp_put(replace(world.wisp, name=name)))


def label(world: World) -> str:
    """Return the name of the one label with our mark, which holds both customers."""
    groups = world.snapshot()["groups"].values()
    [ours] = [group for group in groups if group.get("clientData")]
    assert len(ours["members"]) == len(world.labelled() or ours["members"])
    name: str = ours["name"]
    return name.removeprefix(LABEL_PREFIX)


def rename(world: World, name: str) -> None:
    """Give the label another name, as the user."""
    user = world.user()
    [found] = [n for n, group in world.snapshot()["groups"].items() if group.get("clientData")]
    etag = user.call("GET", found, groupFields="metadata")["etag"]
    user.call("PUT", found, {"contactGroup": {"etag": etag, "name": name}})


def quiet(world: World) -> int:
    """Run another night, which writes nothing, and return its requests."""
    before, writes = world.people_requests(), world.counters()["writes"]
    assert world.run().state == "complete"
    assert world.counters()["writes"] == writes
    return world.people_requests() - before


@pytest.mark.parametrize("is_pressed", [False, True], ids=["run", "press"])
def test_the_label_follows_the_wisps_name(world: World, *, is_pressed: bool) -> None:
    """In a run and in a press, with two requests; a quiet night has one request as before."""
    assert quiet(world) == 1
    call_wisp(world, "Cork Wireless")
    [account] = preview_sync(world.services, "acme").accounts
    assert account.label == "Azotel SIMPLer - Cork Wireless"
    assert label(world) == "ACME Wireless"

    before = world.people_requests()
    if is_pressed:
        sync_customer(world.services, "acme", "1", "mary@example.com")
    else:
        world.run()
    assert label(world) == "Cork Wireless"
    assert world.people_requests() - before == 1 + 2
    assert quiet(world) == 1
    assert preview_sync(world.services, "acme").accounts[0].label == ""
    call_wisp(world, "Kerry Wireless")
    world.run()
    assert label(world) == "Kerry Wireless"


def test_the_label_of_former_customers_follows_too(world: World) -> None:
    """It is the WISP's as well; one that its user renamed stays."""
    retiring = replace(world.wisp, leavers="former", guard_count=1)
    world.services.state.write(wisp_put(retiring))
    world.leave(2)
    world.run()
    for name, given in (("Cork Wireless", ""), ("Kerry Wireless", "Old ones")):
        if given:
            user, [found] = world.user(), former_labels(world)
            etag = user.call("GET", found, groupFields="metadata")["etag"]
            user.call("PUT", found, {"contactGroup": {"etag": etag, "name": given}})
        world.services.state.write(wisp_put(replace(retiring, name=name)))
        world.run()

        wanted = given or f"{LABEL_PREFIX}{name}{FORMER_SUFFIX}"
        assert list(former_labels(world).values()) == [wanted]
    assert quiet(world) == 1


def former_labels(world: World) -> dict[str, str]:
    """Return the names of the labels that are marked as of former customers, by resource name."""
    groups = world.snapshot()["groups"].items()
    mark = {"key": former_mark("acme")[0], "value": former_mark("acme")[1]}
    return {name: group["name"] for name, group in groups if mark in group.get("clientData", ())}


def test_a_name_that_a_user_gave_the_label_stays(world: World) -> None:
    """Whatever the WISP is called then; it is looked at once for each of its names."""
    rename(world, "Customers")
    for name in ("Cork Wireless", "Kerry Wireless"):
        call_wisp(world, name)
        assert preview_sync(world.services, "acme").accounts[0].label == ""
        assert quiet(world) == 1 + 1
        assert quiet(world) == 1
    world.clock.advance(LISTED_FOR)
    world.run()

    assert label(world) == "Customers"


def test_a_name_of_ours_that_a_user_gives_back_to_the_label_stays(world: World) -> None:
    """The WISP's former name is the user's, once the label has had the new one."""
    call_wisp(world, "Cork Wireless")
    world.run()
    rename(world, LABEL)
    world.run()
    call_wisp(world, "Kerry Wireless")
    world.run()

    assert label(world) == "ACME Wireless"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_that_is_lost_costs_the_label_nothing(world: World, when: str, times: int) -> None:
    """Whether it has the name already or not; also where the WISP has yet another one by then."""
    call_wisp(world, "Cork Wireless")
    world.fault(method=UPDATE, when=when, times=times, what={"close": True})
    world.run()
    if times > 1:
        call_wisp(world, "Kerry Wireless")
    world.google.world.faults.clear()
    world.run()
    world.run()

    assert label(world) == ("Kerry Wireless" if times > 1 else "Cork Wireless")
    assert quiet(world) == 1


def test_a_refused_name_stops_nothing(world: World) -> None:
    """The customers are written, and each run tries again."""
    call_wisp(world, "Cork Wireless")
    world.simpler.state.customers.patch("1", {"mobile": "086 222 2222"})
    world.fault(method=UPDATE, times=1, what={"status": 400})
    outcome = world.run().accounts[0]

    assert outcome.state == "complete"
    assert outcome.updated == 1
    assert label(world) == "ACME Wireless"
    world.run()
    assert label(world) == "Cork Wireless"


def test_a_name_that_another_label_has_is_waited_for(world: World) -> None:
    """Names are unique in an account; the user's own label is left alone."""
    user = world.user()
    other = user.call("POST", "contactGroups", {"contactGroup": {"name": "Azotel SIMPLer - Cork Wireless"}})
    call_wisp(world, "Cork Wireless")
    assert world.run().state == "complete"
    assert label(world) == "ACME Wireless"

    user.call("DELETE", other["resourceName"])
    world.run()
    assert label(world) == "Cork Wireless"


def test_a_ledger_of_the_build_before_counts_the_label_as_named_by_us(world: World) -> None:
    """It notes no name; that costs no request, and from then on the label follows."""
    path = f"ledgers/{world.accounts[0].id}"
    head = dict(world.services.state.get(path) or {})
    del head["label_names"]
    world.services.state.write(Put(path, head))

    assert quiet(world) == 1
    call_wisp(world, "Cork Wireless")
    world.run()
    assert label(world) == "Cork Wireless"
