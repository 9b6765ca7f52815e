"""Doctor: all that is wrong, in one table, each with the act that mends it.

Each look is taken by itself: one that fails is a row of the table, and the others are taken all the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType

import msgspec

from shared.domain.model.alerts import PATIENCE, owes, stands
from shared.domain.model.night import Nights
from shared.domain.model.reason import FOR_ITS_OWNER
from shared.domain.model.schedule import last_night
from shared.domain.model.time_zone import TIME_ZONES
from shared.domain.model.wisp import Wisp
from shared.errors import Misconfigured, Trouble
from shared.ports import Platform
from shared.usecases.base.documents import active_accounts, load_accounts, readable
from shared.usecases.base.rate_limit import project_pause
from shared.usecases.base.run_documents import nights_by_runs, read_nights
from shared.usecases.base.services import Services
from shared.usecases.operations.leases import list_leases
from shared.usecases.operations.own_secrets import flaw
from shared.usecases.runs.nightly import window

NEEDED_APIS = tuple(
    f"{name}.googleapis.com"
    for name in (
        "cloudfunctions",
        "cloudscheduler",
        "cloudtasks",
        "firestore",
        "logging",
        "monitoring",
        "people",
        "run",
        "secretmanager",
    )
)
"""Services of Google Cloud without which something of ours stands still."""

MOST_SKEW = 10.0
"""Seconds by which our clock may differ from the database's."""

_AT_ONCE = 16
_NAMED = 5
"""WISPs or accounts that a row names."""

_APPLY = "apply Terraform"
_AGAIN = "then nights start"
_MENDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(FOR_ITS_OWNER, "its owner connects it again in the console, with every box ticked"),
        "account.paused": "accounts resume, when its time has come",
        "document.": "documents check, and mend what it names",
        "google.full": "its owner deletes contacts and empties the trash",
        "google.oauth_client": f"put a good secret of the client into oauth-client, {_AGAIN}",
        "google.quota": "wait: it goes on by itself",
        "google.service_disabled": f"gcloud services enable people.googleapis.com, {_AGAIN}",
        "guard": "somebody of the WISP looks at the console's Preview, and decides",
        "secret.": f"add a version of the secret, or {_APPLY}, {_AGAIN}",
        "simpler.": f"wisps check; ask whoever runs that SIMPLer, {_AGAIN}",
        "": f"look for its runs in the log, {_AGAIN}",
    }
)
"""Acts by codes, or by how these begin; the first that fits."""


class Symptom(msgspec.Struct, frozen=True):
    """Something that is wrong.

    Attributes:
        what: What it is about.
        wrong: What is wrong with it.
        mend: What to do.
    """

    what: str
    wrong: str
    mend: str


class Diagnosis(msgspec.Struct, frozen=True):
    """What the doctor found.

    Attributes:
        well: Nothing is wrong.
        findings: What is, in the order in which it is best mended.
        looked_at: What was looked at.
    """

    well: bool
    findings: tuple[Symptom, ...]
    looked_at: tuple[str, ...]


class _Zone(msgspec.Struct, frozen=True):
    """A time zone's wisps.

    Attributes:
        wisps: Their ids.
        nights: What their runs came to, of those of whom it is told in short.
    """

    wisps: Sequence[str]
    nights: Mapping[str, Nights]


class _Patient(msgspec.Struct, frozen=True):
    """What is examined; the documents of all wisps are read once for all looks.

    Attributes:
        services: Where it is.
        wisps: The settings that can be read.
        broken: The paths of those that cannot.
        zones: The time zones that have wisps and that something starts nights of, by name.
    """

    services: Services
    wisps: Sequence[Wisp] = ()
    broken: Sequence[str] = ()
    zones: Mapping[str, _Zone] = MappingProxyType({})


