"""What a run does when Google, SIMPLer or a user is difficult."""

from datetime import timedelta
from pathlib import Path

import pytest

from infra.standins.google import Rules
from shared.domain.model.account import MOST_CONTACTS
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.base.leases import RUN_DEADLINE
from shared.usecases.customers.press import sync_customer
from shared.usecases.sync.missing import LAG
from tests.world import LABEL, a_world, customer

CREATE = "people.batchCreateContacts"
CREATE_ONE = "people.createContact"


def test_the_progress_of_a_run_counts_what_was_done_of_what_it_may_do(tmp_path: Path) -> None:
    """One of four updates is refused, and the guard lets nobody go: nobody waits for those removals."""
    with a_world(tmp_path, [customer(n) for n in range(1, 41)]) as world:
        world.run()
        world.leave(*range(1, 31))
        for number in ("31", "32"):
            world.simpler.state.customers.patch(number, {"mobile": "086 222 2222"})
            name = world.labelled()[str(int(number) + 2)]["resourceName"]
            world.user().edit(name, names=[{"givenName": "Nan"}])
        world.simpler.state.customers.add(customer(41))
        world.fault(method="people.updateContact", times=1, what={"ready": "overflow"})
        run = world.run()
        progress = world.services.state.get("wisps/acme/progress/acme-0")

        assert run.accounts[0].refused == 30
        assert progress == {
            "run": run.run,
            "phase": "done",
            "done": 5,
            "total": 5,
            "created": 1,
            "updated": 3,
            "removed": 0,
            "failed": 1,
        }


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_create_without_an_answer_is_looked_for_before_it_is_sent_again(tmp_path: Path, when: str) -> None:
    """Whether it took effect or not: unconfirmed for now, and in the end each customer once."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.fault(method=CREATE, when=when, what={"close": True})
        first = world.run()
        soon = world.run()
        world.clock.advance(LAG)
        later = world.run()

        assert first.state == "unfinished"
        assert first.accounts[0].code == "google.unconfirmed"
        assert first.accounts[0].created == soon.accounts[0].created == 0
        assert soon.state == ("unfinished" if when == "before" else "complete")
        assert later.state == "complete"
        assert later.accounts[0].created == (10 if when == "before" else 0)
        assert sorted(world.labelled(), key=int) == [str(n) for n in range(1, 11)]
        assert len(world.snapshot()["contacts"]) == 10
        assert world.tasks.tasks[0].delay >= LAG


def test_google_that_stays_silent_is_left_alone(tmp_path: Path) -> None:
    """After two batches without an answer the account waits for the next task."""
    with a_world(tmp_path, [customer(n) for n in range(1, 1001)]) as world:
        world.fault(method=CREATE, times=None, what={"close": True})
        outcome = world.run().accounts[0]

        assert outcome.state == "unfinished"
        assert outcome.code == "google.silent"
        assert world.counters()["requests"][CREATE] == 2


def test_a_quota_of_the_minute_is_waited_for(tmp_path: Path) -> None:
    """A 429 was not processed: the same request goes out again after the pause that Google asks for."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.fault(method=CREATE_ONE, what={"ready": "write_quota", "headers": {"Retry-After": "7"}})
        outcome = world.run().accounts[0]

        assert outcome.state == "complete"
        assert outcome.created == 1
        assert world.clock.slept == [7]


def test_one_bad_person_does_not_cost_the_others(tmp_path: Path) -> None:
    """A contact that Google refuses is told; the other 199 of its batch are made."""
    with a_world(tmp_path, [customer(n) for n in range(1, 201)]) as world:
        world.run()
        names = {c: p["resourceName"] for c, p in world.labelled().items()}
        for number in range(1, 201):
            world.simpler.state.customers.patch(str(number), {"mobile": f"086 {3_000_000 + number}"})
        error = {
            "error": {
                "code": 400,
                "message": "bad contact",
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.people.v1.BatchUpdateContactsErrorDetails",
                        "contactErrors": {names["17"]: {"code": 3, "message": "bad contact"}},
                    }
                ],
            }
        }
        world.fault(method="people.batchUpdateContacts", what={"status": 400, "body": error})
        outcome = world.run().accounts[0]

        assert outcome.state == "partial"
        assert outcome.updated == 199
        assert outcome.failed == 1
        assert [note.customer for note in outcome.notes if note.what == "failed"] == ["17"]


