import ast
import fnmatch
import re
import tomllib
from dataclasses import MISSING, fields
from importlib import import_module
from importlib.util import find_spec

import pytest

import main
from functions.problems import BadRequest, status_of
from shared.config import Settings
from shared.errors import LeaseHeld, Trouble
from shared.events import Event, severity
from shared.usecases.base import documents
from tests.docs import codes_and_events
from tests.docs.pages import PAGES, ROOT, anchors, code, codes, rows, sources, text

FORBIDDEN = {
    r"/work/": "a place on somebody's machine",
    r"pypi\.org|pythonhosted\.|npmjs\.": "a package registry",
    r"\b([Ii]ssue|PR|pull request) #?\d": "a number that only a tracker knows",
    r"\b((previous|last|next|earlier|another) session|working session)\b": "how the work was done",
    r"[Ll]anguage model|AI assistant|[Cc]o-authored": "how the work was done",
    r"\b(TODO|FIXME|XXX)\b": "work left undone",
}
"""What no file may say, and what it would be about."""


def test_the_settings_table_is_the_settings() -> None:
    """README lists every setting in its order, with its meaning and its default."""
    settings = [setting for setting in fields(Settings) if "meaning" in setting.metadata]
    expected = [
        (setting.name.upper(), setting.metadata["meaning"], _default(setting.default)) for setting in settings
    ]

    assert expected == [
        (code(row["variable"]), row["meaning"], code(row["default"])) for row in rows("README.md", "variable")
    ]


def _default(value: object) -> str:
    return "required" if value is MISSING else str(value) or "empty"


def test_the_functions_table_is_the_table_of_contents() -> None:
    """README lists the functions as main.py's own table does."""
    lines = [line for line in (main.__doc__ or "").splitlines() if line.startswith("``")]
    expected = [tuple(re.split(r" {2,}", line.strip().replace("``", "`"))) for line in lines]

    assert expected == [tuple(row.values()) for row in rows("README.md", "entry point")]


def test_the_functions_table_is_complete() -> None:
    """Every public function of main.py is in README's table, and nothing else is."""
    tree = ast.parse(text("main.py"))
    public = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]

    assert public == [code(row["entry point"]) for row in rows("README.md", "entry point")]


def test_every_number_is_the_codes() -> None:
    """The architecture page gives each constant the value that it has."""
    numbers = rows("docs/architecture.md", "what")
    constants = [code(row["constant"]).rpartition(".") for row in numbers]

    assert numbers
    assert [getattr(import_module(module), name) for module, _, name in constants] == [
        float(row["value"]) for row in numbers
    ]


def test_every_document_has_its_place() -> None:
    """The architecture page tells of every path at which documents are."""
    paths = set(re.findall(r"``([a-z]+/[\w/]+)``", documents.__doc__ or ""))
    told_of = {path for row in rows("docs/architecture.md", "path") for path in codes(row["path"])}

    assert paths
    assert paths <= told_of


def test_every_class_of_error_is_explained() -> None:
    """The architecture page lists the whole error tree, each class with the status that callers get."""
    table = rows("docs/architecture.md", "class")
    expected = {
        name: status_of(_example(kind, "any"))
        for name, kind in codes_and_events.kinds().items()
        if kind is not BadRequest
    }

    assert expected == {code(row["class"]): int(row["HTTP status"].split(",")[0]) for row in table}


def test_every_event_is_listed() -> None:
    """docs/events.md has every event in its order, with its severity."""
    expected = [(event.value, severity(event)) for event in Event]

    assert expected == [(code(row["event"]), row["severity"]) for row in rows("docs/events.md", "event")]


def test_every_events_fields_are_listed() -> None:
    """docs/events.md names exactly the fields with which each event is logged."""
    listed = {code(row["event"]): codes(row["fields"]) for row in rows("docs/events.md", "event")}

    assert codes_and_events.fields() == {event: listed[event] for event in codes_and_events.fields()}


@pytest.mark.parametrize("event", list(Event))
def test_every_event_is_written(event: Event) -> None:
    """The vocabulary has no word that nobody says."""
    assert event in codes_and_events.fields()


def test_every_alert_is_an_error() -> None:
    """What docs/events.md alerts on by itself is of severity ERROR."""
    listed = {code(row["event"]): row["what is made of it"] for row in rows("docs/events.md", "event")}
    alerts = {event for event, made in listed.items() if "alert" in re.sub(r"\(.*?\)", "", made)}

    assert alerts == {event for event in Event if severity(event) == "ERROR"}


