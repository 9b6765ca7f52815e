"""Counted: a state store that counts the documents which it gives and takes."""

from collections import Counter
from collections.abc import Mapping, Sequence

from shared.domain.model.lease import Lease
from shared.ports import Document, Drop, Put, StateStore


class Counted:
    """The `StateStore` port over another one.

    Attributes:
        read: Documents that were read, by the collection that they are in; a miss counts, as Firestore's do.
        written: Documents that were written or dropped, likewise.
        commits: In how many writes.
    """

    def __init__(self, state: StateStore) -> None:
        self.read: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        self.commits = 0
        self._state = state

    def get(self, path: str) -> Document | None:
        """The document at the path, or None."""
        self.read[_kind(path)] += 1
        return self._state.get(path)

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """The documents of a collection; a query that finds none is billed as one."""
        found = self._state.find(collection, where=where, newest=newest)
        self.read[_kind(f"{collection}/")] += max(1, len(found))
        return found

    def write(self, *writes: Put | Drop, fence: Lease | None = None) -> None:
        """Write all or none."""
        self._state.write(*writes, fence=fence)
        self.commits += 1
        self.written.update(_kind(write.path) for write in writes)


def _kind(path: str) -> str:
    """The names of a path's collections: ``ledgers/shards`` of ``ledgers/acme-1/shards/001``."""
    return "/".join(path.split("/")[::2])
