"""Act: what somebody did for a wisp, as its history tells it afterwards."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shared.domain.model.lease import ClaimKind

ActKind = Literal[
    "connected",
    "reconnected",
    "disconnecting",
    "disconnected",
    "paused",
    "resumed",
    "scoped",
    "restored",
    "started",
    "approved",
    "pressed",
    "outage_listed",
    "dismissed",
    "key_made",
    "key_withdrawn",
]
"""What was done.

``connected``, ``reconnected``: an account, by its owner's consent. ``disconnecting``: it was decided that an
account goes; ``disconnected``: it is gone. ``paused``, ``resumed``: an account. ``scoped``: what an account
holds was chosen. ``restored``: an account, to
what it was before a run. ``started``: a run. ``approved``: a run, with the removals of a preview.
``pressed``: a customer's button. ``outage_listed``: the customers of a site or an access point.
``dismissed``: what a user wrote about a customer. ``key_made``, ``key_withdrawn``: the key of SIMPLer's
triggers.
"""


WITHOUT_RECORD: Mapping[ClaimKind, str] = {"customers": "a customer's button", "restore": "a restore"}
"""Who wrote contacts, where no run's record tells, by what the lease was held for."""


class Act(msgspec.Struct, frozen=True):
    """One thing that somebody did.

    Attributes:
        started: When, ISO 8601, UTC; by this member the newest are found.
        by: Who, in words that others may read.
        what: What they did.
        account: The address of the account, where it is about one.
        about: The run or the customer, by its id, where it is about one.
        detail: What came of it, or why, in a sentence; or empty.
    """

    started: str
    by: str
    what: ActKind
    account: str = ""
    about: str = ""
    detail: str = ""