def test_every_code_is_listed() -> None:
    """docs/errors.md has every code that the service uses, once, and no other."""
    listed = [code(row["code"]) for row in rows("docs/errors.md", "code")]

    assert sorted(codes_and_events.codes().keys() - set(listed)) == []
    assert sorted(set(listed) - codes_and_events.codes().keys()) == []
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("row", rows("docs/errors.md", "code"), ids=lambda row: code(row["code"]))
def test_every_code_has_its_class_and_status(row: dict[str, str]) -> None:
    """A code's class is the one that carries it in the code, and its status the one that callers get."""
    name = code(row["code"])
    used = codes_and_events.codes().get(name, codes_and_events.CodeUse())
    named = set(filter(None, row["class"].split(", ")))
    by_class = {status_of(_example(codes_and_events.kinds()[kind], name)) for kind in named - {"BadRequest"}}

    assert used.kinds in (set(), named)
    assert (by_class or used.statuses) == {int(each) for each in row["status"].split(", ") if each}


def _example(kind: type[Trouble], reason: str) -> Trouble:
    if issubclass(kind, LeaseHeld):
        return kind("a lease", holder="somebody", run="a run", kind="run", since=0)
    return kind(reason, "")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    """Relative links lead to files that exist, and to headings that these have."""
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / page).parent / path).resolve() if path else ROOT / page

        assert file.exists(), target
        assert not anchor or anchor in anchors(str(file.relative_to(ROOT))), target


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page: str) -> None:
    """Paths within this project that a page names as code are there."""
    named = re.findall(r"`((?:functions|shared|infra|tests|docs|\.ci)/[\w./-]+)`", text(page))

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_can_be_given(page: str) -> None:
    """Make targets that a page names are in the Makefile, and modules that it runs can be run."""
    targets = set(re.findall(r"(?:^|`)make ([a-z]+)", text(page), re.MULTILINE))
    modules = set(re.findall(r"python -m (infra[\w.]*)", text(page)))

    assert targets <= set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    assert all(find_spec(f"{module}.__main__") for module in modules)


def test_every_step_names_a_file_and_its_test() -> None:
    """docs/to-add.md numbers the steps of each addition; none is without a file and a test."""
    steps = rows("docs/to-add.md", "step")
    sections = text("docs/to-add.md").count("\n## ")

    assert sum(row["step"] == "1" for row in steps) == sections
    assert [row for row in steps if "/" not in row["file"] or "`tests/" not in row["the test"]] == []


def test_every_excuse_of_unused_code_is_needed() -> None:
    """Each name that `make lint` does not take for dead code stands somewhere in the code."""
    excused = tomllib.loads(text("pyproject.toml"))["tool"]["vulture"]["ignore_names"]
    code = "\n".join(path.read_text() for path in sources() if path.suffix == ".py")
    words = set(re.findall(r"\w+", code))

    assert [name for name in excused if not fnmatch.filter(words, name)] == []


def test_every_decision_is_indexed() -> None:
    """docs/adr/README.md lists every record in order and by its title; numbers have no gaps."""
    files = sorted(path for path in PAGES if re.fullmatch(r"docs/adr/\d{4}-[a-z0-9-]+\.md", path))
    titles = [re.match(r"# (\d{4}) — (.+)\n", text(path)) for path in files]
    expected = [
        (found[1], path.rpartition("/")[2], found[2])
        for path, found in zip(files, titles, strict=True)
        if found
    ]
    index = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", text("docs/adr/README.md"), re.MULTILINE)

    assert expected == index
    assert [f"{number:04}" for number in range(1, len(files) + 1)] == [number for number, _, _ in index]


@pytest.mark.parametrize("page", [page for page in PAGES if re.match(r"docs/adr/\d", page)])
def test_every_decision_has_its_four_parts(page: str) -> None:
    """A record says its status, its context, the decision and what follows."""
    parts = re.findall(r"^\*\*(Status):\*\*|^## (\w+)$", text(page), re.MULTILINE)

    assert ["".join(part) for part in parts] == ["Status", "Context", "Decision", "Consequences"]


def test_nothing_is_said_that_does_not_belong() -> None:
    """No file speaks of places, registries, trackers or work left undone."""
    said = [
        f"{path.relative_to(ROOT)}: {found[0]!r} is {what}"
        for path in sources()
        if path.parent != ROOT / "tests" / "docs"
        for pattern, what in FORBIDDEN.items()
        for found in re.finditer(pattern, path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert said == []
