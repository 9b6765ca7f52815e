"""Enums: words of Google's APIs in the plan, which the provider's schema takes for any text."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.check.api import Api
from infra.check.deployment import Deployment, Resource

MESSAGES = {
    "google_billing_budget": ("billingbudgets.v1", "GoogleCloudBillingBudgetsV1Budget"),
    "google_artifact_registry_repository": ("artifactregistry.v1", "Repository"),
    "google_cloud_run_domain_mapping": ("run.v1", "DomainMapping"),
    "google_cloud_scheduler_job": ("cloudscheduler.v1", "Job"),
    "google_cloud_tasks_queue": ("cloudtasks.v2", "Queue"),
    "google_cloudfunctions2_function": ("cloudfunctions.v2", "Function"),
    "google_compute_address": ("compute.v1", "Address"),
    "google_compute_network": ("compute.v1", "Network"),
    "google_compute_router": ("compute.v1", "Router"),
    "google_compute_router_nat": ("compute.v1", "RouterNat"),
    "google_compute_subnetwork": ("compute.v1", "Subnetwork"),
    "google_firestore_backup_schedule": ("firestore.v1", "GoogleFirestoreAdminV1BackupSchedule"),
    "google_firestore_database": ("firestore.v1", "GoogleFirestoreAdminV1Database"),
    "google_firestore_field": ("firestore.v1", "GoogleFirestoreAdminV1Field"),
    "google_firestore_index": ("firestore.v1", "GoogleFirestoreAdminV1Index"),
    "google_logging_metric": ("logging.v2", "LogMetric"),
    "google_logging_project_bucket_config": ("logging.v2", "LogBucket"),
    "google_logging_project_sink": ("logging.v2", "LogSink"),
    "google_monitoring_alert_policy": ("monitoring.v3", "AlertPolicy"),
    "google_monitoring_notification_channel": ("monitoring.v3", "NotificationChannel"),
    "google_monitoring_uptime_check_config": ("monitoring.v3", "UptimeCheckConfig"),
    "google_project_iam_audit_config": ("cloudresourcemanager.v1", "AuditConfig"),
    "google_project_iam_custom_role": ("iam.v1", "Role"),
    "google_secret_manager_secret": ("secretmanager.v1", "Secret"),
    "google_storage_bucket": ("storage.v1", "Bucket"),
}
"""The API's message that a resource becomes."""

_WORD = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_UNLOOKED = frozenset({"google_firestore_document", "google_service_account", "google_storage_bucket_object"})


def words(deployment: Deployment) -> Iterator[str]:
    """Check that every word in capitals is in the API's enum, and stands where there is one."""
    for resource in deployment.resources:
        if resource.kind in MESSAGES:
            api, message = MESSAGES[resource.kind]
            known = Api.of(api).messages
            yield from _words(known, known[message], resource.values, resource.address)
        else:
            yield from (
                f"{resource.address} has {word}, and no API's message is known for it"
                for word in _capitals(resource)
            )


def dashboards(deployment: Deployment) -> Iterator[str]:
    """Check that each dashboard, which is JSON, is as the API describes it."""
    for resource in deployment.all("google_monitoring_dashboard"):
        value = json.loads(resource["dashboard_json"])
        mistakes = Api.of("monitoring.v1").mistakes("Dashboard", value)
        yield from (f"{resource.address}: {mistake}" for mistake in mistakes)


def _words(messages: Mapping[str, Any], kind: Mapping[str, Any] | None, value: Any, at: str) -> Iterator[str]:
    """Walk a resource and its message; Terraform's lists of one block are the API's single messages."""
    if kind and "$ref" in kind:
        kind = messages[kind["$ref"]]
    match value:
        case dict():
            for name, each in value.items():
                yield from _words(messages, _field(kind, name), each, f"{at}.{name}")
        case list():
            items = kind["items"] if kind and kind.get("type") == "array" else kind
            for each in value:
                yield from _words(messages, items, each, at)
        case str() if kind and "enum" in kind:
            if value not in kind["enum"]:
                yield f"{at} is {value}, which is none of {', '.join(kind['enum'])}"
        case str() if kind is None and _WORD.fullmatch(value) and len(value) > 1:
            yield f"{at} is {value}, and the API has no such field"


def _field(kind: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    """Return the API's field of a Terraform argument, which may name one of several."""
    if kind is None:
        return None
    camel = re.sub(r"_(\w)", lambda found: found[1].upper(), name)
    fields: Mapping[str, Any] = kind.get("properties", {})
    found: Mapping[str, Any] | None = (
        fields.get(camel) or fields.get(f"{camel}s") or kind.get("additionalProperties")
    )
    return found


def _capitals(resource: Resource) -> list[str]:
    texts = (each for each in resource.values.values() if isinstance(each, str))
    return [each for each in texts if _WORD.fullmatch(each)]
