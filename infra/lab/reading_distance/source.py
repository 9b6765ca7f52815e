"""Source: what the text of the product says about how it reads."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

FOLDERS = (
    "shared/domain",
    "shared/ports",
    "shared/usecases",
    "shared/adapters",
    "shared/mail",
    "shared",
    "functions",
    "infra",
    "tests",
)

_MOST_BY_POSITION = 4


def lines_by_folder(root: Path) -> dict[str, int]:
    """Count the lines of Python by folder; `shared` is without the folders before it."""
    lines = {folder: sum(map(_lines, (root / folder).rglob("*.py"))) for folder in FOLDERS}
    lines["shared"] -= sum(count for folder, count in lines.items() if folder.startswith("shared/"))
    return lines


def calls_by_position(root: Path) -> list[str]:
    """Return where the product calls something with more than four positional arguments."""
    return [
        f"{file.relative_to(root)}:{node.lineno}"
        for file, tree in _trees(root, ("shared", "functions"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) > _MOST_BY_POSITION
    ]


def names_of_two_meanings(root: Path) -> Mapping[str, Sequence[str]]:
    """Return the public names of `shared` that several modules define, with these modules.

    Names of one letter are type variables, and left out.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for file, tree in _trees(root, ("shared",)):
        for name in {name for node in tree.body for name in _defined(node) if len(name) > 1}:
            places[name].append(str(file.relative_to(root)))
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) if not name.startswith("_"):
            yield name
        case ast.Assign(targets=targets):
            yield from (one.id for one in targets if isinstance(one, ast.Name) and one.id[0] != "_")
        case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
            yield name


def _trees(root: Path, folders: Sequence[str]) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            yield file, ast.parse(file.read_text(encoding="utf-8"))


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())
