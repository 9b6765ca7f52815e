"""Commands: which there are, and how each is given: the operations, and what needs this machine's files."""

import argparse
from functools import partial
from typing import Any, get_type_hints

import msgspec
from msgspec import Meta

from infra.operator import secrets, wisps
from infra.operator.tell import TELLERS
from infra.operator.terminal import Terminal
from shared.errors import Misconfigured
from shared.typed import from_plain
from shared.usecases.base.services import Services
from shared.usecases.operations.operation import OPERATIONS, Operation, operation_name, run_operation

_NOUNS = {
    "accounts": "Google accounts: how they are; paused; listed anew; back to an earlier state",
    "documents": "read by their types, and those named that cannot be read",
    "leases": "who holds which, and one taken from a holder that does not end",
    "nights": "started again, after what stopped them was mended",
    "secrets": "a new value for one, where there is no console for it",
    "wisps": "their settings shown, checked and stored, and everything of one deleted",
}
_POSITIONAL = ("wisp", "account", "lease", "time_zone")
"""Members that are given by their place; the others by their names."""


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line; `do` of its result does the command, and returns success."""
    whole = argparse.ArgumentParser(
        prog="python -m infra.operator",
        description="What the function operate does, from a checkout, and what needs files of this machine."
        " It works with the settings of the environment, which are those of the functions: docs/runbook.md.",
    )
    whole.add_argument("--by", default="an operator", help="who you are, as others may read it")
    found = whole.add_subparsers(metavar="NOUN", required=True)
    nouns = {noun: found.add_parser(noun, help=told) for noun, told in _NOUNS.items()}
    verbs = {noun: each.add_subparsers(metavar="VERB", required=True) for noun, each in nouns.items()}
    for name, kind in OPERATIONS.items():
        noun, _, verb = name.partition(" ")
        among, word = (verbs[noun], verb) if verb else (found, noun)
        _add_arguments(among.add_parser(word, help=(kind.__doc__ or "").strip()), kind)
    wisps.add(verbs["wisps"])
    secrets.add(verbs["secrets"])
    return whole


def _add_arguments(command: argparse.ArgumentParser, kind: type[Operation]) -> None:
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        told = next(meta.description for meta in hints[field.name].__metadata__ if isinstance(meta, Meta))
        word, is_optional = field.name.replace("_", "-"), not field.required
        if field.name in _POSITIONAL:
            optional: dict[str, Any] = {"nargs": "?", "default": field.default} if is_optional else {}
            command.add_argument(field.name, metavar=field.name.upper(), help=told, **optional)
        elif field.default is False:
            command.add_argument(f"--{word}", action="store_true", help=told)
        elif field.default == ():
            command.add_argument(f"--{word}", nargs="+", default=(), metavar="NAME", help=told)
        else:
            command.add_argument(f"--{word}", required=True, metavar=word.upper(), help=told)
    command.set_defaults(do=partial(_do, kind))


def _do(kind: type[Operation], services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    given = {name: getattr(command, name) for name in kind.__struct_fields__}
    try:
        asked = from_plain({"do": operation_name(kind), **given}, kind)
    except msgspec.ValidationError as error:
        raise Misconfigured("request.body", f"this cannot be asked for: {error}") from error
    return TELLERS[kind](asked, run_operation(services, asked, command.by), terminal)
