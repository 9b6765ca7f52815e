"""An installation: a checkout, Terraform with the stand-in as its provider, and its buckets on loopback."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.check import stand_in
from infra.releases.checkout import Checkout
from infra.releases.pipeline import Pipeline, installed
from tests.infra.checks import CONFIGURATION
from tests.infra.needs import program, tool
from tests.releases.cloud import Cloud, CloudFiles, running

PROJECT = "acme-contacts"
FUNCTIONS = ("console", "customer_changed", "sync_all", "sync_status", "watchdog")
"""Those that a release calls: with the others, each of Terraform's steps would take twice as long."""

_FEW = f"""locals {{
  functions = {{ for name in {json.dumps(FUNCTIONS)} : name => local.entry_points[name] }}
}}
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation, before its first release.

    Attributes:
        cloud: Google Cloud.
        root: A checkout.
    """

    cloud: Cloud
    root: Path

    @property
    def files(self) -> CloudFiles:
        """The files there."""
        return CloudFiles(self.cloud)

    def pipeline(self, code: bytes = b"") -> Pipeline:
        """Return a release's steps; with code, that is what was built."""
        checkout = self.root / "infra/gcp"
        if code:
            (checkout / "source.zip").write_bytes(code)
        return Pipeline(PROJECT, self.files, Checkout(checkout, PROJECT), self.root / ".local/release")

    def settings(self, text: str) -> None:
        """Store settings, as somebody else would."""
        self.cloud.write(installed(PROJECT, "installation.tfvars"), text.encode())


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The stand-in for the Google provider: where it listens."""
    program("terraform")
    tool("provider")
    with stand_in.started(CONFIGURATION, tmp_path_factory.mktemp("provider")) as reattach:
        yield reattach


@pytest.fixture
def installation(tmp_path: Path, provider: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An installation of few functions in few time zones that nobody watches, with the example's settings."""
    root = tmp_path / "checkout"
    watching = (
        "alerts.tf",
        "budget.tf",
        "dashboard.tf",
        "metrics.tf",
    )  # half of all resources, and of the time
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.zip", *watching)
    shutil.copytree(CONFIGURATION, root / "infra/gcp", ignore=ignored)
    (root / "infra/gcp/functions_override.tf").write_text(_FEW)
    zones = root / "shared/domain/model/time_zones.json"
    zones.parent.mkdir(parents=True)
    zones.write_text('["Europe/Dublin", "UTC"]')
    (root / ".gitignore").write_text("*.zip\n.local\n.terraform*\n")
    with running() as (cloud, url):
        cloud.write(installed(PROJECT, "terraform.lock.hcl"), b"# no provider: it runs already\n")
        made = Installation(cloud, root)
        made.settings((CONFIGURATION / "example.tfvars").read_text())
        for name, value in {
            "CHECKPOINT_DISABLE": "1",
            "GOGC": "400",  # of Go's runtime: as in infra/check/terraform.py
            "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT": f"{url}storage/v1/",
            "GOOGLE_OAUTH_ACCESS_TOKEN": "of-nobody",
            "TF_CLI_CONFIG_FILE": os.devnull,
            "TF_IN_AUTOMATION": "1",
            "TF_REATTACH_PROVIDERS": provider,
        }.items():
            monkeypatch.setenv(name, value)
        yield made
