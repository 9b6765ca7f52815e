"""Threads of new processes read values of a type for the first time."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [file for part in ("functions", "shared", "infra") for file in sorted((ROOT / part).rglob("*.py"))]
SOURCES = {
    str(file.relative_to(ROOT)): file.read_text()
    for file in (ROOT / "main.py", *FILES)
    if file.name != "typed.py"
}
"""What each of our files says."""

RACE = """
import sys, threading, time
from dataclasses import dataclass
import msgspec
from shared.typed import decoder, from_json, from_plain

def turn(frame, event, _):
    if event == "return" and frame.f_code.co_name == "get_class_annotations":
        time.sleep(0.005)

class Inner(msgspec.Struct):
    a: int
    b: str

@dataclass
class Middle:
    inner: Inner
    more: tuple[Inner, ...] = ()

class Outer(msgspec.Struct):
    middle: Middle
    inner: Inner

class Beside(msgspec.Struct):
    inner: Inner
    middle: Middle

inner = {"a": 1, "b": "x"}
middle = {"inner": inner, "more": [inner]}
value = {"middle": middle, "inner": inner}
text = msgspec.json.encode(value)
reads = [
    lambda: READ_PLAIN(value, Outer), lambda: READ_PLAIN(middle, Middle), lambda: READ_PLAIN(value, Beside),
    lambda: READ_JSON(text, Outer), lambda: READ_JSON(text, Beside), lambda: DECODER(Beside).decode(text),
]
got = []
threading.setprofile(turn)
start = threading.Barrier(len(reads))
threads = [threading.Thread(target=lambda read=read: (start.wait(), got.append(read()))) for read in reads]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(got) == len(reads), got
assert all(msgspec.json.decode(msgspec.json.encode(each)) in (value, middle) for each in got), got
"""
"""Six threads read by types that share parts; each gives the others a turn in the midst of describing one."""

HARMLESS = {"Meta", "Struct", "UNSET", "UnsetType", "to_builtins"}
"""Names of msgspec by which nothing is read."""

OURS = {"READ_PLAIN": "from_plain", "READ_JSON": "from_json", "DECODER": "decoder"}
BARE = {
    "READ_PLAIN": "msgspec.convert",
    "READ_JSON": "(lambda text, kind: msgspec.json.decode(text, type=kind))",
    "DECODER": "msgspec.json.Decoder",
}


def raced(ways: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return the race in a new process, in which no type has been used."""
    program = RACE
    for name, way in ways.items():
        program = program.replace(name, way)
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("again", range(3))
def test_threads_may_use_a_type_for_the_first_time_together(again: int) -> None:
    """None finds a description that is not finished: the process lives, and every thread reads its value."""
    ended = raced(OURS)
    assert ended.returncode == 0
    assert ended.stderr == ""


def test_msgspec_by_itself_does_not_bear_that() -> None:
    """The race with msgspec alone kills the process; if it no longer does, docs/adr/0018 can go."""
    assert any(raced(BARE).returncode < 0 for _ in range(20))


def describes(call: ast.Call) -> bool:
    """Return whether a call lets msgspec describe a type: it reads by one, or makes what will."""
    called = ast.unparse(call.func)
    if called.endswith((".json.decode", ".msgpack.decode")):
        return any(keyword.arg == "type" for keyword in call.keywords)
    if called.startswith("msgspec") and called.endswith("Decoder"):
        return bool(call.args or call.keywords)
    return called == "msgspec.convert"


def taken_from(tree: ast.Module, module: str) -> set[str]:
    """Return what a file imports from a module by its name."""
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == module]
    return {alias.name for node in froms for alias in node.names}


def test_types_are_described_in_one_place() -> None:
    """Whatever is served by threads, stand-ins too, reads by types through `shared.typed`."""
    trees = {name: ast.parse(text) for name, text in SOURCES.items() if "msgspec" in text or "decode" in text}
    calls = {
        name: [node for node in ast.walk(tree) if isinstance(node, ast.Call)] for name, tree in trees.items()
    }
    describing = [
        (name, ast.unparse(call)) for name, made in calls.items() for call in made if describes(call)
    ]
    taken = {name: taken_from(tree, "msgspec") for name, tree in trees.items()}

    assert describing == []
    assert {name: more for name, names in taken.items() if (more := names - HARMLESS)} == {}


def test_what_is_deployed_is_made_once() -> None:
    """Through `Once`: functools' caches let two threads make a thing each."""
    taken = {
        name: taken_from(ast.parse(text), "functools")
        for name, text in SOURCES.items()
        if "functools" in text and not name.startswith("infra")
    }
    assert {name for name, names in taken.items() if names & {"cache", "cached_property"}} == set()
