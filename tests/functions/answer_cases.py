"""Every answer that the functions can be brought to give, each by what brings it about."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from infra.standins.google.faults import TOKEN_METHOD
from infra.standins.sendgrid.faults import Fault
from infra.standins.simpler.failure import Failure
from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.leases import SqliteLeases
from shared.domain.model.lease import Claim, Lease
from shared.errors import RetryLater, Trouble
from shared.policy import Grant, Mode, Policy
from shared.ports import Drop, Task
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.runs.kept_preview import HOLDER, KeptPreview, kept_put, lease_of_preview
from tests.functions.served import JOE, MARY, MODULES, Served, served
from tests.world import World

FUNCTIONS = [name for name in MODULES if name != "operate"]
"""Those that programs call; what people call by themselves is no part of the API."""
FOR_CUSTOMER = ("sync_customer", "customer_status", "email_vcard")
NEEDS_THE_RIGHT = (
    "start_sync",
    "suggestions",
    "preview_sync",
    "outage_list",
    "console_link",
    "wisp_settings",
    *FOR_CUSTOMER,
)
PREVIEW = "preview-20260302T050000-00000000"
OF_A_WISP = tuple(name for name in FUNCTIONS if name not in ("sync_all", "watchdog"))

Prepare = Callable[[World, Served], object]


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """A call, and the status that it shall have.

    Attributes:
        function: What is called.
        status: What it shall answer.
        means: The end of the problem's type, or what a success is about.
        body: The call's body; bytes are sent as they are.
        headers: The call's headers.
        method: The call's method.
        path: What follows the function's address.
        prepare: What happens before, where everybody may call.
        policy: Who may call; None: everybody.
    """

    function: str
    status: int
    means: str
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""
    prepare: Prepare = lambda world, functions: None
    policy: Callable[[World], Policy] | None = None

    def answered(self, world: World) -> requests.Response:
        """Prepare the world, make the call, and return the answer."""
        with served(world, self.policy and self.policy(world)) as functions:
            self.prepare(world, functions)
            return self._sent_to(functions)

    def _sent_to(self, functions: Served) -> requests.Response:
        what = {"data": self.body} if isinstance(self.body, bytes) else {"json": self.body}
        url = f"{functions.address}/{self.function}/{self.path}"
        return requests.request(self.method, url, headers=dict(self.headers), timeout=30, **what)


def body(function: str, **changed: Any) -> dict[str, Any]:
    """Return a body with which a function does its work."""
    match function:
        case "sync_all":
            good: dict[str, Any] = {"time_zone": "Europe/Dublin"}
        case "watchdog":
            good = {}
        case "sync_wisp":
            good = {"wisp": "acme"}
        case "make_preview":
            good = {"wisp": "acme", "preview": PREVIEW, "owner": "whoever asked", "token": 1}
        case "sync_customer" | "customer_status" | "email_vcard":
            good = {"wisp": "acme", "user": MARY, "customer": "7"}
        case "wisp_settings":
            good = {"wisp": "acme", "user": MARY, "do": "read"}
        case _:
            good = {"wisp": "acme", "user": MARY}
    return good | changed


def successes() -> list[AnswerCase]:
    """Return every case of a 2xx."""
    card = {"Accept": "text/vcard"}
    lost: dict[str, Any] = {"run": "20260302T050000-00000000", "owner": "nobody", "token": 1}
    return [
        _call("sync_all", 202, "enqueued"),
        _call("sync_all", 202, "once more", again="incomplete"),
        _call("watchdog", 200, "all is well", prepare=_run),
        _call("watchdog", 200, "overdue and dead", prepare=_long_since_a_sign_in_was_refused),
        _call("sync_wisp", 200, "complete"),
        _call("sync_wisp", 200, "superseded", **lost),
        _call("sync_wisp", 200, "partial", prepare=_google_refuses_a_sign_in),
        _call("sync_wisp", 200, "no account", prepare=_no_account),
        _call("sync_wisp", 200, "failed", prepare=_simpler_fails),
        _call("sync_wisp", 200, "refused", prepare=_simpler_denies),
        _call("sync_wisp", 200, "no secret", prepare=_no_secret),
        _call("sync_wisp", 200, "waiting", prepare=_press),
        _call("sync_wisp", 200, "told", told=True),
        _call("sync_wisp", 200, "gone", wisp="acmee"),
        _call("start_sync", 202, "started"),
        _call("sync_status", 200, "ready", prepare=_run),
        _call("sync_status", 200, "no_right", user=JOE),
        _call("sync_status", 200, "running", prepare=_press),
        _call("sync_status", 200, "no_account", prepare=_no_account),
        _call("sync_status", 200, "reconnect", prepare=_google_refused_a_sign_in),
        _call("make_preview", 200, "ready", prepare=_asked_for_a_preview),
        _call("make_preview", 200, "failed", prepare=_asked_while_simpler_denies),
        _call("make_preview", 200, "superseded"),
        _call("preview_sync", 200, "all new"),
        _call("preview_sync", 200, "held back", prepare=_many_left),
        _call("preview_sync", 200, "no account can be read", prepare=_google_refuses_a_sign_in),
        _call("sync_customer", 200, "created"),
        _call("sync_customer", 200, "failed", prepare=_simpler_fails),
        _call("sync_customer", 202, "taken in", prepare=_press),
        _call("customer_status", 200, "a contact", prepare=_run),
        _call("customer_status", 200, "not there", prepare=_google_refused_a_sign_in),
        _call("customer_status", 200, "unusable", prepare=_nothing_to_show),
        _call("customer_status", 200, "unknown", customer="4711", prepare=_no_account),
        _call("suggestions", 200, "none"),
        _call("suggestions", 200, "one", prepare=_a_user_wrote_over_a_number),
        _call("outage_list", 200, "what can be chosen"),
        _call("outage_list", 200, "a place", site="Blarney", prepare=_at_blarney),
        _call("email_vcard", 202, "accepted"),
        _call("email_vcard", 200, "already sent", prepare=lambda _, f: f.press("email_vcard", customer="7")),
        replace(_call("email_vcard", 200, "file"), headers=card),
        _call("email_vcard", 202, "several", customers=["8", "4711"]),
        _call("email_vcard", 200, "several already", customers=["8"], prepare=_mailed_seven_and_eight),
        _call("console_link", 200, "link"),
        _call("wisp_settings", 200, "read"),
        _call("wisp_settings", 200, "read after a change", prepare=_changed_settings),
        _call("wisp_settings", 200, "checked", do="check", settings={"leavers": "keep"}),
        _call("wisp_settings", 200, "flaws", do="check", settings={"time_zone": "Europe/Belfast"}),
        _call("wisp_settings", 200, "a new one", do="check", wisp="new"),
        _call("wisp_settings", 200, "a scope", do="read_scope", account="acme-0"),
        _call("wisp_settings", 200, "a scope checked", **_scoped("check_scope", statuses=["current"])),
        _call("wisp_settings", 200, "a scope with a flaw", **_scoped("check_scope", sites=["Nowhere"])),
        _call("wisp_settings", 200, "a scope saved", **_scoped("save_scope", statuses=["current"])),
    ]


def failures_of_some() -> list[AnswerCase]:
    """Return every case of a problem that belongs to some functions."""
    return [
        *(_call(name, 403, "user.right", user=JOE) for name in NEEDS_THE_RIGHT),
        *(
            replace(_call(name, 403, "caller.wisp"), policy=_for_no_wisp, headers=_TOKEN)
            for name in OF_A_WISP
        ),
        *(
            _call(name, 404, "wisp.unknown", wisp="acmee")
            for name in OF_A_WISP
            if name
            not in ("make_preview", "sync_wisp")  # they speak to a queue, which must not try that again
        ),
        *(
            _call(name, 409, "wisp.no_account", prepare=_no_account)
            for name in ("start_sync", "preview_sync", "sync_customer")
        ),
        *(
            _call(name, 502, "simpler.denied", prepare=_simpler_denies)
            for name in ("preview_sync", "customer_status", "outage_list", "email_vcard")
        ),
        *(
            _call(name, 503, "simpler.down", prepare=_simpler_fails)
            for name in ("preview_sync", "customer_status", "outage_list", "email_vcard")
        ),
        _call("sync_all", 400, "request.body", time_zone="Mars/Olympus"),
        _call("sync_all", 503, "tasks.unreachable", prepare=_no_tasks),
        _call("sync_wisp", 503, "tasks.unreachable", prepare=_simpler_fails_and_no_tasks),
        _call("start_sync", 409, "sync.running", prepare=_press),
        _call("start_sync", 409, "sync.customer_running", prepare=_customer_at_work),
        _call("start_sync", 502, "lease.lost", prepare=_lease_is_stolen),
        _call("sync_customer", 502, "lease.lost", prepare=_lease_is_stolen),
        _call("start_sync", 503, "tasks.unreachable", prepare=_no_tasks),
        _call("sync_customer", 503, "tasks.unreachable", prepare=_no_way_to_google_nor_tasks),
        _call("sync_customer", 422, "customer.id", customer=" "),
        _call("customer_status", 422, "customer.id", customer=" "),
        _call("preview_sync", 500, "secret.missing", prepare=_no_secret),
        _call("preview_sync", 503, "preview.waiting", prepare=_a_queue_that_stands_still),
        _call("preview_sync", 503, "tasks.unreachable", prepare=_no_tasks),
        _call("console_link", 500, "setting.missing", prepare=_no_console),
        _call("wisp_settings", 422, "settings.invalid", do="save_scope", account="acme-0"),
        _call("wisp_settings", 403, "account.unknown", do="read_scope", account="acme-9"),
        _call("wisp_settings", 409, "settings.changed", do="save", settings={"leavers": "keep"}),
        _call("wisp_settings", 409, "settings.changed", before={"sites": ["A"]}, **_scoped("save_scope")),
        _call("wisp_settings", 422, "settings.invalid", **_scoped("save_scope", sites=["Nowhere"])),
        _call("wisp_settings", 502, "simpler.denied", prepare=_simpler_denies, **_scoped("check_scope")),
        _call("wisp_settings", 422, "settings.invalid", do="save", wisp="new", settings={"name": "New"}),
        _call("email_vcard", 403, "mail.domain", prepare=_other_domains),
        _call("email_vcard", 404, "customer.unknown", customer="4711"),
        _call("email_vcard", 422, "customer.id", customer=" "),
        _call("email_vcard", 422, "customer.unusable", prepare=_nothing_to_show),
        _call("email_vcard", 422, "customer.unusable", prepare=_without_an_id),
        _call("email_vcard", 422, "customer.none_to_send", customer="4711", customers=["4712"]),
        _call("email_vcard", 422, "mail.recipient", user={**MARY, "email": "mary@münchen.example"}),
        _call("email_vcard", 500, "mail.key", prepare=_mail(Fault(status=401))),
        _call("email_vcard", 503, "mail.busy", prepare=_mail(Fault(status=429))),
        _call("email_vcard", 503, "mail.unknown", prepare=_mail(Fault(close=True))),
    ]


def failures_of_all() -> list[AnswerCase]:
    """Return every case of a problem that any function can have."""
    return [each for name in FUNCTIONS for each in _failures_of_any(name)]


def _failures_of_any(name: str) -> list[AnswerCase]:
    good, kind = _call(name, 400, "request.json"), {"Content-Type": "application/json"}
    return [
        replace(good, body=b"{", headers=kind),
        replace(good, means="request.body", body=good.body | {"unknown": 1}),
        replace(good, means="request.body", body=[]),
        *([replace(good, means="request.body", body={})] if good.body else []),
        replace(good, status=401, means="caller.no_token", policy=_for_nothing),
        replace(good, status=401, means="caller.token", policy=_for_nothing, headers={"Authorization": "x"}),
        replace(good, status=403, means="caller.function", policy=_for_nothing, headers=_TOKEN),
        replace(good, status=403, means="caller.not_local", headers={"X-Forwarded-For": "192.0.2.1"}),
        replace(good, status=404, means="request.path", path="somewhere"),
        *(
            replace(good, status=405, means="request.method", method=other)
            for other in ("GET", "PUT", "DELETE")
        ),
        replace(good, status=413, means="request.size", body=b" " * (1024 * 1024 + 1), headers=kind),
        replace(good, status=415, means="request.type", headers={"Content-Type": "text/plain"}, body=b"{}"),
        replace(good, status=500, means="state.unreachable", prepare=lambda w, _: w.database.unlink()),
        replace(good, status=503, means="google.certificates", policy=_no_certificates, headers=_TOKEN),
    ]


def _call(
    function: str, status: int, means: str, prepare: Prepare | None = None, **changed: Any
) -> AnswerCase:
    made = AnswerCase(function, status, means, body(function, **changed))
    return replace(made, prepare=prepare) if prepare else made


def _scoped(do: str, **scope: list[str]) -> dict[str, Any]:
    return {"do": do, "account": "acme-0", "scope": scope}


_BACKEND = "backend@project.iam.gserviceaccount.com"
_TOKEN = {"Authorization": "Bearer a.b.c"}


def _believe(_: str, audiences: Collection[str]) -> Mapping[str, Any]:
    times = {"iat": 0.0, "exp": 1e11}
    return {
        "iss": "accounts.google.com",
        "aud": min(audiences),
        "email": _BACKEND,
        "email_verified": True,
    } | times


def _cannot_tell(_: str, __: Collection[str]) -> Mapping[str, Any]:
    raise RetryLater("google.certificates", "not to be had", after=5)


def _for_nothing(world: World) -> Policy:
    return Policy(Mode.VERIFY, world.clock, "https://here.example", {}, _believe)


def _for_no_wisp(world: World) -> Policy:
    grants = {_BACKEND: Grant(frozenset(OF_A_WISP), frozenset())}
    return Policy(Mode.VERIFY, world.clock, "https://here.example", grants, _believe)


def _no_certificates(world: World) -> Policy:
    return Policy(Mode.VERIFY, world.clock, "https://here.example", {}, _cannot_tell)


def _run(world: World, _: Served) -> None:
    world.run()


def _a_user_wrote_over_a_number(world: World, _: Served) -> None:
    world.run()
    person = world.labelled()["7"]
    world.user().edit(person["resourceName"], phoneNumbers=[{"value": "085 555 5555", "type": "mobile"}])
    world.run()


def _no_console(world: World, _: Served) -> None:
    world.services = replace(world.services, console_url="")


def _press(_: World, functions: Served) -> None:
    functions.press("start_sync")


def _no_account(world: World, _: Served) -> None:
    world.services.state.write(*(Drop(f"wisps/acme/accounts/{account.id}") for account in world.accounts))


def _no_secret(world: World, _: Served) -> None:
    world.services.state.write(wisp_put(replace(world.wisp, simpler_secret="absent")))


def _other_domains(world: World, _: Served) -> None:
    world.services.state.write(wisp_put(replace(world.wisp, mail_domains=("acme.example",))))


def _simpler_fails(world: World, _: Served) -> None:
    world.simpler.state.failure = Failure("down")


def _simpler_denies(world: World, _: Served) -> None:
    world.simpler.state.failure = Failure("denied")


def _google_refuses_a_sign_in(world: World, _: Served) -> None:
    refusal = {"status": 400, "body": {"error": "invalid_grant"}}
    world.fault(account=world.accounts[0].email, method=TOKEN_METHOD, times=None, what=refusal)


def _google_refused_a_sign_in(world: World, functions: Served) -> None:
    _google_refuses_a_sign_in(world, functions)
    world.run()


def _long_since_a_sign_in_was_refused(world: World, functions: Served) -> None:
    _google_refused_a_sign_in(world, functions)
    world.clock.advance(27 * 3600)


def _changed_settings(_: World, functions: Served) -> None:
    known = functions.press("wisp_settings", do="read").json()
    wish = {"settings": {"leavers": "keep"}, "revision": known["revision"]}
    functions.press("wisp_settings", do="save", **wish).raise_for_status()


def _many_left(world: World, _: Served) -> None:
    world.run()
    world.leave(*range(1, 26))


def _at_blarney(world: World, _: Served) -> None:
    world.simpler.state.customers.patch(
        "7", {"site": "Blarney", "ap_nickname": "AP3", "email": "a@b.example"}
    )


def _nothing_to_show(world: World, _: Served) -> None:
    world.simpler.state.customers.patch("7", {"name": "", "nickname": "", "mobile": ""})


def _without_an_id(world: World, _: Served) -> None:
    world.simpler.state.failure = Failure("no id")


def _mailed_seven_and_eight(_: World, functions: Served) -> None:
    functions.press("email_vcard", customers=["7", "8"])


def _mail(fault: Fault) -> Prepare:
    return lambda world, _: world.mail.faults.add(fault)


def _customer_at_work(world: World, _: Served) -> None:
    claim = Claim("owner", "customers-20260302T050000-00000000", "a customer's button", "customers")
    world.services.leases.acquire("wisp-acme", claim, 60)


class NoTasks:
    """The `TaskQueue` port of a queue that cannot be reached."""

    def enqueue(self, task: Task) -> bool:
        raise self._trouble(task)

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        return [self._trouble(task) for task in tasks]

    def _trouble(self, task: Task) -> RetryLater:
        return RetryLater("tasks.unreachable", f"{task.function} cannot be handed on", after=60)


def _no_tasks(world: World, _: Served) -> None:
    world.services = replace(world.services, tasks=NoTasks())


def _no_way_to_google_nor_tasks(world: World, functions: Served) -> None:
    world.fault(method=TOKEN_METHOD, times=None, what={"status": 503})
    _no_tasks(world, functions)


def _simpler_fails_and_no_tasks(world: World, functions: Served) -> None:
    _simpler_fails(world, functions)
    _no_tasks(world, functions)


def _asked_for_a_preview(world: World, _: Served) -> None:
    claim = Claim("whoever asked", PREVIEW, HOLDER, "preview")
    lease = world.services.leases.acquire(lease_of_preview("acme"), claim, 60)
    asked = KeptPreview(PREVIEW, world.clock.now().isoformat(), "")
    world.services.state.write(kept_put(world.services, "acme", asked), fence=lease)


def _asked_while_simpler_denies(world: World, functions: Served) -> None:
    _simpler_denies(world, functions)
    _asked_for_a_preview(world, functions)


def _a_queue_that_stands_still(world: World, _: Served) -> None:
    world.tasks.does = None


class _Stolen(SqliteLeases):
    """Leases on a machine that sleeps after it got a wisp's, until another has it."""

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        mine = super().acquire(name, claim, ttl)
        if not name.startswith("wisp-"):
            return mine
        self.release(mine)
        super().acquire(name, Claim("another", "20260302T050000-11111111", "joe@example.com"), ttl)
        return mine


def _lease_is_stolen(world: World, _: Served) -> None:
    world.services = replace(world.services, leases=_Stolen(Database(world.database), world.clock))
