"""An account whose document cannot be read stops neither the others nor any page."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.standins.simpler.failure import Failure
from shared.errors import Misconfigured
from shared.ports import Put
from shared.usecases.base.documents import account_put
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.status import status
from tests.world import World, a_world, customer

DOCUMENT = "wisps/acme/accounts/acme-0"
GARBLED: dict[str, dict[str, Any]] = {
    "empty": {},
    "a state that there is not": {"email": "office0@example.com", "state": "asleep"},
    "of another shape": {"email": ["office0@example.com"], "id": 7},
}
REASON = "What is recorded of this account cannot be read. Please tell whoever looks after this service."


@pytest.fixture(params=GARBLED)
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Two filled accounts; then the first one's document is garbled, and a customer changes."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], accounts=2) as made:
        made.run()
        kept = made.services.state.get(DOCUMENT) or {}
        members = GARBLED[request.param]
        made.services.state.write(Put(DOCUMENT, {**kept, **members} if members else {}))
        made.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        yield made


def number(world: World, account: int) -> str:
    """Return customer 1's number in an account."""
    return str(world.labelled(account)["1"]["phoneNumbers"][0]["value"])


def test_a_run_goes_on_in_the_others(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """It is told by its id and the reason, logged with what is wrong, and not touched; mended, it goes on."""
    caplog.set_level(logging.INFO)
    before = world.snapshot()
    outcome = world.run()

    assert [(a.account, a.state, a.code) for a in outcome.accounts] == [
        ("acme-0", "stopped", "document.invalid"),
        ("acme-1", "complete", ""),
    ]
    assert outcome.state == "partial"
    assert outcome.accounts[0].reason == REASON
    assert number(world, 1) == "+353 86 111 1111"
    assert world.snapshot() == before
    [told] = [record for record in caplog.records if getattr(record, "event", "") == "account.broken"]
    assert f"the document {DOCUMENT} is not valid" in told.getMessage()

    world.services.state.write(account_put(world.accounts[0]))
    assert world.run().state == "complete"
    assert number(world, 0) == "+353 86 111 1111"


def test_it_is_told_when_simpler_is_down_too(world: World) -> None:
    """A run that fails has looked at its accounts before."""
    world.simpler.state.failure = Failure("down")
    outcome = world.run()
    assert outcome.state == "failed"
    assert [a.code for a in outcome.accounts] == ["document.invalid"]


def test_buttons_and_pages_work_for_the_others(world: World) -> None:
    """The status tells of it, with what it held; a press and a preview concern the other one."""
    found = status(world.services, "acme", has_right=True)
    pressed = sync_customer(world.services, "acme", "1", "mary@example.com")

    assert [(h.account, h.state, h.held) for h in found.accounts] == [
        ("acme-1", "connected", 10),
        ("acme-0", "broken", 10),
    ]
    assert found.code == "ready"
    assert found.accounts[1].reason == REASON
    assert found.accounts[1].email in ("acme-0", "office0@example.com")
    assert [(a.account, a.result) for a in pressed.accounts] == [("acme-1", "updated")]
    assert [preview.account for preview in preview_sync(world.services, "acme").accounts] == ["acme-1"]
    start_sync(world.services, "acme", "mary@example.com")
    assert [a.account for a in world.work().accounts] == ["acme-0", "acme-1"]


def test_where_there_is_no_other_account_that_is_what_is_told(tmp_path: Path) -> None:
    """A broken account is not a missing one: a run ends as partial, and the button says why."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.services.state.write(Put(DOCUMENT, {}))
        outcome = world.run()
        with pytest.raises(Misconfigured) as told:
            start_sync(world.services, "acme", "mary@example.com")

        assert outcome.state == "partial"
        assert [a.code for a in outcome.accounts] == ["document.invalid"]
        assert told.value.reason == "document.invalid"
        assert told.value.user_message == REASON
