"""Proof: shows that an account holds no contact of ours, before we forget everything about it.

One answer of Google's that lacks a contact proves nothing. The listing, the looks at the names that the
ledger knows, and the label's list of members must agree. The label must be known, or Google must say that it
is gone.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from shared.domain.sync.person import SYSTEM_GROUPS, Label, Person
from shared.errors import RetryLater
from shared.usecases.accounts.census import Census
from shared.usecases.base.documents import load_synced
from shared.usecases.sync.missing import LAG
from shared.usecases.sync.session import Session

NEXT_LOOK = 60.0
"""Seconds after which another attempt is worthwhile."""


class Proof(msgspec.Struct, frozen=True):
    """The evidence, once every contact of ours that was seen is removed.

    Attributes:
        session: The run in the account.
        census: The contacts that were seen.
        removed: Resource names of the contacts whose removal Google has confirmed.
        unsure: Customers whose contact may have been created a moment ago, and was not seen.
        was_whole: Every contact that the ledger knew was seen at some time.
    """

    session: Session
    census: Census
    removed: Collection[str]
    unsure: Collection[str]
    was_whole: bool

    def check(self, label: Label | None, looked: Mapping[str, Person | None]) -> None:
        """Raise unless it is certain that no contact of ours is left.

        Args:
            label: The label, read by its resource name; None if the account has none.
            looked: Its members as they are now, without those we removed; None for one that is gone.

        Raises:
            RetryLater: It is not certain yet.
        """
        self._check_the_young()
        if label is None:
            self._check_without_label()
            return
        self.check_members(label, looked)

    def check_members(self, label: Label, looked: Mapping[str, Person | None]) -> None:
        """Raise unless the label's members are known, each of them; arguments and error as of `check`."""
        rest = [name for name in label.members if name not in self.removed]
        if any(name not in looked for name in rest):
            raise self._unproven("Google names members of the label that it does not show")
        if any(looked[name] is None for name in rest) and (wait := self._until_all_shows()) > 0:
            raise self._unproven("Google names members of the label that it says not to have", wait)
        named = {*label.members, *self.removed, *self.census.inhabitants(label.resource_name)}
        if label.count > len(named):
            raise self._unproven("Google counts more members of the label than it names")

    def _check_the_young(self) -> None:
        """Refuse while a contact that was created a moment ago may not show yet."""
        ledger, now = self.session.ledger, self.session.now()
        if self.census.unseen and not self.was_whole and now - ledger.head.last_created_at < LAG:
            raise self._unproven(
                "a contact that was made a moment ago does not show", ledger.head.last_created_at + LAG - now
            )
        if self.unsure:
            youngest = max(ledger.head.unconfirmed[customer] for customer in self.unsure)
            raise self._unproven("a creation is in doubt, and does not show", youngest + LAG - now)

    def _until_all_shows(self) -> float:
        """Return the seconds until every contact that existed when disconnecting began shows by its name."""
        since = self.session.account.since
        return datetime.fromisoformat(since).timestamp() + LAG - self.session.now() if since else 0.0

    def _check_without_label(self) -> None:
        """Check that Google says the label is gone (HTTP 404), or that the account never had one."""
        label, ledger = self.session.label, self.session.ledger
        if label:
            is_young = self.session.now() - ledger.head.last_created_at < LAG
            if is_young and self.census.inhabitants(label):
                raise self._unproven("the label was made a moment ago and does not show")
            return
        if any(self.session.now() - since < LAG for since in ledger.head.made_labels.values()):
            raise self._unproven("the label was made a moment ago and does not show")
        if ledger.head.label:
            return
        marked = self.census.marked.values()
        if any(person.groups - SYSTEM_GROUPS for person in marked):
            raise self._unproven("no label shows, and contacts with our mark are in one")
        if self.census.unseen - self.census.not_found or (not marked and self._held_some()):
            raise self._unproven("neither the label nor the contacts that it held show")

    def _held_some(self) -> bool:
        """Return whether a record apart from the ledger, which may be lost, says that contacts were ours."""
        account = self.session.account
        synced = load_synced(self.session.run.services.state, account.wisp).get(account.id)
        return bool(synced and synced.held)

    def _unproven(self, why: str, after: float = NEXT_LOOK) -> RetryLater:
        return RetryLater(
            "disconnect.unfinished",
            f"the account {self.session.account.id} is not proven to be empty: {why}",
            "Google does not show all of this account at the moment, so it is not certain that every contact "
            "is removed. This continues by itself in a while; you need not do anything. If you do not want "
            "to wait, disconnect it and keep the contacts.",
            after=after,
        )
