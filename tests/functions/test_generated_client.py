"""A client that a program makes of docs/openapi.yaml calls the functions as they are deployed."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import get_annotations
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT
from tests.functions.contract import OPERATIONS
from tests.functions.served import JOE, MARY
from tests.world import World, a_world, customer

PACKAGE = "generated_simpler_contacts"
BUTTONS = tuple(name for name, operation in OPERATIONS.items() if operation["tags"] == ["buttons"])


@dataclass(frozen=True, slots=True)
class Client:
    """The generated client, and where the functions are.

    Attributes:
        said: What the generator said.
        addresses: Each function's own address.
        world: What the functions meet.
    """

    said: str
    addresses: Mapping[str, str]
    world: World

    def press(self, function: str, user: Mapping[str, Any] = MARY, **members: Any) -> Any:
        """Call a function by the client's own means; return its status and its answer, typed."""
        calls = import_module(f"{PACKAGE}.api.buttons.{function}")
        body = get_annotations(calls.sync_detailed)["body"].from_dict(
            {"wisp": "acme", "user": dict(user), **members}
        )
        with import_module(PACKAGE).Client(base_url=self.addresses[function]) as client:
            return calls.sync_detailed(client=client, body=body)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Make the client once, and start the functions in a process of their own."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "settings.yaml").write_text("post_hooks: []\n")
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "openapi_python_client",
            "generate",
            f"--path={ROOT / 'docs/openapi.yaml'}",
            f"--output-path={folder / PACKAGE}",
            "--meta=none",
            f"--config={folder / 'settings.yaml'}",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    sys.path.insert(0, str(folder))
    with (
        a_world(folder, [customer(number) for number in range(1, 6)]) as world,
        (folder / "log").open("w") as log,
    ):
        settings = world.environment("", "backend@example.com", BUTTONS) | {"CALLER_MODE": "open"}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.functions.deployed", *BUTTONS],
            env={**settings, "PYTHONPATH": str(ROOT)},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process:
            assert process.stdout
            addresses = json.loads(process.stdout.readline())
            yield Client(made.stdout + made.stderr, addresses, world)
            process.terminate()
    sys.path.remove(str(folder))


def test_a_generator_leaves_nothing_out(client: Client) -> None:
    """No answer is dropped; this one would drop each that has a constant."""
    assert client.said.splitlines() == [f"Generating {Path(client.world.database).parent / PACKAGE}"]


def test_it_presses_every_button(client: Client) -> None:
    """Each at the function's own address; what comes back is typed."""
    assert client.press("sync_status").parsed.code == "ready"
    assert client.press("preview_sync").parsed.accounts[0].create == 5
    assert client.press("sync_customer", customer="1").parsed.accounts[0].result == "created"
    assert client.press("customer_status", customer="1").parsed.accounts[0].state == "current"
    assert client.press("suggestions").parsed.count == 0
    assert client.press("outage_list", site="").parsed.customers[0].numbers[0].dialled == "+353871000001"
    assert client.press("email_vcard", customer="1").parsed.to == MARY["email"]
    assert client.press("email_vcard", customers=["2", "3"]).parsed.customers == ["2", "3"]
    assert "/enter?link=" in client.press("console_link").parsed.url
    assert client.press("wisp_settings", do="read").parsed.settings.name == "ACME Wireless"
    started = client.press("start_sync").parsed

    assert started.run


def test_it_understands_every_refusal(client: Client) -> None:
    """A problem is typed as well: its code, its sentence, and what it has beside these."""
    unknown = client.press("sync_status", wisp="nobody")
    forbidden = client.press("start_sync", user=JOE)
    unusable = client.press("sync_customer", customer=" ")

    assert unknown.status_code == 404
    assert unknown.parsed.type_.value == "urn:simpler-contacts:problem:wisp.unknown"
    assert forbidden.status_code == 403
    assert forbidden.parsed.type_.value == "urn:simpler-contacts:problem:user.right"
    assert forbidden.parsed.detail.startswith("You need the right user->gcontact")
    assert unusable.parsed.status == 422
