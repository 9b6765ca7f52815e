import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.cloud.firestore import Client

from shared.errors import Misconfigured
from tests.contract.lease_contract import MARY, OLGA, LeaseContract, Spoil
from tests.contract.stores import Stores, in_firestore, in_sqlite
from tests.fake_clock import FakeClock


class TestSqliteLeases(LeaseContract):
    @pytest.fixture
    def stores(self, tmp_path: Path, clock: FakeClock) -> Stores:
        return in_sqlite(tmp_path / "state.db", clock)

    @pytest.fixture
    def spoil(self, tmp_path: Path) -> Spoil:
        def write(**members: Any) -> None:
            with closing(sqlite3.connect(tmp_path / "state.db")) as connection, connection:
                for member, value in members.items():
                    connection.execute(f"UPDATE leases SET {member} = ?", (value,))

        return write


class TestFirestoreLeases(LeaseContract):
    @pytest.fixture
    def stores(self, firestore: Client, clock: FakeClock) -> Stores:
        return in_firestore(firestore, clock)

    @pytest.fixture
    def spoil(self, firestore: Client) -> Spoil:
        return lambda **members: firestore.document("leases/wisp-acme").update(members)

    def test_time_of_the_console(self, stores: Stores, firestore: Client) -> None:
        """A time that was set in Google's console is a timestamp, which our times are not: it is told."""
        stores.leases.acquire("wisp-acme", MARY, 60)
        firestore.document("leases/wisp-acme").update({"expires_at": datetime.now(UTC)})
        with pytest.raises(
            Misconfigured, match=r"Expected `float`, got `DatetimeWithNanoseconds`.*leases free wisp-acme"
        ):
            stores.leases.acquire("wisp-acme", MARY, 60)
        assert stores.leases.mend("wisp-acme", OLGA, 60) is not None

    def test_document(self, stores: Stores, firestore: Client) -> None:
        """The document holds what the lease says and no member that a TTL policy would name."""
        lease = stores.leases.acquire("wisp-acme", MARY, 60)
        assert firestore.document("leases/wisp-acme").get().to_dict() == {
            "owner": "owner-1",
            "run": "run-1",
            "holder": "mary@acme.ie",
            "kind": "run",
            "token": 1,
            "acquired_at": lease.acquired_at,
            "expires_at": lease.expires_at,
        }

    def test_older(self, stores: Stores, firestore: Client) -> None:
        """A lease that an earlier build granted is its holder's still; its run's id tells what it is for."""
        document = firestore.document("leases/wisp-acme")
        document.set(
            {
                "owner": "owner-1",
                "run": "customers-20260302T050000-00000000",
                "holder": "a customer's button",
                "token": 7,
                "acquired_at": time.time(),
                "expires_at": time.time() + 300,
            }
        )
        record, _ = stores.leases.look("wisp-acme")
        assert record is not None
        assert record.claim is not None
        assert record.claim.kind == "customers"
        assert record.token == 7
        assert stores.leases.renew(record, 600).token == 7
