"""Dav: vdirsyncer, which keeps a folder of vCards and a CardDAV server equal, and Radicale, such a server."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from infra.sandbox.demo.processes import free_ports, program
from shared.domain.contact.card import Card
from shared.domain.contact.vcard import vcard_of
from shared.domain.model.wisp import Wisp

PEERS = Path(__file__).resolve().parents[4] / ".cache" / "bench" / "peers"
"""The environment that `setup` makes."""

_USER = ("bench", "bench")
_REVISED = datetime(2026, 3, 2, tzinfo=UTC)

_CONFIG = """\
[general]
status_path = "{folder}/status"

[pair customers]
a = "files"
b = "server"
collections = ["contacts"]
conflict_resolution = "a wins"

[storage files]
type = "filesystem"
path = "{folder}/files"
fileext = ".vcf"

[storage server]
type = "carddav"
url = "{address}/"
username = "bench"
password = "bench"
"""

_ADDRESS_BOOK = """\
<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">
  <set><prop><resourcetype><collection/><C:addressbook/></resourcetype></prop></set>
</mkcol>"""


def missing() -> str:
    """Return why they cannot take part, or an empty text."""
    installed = all((PEERS / "bin" / name).exists() for name in ("vdirsyncer", "radicale"))
    return "" if installed else "vdirsyncer and Radicale are not installed: no package index could be reached"


@dataclass(frozen=True, slots=True)
class Dav:
    """Both, in a folder."""

    folder: Path

    def write(self, cards: Mapping[str, Card], wisp: Wisp) -> None:
        """Have a file for each card; one that says the same is left alone."""
        for customer, card in cards.items():
            file = self.folder / "files" / "contacts" / f"{customer}.vcf"
            content = vcard_of(card, wisp, _REVISED)
            if not file.exists() or file.read_bytes() != content:
                file.write_bytes(content)

    @property
    def sync(self) -> Sequence[str]:
        """The command that makes the server equal to the files."""
        return self._command("sync")

    def discover(self) -> None:
        """Find the address book, which is done once."""
        subprocess.run(self._command("discover"), check=True, stdin=subprocess.DEVNULL)

    def requests(self) -> int:
        """Return how many requests the server has had."""
        return (self.folder / "radicale.log").read_text(errors="replace").count(" request for '")

    def stored(self) -> int:
        """Return how many contacts the server has."""
        return len([*self.folder.glob("server/**/contacts/*.vcf")])

    def _command(self, verb: str) -> Sequence[str]:
        program, config = str(PEERS / "bin" / "vdirsyncer"), str(self.folder / "config")
        return [program, "-v", "ERROR", "-c", config, verb]


@contextmanager
def dav(folder: Path) -> Iterator[Dav]:
    """Run the server, with an empty address book that the client has found."""
    port = free_ports(1)[0]
    options = ("--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none", "--logging-level", "info")
    storage = ("--storage-filesystem-folder", str(folder / "server"))
    (folder / "files" / "contacts").mkdir(parents=True)
    with program(
        folder / "radicale.log", port, "radicale", *options, *storage, python=str(PEERS / "bin" / "python")
    ) as address:
        book = f"{address}/bench/contacts/"
        requests.request("MKCOL", book, data=_ADDRESS_BOOK, auth=_USER, timeout=30).raise_for_status()
        (folder / "config").write_text(_CONFIG.format(folder=folder, address=address))
        both = Dav(folder)
        both.discover()
        yield both
