"""Checks: all that is asserted of what would be deployed, by name."""

from collections.abc import Callable, Iterator
from functools import partial

from infra.check import (
    access,
    alerts,
    bindings,
    database,
    egress,
    enums,
    functions,
    pins,
    queries,
    schedule,
)
from infra.check.deployment import Deployment
from infra.check.tools import TOOLS
from shared.domain.model.reason import WAITS_FOR_A_PERSON
from tests.docs.pages import ROOT, anchors, code, codes, rows

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
    "operate": ("google-account-*", "oauth-client", "sendgrid-key", "signing-key", "simpler-*"),
    "sync_customer": ("google-account-*", "oauth-client", "simpler-*"),
    "sync_wisp": ("google-account-*", "oauth-client", "sendgrid-key", "simpler-*"),
    "wisp_settings": ("simpler-*",),
}
"""The secrets that each function asks for; of one an account or a WISP, how their names begin."""

WRITERS = {"console": "google-account-*", "wisp_settings": "simpler-*"}
"""The secrets into which functions put values."""

ALWAYS = {"event", "severity"}
"""Fields of every event."""

Check = Callable[[Deployment], Iterator[str]]


def _invokers(deployment: Deployment) -> Iterator[str]:
    table = rows("infra/gcp/README.md", "function")
    documented = {(code(row["function"]).replace("_", "-"), code(row["caller"])) for row in table}
    return access.invokers(deployment, documented)


def _secrets(deployment: Deployment) -> Iterator[str]:
    documented = {(_account(function), name) for function, names in SECRETS.items() for name in names}
    return access.secrets(deployment, documented)


def _writers(deployment: Deployment) -> Iterator[str]:
    return access.writers(deployment, {(_account(function), name) for function, name in WRITERS.items()})


def _account(function: str) -> str:
    return f"fn-{function.replace('_', '-')}"


def _fields(deployment: Deployment) -> Iterator[str]:
    table = rows("docs/events.md", "event")
    return alerts.fields(deployment, {code(row["event"]): codes(row["fields"]) | ALWAYS for row in table})


def _made(deployment: Deployment) -> Iterator[str]:
    table = rows("docs/events.md", "event")
    return alerts.made(deployment, {code(row["event"]): row["what is made of it"] for row in table})


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
    "secret values": access.secret_values,
    "entry points": partial(functions.entry_points, main=ROOT / "main.py"),
    "settings": functions.settings,
    "environment": functions.environment,
    "accounts": functions.accounts,
    "instances": functions.instances,
    "timeouts": functions.timeouts,
    "times": schedule.times,
    "zones": schedule.zones,
    "together": schedule.together,
    "pauses": schedule.pauses,
    "audiences": schedule.audiences,
    "addresses": egress.addresses,
    "awaited": egress.awaited,
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
