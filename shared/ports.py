"""The ports: what use cases need of the world, each promise with the errors that may break it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.domain.customer import Customer, Skipped
from shared.domain.lease import Claim, Lease
from shared.domain.person import Change, Label, NewPerson, Person
from shared.domain.quota import Cost
from shared.domain.roll import Roll
from shared.errors import OverQuota, Trouble

Document = Mapping[str, Any]
"""A record of ours: JSON values only."""


class Clock(Protocol):
    """Time, so that tests need not wait."""

    def now(self) -> datetime:
        """The time of day, in UTC and aware of it."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean something."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All customers of a wisp, to the proven end of the listing.

    Attributes:
        customers: Of every usable record, each id once.
        skipped: Records that cannot be used, with the reason.
        total: How many records there were, usable or not.
        doubts: Why a customer that is absent here may yet exist (a record without an id …); while there
            is any, absence is no reason to remove a contact.
    """

    customers: Roll
    skipped: tuple[Skipped, ...]
    total: int
    doubts: tuple[str, ...] = ()


class CustomerSource(Protocol):
    """Where a wisp's customers come from.

    Raises, from every method: `StopRun` when SIMPLer failed, refused or cannot be understood (its `reason`
    tells which), `Misconfigured` when the address, the profile or the credentials are wrong.
    """

    def customers(self) -> Listing:
        """Every customer, to the proven end of the listing."""

    def customer(self, customer: str) -> Customer | Skipped | None:
        """One customer by its id; None when SIMPLer says that there is none."""


@dataclass(frozen=True, slots=True)
class Written:
    """The contact is as it was asked for. `person` carries the new etags (no `fields`)."""

    person: Person


@dataclass(frozen=True, slots=True)
class Refused:
    """Google refused this one; nothing was written for it. `trouble` tells why."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Unknown:
    """It is not known whether Google wrote this one: no answer came, or none that tells."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was written, for the contact is not as it was known. `person` is what it is now."""

    person: Person


Result = Written | Refused | Unknown | Stale


class Contacts(Protocol):
    """Every contact of an account, to be gone through once.

    Attributes:
        token: Asks for what changes from here on; good for 7 days (people.v1 description,
            connections.list). Known at the end; empty when Google gives none.
    """

    token: str

    def __iter__(self) -> Iterator[Person]:
        """The contacts, to the proven end; only when it has ended without an error are they complete."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in an account.

    Attributes:
        persons: Contacts that were made or changed, each once.
        gone: Resource names of those that were deleted.
        token: Asks for what changes from here on.
    """

    persons: Sequence[Person]
    gone: frozenset[str]
    token: str


class Gate(Protocol):
    """Stands before Google: lets a request pass, makes it wait, or stops it."""

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Return when a request that takes so many seconds at worst, and costs so much, may go; or raise."""

    def refused(self, trouble: OverQuota) -> None:
        """Take note that Google refused the last request for its quota."""


class ContactBook(Protocol):
    """The contacts of one Google account. Not for use by two threads.

    Every method may raise, besides what it names: `StopAccount` (sign-in expired, account full, long
    quota), `RetryLater` (still refused after the retries that are safe), and whatever the gate raises.
    No method sends a create twice. `requests` counts what was sent to the People API.
    """

    requests: int

    def labels(self) -> Sequence[Label]:
        """All contact groups, system groups included; one request per 1,000."""

    def create_label(self, name: str, client_data: tuple[tuple[str, str], ...]) -> Label | None:
        """Make a label; None if there already is one of that name (HTTP 409)."""

    def mark_label(self, label: Label, client_data: tuple[tuple[str, str], ...]) -> Label:
        """Replace a label's client data, leaving its name."""

    def persons(self) -> Iterator[Person]:
        """Every contact of the account, to the proven end; one request per 1,000. It gives no token.

        One that is changed meanwhile may come twice, even under two names; the last counts.

        "Incremental syncs are not intended for read-after-write use cases" (people.v1 description,
        connections.list), so this is how contacts are looked for whose creation is in doubt.
        """

    def contacts(self) -> Contacts:
        """The same, with a token; Google has a smaller quota for it, "the first page of a full sync"."""

    def changes(self, token: str) -> Changes | None:
        """What has changed since a token was given, at least once each; None if it is not good any more.

        "Writes may have a propagation delay of several minutes for sync requests" (there): what is missing
        now comes with a later token.
        """

    def look(self, names: Sequence[str]) -> Mapping[str, Person]:
        """At most 200 contacts as they are now, by the resource name asked for; missing ones are left out."""

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

    def members(self, label: str) -> Sequence[str]:
        """Resource names of at most 1,000 contacts in the label; none if there is no such label."""

    def delete_label(self, label: str) -> None:
        """Delete the label and never a contact in it; nothing happens if there is no such label."""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a document, replacing what was there.

    Attributes:
        path: ``collection/id[/collection/id …]``.
        document: JSON values only.
        expires: From then on the store may delete it (history only; never leases, never the ledger). The
            document must then have no member of that name.
        new: Only if there is no document at the path, not even one that has expired: of all who write it
            exactly one succeeds. The document must then have no member ``attempt``.
    """

    path: str
    document: Document
    expires: datetime | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Delete a document; nothing happens if there is none."""

    path: str