def test_a_renamed_label_keeps_its_name_and_a_deleted_one_is_made_again(tmp_path: Path) -> None:
    """The label is known by its mark; all its contacts come back into the new one."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)]) as world:
        world.run()
        user, label = world.user(), world.user().label(LABEL)
        group = user.call("GET", label, groupFields="name,metadata")
        body = {"contactGroup": {"resourceName": label, "etag": group["etag"], "name": "Customers"}}
        user.call("PUT", label, body)
        renamed = world.run().accounts[0]
        user.call("DELETE", label)
        deleted, calm = world.run().accounts[0], world.run().accounts[0]

        assert renamed.writes == 0
        assert renamed.state == "complete"
        assert deleted.relabelled == 5
        assert deleted.created == 0
        assert calm.writes == 0
        assert len(world.labelled()) == 5


def test_a_users_own_contact_under_our_label_is_left_alone(tmp_path: Path) -> None:
    """Label without mark: not ours, whatever happens to the customers."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)]) as world:
        world.run()
        user = world.user()
        name = user.add(names=[{"givenName": "Plumber"}])
        user.call("POST", f"{user.label(LABEL)}/members:modify", {"resourceNamesToAdd": [name]})
        before = world.snapshot()["contacts"][name]
        world.leave(1)

        assert world.run().accounts[0].removed == 1
        assert world.snapshot()["contacts"][name] == before


def test_leavers_stay_where_the_wisp_wants_that(tmp_path: Path) -> None:
    """The setting `keep`: nothing is removed, and the contact is no longer changed."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)]) as world:
        world.services.state.write(wisp_put(replace(world.wisp, leavers="keep")))
        world.run()
        world.simpler.state.customers.patch("1", {"status": "post", "mobile": "086 000 0000"})
        world.simpler.state.customers.delete("2")
        outcome = world.run().accounts[0]

        assert outcome.removed == 0
        assert outcome.updated == 0
        assert len(world.labelled()) == 5


@pytest.mark.parametrize(
    "odd",
    [{"customerid": None}, {"customerid": 4, "name": "Somebody else"}],
    ids=["a record without an id", "an id used twice"],
)
def test_an_odd_record_removes_nobody(tmp_path: Path, odd: dict[str, object]) -> None:
    """It is skipped with a reason; the contact that it may stand for stays; the run goes on."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)]) as world:
        world.run()
        world.simpler.state.customers.delete("5")
        world.simpler.state.customers.add(customer(77) | odd)
        outcome = world.run().accounts[0]

        assert outcome.state == "complete"
        assert outcome.skipped in (1, 2)
        assert {"1", "2", "3", "4"} <= world.labelled().keys()
        assert ("5" in world.labelled()) == (odd["customerid"] is None)


def test_a_press_for_an_id_that_two_records_have_leaves_the_contact_and_says_so(tmp_path: Path) -> None:
    """SIMPLer answers the press with one of the two, who has left; the run's list had both."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.leave(3)
        world.simpler.state.customers.add(customer(3) | {"name": "Somebody else"})
        world.run()
        before = world.labelled()
        [pressed] = sync_customer(world.services, "acme", "3", "joe@example.com").accounts
        world.simpler.state.customers.delete("3")
        world.simpler.state.customers.add(customer(3))
        world.run()
        [mended] = sync_customer(world.services, "acme", "3", "joe@example.com").accounts

        assert pressed.result == "skipped"
        assert "several records" in pressed.reason
        assert before.keys() == {"1", "2", "3"}
        assert mended.result == "unchanged"


def test_into_a_full_account_goes_what_fits(tmp_path: Path) -> None:
    """Google's limit costs those for whom there is no room their contact, and nobody else anything."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], rules=Rules(max_contacts=7)) as world:
        world.user().add(names=[{"givenName": "A friend"}])
        outcome = world.run().accounts[0]
        again = world.run().accounts[0]

        assert outcome.state == "partial"
        assert outcome.code == "google.full"
        assert outcome.created == 6
        assert outcome.failed == 4
        assert "full" in outcome.reason
        assert [note.why.split(":")[0] for note in outcome.notes if note.what == "failed"] == [
            "google.full"
        ] * 4
        assert again.state == "partial"
        assert again.code == "google.full"
        assert again.created == 0
        assert len(world.labelled()) == 6


