"""Calibration: what real runs of some sizes take."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from infra.lab.scale.bench import bench
from infra.lab.scale.cost import Cost, Costs, Kinds, Size
from shared.replace import replace

NIGHT, WEEK = timedelta(days=1), timedelta(days=7)
"""A usual night's distance, and one after which everything is listed again."""


def calibrate(folder: Path, sizes: Sequence[int]) -> Kinds:
    """Fill an account at each size, then measure nights in one account and in two.

    Args:
        folder: For the database, the vault and the programs' output.
        sizes: Numbers of customers, ascending.
    """
    usual, whole = [], []
    for customers in sizes:
        print(f"  measuring runs of {customers:,} customers", flush=True)
        with bench(folder / str(customers), customers) as measured:
            measured.fill()
            measured.night(NIGHT)  # it reads the echo of the fill, which is no usual night's
            alone = {gap: measured.night(gap) for gap in (NIGHT, WEEK)}
            measured.fill()
            measured.night(NIGHT)
            both = {gap: measured.night(gap) for gap in (NIGHT, WEEK)}
        usual.append(_size(customers, alone[NIGHT], both[NIGHT]))
        whole.append(_size(customers, alone[WEEK], both[WEEK]))
    return {"usual": Costs(usual), "whole": Costs(whole)}


def _size(customers: int, alone: Cost, both: Cost) -> Size:
    """Split a run's cost into what is done once and what for each account; keep times positive."""
    account = both.plus(alone, -1)
    account = replace(account, cpu=min(alone.cpu, max(0.0, account.cpu)))
    return Size(customers, alone.plus(account, -1), account)
