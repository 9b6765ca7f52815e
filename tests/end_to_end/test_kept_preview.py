"""One preview of a wisp for everybody who asks: made once, never out of date, told when it fails."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
import pytest

from infra.standins.simpler.failure import Failure
from shared.adapters.local.clock import SystemClock
from shared.adapters.local.inline_tasks import InlineTasks
from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.leases import SqliteLeases
from shared.bootstrap import perform
from shared.domain.model.preview import AccountPreview, Preview, Shown
from shared.errors import Misconfigured, RetryLater, StopRun, Trouble
from shared.ports import Task
from shared.replace import replace
from shared.usecases.accounts.delete_wisp import delete_wisp, left_of
from shared.usecases.base.documents import load_accounts, wisp_put
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.kept_preview import (
    FOLLOWED,
    FRESH,
    KeptPreview,
    as_preview,
    ask,
    content,
    follow,
    kept_put,
    lease_of_preview,
    load,
    parts_of,
    wait_for,
)
from shared.usecases.runs.preview_task import MakePreview, make_preview
from shared.usecases.runs.slot import PREVIEW_SLOTS, take_slot
from tests.dying_process import Died, DyingProcess
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Ten customers, and two accounts."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], accounts=2) as made:
        yield made


def shown(world: World) -> Preview:
    """Return what somebody who asks now is shown."""
    return as_preview(content(world.services.state, "acme", wait_for(world.services, "acme")))


def asked_for(world: World) -> Task:
    """Ask for a preview, and keep back the task that makes it."""
    world.tasks.does = None
    ask(world.services, "acme")
    return world.tasks.tasks.pop()


def made(world: World, task: Task) -> str:
    """Make the preview of a task, as the queue would have it made."""
    return make_preview(world.services, msgspec.convert(task.body, MakePreview))


def listings(world: World) -> int:
    """Return how often SIMPLer's list was asked for."""
    return len(world.simpler.state.calls)


def test_twenty_who_ask_at_once_have_one_preview(world: World) -> None:
    """SIMPLer's list is read once, each account once, and all are shown the same."""
    clock = SystemClock()
    database = Database(world.database)
    services = replace(world.services, clock=clock, leases=SqliteLeases(database, clock))
    together = threading.Barrier(20)

    def one(_: int) -> bytes:
        together.wait()
        return content(services.state, "acme", wait_for(services, "acme"))

    with InlineTasks(partial(perform, lambda: services), clock) as tasks:
        services = replace(services, tasks=tasks)
        with ThreadPoolExecutor(20) as pool:
            found = list(pool.map(one, range(20)))

    assert len(set(found)) == 1
    assert as_preview(found[0]).accounts[0].create == 10
    assert listings(world) == 1
    assert world.people_requests() == 2


def test_whoever_asks_within_a_minute_is_shown_the_same(world: World) -> None:
    """After that it is made anew."""
    first = wait_for(world.services, "acme")
    world.clock.advance(FRESH)
    second = wait_for(world.services, "acme")
    world.clock.advance(1)
    third = wait_for(world.services, "acme")

    assert second == first
    assert third.id != first.id
    assert listings(world) == 2


def settings_change(world: World) -> None:
    """Have leavers kept from now on."""
    world.services.state.write(wisp_put(replace(world.wisp, leavers="keep")))


def a_button_is_pressed(world: World) -> None:
    """Write one customer's contact."""
    sync_customer(world.services, "acme", "3", by="mary@example.com")


def an_account_leaves(world: World) -> None:
    """Have an account wait for its owner's consent."""
    account = load_accounts(world.services.state, "acme")[1]
    world.services.secrets.destroy(account.secret)
    world.run()


@pytest.mark.parametrize(
    "change", [World.run, settings_change, a_button_is_pressed, an_account_leaves], ids=lambda c: c.__name__
)
def test_whoever_asks_after_a_change_sees_it(world: World, change: Callable[[World], object]) -> None:
    """A run, a button and a setting make what was read before out of date, however young it is."""
    before = wait_for(world.services, "acme")
    change(world)
    after = wait_for(world.services, "acme")

    assert after.id != before.id


def test_whoever_asks_after_a_change_waits_for_a_later_one_than_is_being_made(world: World) -> None:
    """The one that was begun before the change may show what was."""
    before = asked_for(world)
    settings_change(world)
    asked = ask(world.services, "acme")
    made(world, before)
    world.tasks.does = partial(perform, lambda: world.services)
    again = ask(world.services, "acme")

    assert asked.preview.id == before.body["preview"]
    assert not asked.suits
    assert again.suits
    assert again.preview.id != before.body["preview"]