def diagnose(services: Services) -> Diagnosis:
    """Look at everything that a night stands on."""
    looks: Mapping[str, Callable[[_Patient], Iterator[Symptom]]] = {
        "database": _database,
        "settings": _settings,
        "secrets": _secrets,
        **({"APIs": _apis, "queues": _queues, "jobs": _jobs} if services.platform else {}),
        "leases": _leases,
        "WISPs": _wisps,
        "nights": _nights,
        "accounts": _accounts,
    }
    findings = []
    try:
        patient = _read(services)
    except Trouble as trouble:
        patient = _Patient(services)
        findings.append(_failed("WISPs", trouble))
    for name, look in looks.items():
        try:
            findings += look(patient)
        except Trouble as trouble:
            findings.append(_failed(name, trouble))
    return Diagnosis(not findings, tuple(findings), tuple(looks))


def _read(services: Services) -> _Patient:
    wisps, broken = readable(services.state.find("wisps"), Wisp, "wisps")
    by_zone: dict[str, list[str]] = defaultdict(list)
    for wisp in wisps.values():
        if wisp.time_zone in TIME_ZONES:
            by_zone[wisp.time_zone].append(wisp.id)
    zones = {zone: _Zone(ids, read_nights(services.state, zone)[0]) for zone, ids in sorted(by_zone.items())}
    return _Patient(services, list(wisps.values()), broken, zones)


def _failed(name: str, trouble: Trouble) -> Symptom:
    return Symptom(name, f"{trouble.reason}: {trouble.message}", _mend(trouble.reason))


def _database(patient: _Patient) -> Iterator[Symptom]:
    _, now = patient.services.leases.look("doctor")
    skew = patient.services.clock.now().timestamp() - now
    if abs(skew) > MOST_SKEW:
        yield Symptom("clock", f"ours and the database's differ by {skew:.0f} s", "set the machine's clock")
    pause = project_pause(patient.services.state)
    if pause and pause.until > patient.services.clock.now().timestamp():
        until = datetime.fromtimestamp(pause.until, UTC).isoformat(timespec="seconds")
        told = f"a quota of the whole project is used up, and nobody asks until {until}"
        yield Symptom("Google's quota", told, "wait, and ask Google for more")


def _settings(patient: _Patient) -> Iterator[Symptom]:
    if not patient.services.console_url:
        yield Symptom("CONSOLE_URL", "it is empty, so there is no console", "set it")
    for name, build in (("mail", patient.services.mailer), ("consent", patient.services.consent)):
        try:
            build()
        except Misconfigured as wrong:
            yield Symptom(name, wrong.message, "correct the setting")


def _secrets(patient: _Patient) -> Iterator[Symptom]:
    services = patient.services
    for use, name in services.own_secrets.items():
        try:
            wrong, act = flaw(use, services.secrets.get(name)), "put a good value in"
        except Misconfigured as trouble:
            if use == "links and sessions" and trouble.reason == "secret.missing" and not services.platform:
                continue  # on one machine the service makes it
            wrong, act = trouble.message, f"add a version; if there is one, {_APPLY}"
        if wrong:
            yield Symptom(f"secret {name}", wrong, act)


def _platform(patient: _Patient) -> Platform:
    assert patient.services.platform, "it is looked at where there is one"
    return patient.services.platform()


def _apis(patient: _Patient) -> Iterator[Symptom]:
    platform = _platform(patient)
    on = platform.services()
    for name in NEEDED_APIS:
        if name not in on:
            yield Symptom(name, "it is switched off", f"gcloud services enable {name}")


def _queues(patient: _Patient) -> Iterator[Symptom]:
    platform = _platform(patient)
    for queue in platform.queues():
        if not queue.state:
            yield Symptom(f"queue {queue.name}", "it is not there", _APPLY)
        elif queue.state != "RUNNING":
            act = f"gcloud tasks queues resume {queue.name} --location=$REGION"
            yield Symptom(f"queue {queue.name}", f"it is {queue.state}", f"if nobody wants it so: {act}")


