"""Bindings: the Google provider's resources as the package cdktn-provider-google describes them.

The provider itself is a program in HashiCorp's registry. The bindings are generated from its schema and are
in the package index; one JavaScript file a resource tells its attributes, their types and its blocks.
"""

import re
import tarfile
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

PROVIDER = "provider"
"""Folder of the provider's own arguments."""

_SOURCE = re.compile(r"package/lib/([\w-]+)/index\.js")


def wheel(downloaded: Path) -> Path:
    """Return the package in the folder into which it was downloaded."""
    [found] = downloaded.glob("*.whl")
    return found


def folder(kind: str) -> str:
    """Return the folder of a resource in the bindings: ``google_kms_key_ring`` is in ``kms-key-ring``."""
    return kind.removeprefix("google_").replace("_", "-")


def sources(package: Path, folders: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the folders that the bindings have, each with its JavaScript."""
    with ZipFile(package) as zipped:
        [archive] = (name for name in zipped.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=BytesIO(zipped.read(archive)), mode="r:gz") as members:
            for member in members:
                found = _SOURCE.fullmatch(member.name)
                if found and found[1] in folders and (file := members.extractfile(member)):
                    yield found[1], file.read().decode()


def provider_version(package: Path) -> str:
    """Return the version of the provider from which the bindings were generated."""
    with ZipFile(package) as zipped:
        [metadata] = (name for name in zipped.namelist() if name.endswith(".dist-info/METADATA"))
        found = re.search(r"hashicorp/google provider version ([\d.]+)", zipped.read(metadata).decode())
    if found is None:
        raise ValueError("The bindings do not tell which version of the provider they are of.")
    return found[1]
