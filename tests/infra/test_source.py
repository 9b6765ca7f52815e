import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import pytest
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import Retry

import main
from infra import source
from infra.sandbox.demo.processes import free_ports
from tests.infra.needs import program, tool

ENTRY_POINTS = [
    name
    for name, value in vars(main).items()
    if getattr(value, "__module__", "") == "main" and name[0] != "_"
]

ANSWERS = {"console": (405, "text/html"), "watchdog": (200, "application/json")}
"""What an empty call gets where it is not that something is missing in it."""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, unpacked in an empty folder."""
    folder = tmp_path_factory.mktemp("source")
    source.build(folder / "source.zip")
    with ZipFile(folder / "source.zip") as archive:
        archive.extractall(folder / "workspace")
    return folder / "workspace"


@contextmanager
def served(folder: Path, entry_point: str, state: Path) -> Iterator[str]:
    """Serve one entry point as in production, with requirements.txt only; give its address."""
    settings = {
        "STATE_URL": f"sqlite:///{state}/state.sqlite",
        "SECRETS_URL": f"vault:///{state}/vault",
        "CALLER_MODE": "open",
    }
    port = str(free_ports(1)[0])
    framework = str(tool("deployed", "bin", "functions-framework"))
    command = [framework, "--target", entry_point, "--host", "127.0.0.1", "--port", port]
    with subprocess.Popen(command, cwd=folder, env=settings) as server:
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.send_signal(signal.SIGQUIT)  # ends gunicorn at once, without seconds of patience


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_every_entry_point_answers(unpacked: Path, tmp_path: Path, entry_point: str) -> None:
    """Each function of the archive starts with exactly the pinned packages, and answers an empty call."""
    until_it_listens = Retry(100, backoff_factor=0.05, backoff_max=0.2)
    with served(unpacked, entry_point, tmp_path) as address, Session() as session:
        session.mount(address, HTTPAdapter(max_retries=until_it_listens))
        answer = session.post(address, json={}, timeout=60)

    kind = answer.headers["Content-Type"].partition(";")[0]
    assert ANSWERS.get(entry_point, (400, "application/problem+json")) == (answer.status_code, kind), (
        answer.text
    )


def test_every_module_can_be_imported(unpacked: Path) -> None:
    """No module of the archive needs a package or a file that is not deployed."""
    files = [path.relative_to(unpacked) for path in unpacked.rglob("*.py")]
    modules = sorted(".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files)
    program = f"import importlib\nfor name in {modules}: importlib.import_module(name)"

    done = subprocess.run(
        [tool("deployed", "bin", "python"), "-c", program],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert done.stderr == ""


def test_the_archive_is_what_gcloud_would_upload(tmp_path: Path) -> None:
    """`.gcloudignore` is understood as the Google Cloud CLI understands it."""
    environment = {"CLOUDSDK_CONFIG": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [program("gcloud"), "meta", "list-files-for-upload", str(source.ROOT)]

    listed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert sorted(listed.stdout.split()) == source.files()


def test_the_archive_holds_what_is_deployed() -> None:
    """The functions, what they import, and the list of packages; no test, no tool, no stand-in."""
    assert {"functions", "main.py", "requirements.txt", "shared"} == {
        name.partition("/")[0] for name in source.files()
    }


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    """What was built once can be built again: the hash tells whether two archives differ."""
    assert source.build(tmp_path / "one.zip") == source.build(tmp_path / "two.zip")
