"""Access: who may do what, as the plan grants it."""

import re
from collections.abc import Collection, Iterator

from infra.check.deployment import Deployment, Resource

OPEN = ("console", "customer-changed")
"""What people's browsers and SIMPLer's triggers call: they bring another proof than a token."""

Pair = tuple[str, str]

_STRANGERS = {"allUsers", "allAuthenticatedUsers"}
_INVOKER = "google_cloud_run_v2_service_iam_member"
_INVOKING_ROLES = {"roles/run.invoker", "roles/cloudfunctions.invoker"}
_READER = "roles/secretmanager.secretAccessor"
_WRITER = "tokens.store"
_READING_RIGHTS = ("secretmanager.versions.access", "*")
_INSIDE = {"scheduler", "task-queue"}
_GRANTS = {
    "google_artifact_registry_repository_iam_member",
    "google_cloud_tasks_queue_iam_member",
    "google_project_iam_member",
    "google_service_account_iam_member",
}
_TOO_MUCH = {"roles/owner", "roles/editor", "roles/viewer"}
_NAMED = re.compile(r'/secrets/(google-account-|simpler-)"\)$')
"""The end of a condition that limits a right to accounts' tokens, or to credentials for SIMPLer."""


def members(resource: Resource) -> list[str]:
    """Return the members to whom the resource grants something."""
    given = [resource["member"], *(resource["members"] or [])]
    return [member for member in given if member]


def account(member: str) -> str:
    """Return the id of a service account in this project; for the one group, that it is the operators'."""
    return (
        "operators"
        if member.startswith("group:")
        else member.removeprefix("serviceAccount:").partition("@")[0]
    )


def strangers(deployment: Deployment) -> Iterator[str]:
    """Check that everybody is granted one thing only: to call what asks for another proof than a token."""
    for resource in deployment.resources:
        allowed = resource.kind == _INVOKER and resource["name"] in OPEN
        for member in _STRANGERS.intersection(members(resource)):
            if not allowed:
                yield f"{resource.address} grants {resource['role']} to {member}"


def invokers(deployment: Deployment, documented: Collection[Pair]) -> Iterator[str]:
    """Check that exactly the documented callers may call each function, by its own grants."""
    granted = {
        (resource["name"], account(member))
        for resource in deployment.all(_INVOKER)
        if resource["role"] in _INVOKING_ROLES
        for member in members(resource)
    }
    for function, caller in granted.symmetric_difference(documented):
        what = "may call" if (function, caller) in granted else "may not call"
        yield f"{caller} {what} {function}, other than documented"
    for resource in deployment.resources:
        if resource.kind != _INVOKER and resource["role"] in _INVOKING_ROLES:
            yield f"{resource.address} grants {resource['role']} beside the functions' own grants"


def secrets(deployment: Deployment, documented: Collection[Pair]) -> Iterator[str]:
    """Check that each function reads exactly its documented secrets; of those named alike, a star is one."""
    single = {
        (account(resource["member"]), resource["secret_id"])
        for resource in deployment.all("google_secret_manager_secret_iam_member")
        if resource["role"] == _READER
    }
    granted = single | _alike(deployment, _READER)
    for reader, secret in granted.symmetric_difference(documented):
        what = "may read" if (reader, secret) in granted else "may not read"
        yield f"{reader} {what} the secret {secret}, other than documented"
    for resource in deployment.all("google_project_iam_member"):
        role = resource["role"] or ""
        if role.startswith("roles/secretmanager.") and not _names(resource):
            yield f"{resource.address} grants {role} on every secret"
    for resource in deployment.all("google_project_iam_custom_role"):
        if set(_READING_RIGHTS).intersection(resource["permissions"]):
            yield f"{resource.address} reads secrets"


def writers(deployment: Deployment, documented: Collection[Pair]) -> Iterator[str]:
    """Check that exactly the documented functions put a value into secrets named alike."""
    granted = _alike(deployment, _WRITER)
    for writer, secrets in granted.symmetric_difference(documented):
        what = "may write" if (writer, secrets) in granted else "may not write"
        yield f"{writer} {what} the secrets {secrets}, other than documented"


def _alike(deployment: Deployment, role: str) -> set[Pair]:
    """Return who has a role, or one whose name ends so, on all secrets whose names begin alike."""
    return {
        (account(resource["member"]), f"{name}*")
        for resource in deployment.all("google_project_iam_member")
        if (resource["role"] or "").endswith(role)
        for name in _names(resource)
    }


def _names(resource: Resource) -> list[str]:
    """Return how the secrets begin to which a grant is limited; none: it is not limited to any."""
    found = (_NAMED.search(each["expression"]) for each in resource["condition"] or [])
    return [match[1] for match in found if match]


def grants(deployment: Deployment, documented: Collection[Pair]) -> Iterator[str]:
    """Check that exactly the documented roles are granted, besides those that other checks look at."""
    granted = {
        (account(member), resource["role"])
        for resource in deployment.resources
        if resource.kind in _GRANTS and not _looked_at(resource)
        for member in members(resource)
    }
    for who, role in granted.symmetric_difference(documented):
        what = "has" if (who, role) in granted else "has not"
        yield f"{who} {what} {role}, other than documented"


def _looked_at(resource: Resource) -> bool:
    role: str = resource["role"] or ""
    return role.startswith("roles/secretmanager.") or "/roles/contacts." in role


def inside(deployment: Deployment, documented: Collection[Pair]) -> Iterator[str]:
    """Check that what only schedules and queues call is not reached from the internet."""
    called = {function for function, caller in documented if caller in _INSIDE}
    for function in deployment.all("google_cloudfunctions2_function"):
        ingress = function["service_config"][0]["ingress_settings"]
        if function["name"] in called and ingress != "ALLOW_INTERNAL_ONLY":
            yield f"{function['name']} can be reached from the internet"


def rights(deployment: Deployment) -> Iterator[str]:
    """Check that no account has a basic role of the project, and that no grant takes another one away."""
    for resource in deployment.resources:
        if resource["role"] in _TOO_MUCH:
            yield f"{resource.address} grants {resource['role']}"
        if resource.kind.endswith(("_iam_policy", "_iam_binding")):
            yield f"{resource.address} takes rights away that others were granted"


def secret_values(deployment: Deployment) -> Iterator[str]:
    """Check that no secret's value is in Terraform's state."""
    for resource in deployment.all("google_secret_manager_secret_version"):
        yield f"{resource.address} puts a secret's value into the state"
    for resource in deployment.all("google_service_account_key"):
        yield f"{resource.address} puts a private key into the state"
