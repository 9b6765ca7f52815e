"""Progress: how far a run is, in words for the page, and later for its script."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.console.pages.wording import many
from shared.domain.model.run import RunOutcome
from shared.usecases.runs.status import AccountProgress, Running

_STEP = 10  # percent: how coarsely progress is read out, so that nobody has to listen to every batch


@dataclass(frozen=True, slots=True)
class Progress:
    """What is shown of a run.

    Attributes:
        run: Its id; empty when none is on.
        text: What it is doing, and how far it is.
        spoken: The same for those who listen: it changes seldom.
        done: Contacts written; with `total` the bar's length.
        total: Contacts to write; 0 while that is not known.
        accounts: A line for each account.
        last: Id of the last run that there was; another one tells that the page is out of date.
    """

    run: str = ""
    text: str = ""
    spoken: str = ""
    done: int = 0
    total: int = 0
    accounts: tuple[str, ...] = ()
    last: str = ""


def progress_of(running: Running | None, runs: Sequence[RunOutcome], emails: dict[str, str]) -> Progress:
    """Return the progress of the run that is on, if any.

    Args:
        running: The run.
        runs: The last ones, newest first.
        emails: The accounts' addresses by their ids.
    """
    last = runs[0].run if runs else ""
    if running is None:
        return Progress(last=last)
    lines = [_line(account, emails.get(account.account, account.account)) for account in running.accounts]
    done = min(running.done, running.total)
    return Progress(
        running.run,
        _text(running),
        _spoken(running),
        done=done,
        total=running.total,
        accounts=tuple(lines),
        last=last,
    )


def _text(running: Running) -> str:
    if running.kind == "customers":
        return "Synchronising a single customer"
    if running.kind == "disconnect":
        return "Disconnecting an account"
    match running.phase:
        case "waiting":
            return "Waiting to begin"
        case "reading SIMPLer":
            return "Reading the customers from SIMPLer"
    if not running.total:
        return "Comparing with Google Contacts"
    return f"Writing to Google Contacts: {running.done:,} of {many(running.total, 'contact')}"


def _spoken(running: Running) -> str:
    if not running.total:
        return _text(running)
    return f"Writing to Google Contacts: {100 * running.done // running.total // _STEP * _STEP} percent"


def _line(account: AccountProgress, email: str) -> str:
    far = f", {account.done:,} of {account.total:,}" if account.total else ""
    return f"{email}: {account.phase}{far}"
