"""What every `SecretStore` promises, on the vault and on Secret Manager's stand-in."""

import base64
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.standins.cloud.secret_server import secret_manager
from shared.adapters.google.secret_manager import open_secret_manager
from shared.adapters.local.vault import Vault
from shared.errors import Misconfigured
from shared.ports import SecretStore

SECRET = "1//0refresh-token-Žluťoučký"


@contextmanager
def vault(folder: Path) -> Iterator[SecretStore]:
    """Give a vault whose folder does not exist yet."""
    yield Vault(folder / "vault")


@contextmanager
def manager(folder: Path) -> Iterator[SecretStore]:
    """Give a new project of a Secret Manager."""
    with secret_manager() as endpoint:
        secrets = open_secret_manager("demo", endpoint, ("europe-west1", "europe-west4"))
        yield secrets
        secrets.close()


@pytest.fixture(params=[vault, manager])
def secrets(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SecretStore]:
    """An empty store."""
    with request.param(tmp_path) as store:
        yield store


def test_a_value_comes_back_as_it_was_put(secrets: SecretStore) -> None:
    """A value comes back as it was put, whatever its letters."""
    secrets.put("google-1f3c", SECRET)
    assert secrets.get("google-1f3c") == SECRET


def test_the_newest_value_counts(secrets: SecretStore) -> None:
    """After several puts the last value is given."""
    for value in ("one", "two", "three"):
        secrets.put("key", value)
    assert secrets.get("key") == "three"


def test_secrets_are_apart(secrets: SecretStore) -> None:
    """A secret's put and destruction leave the others as they are."""
    secrets.put("a", "one")
    secrets.put("b", "two")
    secrets.destroy("a")
    assert secrets.get("b") == "two"


def test_a_missing_secret_is_a_setting_to_mend(secrets: SecretStore) -> None:
    """Asking for a secret that was never put says so."""
    with pytest.raises(Misconfigured, match="nobody does not exist") as caught:
        secrets.get("nobody")
    assert caught.value.reason == "secret.missing"


def test_a_destroyed_secret_is_missing(secrets: SecretStore) -> None:
    """A destroyed secret cannot be read any more."""
    secrets.put("key", SECRET)
    secrets.destroy("key")
    with pytest.raises(Misconfigured, match="does not exist"):
        secrets.get("key")


def test_a_destroyed_secret_can_be_put_again(secrets: SecretStore) -> None:
    """The name of a destroyed secret is free."""
    secrets.put("key", "one")
    secrets.destroy("key")
    secrets.put("key", "two")
    assert secrets.get("key") == "two"


def test_destroying_nothing_does_nothing(secrets: SecretStore) -> None:
    """Destroying what is not there is no error, however often."""
    secrets.destroy("nobody")
    secrets.destroy("nobody")


@pytest.mark.parametrize("name", ["", "a/b", "a b", "ä", "../key", "key\n", "x" * 256])
def test_a_name_that_no_store_accepts_is_refused(secrets: SecretStore, name: str) -> None:
    """Names are checked before anything is done, in every call."""
    for call in (secrets.get, secrets.destroy, lambda name: secrets.put(name, "value")):
        with pytest.raises(Misconfigured, match="secret's name"):
            call(name)


@pytest.mark.parametrize("name", ["a", "A-b_9", "x" * 255])
def test_a_good_name_is_accepted(secrets: SecretStore, name: str) -> None:
    """Letters, digits, hyphens and underscores make a name, up to 255."""
    secrets.put(name, "value")
    assert secrets.get(name) == "value"


@pytest.mark.parametrize("value", ["", "x" * 65_537, "ž" * 32_769])
def test_a_value_that_no_store_accepts_is_refused(secrets: SecretStore, value: str) -> None:
    """An empty value and one of more than 65,536 bytes are refused alike."""
    with pytest.raises(Misconfigured, match="must have 1 to 65536 bytes"):
        secrets.put("key", value)


def test_the_longest_value_is_kept(secrets: SecretStore) -> None:
    """65,536 bytes are a value."""
    secrets.put("key", "x" * 65_536)
    assert secrets.get("key") == "x" * 65_536


def test_puts_at_once_leave_one_of_the_values(secrets: SecretStore) -> None:
    """Eight threads that put at once end with one of their values, readable."""
    values = [f"value-{i}" for i in range(8)]
    threads = [threading.Thread(target=secrets.put, args=("key", value)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert secrets.get("key") in values


def test_no_value_is_ever_told(
    secrets: SecretStore, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """No value shows in a log record, an error, a repr, the output or a file, whatever goes wrong."""
    with every_record(caplog):
        secrets.put("key", "an-older-value")
        secrets.put("key", "a-newer-value")
        secrets.get("key")
        errors = [error_of(lambda: secrets.put("key", "a-long-value" * 10_000))]
        secrets.destroy("key")
        errors += [error_of(lambda: secrets.get("key"))]
    told = [str(vars(record)) for record in caplog.records] + [*capfd.readouterr(), repr(secrets)]
    told += [f"{error!r} {error.message} {error.user_message} {error.__cause__!r}" for error in errors]
    told += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    values = ["an-older-value", "a-newer-value", "a-long-value"]
    values += [base64.b64encode(value.encode()).decode() for value in values]
    assert [value for value in values if value in "".join(told)] == []


@contextmanager
def every_record(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Keep what is logged at any level, also by Google's loggers, which do not propagate."""
    google = logging.getLogger("google")
    google.addHandler(caplog.handler)
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "google"):
        yield
    google.removeHandler(caplog.handler)


def error_of(call: Callable[[], object]) -> Misconfigured:
    """Return the error that the call ends with."""
    with pytest.raises(Misconfigured) as caught:
        call()
    return caught.value
