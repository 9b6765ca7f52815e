"""Acts: all that the service can do, and all that can go wrong, before an audience that reads the log."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn, get_args

import requests

from infra.standins.google.faults import TOKEN_METHOD
from infra.standins.google.ready_faults import READY
from infra.standins.sendgrid.faults import Fault
from infra.standins.simpler.failure import Failure, Kind
from shared.domain.model.wisp import Wisp
from shared.errors import Trouble
from shared.ports import CONTACTS
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.runs.leave import start_disconnecting
from shared.usecases.runs.run import MOST_ATTEMPTS
from tests.end_to_end.at_google import OFFICE, Person, person
from tests.functions.answer_cases import FUNCTIONS, body
from tests.functions.console_kit import HOSTILE, Browser, Console, console_of
from tests.functions.served import JOE, MARY, Served, served
from tests.world import World

WRITES = ("people.batchCreateContacts", "people.batchUpdateContacts", "people.batchDeleteContacts")
PAGES = (
    "/",
    "/progress",
    "/preview",
    "/runs",
    "/quality",
    "/quality.csv",
    "/outage?site=",
    "/outage.csv?site=",
    "/accounts/acme-0/disconnect",
)


@dataclass(slots=True)
class Stage:
    """Where an act is played.

    Attributes:
        world: What the service meets.
        functions: Its functions.
        console: Its console.
        secrets: What nobody may find in the log, besides what the world knows.
    """

    world: World
    functions: Served
    console: Console
    secrets: list[str] = field(default_factory=list)

    def night(self) -> None:
        """Run once, and do whatever that leaves for later; of a task's tries the second and the last."""
        tasks = self.world.tasks.tasks
        with suppress(Trouble):
            self.world.run()
        with suppress(Trouble):
            while tasks and len(tasks) < 9:
                if tasks[-1].body.get("tries", 1) > 2:
                    tasks[-1] = replace(tasks[-1], body={**tasks[-1].body, "tries": MOST_ATTEMPTS})
                self.world.clock.advance(700)
                self.world.work()
        tasks.clear()

    def day(self) -> None:
        """Press every button, and open every page."""
        for function in FUNCTIONS:
            self.functions.post(function, **body(function))
        self.world.tasks.tasks.clear()
        self.world.expire(300)
        with self.console.browser() as mary:
            self.secrets += _pages(mary)


def _pages(mary: Browser) -> Iterator[str]:
    """Look at every page; gives the link, the cookies and what the forms carry."""
    token = mary.link()
    yield token
    mary.get("/enter", link=token)
    mary.get("/enter", link=token)
    yield from (cookie.value or "" for cookie in mary.session.cookies)
    for path in PAGES:
        mary.answer = mary.session.get(f"{mary.address}{path}", timeout=30)
        if "csrf" in mary.answer.text:
            yield mary.csrf


def play_a_good_life(stage: Stage) -> None:
    """Play nights, days, changes, leavers, connecting and disconnecting, without trouble."""
    world = stage.world
    world.services.state.write(wisp_put(replace(world.wisp, notify=("boss@example.com",))))
    stage.night()
    stage.day()
    world.simpler.state.customers.patch("3", {"mobile": "087 7310040", "address1": "Canary Lane"})
    world.leave(4)
    world.simpler.state.customers.add({"customerid": None, "name": "Canary without an id"})
    stage.night()
    stage.day()
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)
    stage.secrets += [back["code"], back["state"]]
    account = mary.finish(back).account
    with suppress(Trouble):
        mary.finish(back)
    stage.night()
    start_disconnecting(world.services, "acme", account.id, "mary@example.com")
    world.work()
    world.clock.advance(27 * 3600)
    stage.functions.post("watchdog")


def play_a_pause(stage: Stage) -> None:
    """Pause an account for a reason that names a customer, and without one; bring it back; run and press."""
    stage.night()
    for why in ("Canary O'Name 7 is moving", " "):
        with stage.console.browser() as mary:
            mary.enter()
            mary.get("/accounts/acme-0")
            mary.press("Pause", why=why)
            stage.night()
            stage.day()
            stage.functions.post("watchdog")
            mary.get("/accounts/acme-0")
            mary.press("Resume")


def play_a_bad_simpler(stage: Stage) -> None:
    """Have SIMPLer fail in each way that it can, with its password in the address, too."""
    world = stage.world
    stage.night()
    listing = {"send": "GET query", "paging": {"style": "page", "size": 10}}
    profile = {"listing": listing, "lookup": {"send": "GET query"}}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    for kind in get_args(Kind):
        world.simpler.state.failure = Failure(kind, size=1000)
        stage.night()
        for function in ("preview_sync", "sync_customer", "email_vcard"):
            stage.functions.post(function, **body(function))
    stage.functions.post("watchdog")


def play_a_bad_google(name: str) -> Callable[[Stage], None]:
    """Have Google fail in a ready-made way in each call, and quote what was sent."""

    def play(stage: Stage) -> None:
        world = stage.world
        stage.night()
        world.simpler.state.customers.patch("5", {"name": f"Canary {name}", "address1": f"Canary {name}"})
        world.fault(method="*", nth=2, times=2, what={"ready": name})
        stage.night()
        _change(world)
        for method in (TOKEN_METHOD, *WRITES):
            world.fault(method=method, what={"ready": name})
        stage.night()

    play.__name__ = f"play_a_bad_google: {name}"
    return play


