"""What the code tells its callers and its log: error codes and events, read from its syntax."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from functions.problems import BadRequest
from shared.errors import Trouble
from shared.events import Event
from tests.docs.pages import ROOT

NO_CODES = frozenset(
    {
        "country_names.json",
        "default_profile.json",
        "qr.png",
        "simpler_contacts.call",
        "time_zones.json",
        "gunicorn.socket",
        "werkzeug.socket",
        "wsgi.input",
        *Event,
    }
)
"""What looks like an error code and is not."""

_CODE = re.compile(r"[a-z][a-z_]*\.(?!html$)[a-z][a-z_]*")


@dataclass(slots=True)
class CodeUse:
    """How a code is used.

    Attributes:
        kinds: The errors that carry it, by name, where they stand beside it.
        statuses: The HTTP statuses that stand beside it.
    """

    kinds: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)


def kinds() -> dict[str, type[Trouble]]:
    """Return every error that the service raises on purpose, by name."""
    return {kind.__name__: kind for kind in (*_below(Trouble), BadRequest)}


@cache
def codes() -> dict[str, CodeUse]:
    """Return every error code in the code."""
    nodes = [node for tree in _trees() for node in ast.walk(tree)]
    told = {name: CodeUse() for node in nodes for name in _codes_in(node)}
    for node in nodes:
        _note_neighbours(told, node)
    return told


@cache
def fields() -> dict[str, set[str]]:
    """Return the fields with which each event is logged."""
    found: dict[str, set[str]] = {}
    for tree in _trees():
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for call in _calls(tree, "log"):
            first = call.args[0]
            for event in _events(_definition(first, functions)):
                found.setdefault(event, set()).update(_keywords(call))
        for call in _calls(tree, "log_internal_error"):
            found.setdefault(Event.INTERNAL_ERROR, set()).update(_keywords(call))
    return found


def _trees() -> Iterator[ast.Module]:
    for folder in ("shared", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name != "events.py":
                yield ast.parse(path.read_text(encoding="utf-8"))


def _below(kind: type[Trouble]) -> Iterator[type[Trouble]]:
    for child in kind.__subclasses__():
        if child.__module__ == Trouble.__module__:
            yield child
            yield from _below(child)


def _codes_in(node: ast.AST) -> Iterator[str]:
    """Yield texts of a code's form, what is assigned to ``.code``, and what `problem` is called with."""
    match node:
        case ast.Constant(value=str() as value) if _CODE.fullmatch(value) and value not in NO_CODES:
            yield value
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            for target, value in zip(targets, values, strict=True):
                yield from _assigned(target, value)
        case ast.Assign(targets=[target], value=value):
            yield from _assigned(target, value)
        case ast.FunctionDef():
            for call in _calls(node, "problem"):
                yield from _of_problem(node, call.args[1])


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[str]:
    match target, value:
        case ast.Attribute(attr="code"), ast.Constant(value=str() as name) if name:
            yield name


def _of_problem(function: ast.FunctionDef, given: ast.expr) -> Iterator[str]:
    """Yield a text, also one of a fixed beginning and what is assigned to a variable."""
    match given:
        case ast.Constant(value=str() as name):
            yield name
        case ast.JoinedStr(
            values=[ast.Constant(value=str() as start), ast.FormattedValue(value=ast.Name(id=end))]
        ):
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and end in _names(node.targets):
                    texts = (each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant))
                    yield from (start + text for text in texts if isinstance(text, str))


def _note_neighbours(told: dict[str, CodeUse], node: ast.AST) -> None:
    """Note the errors and statuses that stand in one call or one tuple with a code."""
    if not isinstance(node, ast.Call | ast.Tuple):
        return
    parts = [node.func, *node.args] if isinstance(node, ast.Call) else node.elts
    named = {part.id for part in parts if isinstance(part, ast.Name)}
    values = [part.value for part in parts if isinstance(part, ast.Constant)]
    for name in (value for value in values if isinstance(value, str) and value in told):
        told[name].kinds |= kinds().keys() & named
        told[name].statuses |= {value for value in values if type(value) is int}


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _definition(node: ast.expr, functions: Mapping[str, ast.FunctionDef]) -> ast.AST:
    """Return the function that is called, where one of the same module is; else the expression itself."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in functions:
            return functions[name]
    return node


def _names(nodes: list[ast.expr]) -> list[str]:
    return [each.id for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name)]


def _events(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "Event":
            yield Event[each.attr]


def _keywords(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}