def test_an_account_that_was_full_by_count_is_filled_as_soon_as_there_is_room(tmp_path: Path) -> None:
    """A run by changes does not know of contacts that their owner deleted; Google knows better."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        state = world.services.state
        state.write(Put("ledgers/acme-0", {**(state.get("ledgers/acme-0") or {}), "total": MOST_CONTACTS}))
        world.simpler.state.customers.add(customer(2))
        outcome = world.run().accounts[0]

        assert outcome.state == "complete"
        assert outcome.created == 1
        assert outcome.failed == 0


def test_a_full_account_holds_up_neither_changes_nor_removals(tmp_path: Path) -> None:
    """Its trash counts, so a removal makes no room; whoever empties it has the rest the next night."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], rules=Rules(max_contacts=10)) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        world.leave(2)
        for number in range(11, 14):
            world.simpler.state.customers.add(customer(number))
        full = world.run().accounts[0]
        world.google.clock.forward(timedelta(days=31))
        room = world.run().accounts[0]

        assert full.state == "partial"
        assert full.code == "google.full"
        assert full.updated == 1
        assert full.removed == 1
        assert full.created == 0
        assert full.failed == 3
        assert room.code == "google.full"
        assert room.created == 1
        assert room.failed == 2
        assert len(world.labelled()) == 10


def test_a_press_into_a_full_account_says_so(tmp_path: Path) -> None:
    """The person who pressed is told what to do."""
    with a_world(tmp_path, [customer(1), customer(2)], rules=Rules(max_contacts=1)) as world:
        world.run()
        missing = next(n for n in "12" if n not in world.labelled())
        (told,) = sync_customer(world.services, "acme", missing, "mary@acme.ie").accounts

        assert told.result == "failed"
        assert told.again is False
        assert "empty the trash" in told.reason


def test_an_update_that_has_no_room_costs_no_other(tmp_path: Path) -> None:
    """An account may be full by size: the text that does not fit stays out, and what shrinks goes in."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"nickname": "x" * 500})
        world.simpler.state.customers.patch("2", {"nickname": "y"})
        world.fault(method="people.updateContact", what={"ready": "overflow"})
        outcome = world.run().accounts[0]
        calm = world.run().accounts[0]

        assert outcome.state == "partial"
        assert outcome.code == "google.full"
        assert outcome.updated == 1
        assert outcome.failed == 1
        assert calm.state == "complete"
        assert calm.updated == 1


def test_a_run_out_of_time_goes_on_in_a_next_task(tmp_path: Path) -> None:
    """What was done is saved; the next task does the rest, and nothing twice."""
    with a_world(tmp_path, [customer(n) for n in range(1, 601)]) as world:
        world.fault(method=CREATE, nth=2, what={"ready": "write_quota", "headers": {"Retry-After": "59"}})
        world.clock.shortest_sleep = RUN_DEADLINE + 1
        first = world.run().accounts[0]
        world.clock.shortest_sleep = 0
        rest = world.work().accounts[0]

        assert first.state == "unfinished"
        assert first.code == "run.deadline"
        assert first.created == 200
        assert rest.state == "complete"
        assert rest.created == 400
        assert len(world.snapshot()["contacts"]) == 600
