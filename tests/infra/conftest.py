"""Terraform with the stand-in as its provider: started once a worker."""

from collections.abc import Iterator

import pytest

from infra.check import stand_in
from infra.check.deployment import Deployment
from infra.check.terraform import Terraform
from tests.docs.pages import ROOT
from tests.infra.checks import CONFIGURATION, EVERYTHING, EXAMPLE
from tests.infra.needs import program, tool


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    """Terraform on a copy of infra/gcp."""
    found = program("terraform")
    tool("provider")
    folder = tmp_path_factory.mktemp("terraform")
    further = (
        "google_firestore_document",
        "google_secret_manager_secret_version",
        "google_storage_bucket_object",
    )
    with stand_in.started(CONFIGURATION, folder, *further) as reattach:
        terraform = Terraform(found, reattach, folder / "checkout")
        terraform.copied(ROOT)
        yield terraform


@pytest.fixture(scope="session")
def example(terraform: Terraform) -> Deployment:
    """What there would be with the example's variables."""
    return terraform.deployment(*EXAMPLE)


@pytest.fixture(scope="session")
def everything(terraform: Terraform) -> Deployment:
    """What there would be with every option taken."""
    return terraform.deployment(*EVERYTHING)
