from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.cloud.firestore import Client

from shared.ports import Put
from tests.contract.state_contract import SOON, StateContract
from tests.contract.stores import Stores, in_firestore, in_sqlite
from tests.fake_clock import FakeClock


class TestSqliteState(StateContract):
    @pytest.fixture
    def stores(self, tmp_path: Path, clock: FakeClock) -> Stores:
        return in_sqlite(tmp_path / "state.db", clock)

    def test_expired(self, stores: Stores) -> None:
        """Expired documents go when the next that expires is written; the others stay."""
        past = datetime(2020, 1, 1, tzinfo=UTC)
        stores.state.write(Put("wisps/acme", {}), Put("runs/new", {}, expires=SOON))
        stores.state.write(Put("wisps/acme/runs/old", {}, expires=past))
        assert list(stores.state.find("wisps/acme/runs")) == []
        assert list(stores.state.find("runs")) == [("new", {})]
        assert list(stores.state.find("wisps")) == [("acme", {})]


class TestFirestoreState(StateContract):
    @pytest.fixture
    def stores(self, firestore: Client, clock: FakeClock) -> Stores:
        return in_firestore(firestore, clock)

    def test_expiry(self, stores: Stores, firestore: Client) -> None:
        """When a document expires is a timestamp `expires`, which a TTL policy can name."""
        stores.state.write(Put("runs/1", {"started": "a"}, expires=SOON))
        assert firestore.document("runs/1").get().to_dict() == {"started": "a", "expires": SOON}

    def test_members(self, stores: Stores, firestore: Client) -> None:
        """Plain members stay readable in the console; lists and objects are one text each."""
        stores.state.write(Put("runs/1", {"state": "done", "counts": {"a": [1]}}))
        members = {"state": "done", "counts": {"json": '{"a": [1]}'}}
        assert firestore.document("runs/1").get().to_dict() == members
