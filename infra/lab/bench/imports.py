"""Imports: which of other people's modules a function has loaded when it has answered once.

``python -m infra.lab.bench.imports FUNCTION METHOD PATH`` asks it and prints them. They are those that our
own modules, as far as they are loaded, name in their imports; what these import in turn is theirs.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import functions_framework

from infra.sandbox.functions import SOURCE

ROOT = SOURCE.parent
OURS = frozenset({"functions", "shared", "infra", "main"})


def named(tree: ast.AST) -> Iterator[str]:
    """Yield every module that a source imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def loaded() -> list[str]:
    """Return what our loaded modules name, and is loaded; not ours, nor the standard library's."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    ours = [Path(file) for file in files if file and Path(file).parts[: len(ROOT.parts)] == ROOT.parts]
    sources = [file for file in ours if file.relative_to(ROOT).parts[0] in {"functions", "shared", "main.py"}]
    found = {name for source in sources for name in named(ast.parse(source.read_text(encoding="utf-8")))}
    foreign = {name for name in found if name.partition(".")[0] not in OURS | sys.stdlib_module_names}
    return sorted(foreign & sys.modules.keys())


def main() -> None:
    """Have a function answer in this process, and tell what it has loaded."""
    app = functions_framework.create_app(sys.argv[1], str(SOURCE))  # type: ignore[no-untyped-call]  # as it is
    app.test_client().open(sys.argv[3], method=sys.argv[2])
    print("\n".join(loaded()))


if __name__ == "__main__":
    main()
