"""Contact book: the contacts of a Google account."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from shared.domain.model.quota import Cost
from shared.domain.sync.person import Change, Label, NewPerson, Person
from shared.errors import OverQuota, Trouble

CREATES_AT_ONCE = UPDATES_AT_ONCE = LOOKS_AT_ONCE = 200
REMOVALS_AT_ONCE = 500
LABELLINGS_AT_ONCE = 1000
"""Contacts that one call takes at most: the People API's limits per request (people.v1 description)."""


class Written(msgspec.Struct, frozen=True):
    """Google wrote this contact. `person` carries the new etags, and no `fields`."""

    person: Person


class Refused(msgspec.Struct, frozen=True):
    """Google refused this contact and wrote nothing for it. `trouble` says why."""

    trouble: Trouble


class Unknown(msgspec.Struct, frozen=True):
    """We do not know whether Google wrote this contact: it gave no answer, or no clear one."""

    trouble: Trouble


class Stale(msgspec.Struct, frozen=True):
    """Google wrote nothing, because the contact has changed since we read it. `person` is its new state."""

    person: Person


Result = Written | Refused | Unknown | Stale


class SyncTokenExpired(Exception):
    """Google no longer accepts the sync token, or never gave it; list everything instead."""


class Contacts(Protocol):
    """A listing of contacts; iterate it once.

    Attributes:
        token: The next sync token, which asks for what changes from here on; valid for 7 days (people.v1
            description, connections.list). Known at the end; empty when Google gives none.
    """

    token: str

    def __iter__(self) -> Iterator[Person]:
        """Yield the contacts, page by page; they are complete only if it ends without an error.

        A contact that changes meanwhile may come twice, even under two names; the last one counts.

        Raises:
            SyncTokenExpired: Google refuses the sync token, on any page.
        """


class Gate(Protocol):
    """A gate before Google, which lets a request pass, makes it wait, or stops it."""

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Wait until a request of this cost, which takes at most these seconds, may go; or raise."""

    def refused(self, trouble: OverQuota) -> None:
        """Note that Google refused the last request because of its quota."""


class ContactBook(Protocol):
    """The contacts of one Google account. Two threads must not use it at once.

    Besides what it names, every method may raise `StopAccount` (sign-in expired, long quota), `RetryLater`
    (still refused after the safe retries), and whatever the gate raises. If the account has no room for a
    contact, its result is `Refused` with `AccountFull`, and the others are written. No method sends a create
    twice.
    """

    @property
    def requests(self) -> int:
        """The number of requests sent to the People API."""

    def labels(self) -> Sequence[Label]:
        """List all contact groups, system groups included; one request per 1,000.

        Google may leave a group, or its client data, out for a while.
        """

    def label(self, name: str) -> Label | None:
        """Return a label by its resource name, with its members; None if Google answers HTTP 404.

        Google may do so for a moment after the label was created.
        """

    def create_label(self, name: str, client_data: tuple[tuple[str, str], ...]) -> Label | None:
        """Create a label; return None if the account already has one of that name (HTTP 409).

        Raises:
            StopAccount: Google refuses it (`google.label_refused`); every method about labels may raise this.
        """

    def mark_label(self, label: Label, client_data: tuple[tuple[str, str], ...]) -> Label:
        """Replace a label's client data, and leave its name.

        Raises:
            RetryLater: The label has changed since it was read, or is gone.
        """

    def rename_label(self, label: Label, name: str) -> Label | None:
        """Give a label another name, leaving its client data; None if another label has that name.

        Raises:
            RetryLater: The label was changed since it was read, or is gone.
        """

    def list(self, sync_token: str | None = None) -> Contacts:
        """List contacts, to the proven end; one request per 1,000.

        Args:
            sync_token: None lists every contact and gives no next token. "Incremental syncs are not intended
                for read-after-write use cases" (people.v1 description, connections.list), so use None to look
                for unconfirmed contacts. An empty token lists every contact and gives a next token; Google
                has a smaller quota for it ("the first page of a full sync"). Any other token lists what
                changed since Google gave it, deleted contacts included. "Writes may have a propagation delay
                of several minutes for sync requests" (ibid.): what is missing now, a later token reports.
        """

    def look(self, names: Sequence[str]) -> Mapping[str, Person | None]:
        """Read at most `LOOKS_AT_ONCE` contacts, by the resource name asked for.

        The value is None if Google says that the contact does not exist (google.rpc.Code NOT_FOUND). A name
        that the answer leaves out is missing here too: we know nothing of that contact.
        """

    def create(self, people: Sequence[NewPerson], label: str) -> Mapping[str, Result]:
        """Create contacts in the label and in My Contacts; return results by `NewPerson.key`.

        At most `CREATES_AT_ONCE`. If this raises, nothing was created.
        """

    def update(self, changes: Sequence[Change]) -> Mapping[str, Result]:
        """Replace the owned fields and client data of contacts; return results by resource name.

        At most `UPDATES_AT_ONCE`. Each carries the etag of its last read or write; one that has changed since
        is `Stale`.
        """

    def remove(self, names: Sequence[str]) -> Mapping[str, Result]:
        """Move contacts to the trash, by resource name; one already gone counts as `Written`.

        At most `REMOVALS_AT_ONCE`.
        """

    def put_in_label(self, names: Sequence[str], label: str) -> Mapping[str, Result]:
        """Add contacts to the label, by resource name; other memberships stay.

        At most `LABELLINGS_AT_ONCE`.
        """

    def take_out_of_label(self, names: Sequence[str], label: str) -> Mapping[str, Result]:
        """Take contacts out of the label, by resource name; other memberships stay.

        At most `LABELLINGS_AT_ONCE`. One that Google leaves there, having no other group, is `Refused`.
        """

    def delete_label(self, label: str) -> None:
        """Delete the label, but no contact in it; do nothing if the label does not exist."""
