"""Functions: what is deployed of main.py, with which settings, as whom and for how long."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from infra.check.deployment import Deployment, Resource
from shared.adapters.simpler.client import BOUNDS
from shared.config import Settings
from shared.usecases.base.leases import RUN_DEADLINE, WAITING_DEADLINE
from shared.usecases.base.memory import WAITED_FOR

RUNTIME = "python313"

LARGEST_ENVIRONMENT = 32 * 1024
"""Bytes of names and values, of a function ("Variable size limits for functions" at
cloud.google.com/run/docs/configuring/services/overview-environment-variables)."""

LIGHT = ("console", "customer_changed", "preview_sync")
"""Functions whose requests wait for others more than they compute, so that an instance takes several.

Those that are open to strangers must be among them: each slow stranger would take an instance."""

FRAMEWORK = {"LOG_EXECUTION_ID", "THREADS"}
"""Variables that are functions-framework's, and no settings of ours."""

_KIND = "google_cloudfunctions2_function"
_YEAR_1980 = 315_532_800
"""Its first second, since 1970."""
_LONGEST_TASK = 30 * 60
"""Seconds that Cloud Tasks waits for an answer at most (Cloud Tasks API v2, Task.dispatchDeadline)."""
_LONGEST_REQUEST = 60 * 60 + 1
"""More than the seconds that any function may take ("Function timeout", Cloud Run functions)."""


def entry_point(function: Resource) -> str:
    """Return the name of the function in main.py that answers."""
    name: str = function["build_config"][0]["entry_point"]
    return name


def service(function: Resource) -> dict[str, Any]:
    """Return how it is run."""
    config: dict[str, Any] = function["service_config"][0]
    return config


def by_entry_point(deployment: Deployment) -> dict[str, Resource]:
    """Return the functions by their entry points."""
    return {entry_point(each): each for each in deployment.all(_KIND)}


def entry_points(deployment: Deployment, main: Path) -> Iterator[str]:
    """Check that every entry point of main.py is deployed once, and nothing else."""
    public = {
        node.name
        for node in ast.parse(main.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    deployed = Counter(entry_point(each) for each in deployment.all(_KIND))
    yield from (f"{name} of main.py is not deployed" for name in sorted(public - deployed.keys()))
    yield from (f"{name} is deployed and is not in main.py" for name in sorted(deployed.keys() - public))
    yield from (f"{name} is deployed {times} times" for name, times in deployed.items() if times > 1)


def settings(deployment: Deployment) -> Iterator[str]:
    """Check that every variable is a setting, and that every required setting is set."""
    known = {
        each.name.upper(): each.default is MISSING for each in fields(Settings) if "meaning" in each.metadata
    }
    needed = {name for name, required in known.items() if required}
    for name, function in by_entry_point(deployment).items():
        given = service(function)["environment_variables"].keys()
        taken = known.keys() | FRAMEWORK
        yield from (f"{name} is given {each}, which is no setting" for each in sorted(given - taken))
        yield from (f"{name} is not given {each}" for each in sorted(needed - given))
        if service(function)["environment_variables"].get("LOG_EXECUTION_ID") != "false":
            yield f"{name} has its lines' spans overwritten"


def environment(deployment: Deployment) -> Iterator[str]:
    """Check that each function's variables fit, names and values together."""
    for name, function in by_entry_point(deployment).items():
        variables = service(function)["environment_variables"]
        size = sum(len(each.encode()) for pair in variables.items() for each in pair)
        if size > LARGEST_ENVIRONMENT:
            yield f"{name} is given {size} bytes of variables"


def accounts(deployment: Deployment) -> Iterator[str]:
    """Check that each function runs as an account that no other function has."""
    functions = by_entry_point(deployment)
    used = Counter(service(each).get("service_account_email") for each in functions.values())
    for name, function in functions.items():
        email = service(function).get("service_account_email")
        if not email or used[email] > 1:
            yield f"{name} runs as {email or 'the default account'}, and not as its own account"


def instances(deployment: Deployment) -> Iterator[str]:
    """Check that an instance takes several requests where it computes little, and nowhere else."""
    for name, function in by_entry_point(deployment).items():
        requests = service(function)["max_instance_request_concurrency"]
        threads = int(service(function)["environment_variables"].get("THREADS", "1"))
        if requests != threads:
            yield f"{name} answers {requests} requests at once with {threads} threads"
        if (requests > 1) != (name in LIGHT):
            yield f"{name} answers {requests} requests at once"
        if function["build_config"][0]["runtime"] != RUNTIME:
            yield f"{name} runs on {function['build_config'][0]['runtime']}"


def compiled(deployment: Deployment) -> Iterator[str]:
    """Check that our modules are compiled when a function is built, and not at each start of an instance.

    Zip files, wheels among them, know no time before 1980 (docs.python.org/3/library/zipfile.html).
    """
    for name, function in by_entry_point(deployment).items():
        given = function["build_config"][0].get("environment_variables") or {}
        if int(given.get("SOURCE_DATE_EPOCH", "0")) < _YEAR_1980:
            yield f"{name} is built without SOURCE_DATE_EPOCH, or with a time before 1980"


def timeouts(deployment: Deployment) -> Iterator[str]:
    """Check that a run stops before its function does, and a function before its caller stops waiting."""
    functions = by_entry_point(deployment)
    for name, longest in (("sync_wisp", _LONGEST_TASK), ("operate", _LONGEST_REQUEST)):
        if run := functions.get(name):
            yield from _growing(name, RUN_DEADLINE, service(run)["timeout_seconds"], longest)
    for name in ("sync_customer", "preview_sync", "make_preview", "console"):
        if waited := functions.get(name):
            yield from _growing(name, WAITING_DEADLINE, service(waited)["timeout_seconds"], _LONGEST_REQUEST)
    for name in ("outage_list", "wisp_settings", "console"):  # they read SIMPLer's list, or wait for who does
        if reading := functions.get(name):
            reads = WAITED_FOR + BOUNDS.awaited
            yield from _growing(name, reads, service(reading)["timeout_seconds"], _LONGEST_REQUEST)
    for job in deployment.all("google_cloud_scheduler_job"):
        called = [each for each in functions.values() if f"//{each['name']}-" in job["http_target"][0]["uri"]]
        for function in called:
            waits = int(job["attempt_deadline"].removesuffix("s"))
            yield from _growing(entry_point(function), 0, service(function)["timeout_seconds"], waits)


def _growing(name: str, own: float, function: float, caller: float) -> Iterator[str]:
    if not all(shorter < longer for shorter, longer in pairwise((own, function, caller))):
        yield f"{name} stops itself after {own} s, is stopped after {function} s and awaited for {caller} s"