class StateStore(Protocol):
    """Our own documents, in collections that may be nested below a document.

    Raises, from every method: `RetryLater` when the database cannot be reached.
    """

    def get(self, path: str) -> Document | None:
        """The document at the path, or None."""

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """The (id, document) pairs directly in a collection, by id.

        Args:
            collection: Its path, e.g. ``wisps`` or ``wisps/acme/runs``.
            where: Only those whose top-level members equal these strings.
            newest: Only that many, ordered by their member ``started``, newest first; those without it are
                left out.
        """

    def write(self, *writes: Put | Drop, fence: Lease | None = None) -> None:
        """Apply all the writes or none; at most 400.

        Raises:
            LeaseLost: `fence` is given and is no longer the holder's; nothing was written.
            AlreadyThere: A `Put` is `new`, and somebody else's document is at its path; nothing was written.
            RetryLater: As always; a `Put` that is `new` may then have been written all the same.
        """


class LeaseStore(Protocol):
    """Leases, in the same database as the state, so that a fenced write is one atomic step.

    Raises, from every method: `RetryLater` when the database cannot be reached.
    """

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Take the lease for `ttl` seconds.

        Raises:
            LeaseHeld: Another holds it.
        """

    def renew(self, lease: Lease, ttl: float) -> Lease:
        """Extend it to `ttl` seconds from now.

        Raises:
            LeaseLost: It has passed to another, or was released.
        """

    def hand_on(self, lease: Lease, claim: Claim, ttl: float) -> Lease:
        """Pass it to another claim for `ttl` seconds, with the next token; a grant is handed on once only.

        Raises:
            LeaseLost: It has passed to another, or was released.
        """

    def release(self, lease: Lease) -> None:
        """Give it back. Nothing happens if it is no longer ours; the record and its token stay."""

    def look(self, name: str) -> tuple[Lease | None, float]:
        """The lease as recorded, or None if it was never taken, and the database's time (seconds, 1970)."""


class SecretStore(Protocol):
    """Secrets by name ([A-Za-z0-9_-], at most 255), with versions of which only the newest is kept.

    Raises, from every method: `RetryLater` when the store cannot be reached.
    """

    def get(self, name: str) -> str:
        """The newest version's value.

        Raises:
            Misconfigured: There is no such secret, or its newest version is disabled or destroyed.
        """

    def put(self, name: str, value: str) -> None:
        """Store a new version (making the secret if need be), then destroy the older ones.

        A crash in between leaves an older version alive, never none; the next `put` destroys it.
        """

    def destroy(self, name: str) -> None:
        """Destroy the secret with all its versions; nothing happens if there is none."""


@dataclass(frozen=True, slots=True)
class Task:
    """Work for later: a call of one of our own functions.

    Attributes:
        function: The entry point's name, e.g. ``sync_wisp``.
        body: Its JSON body.
        name: What makes it unique: a second task of the same name within hours is not enqueued. None: always.
        delay: Seconds before it may start.
    """

    function: str
    body: Document
    name: str | None = None
    delay: float = 0


class TaskQueue(Protocol):
    """Hands work to another call, which retries it until it answers 2xx."""

    def enqueue(self, task: Task) -> bool:
        """Accept the task; False if one of that name was already accepted.

        Raises:
            RetryLater: The queue cannot be reached.
        """

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept many, as fast as the queue takes them, and raise for none.

        Returns:
            For each task, in order, what `enqueue` would have answered or raised. A queue that keeps failing
            is not asked for the rest, which then carry the same trouble.
        """


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail.

    Attributes:
        name: ASCII file name.
        type: Bare media type, e.g. ``text/vcard``; no parameters (SendGrid refuses ``;``).
        content: The bytes.
        content_id: For an image that the HTML shows as ``cid:…``; empty for a file to keep.
    """

    name: str
    type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to exactly one person.

    Attributes:
        to: One plain address.
        subject: One line.
        text: The plain text body.
        html: The same facts as HTML.
        attachments: Files, and images for the HTML.
        request: The request's id, to find the mail again in SendGrid's log.
    """

    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    request: str = ""


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> str:
        """Hand the mail over; returns the provider's id of it ("" if it gave none). Accepted isn't delivered.

        Raises:
            RetryLater: It was surely not accepted, and may be later.
            OutcomeUnknown: It may or may not have been accepted; it is not sent again.
            Misconfigured: The provider refuses the key, the sender or the mail itself.
        """


CONTACTS = "https://www.googleapis.com/auth/contacts"
"""The scope that reads and writes all contacts (people.v1 description, ``auth.oauth2.scopes``)."""


@dataclass(frozen=True, slots=True)
class Consented:
    """What a person allowed at Google.

    Attributes:
        google_id: Names the Google account for good (the ``sub`` of its ID token).
        email: Its address, verified by Google.
        refresh_token: Opens the account until it is revoked. It belongs in the secret store and nowhere else.
        scopes: What was granted, which may be less than was asked for: people can untick boxes.
    """

    google_id: str
    email: str
    refresh_token: str = field(repr=False)
    scopes: frozenset[str]


class Consent(Protocol):
    """Google's consent to reach an account's contacts, also while its owner is away.

    Raises, from every method: `Misconfigured` when Google does not know this service's OAuth client.
    """

    def url(self, *, state: str, challenge: str, hint: str = "") -> str:
        """The address of Google's consent page.

        Args:
            state: Comes back with the answer.
            challenge: SHA-256 of the verifier, as PKCE has it (RFC 7636 section 4.2, ``S256``).
            hint: The address of the account that is meant; Google then proposes that one.
        """

    def exchange(self, code: str, verifier: str) -> Consented:
        """Redeem the code that came back, once.

        Raises:
            Denied: The code is not (or no longer) good for this verifier, or no refresh token came with it.
            RetryLater: Google does not answer, or not as it should. The code may be used up all the same.
        """

    def revoke(self, refresh_token: str) -> None:
        """End what the account's owner allowed, newer tokens of the account included; once or more often.

        Raises:
            RetryLater: Google does not answer, or not as it should.
        """
