"""What the vault promises beyond the port: who may read its files, damage, crashes, several processes."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from shared.adapters.local.vault import Vault
from shared.errors import Misconfigured, RetryLater

PUT_MANY = """
import sys
from pathlib import Path
from shared.adapters.local.vault import Vault
for i in range(20):
    Vault(Path(sys.argv[1])).put(f"{sys.argv[2]}-{i}", "value")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a vault that holds the secret `key`."""
    folder = tmp_path / "deep" / "vault"
    Vault(folder).put("key", "a-value")
    return folder


def test_only_its_owner_may_use_the_files(folder: Path) -> None:
    """The folder is 0700; the key, the vault and the lock are 0600, and nothing else is left."""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"vault": 0o600, "key": 0o600, "lock": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_key_that_others_may_read_is_refused(folder: Path) -> None:
    """The vault does not run with an open key file, and says what to run."""
    (folder / "key").chmod(0o640)
    for call in (lambda: Vault(folder).get("key"), lambda: Vault(folder).put("key", "b")):
        with pytest.raises(Misconfigured, match=f"chmod 600 {folder}/key"):
            call()


def test_the_key_is_made_once(folder: Path) -> None:
    """Later puts keep the key."""
    key = (folder / "key").read_bytes()
    Vault(folder).put("key", "another")
    assert (folder / "key").read_bytes() == key


def test_a_lost_key_is_not_made_anew(folder: Path) -> None:
    """With a vault but without its key nothing is written over."""
    vault = (folder / "vault").read_bytes()
    (folder / "key").unlink()
    with pytest.raises(Misconfigured, match="restore") as caught:
        Vault(folder).put("key", "another")
    assert caught.value.reason == "vault.key_missing"
    assert (folder / "vault").read_bytes() == vault


def test_another_key_does_not_open_it(folder: Path, tmp_path: Path) -> None:
    """The key of another vault is found to be the wrong one."""
    Vault(tmp_path / "other").put("key", "a")
    (tmp_path / "other" / "key").replace(folder / "key")
    with pytest.raises(Misconfigured, match="does not open") as caught:
        Vault(folder).get("key")
    assert caught.value.reason == "vault.unreadable"


def test_a_key_file_without_a_key_is_told(folder: Path) -> None:
    """A key file that holds something else is said to be damaged."""
    (folder / "key").write_text("not a key")
    with pytest.raises(Misconfigured, match="does not hold a key"):
        Vault(folder).get("key")


@pytest.mark.parametrize("cut", [0, 1, 60])
def test_a_damaged_vault_is_told(folder: Path, cut: int) -> None:
    """A vault that was cut short or changed is refused, never half read."""
    token = (folder / "vault").read_bytes()
    (folder / "vault").write_bytes(token[:cut] + b"x" + token[cut + 1 : -1] if cut else b"")
    with pytest.raises(Misconfigured, match="does not open"):
        Vault(folder).get("key")


def test_what_was_appended_to_the_vault_is_noticed(folder: Path) -> None:
    """The cipher alone would pass over it."""
    with (folder / "vault").open("ab") as vault:
        vault.write(b"\n# a note")
    with pytest.raises(Misconfigured, match="does not open"):
        Vault(folder).get("key")


def test_what_a_crash_left_is_no_hindrance(folder: Path) -> None:
    """A half-written new file beside the vault is thrown away by the next put."""
    (folder / "vault.new").write_text("half")
    (folder / "vault.new").chmod(0o644)
    Vault(folder).put("key", "b")
    assert Vault(folder).get("key") == "b"
    assert stat.S_IMODE((folder / "vault").stat().st_mode) == 0o600


def test_several_processes_lose_nothing(folder: Path) -> None:
    """Three processes that put at once keep all their secrets."""
    command = [sys.executable, "-c", PUT_MANY, str(folder)]
    processes = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]
    assert [process.wait() for process in processes] == [0, 0, 0]
    vault = Vault(folder)
    assert {vault.get(f"{name}-{i}") for name in "abc" for i in range(20)} == {"value"}


def test_asking_makes_no_files(tmp_path: Path) -> None:
    """Reading a vault that is not there creates nothing."""
    with pytest.raises(Misconfigured, match="does not exist"):
        Vault(tmp_path / "vault").get("key")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_retried(tmp_path: Path) -> None:
    """A fault of the disk is no loss of the secret: the call may be made again."""
    (tmp_path / "file").write_text("")
    with pytest.raises(RetryLater, match="could not be read or written"):
        Vault(tmp_path / "file" / "vault").put("key", "value")
