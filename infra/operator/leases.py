"""Leases: who holds which, and one taken from a holder that does not end."""

import argparse

from infra.operator.terminal import Terminal
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.operations.leases import free_lease, list_leases, sweep_leases


def add(parser: argparse.ArgumentParser) -> None:
    """Tell the parser what is done with leases."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("list", help="those that have a holder, and who it is").set_defaults(do=_list)
    free = verbs.add_parser("free", help="take one from a holder that does not end; mend one that is broken")
    free.add_argument("lease", metavar="LEASE")
    free.set_defaults(do=_free)
    sweep = verbs.add_parser("sweep", help="clear away what earlier builds and dead holders left")
    sweep.set_defaults(do=_sweep)


def _list(services: Services, _: argparse.Namespace, terminal: Terminal) -> bool:
    terminal.table([to_document(each) for each in list_leases(services)], none="Nobody holds a lease.")
    return True


def _free(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    freed = free_lease(services, command.lease, command.by)
    terminal.say(freed.message)
    return freed.freed


def _sweep(services: Services, _: argparse.Namespace, terminal: Terminal) -> bool:
    swept = sweep_leases(services)
    terminal.say(f"Records deleted: {swept.forgotten}; leases given back: {swept.given_back}.")
    return True
