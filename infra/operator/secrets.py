"""Secrets: a new value for one, where there is no console for it."""

import argparse

from infra.operator.terminal import Terminal, Verbs
from shared.usecases.base.services import Services
from shared.usecases.operations.operation import audited
from shared.usecases.operations.own_secrets import check_fit


def add(verbs: Verbs) -> None:
    """Tell the parser what is done with secrets."""
    put = verbs.add_parser("put", help="store what standard input has, and destroy what was there")
    put.add_argument("name", metavar="NAME")
    put.set_defaults(do=_put)


def _put(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    value = terminal.input.read().removesuffix("\n")
    with audited("secrets put", command.by, target=command.name):
        check_fit(services, command.name, value)
        services.secrets.put(command.name, value)
    terminal.say(f"{command.name} has a new value.")
    return True
