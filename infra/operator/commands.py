"""Commands: which there are, and how each is given."""

import argparse

from infra.operator import accounts, leases, secrets, wisps


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line; `do` of its result does the command, and returns success."""
    whole = argparse.ArgumentParser(
        prog="python -m infra.operator",
        description="What an operator does that no console shows. It works with the settings of the"
        " environment, which are those of the functions: docs/runbook.md.",
    )
    whole.add_argument("--by", default="an operator", help="who you are, as others may read it")
    nouns = whole.add_subparsers(metavar="NOUN", required=True)
    for noun in (accounts, leases, secrets, wisps):
        name = noun.__name__.rpartition(".")[2]
        noun.add(nouns.add_parser(name, help=(noun.__doc__ or "").partition("\n")[0]))
    return whole
