"""Snapshots: a ledger as it was before a run wrote anything, kept for 30 days.

A snapshot keeps only the shards that the run is about to change, as they are stored. `contacts_before` takes
each shard from the first snapshot since then that has it, and the rest from today's ledger; `restore` makes
the account equal to that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from shared.domain.contact.card import Card
from shared.domain.sync.ledger import Content, Ledger, Shard, shard_of
from shared.errors import Misconfigured, SkipCustomer
from shared.ports import Drop, Put, StateStore
from shared.usecases.base import ledger_store
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import from_document, to_document
from shared.usecases.sync.session import Session

SNAPSHOT_KEPT = timedelta(days=30)

_AT_ONCE = 50
"""Shards in one write: a request may hold 10 MiB ("Quotas and limits", Firestore documentation)."""

_MOST = 1000
"""Shards of the largest ledger, and far more."""


class Was(NamedTuple):
    """A customer's contact as it was.

    Attributes:
        card: The card last written to it; None: it is not known.
        content: What the ledger knew of it, as in `Entry`.
        retired_at: Since when it was a former customer's (seconds since 1970); 0: it was not, or not known.
    """

    card: Card | None
    content: Content
    retired_at: float = 0.0


class Before(msgspec.Struct, frozen=True):
    """An account before a run.

    Attributes:
        at: When, ISO 8601, UTC.
        whole: Its ledger held every contact of ours.
        shards: How many shards its ledger had.
        kept: The numbers of the shards that the snapshot holds.
    """

    at: str
    whole: bool
    shards: int
    kept: list[int]


def keep(session: Session, customers: Iterable[str]) -> None:
    """Keep the stored shards that are about to change, unless this run has kept them already."""
    services, account = session.run.services, session.account.id
    now, path = services.clock.now(), _path(account, session.run.id)
    before = _before(services.state, path)
    before = before or Before(now.isoformat(), _was_whole(session), _stored(services.state, account), [])
    numbers = _to_keep(session.ledger, before, customers)
    documents = {n: services.state.get(f"ledgers/{account}/shards/{n:03}") for n in numbers}
    for some in batches(numbers, _AT_ONCE) if numbers or before.kept else [[]]:
        # One write: a part that the snapshot does not list would outlast its account.
        before = msgspec.structs.replace(before, kept=sorted({*before.kept, *some}))
        parts = [
            Put(f"{path}/parts/{n:03}", found, now + SNAPSHOT_KEPT) for n in some if (found := documents[n])
        ]
        session.held_lease.write(*parts, Put(path, to_document(before), now + SNAPSHOT_KEPT))


def _was_whole(session: Session) -> bool:
    """Return whether the ledger was whole; it is too if a whole listing showed no contact of ours."""
    ledger = session.ledger
    return session.was_whole or (ledger.head.whole and not len(ledger))


def _before(state: StateStore, path: str) -> Before | None:
    document = state.get(path)
    return from_document(document, Before, path) if document else None


def _stored(state: StateStore, account: str) -> int:
    """Return how many shards the ledger has in the database."""
    head = state.get(f"ledgers/{account}")
    shards = head.get("shards") if head else 0
    return shards if isinstance(shards, int) and shards <= _MOST else 0  # else the head is garbled


def _to_keep(ledger: Ledger, before: Before, customers: Iterable[str]) -> Sequence[int]:
    """Return the shards that will change and are not kept yet; all, if the number of shards changes."""
    same = before.shards == len(ledger.shards)
    needed = ledger.touched | {ledger.shard_of(customer) for customer in customers} if same else None
    return sorted((needed if needed is not None else set(range(before.shards))) - set(before.kept))


def runs(state: StateStore, account: str, now: datetime) -> dict[str, Before]:
    """Return the runs that have a snapshot, by id, the oldest first.

    The store deletes expired documents in its own time, so their age is checked here.
    """
    path = f"ledgers/{account}/before"
    found = [(id_, from_document(document, Before, f"{path}/{id_}")) for id_, document in state.find(path)]
    fresh = [each for each in found if now < datetime.fromisoformat(each[1].at) + SNAPSHOT_KEPT]
    return dict(sorted(fresh, key=lambda each: each[1].at))


def contacts_before(state: StateStore, account: str, run: str, now: datetime) -> Mapping[str, Was]:
    """Return an account's contacts with our mark, labelled or not, as they were before a run, by customer.

    Raises:
        SkipCustomer: The run has no snapshot, was too long ago, or the ledger was lost since.
        Misconfigured: A snapshot cannot be read.
    """
    known, ledger = runs(state, account, now), ledger_store.load_ledger(state, account)
    if run not in known:
        raise SkipCustomer(
            "restore.unknown",
            "that run has no snapshot: it wrote nothing, or is more than 30 days ago",
            "There is nothing to go back to for this run. Please choose one from the list.",
        )
    way = [later for later in known if known[later].at >= known[run].at]
    if not ledger.head.whole or not all(known[later].whole for later in way):
        raise _lost()
    found: dict[str, Was] = {}
    told: dict[int, set[int]] = {}  # the shards of which an earlier snapshot tells, by how many there were
    for later in way:
        before = known[later]
        if new := set(before.kept) - told.get(before.shards, set()):
            kept = _parts(state, f"{_path(account, later)}/parts", new)
            found |= {customer: was for customer, was in kept.items() if not _is_told(customer, told)}
        told.setdefault(before.shards, set()).update(before.kept)
        if len(told[before.shards]) == before.shards:  # it tells of everybody; so does one without any shard
            return found
    present = _contacts(ledger.shards)
    return found | {customer: was for customer, was in present.items() if not _is_told(customer, told)}


def load_old_names(state: StateStore, account: str, run: str, customers: Collection[str]) -> dict[str, str]:
    """Return the names that some customers had in the account before a run, as far as it kept them."""
    stored = (document for _, document in state.find(f"{_path(account, run)}/parts"))
    found: dict[str, str] = {}
    for document in stored:
        found |= ledger_store.names_in(document, customers)
    return found


def snapshot_drops(state: StateStore, account: str) -> Sequence[Drop]:
    """Return the writes that delete all snapshots of an account."""
    known = [_path(account, run) for run, _ in state.find(f"ledgers/{account}/before")]
    parts = (f"{path}/parts/{number}" for path in known for number, _ in state.find(f"{path}/parts"))
    return [*map(Drop, parts), *map(Drop, known)]


def _lost() -> SkipCustomer:
    """Refuse to go back: a customer missing from a damaged ledger would lose their contact."""
    return SkipCustomer(
        "restore.lost",
        "the ledger, or what was kept of it, was lost since that run",
        "It is no longer known what this account held then. Please choose a later run.",
    )


def _parts(state: StateStore, path: str, numbers: Collection[int]) -> Mapping[str, Was]:
    """Return the contacts of some of a snapshot's shards."""
    kept = {int(number): document for number, document in state.find(path)}
    if not kept.keys() >= set(numbers):
        raise _lost()
    return _contacts(_shard(kept[number], path) for number in numbers)


def _is_told(customer: str, told: Mapping[int, Collection[int]]) -> bool:
    """Return whether a snapshot tells of a customer, by the shards that each keeps."""
    return any(shard_of(customer, shards) in kept for shards, kept in told.items())


def _shard(document: Mapping[str, object], path: str) -> Shard:
    try:
        return ledger_store.shard_from(document)
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise Misconfigured("document.invalid", f"a document in {path} cannot be read") from error


def _contacts(shards: Iterable[Shard]) -> Mapping[str, Was]:
    found: dict[str, Was] = {}
    for shard in shards:
        cards = ledger_store.cards_in(shard)
        for customer, entry in shard.entries.items():
            found[customer] = Was(cards.get(customer), entry.content, entry.retired_at)
    return found


def _path(account: str, run: str) -> str:
    return f"ledgers/{account}/before/{run}"
