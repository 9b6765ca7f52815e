import json

from infra.check.deployment import Deployment
from infra.check.terraform import Terraform
from tests.docs.pages import ROOT
from tests.infra.checks import CONFIGURATION, EXAMPLE


def test_the_configuration_is_formatted(terraform: Terraform) -> None:
    """Every file is as `terraform fmt` writes it."""
    assert terraform.run("fmt", "-check", "-recursive", "-diff", str(CONFIGURATION)) == ""


def test_the_configuration_is_valid(terraform: Terraform) -> None:
    """Every block, argument and reference is one that the provider knows."""
    assert "Success!" in terraform.run("validate", "-no-color")


def test_the_configuration_does_what_its_tests_say(terraform: Terraform) -> None:
    """`terraform test` passes."""
    assert ", 0 failed." in terraform.run("test", "-no-color")


def test_a_first_release_begins_with_the_bucket_of_code(terraform: Terraform, example: Deployment) -> None:
    """The example's settings plan it with the APIs alone, and name no identity that is not there."""
    files = [f"-var-file={each}" for each in EXAMPLE]
    terraform.run("plan", "-refresh=false", "-out=first", "-target=google_storage_bucket.code", *files)
    first = json.loads(terraform.run("show", "-json", "first"))

    made = {each["type"] for each in first["resource_changes"] if each["change"]["actions"] == ["create"]}
    assert made == {"google_storage_bucket", "google_project_service"}
    assert [each for each in example.resources if "principal" in str(each["member"])] == []


def test_no_lock_file_names_the_stand_in(terraform: Terraform) -> None:
    """Terraform locks no provider here: the lock file of a real installation is not touched."""
    assert [*terraform.folder.rglob(".terraform.lock.hcl")] == []
    assert ".terraform.lock.hcl" in (ROOT / ".gitignore").read_text()
