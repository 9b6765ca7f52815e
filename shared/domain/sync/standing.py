"""Standing: how a customer stands in an account, by SIMPLer's record and by our ledger."""

from collections.abc import Mapping
from typing import Literal

from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Content, Entry, Head

Standing = Literal[
    "current",
    "outdated",
    "unchecked",
    "unlabelled",
    "kept",
    "leaving",
    "retiring",
    "former",
    "returning",
    "missing",
    "unsure",
    "absent",
    "outside",
    "unknown",
]
"""How a customer stands.

``current``: their contact is there, as SIMPLer has them. ``outdated``: it is there, and SIMPLer has changed
since. ``unchecked``: it is there, and the next run looks what it holds. ``unlabelled``: a user took it out of
the label. ``kept``: it is there and stays, although they are no contact. ``leaving``: it is there, and the
next run removes it. ``retiring``: it is there, and the next run lets it retire. ``former``: it has retired.
``returning``: it had retired, and the next run brings it back. ``missing``: it should be there and is not.
``unsure``: it was created, and Google has not confirmed that. ``absent``: there is none, and should be none.
``outside``: likewise, because they are outside the account's scope.
``unknown``: nobody has looked yet.
"""

IS_THERE = frozenset({"current", "outdated", "unchecked", "kept", "leaving", "retiring"})
"""Those in which a contact of ours is in the account, under the label."""


_OUT: Mapping[Content, Standing] = {"former": "returning", "unlabelled": "unlabelled", "unseen": "unchecked"}
"""How a contact stands, with its customer wanted, that is elsewhere or not known."""


def standing_of(customer: str, desired: Desired, head: Head, entry: Entry | None) -> Standing:
    """Tell how a customer stands in an account.

    Args:
        customer: The customer's id.
        desired: What SIMPLer wants of this customer.
        head: What the ledger knows of the account.
        entry: What it knows of the customer's contact.
    """
    is_wanted = desired.wants(customer)
    if entry is None:
        return _without_contact(customer, desired, head)
    if is_wanted:
        return _OUT.get(entry.content) or ("current" if desired.is_sent(customer, entry) else "outdated")
    if customer in desired.outside:
        return "kept" if entry.content == "unlabelled" else "leaving"
    if entry.content == "former":
        return "leaving" if 0 < entry.retired_at < desired.former_before else "former"
    is_kept = customer in desired.held or desired.leavers == "keep" or entry.content == "unlabelled"
    if is_kept:
        return "kept"
    return "retiring" if desired.leavers == "former" else "leaving"


def _without_contact(customer: str, desired: Desired, head: Head) -> Standing:
    if customer in head.unconfirmed:
        return "unsure"
    if customer in desired.outside:
        return "outside" if head.whole else "unknown"
    if not head.whole:
        return "unknown"
    return "missing" if desired.wants(customer) else "absent"
