"""Work: what a process of a schedule does, with the service's own parts, its ports tapped."""

import logging
import random
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lab.chaos.taps import HandedOn, tap_http, tapped_book, tapped_leases, tapped_state
from infra.lab.chaos.turns import Pool, Turns
from shared import prefetch
from shared.bootstrap import build
from shared.config import Settings
from shared.domain.model.scope import Scope
from shared.errors import Misconfigured, Trouble
from shared.events import Event
from shared.ports import Mailer, Put
from shared.replace import replace
from shared.typed import from_plain
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.work import work
from shared.usecases.sync import account
from shared.usecases.wisps.scope import ScopeWish, save_scope

BUTTON, COUNTER = "mary@example.com", "joe@example.com"
"""Who presses the button, and who those of single customers."""


@dataclass(frozen=True, slots=True)
class Site:
    """The place where a schedule's service runs.

    Attributes:
        settings: As the environment would give them.
        vault: The folder with its secrets.
        wisp: The wisp's id.
    """

    settings: Settings
    vault: Path
    wisp: str


@dataclass(frozen=True, slots=True)
class Task:
    """The work that one process is started for.

    Attributes:
        kind: What it does: one of `KINDS`.
        seed: Of its random numbers.
        arguments: For its function.
    """

    kind: str
    seed: int
    arguments: Mapping[str, Any]


def _run(services: Services, site: Site) -> Any:
    return sync_wisp(services, SyncWisp(site.wisp))


def _task(services: Services, _: Site, *, body: dict[str, Any]) -> Any:
    return work(services, from_plain(body, SyncWisp))


def _button(services: Services, site: Site, *, allow: str = "") -> Any:
    return start_sync(services, site.wisp, BUTTON, allow)


def _press(services: Services, site: Site, *, customer: str) -> Any:
    return sync_customer(services, site.wisp, customer, COUNTER)


def _told(services: Services, site: Site, *, customer: str, times: int) -> Any:
    for _ in range(times):
        tell_change(services, site.wisp, customer)


def _preview(services: Services, site: Site) -> Any:
    return {"token": preview_sync(services, site.wisp).token}


def _choose(services: Services, site: Site, *, account: str, sites: list[str]) -> Any:
    return save_scope(services, ScopeWish(site.wisp, account, BUTTON, Scope(sites=tuple(sites))))


def _set_up(services: Services, _: Site, *, documents: dict[str, Any], kept: dict[str, str]) -> Any:
    for name, value in kept.items():
        services.secrets.put(name, value)
    services.state.write(*(Put(path, document) for path, document in documents.items()))


KINDS: Mapping[str, Callable[..., Any]] = {
    "run": _run,
    "task": _task,
    "button": _button,
    "press": _press,
    "told": _told,
    "preview": _preview,
    "choose": _choose,
    "set up": _set_up,
}


def do(task: Task, site: Site, turns: Turns) -> None:
    """Do a task, and tell the coordinator whatever comes of it."""
    _make_predictable(task.seed, turns)
    unexpected: list[str] = []
    ended: dict[str, Any] = {}
    logging.getLogger().addHandler(_Unexpected(unexpected))
    tap_http(turns)
    try:
        result = KINDS[task.kind](_services(site, turns), site, **task.arguments)
        ended["result"] = to_document(result) if result is not None else {}
    except Trouble as trouble:
        ended |= {"trouble": type(trouble).__name__, "reason": trouble.reason}
    except Exception:  # noqa: BLE001  whatever it is, it must not be
        unexpected.append(traceback.format_exc())
    turns.end(**ended, unexpected=unexpected)


class _Unexpected(logging.Handler):
    """Keeps what nobody expected."""

    def __init__(self, found: list[str]) -> None:
        super().__init__()
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "event", None) == Event.INTERNAL_ERROR and record.exc_info:
            self._found.append("".join(traceback.format_exception(*record.exc_info)))


def _make_predictable(seed: int, turns: Turns) -> None:
    """Let every random number of this process come from the seed, and its threads take turns."""
    numbers = random.Random(seed)
    random.seed(seed)
    vars(secrets)["token_hex"] = lambda count: numbers.randbytes(count).hex()
    vars(random)["SystemRandom"] = lambda: numbers
    for module in (prefetch, account):
        vars(module)["ThreadPoolExecutor"] = lambda *_, **__: Pool(turns)


def _services(site: Site, turns: Turns) -> Services:
    built = build(site.settings, clock=turns.clock, tasks=HandedOn(turns))
    return replace(
        built,
        state=tapped_state(built.state, turns),
        leases=tapped_leases(built.leases, turns),
        mailer=_no_mailer,
        book=tapped_book(turns, built.book),
    )


def _no_mailer() -> Mailer:
    raise Misconfigured("mail.none", "no mail is sent here")
