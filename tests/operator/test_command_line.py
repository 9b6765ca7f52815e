"""The operator's command line as a program: settings from the environment, sentences, exit statuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.standins.simpler.standin import SimplerStandIn
from shared.domain.model.lease import Claim
from shared.usecases.base.leases import TTL, lease_of
from tests.docs.pages import ROOT
from tests.logged import lines
from tests.operator.commands import operate
from tests.world import a_world, customer


def give(folder: Path, *arguments: str, given: str = "") -> tuple[int, str, str]:
    """Run a command as a program, and return its status and what it wrote."""
    settings = {"STATE_URL": f"sqlite:///{folder}/state.db", "SECRETS_URL": f"vault:///{folder}/vault"}
    done = subprocess.run(
        [sys.executable, "-m", "infra.operator", *arguments],
        env={**os.environ, **settings},
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_new_wisp_from_nothing(tmp_path: Path) -> None:
    """Its settings are stored with a new database, its password in a new vault; its run is waited for."""
    with SimplerStandIn([customer(1)]) as simpler:
        state = simpler.state
        where = {"simpler_url": simpler.api, "simpler_operator": state.operator}
        wisp = {"name": "ACME", "country": "IE", "time_zone": "Europe/Dublin", **where}
        keys = {"api_username": state.api_username, "api_password": state.api_password}
        (tmp_path / "login.json").write_text(json.dumps(keys))
        put = ("wisps", "put", "-", "--credentials", str(tmp_path / "login.json"))
        status, _, errors = give(tmp_path, *put, given=json.dumps({"wisp": "acme", "settings": wisp}))
        started = give(tmp_path, "nights", "start")

    acted = [line["do"] for line in lines(errors) if line["event"] == "operator.acted"]
    stored = give(tmp_path, "secrets", "put", "sendgrid-key", given="hush\n")

    assert status == 0
    assert acted == ["wisps put", "wisps put"]
    assert "run.completed" in [line["event"] for line in lines(started[2])]
    assert stored[:2] == (0, "sendgrid-key has a new value.\n")
    assert [(line["by"], line["target"], line["state"]) for line in lines(stored[2])] == [
        ("an operator", "sendgrid-key", "begun"),
        ("an operator", "sendgrid-key", "done"),
    ]
    assert "hush" not in stored[2]
    assert give(tmp_path, "wisps", "list")[1].splitlines()[1].split() == [
        "acme",
        "ACME",
        "Europe/Dublin",
        "0",
    ]


def test_what_cannot_be_done_is_told(tmp_path: Path) -> None:
    """A sentence and status 1, 2 for a misspelt command, 75 while a run is on; never a stack trace."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.services.leases.acquire(lease_of("acme"), Claim("o", "r", "nightly run"), TTL)
        unknown = give(tmp_path, "accounts", "list", "nobody")
        misspelt = give(tmp_path, "accounts", "lits", "acme")
        running = give(tmp_path, "wisps", "delete", "acme", "--yes")

    assert unknown[0] == 1
    assert misspelt[0] == 2
    assert running[0] == 75
    assert unknown[2].splitlines()[-1].startswith("there is no wisp 'nobody'")
    assert [line["code"] for line in lines("\n".join(unknown[2].splitlines()[:-1]))] == ["", "wisp.unknown"]
    assert "nightly run" in running[2]
    assert not any("Traceback" in each[2] for each in (unknown, misspelt, running))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("signing-key", "short\n", "signing-key keeps its value: it has fewer than 32 characters"),
        ("oauth-client", "GOCSPX-hush", "oauth-client keeps its value: it is not JSON"),
    ],
)
def test_a_secret_keeps_its_value_where_a_new_one_would_be_of_no_use(
    tmp_path: Path, name: str, value: str, told: str
) -> None:
    """With a key that is too short no page would open, and the value is told nowhere."""
    status, said, errors = give(tmp_path, "secrets", "put", name, given=value)

    assert status == 1
    assert told in errors
    assert value.strip() not in said + errors


def test_deleting_is_counted_first(tmp_path: Path) -> None:
    """Without --yes nothing is done."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        counted = operate(world.services, "wisps", "delete", "acme", "--keep-contacts")
        still = operate(world.services, "accounts", "list", "acme")
        done = operate(world.services, "wisps", "delete", "acme", "--yes")

    assert "Nothing was done" in counted
    assert "kept" in counted
    assert "acme-0" in still
    assert "accounts let go: 1; contacts removed: 1" in done