def play_a_google_that_quotes(stage: Stage) -> None:
    """Play refusals whose messages and details hold what was sent."""
    world = stage.world
    quoted = "Canary O'Name 7, 087 7310007, canary.email.7@example.org"
    for status in (400, 401, 403, 404, 409, 412, 429, 500, 503):
        error = {"code": status, "message": quoted, "status": quoted, "details": [{"@type": quoted}]}
        world.fault(times=3, what={"status": status, "body": {"error": error, "error_description": quoted}})
        stage.night()
        world.fault(method=TOKEN_METHOD, what={"status": status, "body": {"error": quoted}})
        stage.night()
        _mend(world)
    with suppress(Trouble):
        Person(world.services).finish({"state": "canary", "code": "canary", "error": "canary"})


def play_a_bad_mail(stage: Stage) -> None:
    """Have SendGrid refuse vCards and notices."""
    world = stage.world
    world.services.state.write(wisp_put(replace(world.wisp, notify=("boss@example.com", "x@example.com"))))
    faults = [Fault(status=status) for status in (400, 401, 403, 413, 415, 429, 500, 503)]
    for fault in [*faults, Fault(close=True), Fault(close=True, accepted=True)]:
        world.mail.faults.add(fault)
        stage.functions.press("email_vcard", customer="7")
        world.clock.advance(90)
        world.mail.faults.add(fault, times=2)
        world.simpler.state.failure = Failure("denied")
        stage.night()
        world.simpler.state.failure = None
        stage.night()
        world.expire(300)


def play_hostile_calls(stage: Stage) -> None:
    """Play bodies, headers and paths that try to get something into the log."""
    names = ["Canary O'Name 7", "canary", "087 7310007", HOSTILE + NAME_OF_A_LINE, "x" * 100_000, "\u2028"]
    for function in FUNCTIONS:
        for name in names:
            stage.functions.post(function, headers=_headers(name), **body(function, wisp=name))
            stage.functions.post(function, wisp="acme", user={**MARY, "id": name, "email": name}, canary=name)
            url = f"{stage.functions.address}/{function}"
            requests.post(f"{url}/{name[:50]}?canary={name[:50]}", data=name.encode(), timeout=30)
            requests.get(f"{url}/", params={"canary": name[:50]}, timeout=30)
        stage.functions.post(function, **body(function, user=JOE))
    with stage.console.browser() as nobody:
        for path in (*PAGES, "/enter?link=canary", "/oauth/callback?state=canary&code=canary", "/canary"):
            nobody.session.get(f"{nobody.address}{path}", timeout=30, cookies={"session": "canary"})
            nobody.session.post(f"{nobody.address}{path}", {"csrf": "canary"}, timeout=30)


def play_surprises(stage: Stage) -> None:
    """Raise unexpected errors everywhere, with a customer's values in their texts."""

    def broken(*_: Any) -> NoReturn:
        raise ValueError("canary.email.7@example.org 087 7310007") from KeyError("Canary O'Name 7")

    def no_source(wisp: Wisp) -> NoReturn:
        broken(wisp)

    good = stage.world.services
    for services in (
        replace(good, source=no_source),
        replace(good, book=broken),
        replace(good, mailer=broken),
    ):
        stage.world.services = services
        stage.console.services = replace(services, console_url=stage.console.address)
        with served(stage.world) as functions:
            Stage(stage.world, functions, stage.console).day()
        with suppress(Trouble, ValueError):
            stage.world.run()
        stage.world.expire(300)


NAME_OF_A_LINE = '\n{"severity": "ERROR", "event": "run.failed", "message": "canary"}\n'

ACTS: tuple[Callable[[Stage], None], ...] = (
    play_a_good_life,
    play_a_pause,
    play_a_bad_simpler,
    *(play_a_bad_google(name) for name in READY if not name.startswith("hang")),
    play_a_google_that_quotes,
    play_a_bad_mail,
    play_hostile_calls,
    play_surprises,
)


def staged(world: World, act: Callable[[Stage], None]) -> list[str]:
    """Play an act; gives what nobody may find in the log besides what the world knows."""
    with served(world) as functions, console_of(world) as console:
        stage = Stage(world, functions, console)
        act(stage)
        return stage.secrets


def _headers(name: str) -> dict[str, str]:
    safe = name.encode("ascii", "ignore").decode().replace("\n", " ")[:200]
    return {"Authorization": f"Bearer {safe}", "traceparent": safe, "X-Cloud-Trace-Context": safe}


def _change(world: World) -> None:
    """Change SIMPLer, so that there is something to create, to update and to remove."""
    for number in range(6, 9):
        world.simpler.state.customers.patch(str(number), {"ap_nickname": f"Canary {world.clock.now()}"})
    world.simpler.state.customers.patch(
        "9", {"status": "post" if world.clock.now().minute % 2 else "current"}
    )


def _mend(world: World) -> None:
    """End Google's faults."""
    requests.delete(f"{world.google_url}/standin/faults", timeout=10).raise_for_status()
