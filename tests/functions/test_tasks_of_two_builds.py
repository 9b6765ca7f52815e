"""While a release goes into service, functions of two builds share tasks: each takes the other's.

The data is what the build of `tests/data/former_build` enqueued, and what it knew; it refuses other members.
"""

import json
from pathlib import Path
from typing import Any

from shared.usecases.customers.press_queue import enqueue_run
from tests.functions.served import Served
from tests.world import World

FORMER: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data/former_build/tasks.json").read_text(encoding="utf-8")
)


def test_the_former_builds_tasks_are_done(world: World, functions: Served) -> None:
    """Each is answered so that the queue lets it go; none is refused for its form."""
    answers = {what: functions.post("sync_wisp", **body) for what, body in FORMER["bodies"].items()}

    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(answers, 200)


def test_the_former_build_takes_what_is_enqueued(world: World, functions: Served) -> None:
    """A night, a button and presses name nothing that it does not know.

    The rest of a run names when it began. The former build answers 400 to that, and the queue tries again,
    for longer than a release takes, until a function of this build is there.
    """
    world.start_night()
    enqueue_run(world.services, "acme")
    assert functions.press("start_sync", allow="").status_code == 202
    world.fault(method="people.batchCreateContacts", times=None, what={"ready": "long_quota"})
    assert functions.post("sync_wisp", **world.tasks.tasks[-1].body).json()["state"] == "unfinished"
    bodies = {str(task.name).partition("-")[0]: task.body for task in world.tasks.tasks}

    unknown = {name: sorted(body.keys() - FORMER["members"]) for name, body in bodies.items()}

    assert unknown == {"nightly": [], "presses": [], "start": [], "after": ["since"]}
