"""Imports: what a function has loaded when it has answered once.

``python -m infra.lab.bench.imports FUNCTION…`` has each answer, in a process of its own, and prints a line of
JSON for each. What all functions need, the framework and the database's library, is loaded once for all, so
that a test of all of them takes seconds.
"""

import ast
import gc
import os
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path

import functions_framework
import google.cloud.firestore  # noqa: F401  loaded before the processes part: see above
import msgspec

ROOT = Path(__file__).resolve().parents[3]
OURS = frozenset({"functions", "shared", "main"})

NOWHERE = "/nowhere"
"""What is asked: every function refuses it, and needs all that it has been built of to do so. Only the
console would ask for its key first, to know who asks."""


class Loaded(msgspec.Struct, frozen=True):
    """What a function has loaded.

    Attributes:
        function: Its name.
        ours: Our modules.
        named: Modules of other people that ours name in their imports; what these import in turn is theirs.
        dataclasses: Our dataclasses, by name; each takes as long to make as thirty Structs.
        frozen: Objects that no collection of garbage goes through.
        late: Those of the modules above that were loaded for the answer alone, after the server had forked.
    """

    function: str
    ours: list[str]
    named: list[str]
    dataclasses: list[str]
    frozen: int
    late: list[str]


def asked(function: str, address: str = "") -> tuple[str, str]:
    """Return method and URL of a request that needs no database, key or caller."""
    return ("GET", f"{address}/assets/console.css") if function == "console" else ("POST", address + NOWHERE)


def named(tree: ast.AST) -> Iterator[str]:
    """Yield every module that a source imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def loaded(function: str, early: frozenset[str]) -> Loaded:
    """Return what this process has loaded, by what it had loaded before it was asked."""
    ours = {name: sys.modules[name].__file__ for name in sys.modules if name.partition(".")[0] in OURS}
    sources = [Path(file).read_text(encoding="utf-8") for file in ours.values() if file]
    found = {name for source in sources for name in named(ast.parse(source))}
    foreign = {name for name in found if name.partition(".")[0] not in OURS | sys.stdlib_module_names}
    classes = {
        value for name in ours for value in vars(sys.modules[name]).values() if isinstance(value, type)
    }
    made = {kind.__name__ for kind in classes if is_dataclass(kind) and kind.__module__ in ours}
    return Loaded(
        function=function,
        ours=sorted(ours),
        named=sorted(foreign & sys.modules.keys()),
        dataclasses=sorted(made),
        frozen=gc.get_freeze_count(),
        late=sorted((ours.keys() | foreign) & sys.modules.keys() - early),
    )


def main() -> None:
    """Have each function answer, and tell what it has loaded."""
    for function in sys.argv[1:]:
        if not (child := os.fork()):
            app = functions_framework.create_app(function, str(ROOT / "main.py"))  # type: ignore[no-untyped-call]  # as it is
            early, (method, path) = frozenset(sys.modules), asked(function)
            app.test_client().open(path, method=method)
            print(msgspec.json.encode(loaded(function, early)).decode(), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(f"{function} does not answer.")


if __name__ == "__main__":
    main()
