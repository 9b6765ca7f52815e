"""The contacts of a Google account."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.domain.model.quota import Cost
from shared.domain.sync.person import Change, Label, NewPerson, Person
from shared.errors import OverQuota, Trouble


@dataclass(frozen=True, slots=True)
class Written:
    """The contact is as it was asked for. `person` carries the new etags (no `fields`)."""

    person: Person


@dataclass(frozen=True, slots=True)
class Refused:
    """Google refused this one; nothing was written for it. `trouble` says why."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Unknown:
    """We do not know whether Google wrote this one: no answer came, or none that says."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was written, for the contact is not as it was known. `person` is what it is now."""

    person: Person


Result = Written | Refused | Unknown | Stale


class SyncTokenExpired(Exception):
    """Google takes the sync token no more, or never gave it; list everything instead."""


class Contacts(Protocol):
    """A listing of contacts, to be gone through once.

    Attributes:
        token: The next sync token: asks for what changes from here on; good for 7 days (people.v1
            description, connections.list). Known at the end; empty when Google gives none.
    """

    token: str

    def __iter__(self) -> Iterator[Person]:
        """The contacts, read page by page; only when it has ended without an error are they complete.

        One that changes meanwhile may come twice, even under two names; the last counts.

        Raises:
            SyncTokenExpired: The sync token is not good any more, on whichever page Google says so.
        """


class Gate(Protocol):
    """Stands before Google: lets a request pass, makes it wait, or stops it."""

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Wait until a request of this cost, and of this many seconds at worst, may go; or raise."""

    def refused(self, trouble: OverQuota) -> None:
        """Take note that Google refused the last request for its quota."""


class ContactBook(Protocol):
    """The contacts of one Google account. Not for use by two threads at once.

    Every method may raise, besides what it names: `StopAccount` (sign-in expired, long quota), `RetryLater`
    (still refused after the retries that are safe), and whatever the gate raises. A contact for which the
    account has no room is `Refused` with `AccountFull`, and the others are written.
    No method sends a create twice.
    """

    @property
    def requests(self) -> int:
        """The number of requests sent to the People API."""

    def labels(self) -> Sequence[Label]:
        """All contact groups, system groups included; one request per 1,000.

        One may be missing for a while, or have its client data left out.
        """

    def label(self, name: str) -> Label | None:
        """Return a label by its resource name, with its members; None if Google says that there is none.

        That is HTTP 404. For a moment that may be said of a label that was just made.
        """

    def create_label(self, name: str, client_data: tuple[tuple[str, str], ...]) -> Label | None:
        """Make a label; None if there already is one of that name (HTTP 409).

        Raises:
            StopAccount: Google refuses it (`google.label_refused`), as every method about labels may.
        """

    def mark_label(self, label: Label, client_data: tuple[tuple[str, str], ...]) -> Label:
        """Replace a label's client data, leaving its name.

        Raises:
            RetryLater: The label was changed since it was read, or is gone.
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
                for read-after-write use cases" (people.v1 description, connections.list), so look in this
                way for contacts whose creation is in doubt. An empty one lists every contact and gives a
                next token; Google has a smaller quota for it, "the first page of a full sync". Any other
                lists what changed since Google gave it, the deleted included. "Writes may have a propagation
                delay of several minutes for sync requests" (there): a later token tells what is missing now.
        """

    def look(self, names: Sequence[str]) -> Mapping[str, Person | None]:
        """At most 200 contacts as they are now, by the resource name asked for.

        None for one that does not exist, as Google says (google.rpc.Code NOT_FOUND). One
        that the answer leaves out is not in the mapping either: nothing is known of it.
        """

    def create(self, people: Sequence[NewPerson], label: str) -> Mapping[str, Result]:
        """Create at most 200 contacts in the label and in My Contacts; the results by `NewPerson.key`.

        When this raises, nothing was created.
        """

    def update(self, changes: Sequence[Change]) -> Mapping[str, Result]:
        """Replace the owned fields and client data of at most 200; by the `resource_name` that was given.

        Each is guarded by the etag it was read or written with last. `Stale` for one that has changed since.
        """

    def remove(self, names: Sequence[str]) -> Mapping[str, Result]:
        """Move at most 500 contacts to the trash, by resource name. One already gone counts as `Written`."""

    def put_in_label(self, names: Sequence[str], label: str) -> Mapping[str, Result]:
        """Add at most 1,000 contacts to the label, by resource name; other memberships stay."""

    def delete_label(self, label: str) -> None:
        """Delete the label and never a contact in it; nothing happens if there is no such label."""
