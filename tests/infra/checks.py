"""Checks: all that is asserted of what would be deployed, by name."""

from collections.abc import Callable, Iterator
from functools import partial

from infra.check import (
    access,
    alerts,
    apis,
    bindings,
    code,
    database,
    egress,
    enums,
    functions,
    log,
    pins,
    queries,
    schedule,
)
from infra.check.deployment import Deployment
from infra.check.tools import TOOLS
from shared.domain.model.reason import WAITS_FOR_A_PERSON
from tests.docs.pages import ROOT, anchors, codes, rows
from tests.docs.pages import code as named

CONFIGURATION = ROOT / "infra/gcp"
EXAMPLE = (CONFIGURATION / "example.tfvars", ROOT / "tests/infra/archive.tfvars.json")
EVERYTHING = (*EXAMPLE, ROOT / "tests/infra/everything.tfvars.json")
"""Variables: the example's alone with an archive, and with every option taken."""

SECRETS = {
    "console": ("google-account-*", "oauth-client", "sendgrid-key", "signing-key", "simpler-*"),
    "console_link": ("signing-key",),
    "customer_status": ("simpler-*",),
    "email_vcard": ("sendgrid-key", "simpler-*"),
    "make_preview": ("google-account-*", "oauth-client", "simpler-*"),
    "outage_list": ("simpler-*",),
    "operate": ("google-account-*", "oauth-client", "sendgrid-key", "signing-key", "simpler-*"),
    "sync_customer": ("google-account-*", "oauth-client", "simpler-*"),
    "sync_wisp": ("google-account-*", "oauth-client", "sendgrid-key", "simpler-*"),
    "wisp_settings": ("simpler-*",),
}
"""The secrets that each function asks for; of one an account or a WISP, how their names begin."""

WRITERS = {"console": "google-account-*", "wisp_settings": "simpler-*"}
"""The secrets into which functions put values."""

READERS = {"console_link", "customer_status", "suggestions", "sync_all", "sync_status"}
"""The functions that only read the database."""

ENQUEUERS = {
    "console",
    "customer_changed",
    "operate",
    "preview_sync",
    "start_sync",
    "sync_all",
    "sync_customer",
    "sync_wisp",
    "watchdog",
}
"""The functions that put tasks into the queues, and so act as what tasks call as."""

ENQUEUING = ("roles/cloudtasks.enqueuer", "roles/iam.serviceAccountUser")

BUILDING = {
    ("function-builder", "roles/artifactregistry.writer"),
    ("function-builder", "roles/logging.logWriter"),
    ("function-builder", "roles/storage.objectViewer"),
}
"""What builds the functions' images."""

OPERATORS = {
    ("operators", f"roles/{role}")
    for role in (
        "cloudscheduler.admin",
        "cloudtasks.queueAdmin",
        "cloudtasks.viewer",
        "errorreporting.viewer",
        "logging.viewAccessor",
        "logging.viewer",
        "monitoring.viewer",
        "run.viewer",
    )
}
"""What the operators' group may do by itself."""

BACKEND = (
    "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/simpler/*",
    "roles/iam.serviceAccountOpenIdTokenCreator",
)
"""SIMPLer's backend, where it has an identity."""

ALWAYS = {"event", "severity"}
"""Fields of every event."""

Check = Callable[[Deployment], Iterator[str]]


def _callers() -> set[tuple[str, str]]:
    table = rows("infra/gcp/README.md", "function")
    return {(named(row["function"]).replace("_", "-"), named(row["caller"])) for row in table}


def _invokers(deployment: Deployment) -> Iterator[str]:
    return access.invokers(deployment, _callers())


def _inside(deployment: Deployment) -> Iterator[str]:
    return access.inside(deployment, _callers())


def _secrets(deployment: Deployment) -> Iterator[str]:
    documented = {(_account(function), name) for function, names in SECRETS.items() for name in names}
    return access.secrets(deployment, documented)


def _writers(deployment: Deployment) -> Iterator[str]:
    return access.writers(deployment, {(_account(function), name) for function, name in WRITERS.items()})


def _grants(deployment: Deployment) -> Iterator[str]:
    names = {
        function["build_config"][0]["entry_point"]
        for function in functions.by_entry_point(deployment).values()
    }
    of_functions = {
        *((_account(each), f"roles/datastore.{'viewer' if each in READERS else 'user'}") for each in names),
        *((_account(each), role) for each in ENQUEUERS for role in ENQUEUING),
    }
    known = any(each["role"] == BACKEND[1] for each in deployment.all("google_service_account_iam_member"))
    return access.grants(deployment, of_functions | BUILDING | OPERATORS | ({BACKEND} if known else set()))


def _account(function: str) -> str:
    return f"fn-{function.replace('_', '-')}"


def _fields(deployment: Deployment) -> Iterator[str]:
    table = rows("docs/events.md", "event")
    return alerts.fields(deployment, {named(row["event"]): codes(row["fields"]) | ALWAYS for row in table})


def _made(deployment: Deployment) -> Iterator[str]:
    table = rows("docs/events.md", "event")
    return alerts.made(deployment, {named(row["event"]): row["what is made of it"] for row in table})


def _links(deployment: Deployment) -> Iterator[str]:
    page = "docs/runbook.md"
    return alerts.links(deployment, anchors(page) if (ROOT / page).exists() else ())


def _provider(deployment: Deployment) -> Iterator[str]:
    return pins.provider(deployment, bindings.provider_version(bindings.wheel(TOOLS / "bindings")))


CHECKS: dict[str, Check] = {
    "strangers": access.strangers,
    "invokers": _invokers,
    "secrets": _secrets,
    "writers": _writers,
    "rights": access.rights,
    "grants": _grants,
    "inside": _inside,
    "archives": code.archives,
    "kept archives": code.kept,
    "updates": code.updates,
    "apis": apis.enabled,
    "kept lines": log.kept,
    "secret values": access.secret_values,
    "entry points": partial(functions.entry_points, main=ROOT / "main.py"),
    "settings": functions.settings,
    "environment": functions.environment,
    "accounts": functions.accounts,
    "instances": functions.instances,
    "compiled": functions.compiled,
    "timeouts": functions.timeouts,
    "times": schedule.times,
    "zones": schedule.zones,
    "together": schedule.together,
    "pauses": schedule.pauses,
    "audiences": schedule.audiences,
    "addresses": egress.addresses,
    "awaited": egress.awaited,
    "fixed": egress.fixed,
    "retries": schedule.retries,
    "places": schedule.places,
    "expiry": database.expiry,
    "safety": database.safety,
    "events": alerts.events,
    "made": _made,
    "waits": partial(alerts.waits, known=WAITS_FOR_A_PERSON),
    "fields": _fields,
    "metrics": alerts.metrics,
    "links": _links,
    "told": alerts.told,
    "queries": queries.grammar,
    "words": enums.words,
    "dashboards": enums.dashboards,
    "provider": _provider,
}


def findings(deployment: Deployment) -> dict[str, list[str]]:
    """Return what the checks find, by their names."""
    found = {name: list(check(deployment)) for name, check in CHECKS.items()}
    return {name: mistakes for name, mistakes in found.items() if mistakes}
