"""Show: the demo's output: live progress, and a table per run."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from infra.sandbox.demo.stage import Stage
from shared.domain.model.run import AccountOutcome, RunOutcome
from shared.usecases.base.run_documents import load_run, load_runs

WRITTEN = ("created", "updated", "mended", "relabelled", "removed")
LEFT = ("unchanged", "skipped", "refused", "failed")
PATIENCE = 300.0
"""Seconds that a run may take here."""


def start_night(stage: Stage) -> None:
    """Ask for the nightly runs as Cloud Scheduler would."""
    stage.call("sync_all", {"time_zone": stage.wisp.time_zone}).raise_for_status()


def watch(stage: Stage, console: Console, known: int) -> RunOutcome:
    """Show the progress of a run that was just started, until it has ended."""
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    end = time.monotonic() + PATIENCE
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        bars: dict[str, TaskID] = {}
        while time.monotonic() < end:
            runs = load_runs(stage.services.state, stage.wisp.id, newest=known + 1)
            if len(runs) > known:
                _move(stage, progress, bars, runs[0].run)
                if runs[0].finished:
                    return load_run(stage.services.state, stage.wisp.id, runs[0].run) or runs[0]
            time.sleep(0.1)
    raise SystemExit("The run did not end in time; the functions' output is in .local/demo.")


def _move(stage: Stage, progress: Progress, bars: dict[str, TaskID], run: str) -> None:
    for account, state in stage.services.state.find(f"wisps/{stage.wisp.id}/progress"):
        if state["run"] == run:
            if account not in bars:
                bars[account] = progress.add_task(account, total=None)
            description = f"{account}  {state['phase']:<14}"
            total = state["total"] or None
            progress.update(bars[account], description=description, total=total, completed=state["done"])


def table(outcome: RunOutcome, title: str) -> Table:
    """Return a run as a table, with a row for each account."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    shown.add_column("account")
    for column in (*WRITTEN, *LEFT, "requests", "seconds"):
        shown.add_column(column, justify="right")
    for account in outcome.accounts:
        counts = [str(getattr(account, column)) for column in (*WRITTEN, *LEFT)]
        shown.add_row(account.email, *counts, str(account.requests), f"{account.seconds:.1f}")
    return shown


def skipped(account: AccountOutcome) -> Table:
    """Return the table of why customers were left out, and what was kept."""
    shown = Table(title="Skipped records", title_justify="left")
    shown.add_column("reason")
    shown.add_column("records", justify="right")
    reasons = Counter(note.why.split(" (")[0] for note in account.notes if note.what == "skipped")
    for reason, count in sorted(reasons.items()):
        shown.add_row(reason, str(count))
    return shown


def mended(account: AccountOutcome) -> Table:
    """Show what was changed in an account, and why; customers by id."""
    shown = Table(title=f"What was done in {account.email}", title_justify="left")
    for column in ("customer", "what", "why"):
        shown.add_column(column)
    for note in account.notes:
        if note.what not in ("skipped", "kept"):
            shown.add_row(note.customer, note.what, note.why)
    return shown


def suggested(found: Sequence[Mapping[str, Any]]) -> Table:
    """Show what users wrote over SIMPLer's values, as the function `suggestions` gives it."""
    shown = Table(title=f"Suggestions from phones: {len(found)}", title_justify="left")
    for column in ("customer", "field", "SIMPLer has", "the user wrote", "account"):
        shown.add_column(column)
    for each in found:
        shown.add_row(each["customer"], each["field"], each["simpler"], each["theirs"], each["email"])
    return shown