def test_look_again_takes_none_that_is_ready(world: World) -> None:
    """Somebody put right in SIMPLer what they had seen."""
    before = wait_for(world.services, "acme")
    world.simpler.state.customers.add(customer(50))
    world.clock.advance(1)
    again = ask(world.services, "acme", anew=True).preview

    assert again.id != before.id
    assert shown(world).accounts[0].create == 11


def test_what_is_let_through_is_what_was_shown(world: World) -> None:
    """Whoever asks second gets the token of the removals that the first was shown, and no others."""
    world.run()
    for number in range(100, 140):
        world.simpler.state.customers.add(customer(number))
    world.run()
    world.leave(*range(100, 130))
    first = shown(world)
    world.leave(130)
    second = shown(world)

    assert first.token
    assert second == first


@pytest.mark.parametrize(
    ("failure", "kind", "reason"),
    [(Failure("denied"), StopRun, "simpler.denied"), (Failure("down"), StopRun, "simpler.down")],
    ids=["denied", "down"],
)
def test_a_failure_is_told_to_whoever_waits_and_the_next_tries_anew(
    world: World, failure: Failure, kind: type[Trouble], reason: str
) -> None:
    """With the code and the sentence that whoever asked alone would have got."""
    world.simpler.state.failure = failure
    with pytest.raises(kind) as caught:
        wait_for(world.services, "acme")
    world.simpler.state.failure = None

    assert caught.value.reason == reason
    assert caught.value.user_message.endswith(".")
    assert shown(world).contacts == 10


def test_what_an_operator_must_mend_is_told_as_that(world: World) -> None:
    """The operator's text is for the log."""
    world.services.secrets.destroy("simpler-acme")
    with pytest.raises(Misconfigured) as caught:
        wait_for(world.services, "acme")

    assert caught.value.reason == "secret.missing"
    assert "simpler-acme" in caught.value.message
    assert "simpler-acme" not in caught.value.user_message


def test_a_simpler_that_hangs_takes_few_places_by_previews(world: World) -> None:
    """Ten of its wisps took all those of others' buttons before; whoever finds none is told at once."""
    slots = [take_slot(world.services, world.wisp, "preview") for _ in range(PREVIEW_SLOTS)]
    with pytest.raises(RetryLater, match=r"simpler\.busy"):
        wait_for(world.services, "acme")
    calls = len(world.simpler.state.calls)
    slots[0].leave()

    assert calls == 0
    assert wait_for(world.services, "acme").state == "ready"


def test_a_preview_that_died_is_told_and_not_tried_again_by_itself(world: World) -> None:
    """The task's second delivery: what needs too much memory would die twelve times."""
    task = asked_for(world)
    lease, _ = world.services.leases.look(lease_of_preview("acme"))
    assert lease
    assert lease.claim
    world.services.leases.hand_on(lease, replace(lease.claim, owner="whoever died"), 300)

    assert made(world, task) == "failed"
    assert listings(world) == 0
    world.clock.advance(1)
    interrupted = load(world.services.state, "acme", str(task.body["preview"]))
    assert interrupted
    assert interrupted.failure().reason == "preview.interrupted"
    assert ask(world.services, "acme").preview.id != interrupted.id


def test_a_preview_whose_maker_is_gone_for_good_is_made_by_another(world: World) -> None:
    """When its lease has ended; the task that comes after that does nothing."""
    task = asked_for(world)
    world.expire(121)
    world.tasks.does = partial(perform, lambda: world.services)

    assert shown(world).contacts == 10
    assert made(world, task) == "superseded"
    assert listings(world) == 1


def _given(services: Services) -> Services:
    return services


def test_after_a_death_at_any_step_the_next_who_asks_has_a_preview(world: World) -> None:
    """Of whoever asks or of the task, once the lease has ended; the dead one's halves are never shown."""
    for writes in count():
        world.clock.advance(FRESH + 1)
        dying = DyingProcess(writes)
        mortal = dying.services(world.services)
        world.tasks.does = partial(perform, partial(_given, mortal))
        with suppress(Died):
            wait_for(mortal, "acme")
        world.tasks.does = partial(perform, lambda: world.services)
        world.clock.advance(1)
        world.expire(301)

        assert shown(world).accounts[0].create == 10, dying.died
        if not dying.died:
            assert writes >= 5
            return


