"""The operator's commands for WISPs' settings: the same use case as the function `wisp_settings`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.standins.simpler.failure import Failure
from shared.errors import Misconfigured
from shared.ports import Put
from shared.usecases.base.documents import load_wisp
from shared.usecases.wisps.settings import read_settings
from tests.operator.commands import operate, refuse
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The wisp ``acme``."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        yield world


def shown(world: World, **settings: Any) -> dict[str, Any]:
    """What `wisps show` prints, some settings changed."""
    found: dict[str, Any] = json.loads(operate(world.services, "wisps", "show", "acme"))
    return found | {"settings": found["settings"] | settings}


def login(world: World, folder: Path) -> str:
    """A file with the credentials that SIMPLer takes."""
    file, state = folder / "login.json", world.simpler.state
    file.write_text(json.dumps({"api_username": state.api_username, "api_password": state.api_password}))
    return str(file)


def test_a_new_wisp(world: World, tmp_path: Path) -> None:
    """Settings and credentials, stored once SIMPLer has answered; five contacts are shown."""
    new = {"wisp": "borealis", "settings": shown(world, name="Borealis")["settings"]}
    said = operate(
        world.services, "wisps", "put", "-", "--credentials", login(world, tmp_path), given=json.dumps(new)
    )

    assert "SIMPLer gave 3 records; 3 are contacts" in said
    assert "+353 87 100 0001" in said
    assert said.endswith("borealis is stored.\n")
    assert load_wisp(world.services.state, "borealis").simpler_secret == "simpler-borealis"


def test_a_change(world: World) -> None:
    """What show printed is changed and put; the operator's name stands in the history."""
    operate(world.services, "wisps", "put", "-", given=json.dumps(shown(world, leavers="keep")))

    assert load_wisp(world.services.state, "acme").leavers == "keep"
    assert [change.by for change in read_settings(world.services, "acme").changes] == ["Olga"]


def test_a_change_of_what_has_changed(world: World) -> None:
    """The revision that show printed is no longer the last one."""
    old = json.dumps(shown(world, leavers="keep"))
    operate(world.services, "wisps", "put", "-", given=json.dumps(shown(world, name="Other")))
    with pytest.raises(Misconfigured, match="not those of the revision"):
        operate(world.services, "wisps", "put", "-", given=old)


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Europe/Dublni"},
        {"simpler_url": "http://simpler.example"},
        {"name_template": "{nme}"},
        {"simpler_profile": {"lsting": {}}},
        {"statuses": ["nobody's"]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_settings_that_no_run_could_use_are_refused(
    world: World, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    """Each is named, and nothing is stored."""
    before = operate(world.services, "wisps", "show", "acme")
    given = json.dumps(shown(world, **wrong))
    put = ("wisps", "put", "-", "--credentials", login(world, tmp_path))
    said = refuse(world.services, *put, given=given)

    assert f"acme: {next(iter(wrong))}: " in said
    assert said.endswith("acme is as it was: nothing was stored.\n")
    assert operate(world.services, "wisps", "show", "acme") == before


@pytest.mark.parametrize(
    "given", ["{", "[]", '{"wisp": "acme"}', '{"wisp": "acme", "settings": {"country": 7}}']
)
def test_a_file_that_is_none_is_told(world: World, given: str) -> None:
    """No JSON, or of another form."""
    with pytest.raises(Misconfigured, match="is not valid"):
        operate(world.services, "wisps", "put", "-", given=given)


def test_credentials_that_are_none_are_told(world: World, tmp_path: Path) -> None:
    """And nothing of them is said."""
    (tmp_path / "wrong").write_text('{"password": "hush"}')
    put, given = ("wisps", "put", "-", "--credentials", str(tmp_path / "wrong")), json.dumps(shown(world))
    with pytest.raises(Misconfigured, match="must be a JSON object") as wrong:
        operate(world.services, *put, given=given)

    assert "hush" not in str(wrong.value)


@pytest.mark.parametrize("file", [".", "nowhere.json"])
def test_a_file_that_cannot_be_read_is_named(world: World, tmp_path: Path, file: str) -> None:
    """A folder, or nothing."""
    with pytest.raises(Misconfigured, match="cannot be read"):
        operate(world.services, "wisps", "put", str(tmp_path / file))


def test_every_wisp_is_checked(world: World) -> None:
    """What is wrong with one does not hide the others."""
    world.services.state.write(_document("broken", {"id": "broken"}))
    said = refuse(world.services, "wisps", "check")

    assert "acme: SIMPLer gave 3 records" in said
    assert "broken: the document wisps/broken is not valid" in said


def test_one_wisp_is_checked(world: World) -> None:
    """With the credentials that are stored."""
    assert "3 are contacts" in operate(world.services, "wisps", "check", "acme")
    world.simpler.state.failure = Failure("denied")

    assert "acme: credentials: SIMPLer lets nobody in" in refuse(world.services, "wisps", "check", "acme")


def _document(wisp: str, members: dict[str, Any]) -> Put:
    return Put(f"wisps/{wisp}", members)
