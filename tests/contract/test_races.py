from pathlib import Path

import pytest
from google.cloud.firestore import Client

from tests.contract.race_contract import RaceContract


class TestSqliteRaces(RaceContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> tuple[str, str]:
        return "sqlite", str(tmp_path / "state.db")


class TestFirestoreRaces(RaceContract):
    @pytest.fixture
    def place(self, firestore: Client) -> tuple[str, str]:
        return "firestore", firestore.project
