from infra.check.terraform import Terraform
from tests.docs.pages import ROOT
from tests.infra.checks import CONFIGURATION


def test_the_configuration_is_formatted(terraform: Terraform) -> None:
    """Every file is as `terraform fmt` writes it."""
    assert terraform.run("fmt", "-check", "-recursive", "-diff", str(CONFIGURATION)) == ""


def test_the_configuration_is_valid(terraform: Terraform) -> None:
    """Every block, argument and reference is one that the provider knows."""
    assert "Success!" in terraform.run("validate", "-no-color")


def test_the_configuration_does_what_its_tests_say(terraform: Terraform) -> None:
    """`terraform test` passes."""
    assert ", 0 failed." in terraform.run("test", "-no-color")


def test_no_lock_file_names_the_stand_in(terraform: Terraform) -> None:
    """Terraform locks no provider here: the lock file of a real installation is not touched."""
    assert [*terraform.folder.rglob(".terraform.lock.hcl")] == []
    assert ".terraform.lock.hcl" in (ROOT / ".gitignore").read_text()