def test_a_task_that_comes_when_all_is_done_does_nothing(world: World) -> None:
    """Delivered twice, one after the other."""
    task = asked_for(world)

    assert made(world, task) == "ready"
    assert made(world, task) == "superseded"
    assert listings(world) == 1


def test_a_queue_that_stands_still_is_told_in_time(world: World) -> None:
    """Nobody waits for ever, and nobody has it made twice meanwhile."""
    asked_for(world)
    with pytest.raises(RetryLater) as caught:
        wait_for(world.services, "acme")

    assert caught.value.reason == "preview.waiting"
    assert caught.value.after == 60
    assert world.tasks.tasks == []


def test_without_a_queue_the_next_is_not_kept_waiting(world: World) -> None:
    """The lease is free again at once."""
    task = asked_for(world)
    made(world, task)
    world.clock.advance(FRESH + 1)

    class Closed:
        def enqueue(self, task: Task) -> bool:
            raise RetryLater("tasks.unreachable", f"no {task.function}")

        def enqueue_all(self, tasks: object) -> list[bool | Trouble]:
            raise NotImplementedError

    with pytest.raises(RetryLater):
        ask(replace(world.services, tasks=Closed()), "acme")
    lease, now = world.services.leases.look(lease_of_preview("acme"))

    assert lease
    assert lease.is_free(now)


def test_nobodys_name_stands_in_its_lease(world: World) -> None:
    """It serves many, and a lease whose holder died keeps its holder."""
    asked_for(world)
    lease, _ = world.services.leases.look(lease_of_preview("acme"))

    assert lease
    assert lease.claim
    assert lease.claim.holder == "a preview"


def test_whoever_waited_comes_for_it_a_little_later_too(world: World) -> None:
    """Whatever has changed meanwhile: otherwise a busy wisp's page would never show one."""
    task = asked_for(world)
    preview = str(task.body["preview"])
    made(world, task)
    settings_change(world)
    world.clock.advance(FOLLOWED)
    found = follow(world.services, "acme", preview)
    world.clock.advance(1)

    assert found
    assert found.state == "ready"
    assert follow(world.services, "acme", preview) is None


def test_a_preview_of_any_size_is_kept_whole(world: World) -> None:
    """In as many documents as it takes."""
    everybody = [Shown(f"{n}", f"{n * 7919:x} {n * 104729:x} {n * 1299709:x}") for n in range(60_000)]
    much = Preview(1, 2, 3, [AccountPreview("acme-0", "a@example.com", creates=everybody)], "token")
    preview = KeptPreview("preview-20260302T050000-00000000", "2026-03-02T05:00:00+00:00", "")
    parts = parts_of("acme", preview, much, world.clock.now())
    world.services.state.write(*parts)
    kept = replace(preview, state="ready", parts=len(parts))

    assert len(parts) > 1
    assert as_preview(content(world.services.state, "acme", kept)) == much


def test_what_is_gone_is_told_as_that(world: World) -> None:
    """A part that was deleted leaves no half of a preview."""
    preview = wait_for(world.services, "acme")
    with pytest.raises(RetryLater) as caught:
        content(world.services.state, "acme", replace(preview, parts=preview.parts + 1, id="preview-x"))

    assert caught.value.reason == "preview.gone"


def test_the_next_preview_deletes_old_ones(world: World) -> None:
    """Customers' data stay for minutes."""
    first = wait_for(world.services, "acme")
    world.clock.advance(301)
    second = wait_for(world.services, "acme")
    kept = [id_ for id_, _ in world.services.state.find("wisps/acme/previews")]

    assert kept == [second.id]
    assert world.services.state.find(f"wisps/acme/previews/{first.id}/parts") == []


def test_a_wisp_that_is_deleted_leaves_no_preview(world: World) -> None:
    """Neither its document nor its parts."""
    preview = wait_for(world.services, "acme")
    before = left_of(world.services.state, "acme")
    delete_wisp(world.services, "acme", remove=False, by="joe@example.com")

    assert f"wisps/acme/previews/{preview.id}/parts/00" in before
    assert left_of(world.services.state, "acme") == []


def test_another_wisps_preview_is_not_found(world: World) -> None:
    """Nor anything by an id that could lead elsewhere."""
    services: Services = world.services
    preview = wait_for(services, "acme")
    services.state.write(kept_put(services, "other", replace(preview, id="preview-of-the-other")))

    assert load(services.state, "acme", "preview-of-the-other") is None
    assert load(services.state, "acme", "../other/previews/preview-of-the-other") is None
    assert follow(services, "acme", "preview-of-the-other") is None
