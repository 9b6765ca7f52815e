"""FaultPlan: which of Google's ready-made faults strike, when and where, and how many did."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import requests

from infra.standins.google.ready_faults import READY

TIMEOUT = 30

_ENDINGS = ("closed", "reset", "internal", "unavailable")
"""What may also come after the effect: no answer, or none that tells. A refusal then would be a lie."""

_OWNERS = (
    "delete_labels",
    "trash_contacts",
    "copy_contacts",
    "restore_contacts",
    "undo_changes",
    "reword_contacts",
)
"""Deeds that are an account's owner's, who remembers them."""

FAULTS = sorted(
    name for name, what in READY.items() if "hang" not in what and what.get("deed") not in _OWNERS
)
"""Hanging is the coordinator's, who need not wait."""

METHODS = (
    "oauth2.token",
    "people.connections.list",
    "people.getBatchGet",
    "people.createContact",
    "people.batchCreateContacts",
    "people.updateContact",
    "people.batchUpdateContacts",
    "people.deleteContact",
    "people.batchDeleteContacts",
    "contactGroups.list",
    "contactGroups.get",
    "contactGroups.create",
    "contactGroups.update",
    "contactGroups.members.modify",
)
"""What may fail."""

_ANYWHERE = (*("*",) * 4, *METHODS)

FITTING: Mapping[str, tuple[str, ...]] = {
    "contacts_left_out": ("people.connections.list",),
    "labels_left_out": ("contactGroups.list",),
    "client_data_left_out": ("contactGroups.list", "contactGroups.list", "*"),
    "people_left_out": ("people.getBatchGet",),
    "some_people_left_out": ("people.getBatchGet",),
}
"""The methods whose answers can leave something out, by fault."""

_CREATES = (*_ANYWHERE, *("people.createContact", "people.batchCreateContacts") * 4)
"""Where it is worst that no answer tells."""


class FaultPlan:
    """The fault plan of one schedule's Google."""

    def __init__(self, google: str, random: Random) -> None:
        self._url = f"{google}/standin/faults"
        self._random = random

    def plan_fault(self) -> str:
        """Plan a fault, and return its name."""
        name = self._random.choice((*FAULTS, *FITTING, *_ENDINGS, *_ENDINGS))
        methods = FITTING.get(name, _CREATES if name in _ENDINGS else _ANYWHERE)
        fault: dict[str, Any] = {
            "what": {"ready": name},
            "method": self._random.choice(methods),
            "nth": self._random.choice((1, 1, 1, 2) if name in FITTING else (1, 1, 2, 3, 5)),
            "times": self._random.choice((1, 1, 2, 3, 5)),
        }
        if name in _ENDINGS and fault["method"] != "oauth2.token":
            fault["when"] = self._random.choice(("before", "after"))
        requests.post(self._url, json=[fault], timeout=TIMEOUT).raise_for_status()
        return name

    def clear(self) -> Counter[str]:
        """End every fault, and return how often each struck."""
        struck: Counter[str] = Counter()
        for fault in requests.get(self._url, timeout=TIMEOUT).json()["faults"]:
            times = min(max(fault["seen"] - fault["nth"] + 1, 0), fault["times"])
            struck[fault["what"]["ready"]] += times
        requests.delete(self._url, timeout=TIMEOUT).raise_for_status()
        return +struck
