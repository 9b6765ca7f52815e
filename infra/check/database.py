"""Database: what expires in it, and what brings it back."""

from collections.abc import Iterator

from infra.check.deployment import Deployment

MORTAL = frozenset(
    {"acts", "before", "connects", "dismissed", "links", "mails", "notes", "parts", "pressed", "previews"}
    | {"runs", "suggestions", "used"}
)
"""Collections of history and of passing things; all others, leases and ledgers above all, must last."""


def expiry(deployment: Deployment) -> Iterator[str]:
    """Check that only history expires: leases and ledgers must last."""
    for field in deployment.all("google_firestore_field"):
        if field["ttl_config"] and (field["collection"] not in MORTAL or field["field"] != "expires"):
            yield f"{field.address} lets documents of {field['collection']} expire by {field['field']}"


def safety(deployment: Deployment) -> Iterator[str]:
    """Check that the database can go back to any minute of a week, and cannot be deleted."""
    for database in deployment.all("google_firestore_database"):
        if database["point_in_time_recovery_enablement"] != "POINT_IN_TIME_RECOVERY_ENABLED":
            yield f"{database.address} has no point-in-time recovery"
        if database["delete_protection_state"] != "DELETE_PROTECTION_ENABLED":
            yield f"{database.address} can be deleted"
        backups = deployment.all("google_firestore_backup_schedule")
        if not any(each["daily_recurrence"] and each["database"] == database["name"] for each in backups):
            yield f"{database.address} has no daily backup"
