"""The stand-in of Google that the tests of this folder share, anew for each test."""

from collections.abc import Iterator

import pytest

from tests.standins.consent_kit import Program
from tests.standins.google_kit import Google, running


@pytest.fixture(scope="session")
def google_server() -> Iterator[Google]:
    """One server for all tests of a worker: starting Google's client takes longer than most tests."""
    with running() as google:
        yield google


@pytest.fixture
def google(google_server: Google) -> Google:
    """Google with one account, Jane's, which is empty."""
    google_server.renew()
    return google_server


@pytest.fixture
def program(google: Google, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that is registered with Google; oauthlib lets it speak HTTP."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return Program(google)
