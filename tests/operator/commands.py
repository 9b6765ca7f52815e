"""Giving the operator's commands to a world."""

import io

from infra.operator.commands import parser
from infra.operator.terminal import Terminal
from shared.usecases.base.services import Services


def operate(services: Services, *arguments: str, given: str = "") -> str:
    """Run a command that must succeed, and return what it says."""
    output = io.StringIO()
    command = parser().parse_args(["--by", "Olga", *arguments])
    assert command.do(services, command, Terminal(io.StringIO(given), output)), output.getvalue()
    return output.getvalue()


def refuse(services: Services, *arguments: str, given: str = "") -> str:
    """What a command says that does not go well."""
    output = io.StringIO()
    command = parser().parse_args(["--by", "Olga", *arguments])
    assert not command.do(services, command, Terminal(io.StringIO(given), output)), output.getvalue()
    return output.getvalue()
