"""Vault: secrets in one encrypted file, for a service that runs on one machine.

The folder (0700) holds ``key``, ``vault`` (0600 both) and an empty ``lock``. The vault is one Fernet token
(AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) over all secrets: a vault file that was
copied or backed up alone tells nothing, and a changed one is noticed. Whoever can read the key file can
read the secrets; keep it out of the backup that holds the vault.

Every change writes a new file, forces it to the disk and renames it over the old one, while an advisory
lock keeps other threads and processes waiting. So a reader needs no lock, and a crash leaves the old
vault or the new one.
"""

import fcntl
import os
import stat
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from shared.domain.model.secret import as_payload, check_name, missing
from shared.errors import Misconfigured, RetryLater
from shared.typed import from_json

_OTHERS = stat.S_IRWXG | stat.S_IRWXO

_Secrets = dict[str, str]


class Vault:
    """The `SecretStore` port on an encrypted file.

    Raises, from every method:
        Misconfigured: The key file is open to others, missing or no key; the vault does not open with it;
            or the folder belongs to another user.
        RetryLater: The disk failed.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; it and its files are made by the first `put`."""
        self._folder = folder
        self._key = folder / "key"
        self._vault = folder / "vault"

    def get(self, name: str) -> str:
        """Return the value."""
        check_name(name)
        with self._disk():
            secrets = self._read()
        if name not in secrets:
            raise missing(name)
        return secrets[name]

    def put(self, name: str, value: str) -> None:
        """Store the value in place of the one before."""
        check_name(name)
        as_payload(name, value)
        self._change(lambda secrets: secrets | {name: value})

    def destroy(self, name: str) -> None:
        """Destroy the secret; nothing happens if there is none."""
        check_name(name)
        self._change(lambda secrets: {other: value for other, value in secrets.items() if other != name})

    def _change(self, change: Callable[[_Secrets], _Secrets]) -> None:
        with self._disk(), self._locked():
            before = self._read()
            after = change(before)
            if after != before:
                self._write(after)

    def _read(self) -> _Secrets:
        if not self._vault.exists():
            return {}
        token = self._vault.read_bytes()
        try:
            b64decode(token, altchars=b"-_", validate=True)  # Fernet would pass over what is none of it
            return from_json(self._cipher().decrypt(token), _Secrets)
        except (InvalidToken, ValueError) as error:
            raise Misconfigured(
                "vault.unreadable",
                f"{self._vault} does not open with {self._key}: one of them is damaged or is not the"
                " other's; restore both from backups of the same day",
            ) from error

    def _write(self, secrets: _Secrets) -> None:
        if not self._key.exists() and not self._vault.exists():
            _replace(self._key, Fernet.generate_key())
        _replace(self._vault, self._cipher().encrypt(msgspec.json.encode(secrets)))

    def _cipher(self) -> Fernet:
        if not self._key.exists():
            raise Misconfigured(
                "vault.key_missing", f"{self._vault} is there but its key is not; restore {self._key}"
            )
        if self._key.stat().st_mode & _OTHERS:
            raise Misconfigured(
                "vault.key_readable",
                f"{self._key} is open to other users of this machine; run: chmod 600 {self._key}",
            )
        try:
            return Fernet(self._key.read_bytes())
        except ValueError as error:
            raise Misconfigured(
                "vault.key_damaged", f"{self._key} does not hold a key; restore it from a backup"
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise Misconfigured(
                "vault.forbidden",
                f"this program may not use {self._folder}; give the folder and its files to its user",
            ) from error
        except OSError as error:
            raise RetryLater(
                "vault.unreachable",
                f"{self._folder} could not be read or written ({error.strerror}); check the disk",
            ) from error


def _replace(path: Path, content: bytes) -> None:
    """Replace a file (0600) as a whole or not at all; it is on the disk when this returns."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)  # left by a crash, perhaps with other rights
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
