"""WISPs are no part of what is deployed: not in its size, nor of what Terraform destroys."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.check.deployment import Deployment
from infra.check.functions import by_entry_point, service
from infra.check.terraform import Terraform
from shared.replace import replace
from tests.docs.pages import text
from tests.infra.checks import EXAMPLE

PROVIDER = 'provider["registry.terraform.io/hashicorp/google"]'


def former_variables(folder: Path, count: int) -> Path:
    """A file of variables as installations had it when WISPs were among them."""
    wisp = {"country": "IE", "time_zone": "Europe/Dublin", "simpler_url": "https://simpler.example"}
    named = {f"wisp-{n:05}": wisp | {"name": f"WISP {n}", "simpler_operator": str(n)} for n in range(count)}
    file = folder / f"{count}.tfvars.json"
    file.write_text(json.dumps({"wisps": named}))
    return file


def sizes(deployment: Deployment) -> tuple[int, int]:
    """How many resources there are, and how many bytes of variables a function is given at most."""
    given = [service(each)["environment_variables"] for each in by_entry_point(deployment).values()]
    return len(deployment.resources), max(
        sum(len(f"{name}{value}") for name, value in each.items()) for each in given
    )


@pytest.fixture(scope="module")
def taken_over(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The plan of an installation whose Terraform made two WISPs, which its variables still name."""
    folder = tmp_path_factory.mktemp("former")
    copy = replace(terraform, root=folder / "checkout")
    shutil.copytree(terraform.root, copy.root)
    (copy.folder / "terraform.tfstate").write_text(json.dumps(former_state("acme", "borealis")))
    return copy.plan(*EXAMPLE, former_variables(folder, 2))


def test_what_is_deployed_is_the_same_for_any_number(
    terraform: Terraform, example: Deployment, tmp_path: Path
) -> None:
    """Plan, apply and environment are as large with 10,000 WISPs as with none; no resource names one."""
    many = terraform.deployment(*EXAMPLE, former_variables(tmp_path, 10_000))
    resources, variables = sizes(many)
    page = " ".join(text("docs/scale.md").split())

    assert sizes(example) == (resources, variables)
    assert f"plans {resources} resources" in page
    assert f"{variables} bytes of variables" in page
    assert [each for each in many.resources if "wisp-0" in json.dumps(each.values)] == []


def test_wisps_of_terraform_are_taken_over(taken_over: dict[str, Any]) -> None:
    """Terraform lets go of their settings and secrets, of rights on these and of the archive; all stay."""
    let_go = {
        address
        for wisp in ("acme", "borealis")
        for address in (
            f'google_firestore_document.wisp["{wisp}"]',
            f'module.secret["simpler-{wisp}"].google_secret_manager_secret.this',
            f'module.secret["simpler-{wisp}"].google_secret_manager_secret_iam_member.reader["sync_wisp"]',
        )
    }
    actions = {each["address"]: each["change"]["actions"] for each in taken_over["resource_changes"]}

    let_go.add("google_storage_bucket_object.code")
    assert {address for address, each in actions.items() if each == ["forget"]} == let_go
    assert [address for address, each in actions.items() if "delete" in each] == []


def test_the_other_secrets_stay_in_terraform(taken_over: dict[str, Any]) -> None:
    """They are only called otherwise: none is made anew, and so emptied."""
    kept = {
        each["address"]: each["change"]["actions"]
        for each in taken_over["resource_changes"]
        if each["address"].startswith("module.service_secret[")
        and each["type"] == "google_secret_manager_secret"
    }

    assert len(kept) == 3
    assert [address for address, each in kept.items() if "create" in each] == []


def former_state(*wisps: str) -> dict[str, Any]:
    """The state that Terraform had of these WISPs and of the secrets, as far as its plan looks at it."""
    secrets = ["oauth-client", "sendgrid-key", "signing-key", *(f"simpler-{wisp}" for wisp in wisps)]
    archive = {"name": "0123.zip", "bucket": "acme-contacts-code"}
    return {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": "former",
        "outputs": {},
        "resources": [
            *(one for secret in secrets for one in _secret(secret)),
            _resource("google_storage_bucket_object", "code", (archive, None)),
            _resource(
                "google_firestore_document",
                "wisp",
                *(({"document_id": wisp, "collection": "wisps"}, wisp) for wisp in wisps),
            ),
        ],
    }


def _secret(name: str) -> list[dict[str, Any]]:
    module = {"module": f'module.secret["{name}"]'}
    reader = "console" if name == "signing-key" else "sync_wisp"
    return [
        module | _resource("google_secret_manager_secret", "this", ({"secret_id": name, "id": name}, None)),
        module
        | _resource("google_secret_manager_secret_iam_member", "reader", ({"secret_id": name}, reader)),
    ]


def _resource(kind: str, name: str, *instances: tuple[dict[str, Any], str | None]) -> dict[str, Any]:
    made = [
        {"schema_version": 0, "attributes": attributes} | ({"index_key": key} if key else {})
        for attributes, key in instances
    ]
    return {"mode": "managed", "type": kind, "name": name, "provider": PROVIDER, "instances": made}
