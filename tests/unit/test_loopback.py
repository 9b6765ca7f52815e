"""Whether a host is this machine itself."""

from dataclasses import fields

import pytest

from shared.config import Settings
from shared.errors import Misconfigured
from shared.loopback import is_loopback, is_private


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])
def test_this_machine_has_several_names(host: str) -> None:
    """Every address of the block, and its name in any case."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "128.0.0.1", "::2", "localhost.example", "[::1]", "127.0.0.1:80"]
)
def test_no_other_host_is_this_machine(host: str) -> None:
    """Nor is one with a port, or in brackets: those belong to an address, not to a host."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://simpler.example/", True),
        ("http://[::1]:8080/", True),
        ("http://simpler.example/", False),
        ("ftp://127.0.0.1/", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_an_address_is_private_by_https_or_on_this_machine(url: str, expected: bool) -> None:
    """Anything else could be listened to."""
    assert is_private(url) is expected


ADDRESSES = [f.name for f in fields(Settings) if f.metadata.get("address")]


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_setting_sends_secrets_where_others_could_listen(name: str) -> None:
    """Wherever tokens, keys or customers' data go: https, or this machine itself."""
    given = {"STATE_URL": "sqlite:///s", "SECRETS_URL": "vault:///v"}
    with pytest.raises(Misconfigured, match=name.upper()):
        Settings.read(given | {name.upper(): "http://server.example/"})
    assert Settings.read(given | {name.upper(): "http://127.0.0.1:8080/"})
    assert Settings.read(given | {name.upper(): "https://server.example/"})


def test_no_variable_of_googles_sends_documents_where_others_could_listen() -> None:
    """The Firestore client takes a whole database for an emulator's, without TLS and without a sign-in."""
    given = {"STATE_URL": "firestore://p/d", "SECRETS_URL": "secretmanager://p"}
    with pytest.raises(Misconfigured, match="FIRESTORE_EMULATOR_HOST"):
        Settings.read(given | {"FIRESTORE_EMULATOR_HOST": "database.example:8080"})
    assert Settings.read(given | {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"})


def test_every_setting_that_is_an_address_of_the_web_is_checked() -> None:
    """A new one cannot be forgotten: by its name, and by its default."""
    named = {f.name for f in fields(Settings) if f.name.endswith(("_uri", "_endpoint", "_url"))}
    by_default = {f.name for f in fields(Settings) if str(f.default).startswith("http")}

    ours = {
        "state_url",
        "secrets_url",
        "tasks_url",
        "urgent_tasks_url",
        "secret_manager_endpoint",
    }  # no address of the web
    assert set(ADDRESSES) == (named | by_default) - ours
