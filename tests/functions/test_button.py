"""`start_sync` and `sync_status`: the button, from the first press to the end of the run."""

from shared.ports import Drop
from shared.replace import replace
from shared.usecases.base.documents import account_put
from shared.usecases.runs.start import HANDOVER
from shared.usecases.runs.status import ALL_WAIT, MESSAGES
from tests.functions.served import JOE, MARY, Served
from tests.world import World


def test_a_press_is_answered_at_once_and_done_by_the_task(functions: Served, world: World) -> None:
    """202 with the run; nothing reaches Google before the task, which does it and gives the lease back."""
    pressed = functions.press("start_sync")
    asked = world.people_requests()
    outcome = world.work()

    assert pressed.status_code == 202
    assert pressed.json()["state"] == "waiting"
    assert asked == 0
    assert outcome.run == pressed.json()["run"]
    assert outcome.by == "mary@example.com"
    assert outcome.state == "complete"
    assert functions.press("start_sync").status_code == 202


def test_a_second_press_is_told_who_runs_since_when_and_how_far(functions: Served, world: World) -> None:
    """409 with a stable type and the run's progress."""
    first = functions.press("start_sync").json()
    second = functions.post("start_sync", wisp="acme", user={**MARY, "id": "19", "email": "ann@example.com"})
    told = second.json()

    assert second.status_code == 409
    assert told["type"] == "urn:simpler-contacts:problem:sync.running"
    assert told["running"]["run"] == first["run"]
    assert told["running"]["by"] == "mary@example.com"
    assert told["running"]["phase"] == "waiting"
    assert told["running"]["since"] > 0
    assert "mary@example.com" in told["detail"]
    assert int(second.headers["Retry-After"]) > 0


def test_without_the_right_there_is_no_button(functions: Served, world: World) -> None:
    """403 from every button; the status says why, and tells of no account, run and press."""
    world.run()
    functions.press("start_sync")
    press = functions.press("sync_customer", customer="1").json()["press"]
    for function in ("start_sync", "preview_sync"):
        assert functions.post(function, wisp="acme", user=JOE).status_code == 403
    for function in ("sync_customer", "email_vcard"):
        assert functions.post(function, wisp="acme", user=JOE, customer="1").status_code == 403
    status = functions.post("sync_status", wisp="acme", user=JOE, press=press)
    told = status.json()

    assert status.status_code == 200
    assert "user->gcontact" in told.pop("message")
    assert told == {
        "available": False,
        "code": "no_right",
        "running": None,
        "last_runs": [],
        "accounts": [],
        "press": None,
    }


def test_where_nothing_would_be_written_the_status_says_so(functions: Served, world: World) -> None:
    """Each account is paused or to be connected again; with one that is written to, the button is ready."""
    first, second = world.accounts
    said = []
    for accounts in (
        (replace(first, paused="moving"), replace(second, state="reconnect")),
        (replace(first, paused="moving"), second),
    ):
        world.services.state.write(*map(account_put, accounts))
        said.append(functions.press("sync_status").json()["message"])

    assert said == [ALL_WAIT, MESSAGES["ready"]]


def test_the_status_follows_a_run(functions: Served, world: World) -> None:
    """Ready, running, ready again with the run in the list and every account's health."""
    before = functions.press("sync_status").json()
    functions.press("start_sync")
    during = functions.press("sync_status").json()
    world.work()
    after = functions.press("sync_status").json()

    assert before["available"] is True
    assert before["code"] == "ready"
    assert before["last_runs"] == []
    assert during["available"] is False
    assert during["code"] == "running"
    assert during["running"]["by"] == "mary@example.com"
    assert after["available"] is True
    assert after["running"] is None
    assert [run["state"] for run in after["last_runs"]] == ["complete"]
    assert [(a["state"], a["held"], a["expected"]) for a in after["accounts"]] == [("connected", 30, 30)] * 2
    assert all(account["last_complete"] for account in after["accounts"])


def test_a_run_that_was_handed_over_but_never_began_frees_itself(functions: Served, world: World) -> None:
    """When the lease expires the button is back; the late task waits for the run that has the lease now."""
    functions.press("start_sync")
    world.expire(HANDOVER)
    status = functions.press("sync_status").json()
    again = functions.press("start_sync")
    late, second = world.tasks.tasks
    answer = functions.post("sync_wisp", **late.body)

    assert status["available"] is True
    assert status["last_runs"][0]["state"] == "interrupted"
    assert again.status_code == 202
    assert answer.status_code == 200
    assert answer.json()["state"] == "waiting"
    assert functions.post("sync_wisp", **second.body).json()["state"] == "complete"


def test_a_task_that_is_delivered_twice_runs_once(functions: Served, world: World) -> None:
    """The second delivery finds the lease handed on."""
    functions.press("start_sync")
    task = world.tasks.tasks.pop()

    assert functions.post("sync_wisp", **task.body).json()["state"] == "complete"
    assert functions.post("sync_wisp", **task.body).json()["state"] == "superseded"
    assert len(world.labelled()) == len(world.snapshot()["contacts"]) == 30


def test_a_nightly_task_during_a_run_comes_again(functions: Served, world: World) -> None:
    """200, since a task of its own does what it could not do now."""
    functions.press("start_sync")
    answer = functions.post("sync_wisp", wisp="acme")
    later = world.tasks.tasks.pop()

    assert answer.status_code == 200
    assert answer.json() == {"wisp": "acme", "run": "", "state": "waiting", "code": "lease.held"}
    assert later.body == {"wisp": "acme", "by": "nightly run", "tries": 2}
    assert 60 <= later.delay <= 72


def test_a_nightly_task_of_a_wisp_without_accounts_is_done(functions: Served, world: World) -> None:
    """200 and a complete run, so that the queue is at rest; the button is told to connect one."""
    paths = [f"wisps/acme/accounts/{account.id}" for account in world.accounts]
    world.services.state.write(*map(Drop, paths))
    answer, pressed = functions.post("sync_wisp", wisp="acme"), functions.press("start_sync")

    assert answer.status_code == 200
    assert answer.json()["state"] == "complete"
    assert answer.json()["accounts"] == []
    assert pressed.status_code == 409
    assert pressed.json()["type"] == "urn:simpler-contacts:problem:wisp.no_account"
    assert world.simpler.state.calls == []


def test_all_wisps_of_a_time_zone_are_enqueued_once_a_day(functions: Served, world: World) -> None:
    """202 with the wisps; a second call on the same day starts nothing."""
    first = functions.post("sync_all", time_zone="Europe/Dublin")
    second = functions.post("sync_all", time_zone="Europe/Dublin")

    assert first.status_code == 202
    assert first.json()["enqueued"] == ["acme"]
    assert first.json()["already"] == 0
    assert second.json() == {"enqueued": [], "already": 1, "last_start": None, "last_done": None}
    nobody = {"enqueued": [], "already": 0, "last_start": None, "last_done": None}
    assert functions.post("sync_all", time_zone="Africa/Johannesburg").json() == nobody
    assert functions.post("sync_all", time_zone="Mars/Olympus").status_code == 400