def _jobs(patient: _Patient) -> Iterator[Symptom]:
    platform = _platform(patient)
    jobs = {job.name: job for job in platform.jobs()}
    for name in ("watchdog", *(f"nightly-{zone.lower().replace('/', '-')}" for zone in patient.zones)):
        job = jobs.get(name)
        if job is None:
            yield Symptom(f"job {name}", "it is not there", _APPLY)
        elif job.state != "ENABLED":
            act = f"gcloud scheduler jobs resume {name} --location=$REGION"
            yield Symptom(f"job {name}", f"it is {job.state}", f"if nobody wants it so: {act}")
        elif job.failed:
            is_refused = job.failed.startswith(("PERMISSION_DENIED", "UNAUTHENTICATED"))
            act = _APPLY if is_refused else "look at the function's lines in the log"
            yield Symptom(f"job {name}", f"its last call failed: {job.failed}", act)


def _leases(patient: _Patient) -> Iterator[Symptom]:
    for lease in list_leases(patient.services):
        if lease.state in ("stuck", "unreadable"):
            wrong = lease.why if lease.state == "unreadable" else f"held by {lease.by} since {lease.since}"
            yield Symptom(f"lease {lease.lease}", wrong, f"leases free {lease.lease}")


def _wisps(patient: _Patient) -> Iterator[Symptom]:
    for path in patient.broken:
        yield Symptom(path, "it cannot be read", f"documents check {path.partition('/')[2]}")
    for wisp in patient.wisps:
        if wisp.time_zone not in TIME_ZONES:
            wrong = f"nothing starts a night in its time zone, {wisp.time_zone}"
            yield Symptom(f"WISP {wisp.id}", wrong, "set another time zone with the same clocks")


def _nights(patient: _Patient) -> Iterator[Symptom]:
    now = patient.services.clock.now()
    for name, zone in patient.zones.items():
        night = last_night(now, name)
        if now < night + timedelta(seconds=window(len(zone.wisps)) + PATIENCE):
            continue  # it is still going on
        by_code: dict[str, list[str]] = defaultdict(list)
        for wisp, known in _known(patient.services, name, zone):
            if owes(known, night):
                by_code[known.code].append(wisp)
        for code, late in sorted(by_code.items(), key=lambda each: -len(each[1])):
            told = f"{len(late)} of {len(zone.wisps)} WISPs had no complete run since {night.isoformat()}"
            why = f" ({code})" if code else " (no run told why)"
            yield Symptom(f"night {name}", f"{told}{why}: {_some(late)}", _mend(code))


def _known(services: Services, name: str, zone: _Zone) -> Iterator[tuple[str, Nights]]:
    """Yield what the runs of each wisp came to, by their records where nothing tells it in short."""
    in_short = {wisp: nights for wisp, nights in zone.nights.items() if nights.began}
    others = [wisp for wisp in zone.wisps if wisp not in in_short]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="doctor") as pool:
        by_records = dict(zip(others, pool.map(partial(_by_records, services, name), others), strict=True))
    for wisp in zone.wisps:
        yield wisp, in_short.get(wisp) or by_records[wisp]


def _by_records(services: Services, zone: str, wisp: str) -> Nights:
    accounts = active_accounts(load_accounts(services.state, wisp))
    return nights_by_runs(services.state, wisp, Nights(zone)).of(accounts)


def _accounts(patient: _Patient) -> Iterator[Symptom]:
    """Find the accounts whose last run stopped, unless they are gone or somebody has mended them since."""
    state = patient.services.state
    nights = {w: zone.nights[w] for zone in patient.zones.values() for w in zone.wisps if w in zone.nights}
    ill = {wisp: known for wisp, known in nights.items() if known.stopped or known.refused}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="doctor") as pool:
        present = pool.map(partial(load_accounts, state), ill)
    waiting: dict[str, list[str]] = defaultdict(list)
    for known, connected in zip(ill.values(), present, strict=True):
        for account in active_accounts(connected):
            streak = known.stopped.get(account.id)
            if streak and stands(account, streak):
                waiting[streak.code].append(account.id)
            elif account.id in known.refused:
                waiting["guard"].append(account.id)
    for code, accounts in sorted(waiting.items()):
        if accounts:
            yield Symptom("accounts", f"{len(accounts)} wait for {code}: {_some(accounts)}", _mend(code))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _mend(code: str) -> str:
    return next(act for beginning, act in _MENDS.items() if code.startswith(beginning))
