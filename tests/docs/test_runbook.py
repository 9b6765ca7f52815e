import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from functions.operate import Body
from infra.operator.commands import parser
from shared.domain.model.reason import is_for_an_operator
from shared.events import Event
from shared.typed import from_json
from shared.usecases.operations.documents import READERS
from shared.usecases.operations.operation import OPERATIONS, Operation, run_operation
from tests.docs.pages import anchors, code, codes, rows, text
from tests.operator.commands import operate
from tests.world import World, a_world, customer

PAGE = "docs/runbook.md"
EVERY_LINE = {"severity", "event", "message", "request", "function", "run", "wisp", "account"}
"""The members that docs/events.md gives any line."""


def blocks(kind: str) -> list[str]:
    """Return the runbook's fenced blocks of a kind."""
    return re.findall(rf"^ *```{kind}\n(.*?)^ *```", text(PAGE), re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Return the operator's commands as the pages have them, without how they are run."""
    found = re.findall(r"python -m infra\.operator ([^`\n]+)", text(PAGE) + text("docs/operating.md"))
    return list(dict.fromkeys(command.strip() for command in found if " " in command))


def bodies() -> list[str]:
    """Return what the pages give to `operate`."""
    found = re.findall(r"^ *operate '(.+)'$", text(PAGE) + text("docs/operating.md"), re.MULTILINE)
    return list(dict.fromkeys(found))


def sections() -> dict[str, str]:
    """Return what the runbook says under each of its headings of the third level."""
    parts = re.split(r"^##+ (.+)$", text(PAGE), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("alert", [code(row["section"]) for row in rows("infra/gcp/README.md", "section")])
def test_every_alert_has_its_section(alert: str) -> None:
    """It says what the alert means for people, where to look, and what to do."""
    assert alert in anchors(PAGE)
    assert "**For people:**" in sections()[alert]
    assert "```text\nresource.type=" in sections()[alert]
    steps = sections()[alert].partition("**Do:**\n\n")[2]
    assert re.match(r"1\. ", steps)
    assert len(re.findall(r"^\d\. ", steps, re.MULTILINE)) <= 5


@pytest.mark.parametrize("row", rows("infra/gcp/README.md", "section"), ids=lambda row: code(row["section"]))
def test_every_alert_of_an_event_is_looked_for_by_it(row: dict[str, str]) -> None:
    """The section's query finds the lines of which the alert is made."""
    events = codes(row["fires when"]) & {str(event) for event in Event} - {"watch.done"}

    assert all(f'"{event}"' in sections()[code(row["section"])] for event in events)


@pytest.mark.parametrize(
    ("alert", "begins", "elsewhere"),
    [
        ("run-failed", ("simpler.", "wisp.name"), {"simpler.reading"}),  # that one is for pages
        ("account-misconfigured", ("google.",), {"google.redirect"}),  # that one is for whoever connects
        ("notices-failing", ("mail.",), set()),
    ],
)
def test_whoever_is_woken_finds_each_reason(alert: str, begins: tuple[str, ...], elsewhere: set[str]) -> None:
    """A section that goes by the reason's code has all that bring its alert about."""
    known = {code(row["code"]) for row in rows("docs/errors.md", "code")}
    wanted = {each for each in known if each.startswith(begins)} - elsewhere
    if alert != "run-failed":
        wanted = set(filter(is_for_an_operator, wanted))

    assert wanted - set(re.findall(r"`(\w+\.\w+)`", sections()[alert])) == set()


@pytest.mark.parametrize("query", blocks("text"))
def test_every_query_asks_for_what_is_written(query: str) -> None:
    """Each event that a query names is one, and each field is one that lines of these events have."""
    lines = query.strip().split("\n")
    events = set(re.findall(r'"([a-z]+\.[a-z]+)"', query))
    fields = set(re.findall(r"jsonPayload\.(\w+)", query))
    known = {code(row["event"]): codes(row["fields"]) for row in rows("docs/events.md", "event")}

    kinds = ("cloud_run_revision", "cloud_scheduler_job", "nat_gateway")
    assert lines[0] in [f'resource.type="{kind}"' for kind in kinds]
    assert events <= known.keys()
    assert fields <= EVERY_LINE.union(*(known[event] for event in events))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A wisp with an account that was filled and changed."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "087 9999999"})
        world.run()
        yield world


def _filled(words: str, names: Mapping[str, str]) -> str:
    return re.sub(rf"\b({'|'.join(names)})\b", lambda match: names[match[0]], words)


@pytest.fixture
def names(world: World, tmp_path: Path) -> dict[str, str]:
    """Return what the words in capitals are in that world."""
    changed, new, login = (tmp_path / name for name in ("changed.json", "new.json", "login.json"))
    changed.write_text(operate(world.services, "wisps", "show", "acme"))
    settings = json.loads(changed.read_text())["settings"]
    new.write_text(json.dumps({"wisp": "other", "settings": settings}))
    login.write_text(world.services.secrets.get(world.wisp.simpler_secret))
    run = operate(world.services, "accounts", "runs", "acme", "acme-0").splitlines()[-1].split()[0]
    files = {"FILE": str(new), "CHANGED": str(changed), "LOGIN": str(login)}
    ids = {"ACCOUNT": "acme-0", "WISP": "acme", "RUN": run, "LEASE": "wisp-acme", "ZONE": "Europe/Dublin"}
    return ids | files


def test_every_call_of_operate_can_be_made(world: World, names: dict[str, str]) -> None:
    """Each body of the pages is an operation that is done, in the pages' order."""
    for body in bodies():
        asked: Operation = from_json(_filled(body, names), Body)
        run_operation(world.services, asked, "Olga")


@pytest.mark.parametrize("command", commands())
def test_every_operators_command_can_be_given(command: str, world: World, names: dict[str, str]) -> None:
    """Each does what it is given for, on a world in which its words in capitals are filled in."""
    words = [_filled(word, names) for word in shlex.split(command)]

    assert operate(world.services, *words, given="SG.another, of more than 32 characters")


def test_everything_that_an_operator_can_do_is_in_the_runbook() -> None:
    """What nobody needs by day or night would not be there."""
    called = {json.loads(body)["do"] for body in bodies()}
    given = {" ".join(command.split()[:2]) for command in commands()}
    nouns = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]  # argparse has no other way
    known = {
        f"{noun} {verb}".strip()
        for noun, each in nouns.items()  # type: ignore[union-attr]  # as above
        for verb in (each._subparsers._group_actions[0].choices if each._subparsers else [""])
    }

    assert called == OPERATIONS.keys()
    assert given >= known - OPERATIONS.keys()
    assert given <= known


def test_every_document_is_brought_back_but_leases() -> None:
    """What is copied from an earlier minute are the collections of all documents that we have."""
    copied = re.findall(r"COLLECTIONS=(\S+)", text(PAGE))

    assert [sorted(each.split(",")) for each in copied] == [sorted({path.split("/")[-2] for path in READERS})]


def test_every_operation_is_described() -> None:
    """docs/operating.md has all in their order, with what each takes; brackets say what may be left out."""
    described = [(code(row["operation"]), row["takes"]) for row in rows("docs/operating.md", "operation")]
    expected = [
        (
            name,
            ", ".join(
                f"`{each.name}`" if each.required else f"[`{each.name}`]"
                for each in msgspec.structs.fields(kind)
            ),
        )
        for name, kind in OPERATIONS.items()
    ]

    assert described == expected
