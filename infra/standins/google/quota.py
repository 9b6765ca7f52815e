"""Quota: how much an account may use in a minute or a day, and what each call costs.

The costs of creates, updates and deletes are those of the guide "Read and manage contacts"
(developers.google.com/people/v1/contacts). Google publishes no limits: each project sees its own in the
console, and the defaults here are the lowest that users have reported. What reads and groups cost is not
published either: one unit a request, a choice. Names and texts of the critical reads and writes are as in
mrmattwilkins/google-contacts-sync#1, those of the other metrics are made up after them. Minutes are those of
the clock, a choice; days end at midnight Pacific Time, as those of Google's other quotas do (Cloud Quotas).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from infra.standins.google.errors import GoogleError, error_info

MINUTE = 60
"""Seconds."""

_DAYS_END_IN = ZoneInfo("America/Los_Angeles")


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of one account, each in units a minute unless it says a day.

    Attributes:
        critical_reads: Of reading people; writing them takes some too.
        critical_writes: Of creating and updating people.
        write_requests: Of deleting people, and of all writes to groups.
        group_reads: Of reading groups.
        full_syncs: First pages of a listing that asks for a sync token and brings none: "the first page of a
            full sync request has an additional quota" (people.connections.list), whose size is not published.
        daily_contact_writes: Of creating and updating people, a day.
        retry_after: Whether a refusal has the header Retry-After; Google's have been seen without.
    """

    critical_reads: int = 60
    critical_writes: int = 30
    write_requests: int = 30
    group_reads: int = 90
    full_syncs: int = 10
    daily_contact_writes: int = 100_000
    retry_after: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """A thing that is counted.

    Attributes:
        words: Its name for people.
        name: Its name in `quota_metric`.
        limit: How the names of its limits begin.
        daily: Whether it is counted by the day and not by the minute.
    """

    words: str
    name: str
    limit: str
    daily: bool = False

    def window(self, now: datetime) -> int:
        """Return the number of the minute or the day that a moment is in."""
        return now.astimezone(_DAYS_END_IN).toordinal() if self.daily else int(now.timestamp() // MINUTE)

    def exceeded(
        self, most: int, headers: Mapping[str, str] | None = None, *, of_project: bool = False
    ) -> GoogleError:
        """Return the refusal of a call that would use more than these units.

        A limit for all users of a project is named as other Google APIs name theirs ("Cloud Quotas"); whether
        the People API has any is not published.
        """
        span = "day" if self.daily else "minute"
        whose, suffix = ("", "") if of_project else (" per user", "PerUser")
        words = f"'{self.words}' and limit '{self.words} per {span}{whose}'"
        info = error_info(
            "RATE_LIMIT_EXCEEDED",
            "googleapis.com",
            quota_limit=f"{self.limit}Per{span.title()}PerProject{suffix}",
            quota_limit_value=str(most),
            service="people.googleapis.com",
            quota_metric=f"people.googleapis.com/{self.name}",
            consumer="projects/1",
        )
        text = (
            f"Quota exceeded for quota metric {words} of service 'people.googleapis.com' "
            "for consumer 'project_number:1'."
        )
        return GoogleError("RESOURCE_EXHAUSTED", text, [info], headers)


METRICS: Mapping[str, Metric] = {
    "critical_reads": Metric(
        "Critical read requests (Contact and Profile Reads)", "critical_read_requests", "CriticalReads"
    ),
    "critical_writes": Metric(
        "Critical write requests (Contact and Profile Writes)", "critical_write_requests", "CriticalWrites"
    ),
    "write_requests": Metric("Write requests", "write_requests", "Writes"),
    "group_reads": Metric("Contact group reads", "contact_group_read_requests", "ContactGroupReads"),
    "full_syncs": Metric("FULL_CONTACT sync", "full_contact_sync_requests", "FullContactSyncs"),
    "daily_contact_writes": Metric(
        "Daily Contact Writes", "daily_contact_writes", "DailyContactWrites", daily=True
    ),
}
"""By the name of their limit in `Quota`."""

_READ = {"critical_reads": 1}
_GROUP_READ = {"group_reads": 1}
_WRITE = {"critical_reads": 1, "critical_writes": 1, "daily_contact_writes": 1}
_BATCH = {"critical_reads": 6, "critical_writes": 6, "daily_contact_writes": 200}
_OTHER_WRITE = {"write_requests": 1}

_COSTS: Mapping[str, Mapping[str, int]] = {
    "people.get": _READ,
    "people.getBatchGet": _READ,
    "people.connections.list": _READ,
    "people.createContact": _WRITE,
    "people.updateContact": _WRITE,
    "people.batchCreateContacts": _BATCH,
    "people.batchUpdateContacts": _BATCH,
    "people.deleteContact": _OTHER_WRITE,
    "people.batchDeleteContacts": {"write_requests": 10},
    "contactGroups.list": _GROUP_READ,
    "contactGroups.get": _GROUP_READ,
    "contactGroups.create": _OTHER_WRITE,
    "contactGroups.update": _OTHER_WRITE,
    "contactGroups.delete": _OTHER_WRITE,
    "contactGroups.members.modify": _OTHER_WRITE,
}


def cost(method: str, query: Mapping[str, Any]) -> Mapping[str, int]:
    """Return the units of a call by metric; a batch has one price, however many it is of (a choice)."""
    costs = _COSTS[method]
    first = not query.get("pageToken") and not query.get("syncToken")
    if method == "people.connections.list" and first and query.get("requestSyncToken") == "true":
        return {**costs, "full_syncs": 1}
    return costs


def long_quota() -> GoogleError:
    """Return the other 429, which lasts for hours (rapidwebltd/php-google-people-api#45)."""
    failure = {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"subject": "QUOTA_EXCEEDED", "description": "FBS quota limit exceeded"}],
    }
    return GoogleError("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", [failure])
