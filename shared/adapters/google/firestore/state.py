"""Documents in Firestore.

The members of a document that are strings, numbers, booleans or None are members in Firestore too, where they
can be queried. A list or an object becomes ``{"json": "…"}``: it keeps its exact form, lists may hold lists
(which Firestore cannot), and it costs two index entries, where each of its leaves would cost two and a
document may have 40,000 (Firestore documentation, "Usage and limits").
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from google.cloud.firestore import Client, DocumentSnapshot, FieldFilter, Query, WriteBatch
from google.cloud.firestore_v1.field_path import FieldPath

from shared.adapters.google.firestore.client import (
    CONTENDED,
    FIRESTORE_SECONDS,
    PATIENT,
    committed,
    contended,
    translated,
)
from shared.adapters.google.firestore.leases import lease_reference, read
from shared.adapters.lease_errors import already_there, lost
from shared.domain.model.lease import Lease
from shared.ports import Clock, Document, Drop, Put
from shared.retry import Tries

PAGE = 500
"""Documents in one request of `FirestoreState.find`; the 98 of the largest ledger, 10 MB, are one page."""

_EXPIRES = "expires"
"""The member that the TTL policy of a history collection names."""

_ATTEMPT = "attempt"
"""The member that tells whose a new document is: bytes, which no member of the document itself can be."""


class FirestoreState:
    """The `StateStore` port."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def get(self, path: str) -> Document | None:
        """Return the document at the path, or None.

        Raises:
            RetryLater: Firestore cannot be reached.
        """
        with translated():
            snapshot = self._client.document(path).get(retry=PATIENT, timeout=FIRESTORE_SECONDS)
        members = snapshot.to_dict()
        return None if members is None else _unpacked(members)

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """Return (id, document) pairs directly in a collection, by id, or the newest by member `started`.

        What is written meanwhile may be among them or not; what was there before and stays is among them.
        With both `where` and `newest`, documents are read from the newest on until there are enough:
        Firestore would need a composite index for each member otherwise.

        Raises:
            RetryLater: Firestore cannot be reached.
        """
        wanted = where or {}
        query = Query(self._client.collection(collection))
        if newest is not None:
            query = query.order_by("started", direction=Query.DESCENDING)
        else:
            for member, value in wanted.items():
                query = query.where(filter=FieldFilter(FieldPath(member).to_api_repr(), "==", value))
        size = PAGE if newest is None or wanted else min(newest, PAGE)
        with translated():
            pairs = ((each.id, _unpacked(each.to_dict() or {})) for each in _found(query, size))
            found = ((id_, document) for id_, document in pairs if wanted.items() <= document.items())
            return list(islice(found, newest))

    def write(self, *writes: Put | Drop, fence: Lease | None = None) -> None:
        """Apply all the writes or none.

        Raises:
            LeaseLost: `fence` is given and is no longer the holder's; nothing was written.
            AlreadyThere: A `Put` is `new`, and somebody else's document is at its path; nothing was written.
            RetryLater: Firestore cannot be reached. A `Put` that is `new` may have been written all the same.
        """
        # In the same atomic batch: where the mark is found, the batch was applied, answer or none.
        mark = uuid4().hex
        new = [write.path for write in writes if isinstance(write, Put) and write.new]
        if fence is not None:
            self._write_fenced(writes, fence, mark, new)
        elif new:
            self._write_new(writes, mark, new)
        else:
            # Without a precondition the same writes may be sent twice.
            with translated():
                self._batch(writes, mark).commit(retry=PATIENT, timeout=FIRESTORE_SECONDS)

    def _write_fenced(self, writes: Sequence[Put | Drop], fence: Lease, mark: str, new: list[str]) -> None:
        for _ in Tries(CONTENDED, self._clock):
            record = read(self._client, fence.name)
            if record.fenced == mark:
                return
            if record.lease is None or not record.lease.belongs_to(fence):
                raise lost(fence)
            batch = self._batch(writes, mark)
            unchanged = self._client.write_option(last_update_time=record.version)
            batch.update(lease_reference(self._client, fence.name), {"fenced": mark}, option=unchanged)
            if committed(batch) or self._was_applied(new, mark):
                return
        raise contended(f"leases/{fence.name}")

    def _write_new(self, writes: Sequence[Put | Drop], mark: str, new: list[str]) -> None:
        for _ in Tries(CONTENDED, self._clock):
            if committed(self._batch(writes, mark)) or self._was_applied(new, mark):
                return
        raise contended(new[0])

    def _was_applied(self, new: list[str], mark: str) -> bool:
        """Tell, after a commit without a good answer, whether its new documents are there and are ours.

        A document says whose it is, since a rival may write just the same. If there is none of them, the
        batch was not applied, or not yet: sent again, its copies exclude each other.
        """
        for path in new:
            with translated():
                found = self._client.document(path).get(retry=PATIENT, timeout=FIRESTORE_SECONDS).to_dict()
            if found is not None and found.get(_ATTEMPT) != mark.encode():
                raise already_there(path)
            if found is not None:
                return True
        return False

    def _batch(self, writes: Sequence[Put | Drop], mark: str) -> WriteBatch:
        batch = self._client.batch()
        for write in writes:
            reference = self._client.document(write.path)
            if isinstance(write, Drop):
                batch.delete(reference)
            elif write.new:
                batch.create(reference, _packed(write) | {_ATTEMPT: mark.encode()})
            else:
                batch.set(reference, _packed(write))
        return batch


def _found(query: Query, size: int) -> Iterator[DocumentSnapshot[Any]]:
    """Yield what a query finds, in several requests: each one has a time limit, all together have none."""
    page = list(query.limit(size).stream(retry=PATIENT, timeout=FIRESTORE_SECONDS))
    while page:
        yield from page
        rest = query.start_after(page[-1]).limit(size)
        page = list(rest.stream(retry=PATIENT, timeout=FIRESTORE_SECONDS)) if len(page) == size else []


def _packed(put: Put) -> dict[str, Any]:
    assert put.expires is None or _EXPIRES not in put.document, "the store keeps its own `expires`"
    assert not put.new or _ATTEMPT not in put.document, "the store keeps its own `attempt`"
    members = {name: _member(value) for name, value in put.document.items()}
    return members if put.expires is None else {**members, _EXPIRES: put.expires}


def _member(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    return {"json": json.dumps(value, ensure_ascii=False, allow_nan=False)}


def _unpacked(members: Mapping[str, Any]) -> Document:
    return {
        name: json.loads(value["json"]) if isinstance(value, dict) else value
        for name, value in members.items()
        if not isinstance(value, datetime | bytes)
    }
