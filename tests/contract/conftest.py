"""What the contract suites share."""

import pytest

from tests.contract.people_account import google, standin
from tests.emulator import firestore, firestore_emulator

__all__ = ["firestore", "firestore_emulator", "google", "standin"]

pytest.register_assert_rewrite(
    "tests.contract.lease_contract",
    "tests.contract.race_contract",
    "tests.contract.state_contract",
)
