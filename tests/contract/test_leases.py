from pathlib import Path

import pytest
from google.cloud.firestore import Client

from tests.contract.lease_contract import MARY, LeaseContract
from tests.contract.stores import Stores, in_firestore, in_sqlite
from tests.fake_clock import FakeClock


class TestSqliteLeases(LeaseContract):
    @pytest.fixture
    def stores(self, tmp_path: Path, clock: FakeClock) -> Stores:
        return in_sqlite(tmp_path / "state.db", clock)


class TestFirestoreLeases(LeaseContract):
    @pytest.fixture
    def stores(self, firestore: Client, clock: FakeClock) -> Stores:
        return in_firestore(firestore, clock)

    def test_document(self, stores: Stores, firestore: Client) -> None:
        """The document holds what the lease says and no member that a TTL policy would name."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        assert firestore.document("leases/wisp-acme").get().to_dict() == {
            "owner": "owner-1",
            "run": "run-1",
            "holder": "mary@acme.ie",
            "token": 1,
            "acquired_at": lease.acquired_at,
            "expires_at": lease.expires_at,
        }
