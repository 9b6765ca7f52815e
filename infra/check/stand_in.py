"""Stand-in: the program that Terraform takes for the Google provider, started and ended."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.check import bindings, schema
from infra.check.tools import TOOLS

_PROGRAM = Path(__file__).with_name("provider.py")
_USED = re.compile(r'^resource "(google_\w+)"', re.MULTILINE)
_GOOGLE = "registry.terraform.io/hashicorp/google"


@contextmanager
def started(configuration: Path, folder: Path, *further: str) -> Iterator[str]:
    """Start the stand-in with the schemas that a configuration uses; give TF_REATTACH_PROVIDERS's value.

    Terraform takes a provider that runs already without looking for it in a registry, and writes no lock
    file (developer.hashicorp.com/terraform/internals/debugging-providers). The stand-in ends with its input.

    Args:
        configuration: Where Terraform's files are.
        folder: Where something may be written.
        further: Kinds of resources that it must know, too.
    """
    described = _schemas(configuration, further, folder)
    command = [str(TOOLS / "provider/bin/python"), "-P", str(_PROGRAM), str(described)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = {"Network": "unix", "String": running.stdout.readline().strip()}
        process = {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": running.pid,
            "Test": True,
            "Addr": address,
        }
        yield json.dumps({_GOOGLE: process})


def _schemas(configuration: Path, further: Sequence[str], folder: Path) -> Path:
    """Return the schemas from a file, which is kept while the same program reads the same kinds."""
    used = {kind for file in configuration.rglob("*.tf") for kind in _USED.findall(file.read_text())}
    kinds = sorted({*used, *further})
    package = bindings.wheel(TOOLS / "bindings")
    programs = Path(schema.__file__).read_text() + Path(bindings.__file__).read_text()
    key = hashlib.sha256(f"{kinds}{programs}".encode()).hexdigest()[:16]
    kept = package.with_name(f"schema-{key}.json")
    if not kept.exists():
        new = folder / kept.name
        new.write_text(json.dumps(schema.read(package, kinds)))
        shutil.move(new, kept)
    return kept
