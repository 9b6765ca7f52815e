"""Progress: tells in words how far a run is, for the page and for its script."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from functions.console.pages.wording import many
from shared.domain.model.run import RunOutcome
from shared.usecases.runs.status import AccountProgress, Running

_WITHOUT_RECORD: Mapping[str, str] = {
    "customers": "Bringing a single customer up to date",
    "disconnect": "Disconnecting an account",
    "freed": "Ended by an operator; the next can begin in five minutes",
}
"""What a lease is held for that no run's record tells how far it is."""

MOST_ACCOUNTS = 12
"""Accounts that have a line; those that are done are told by their number first."""

_STEP = 10
"""Percent between two announcements, so that screen readers do not read out every batch."""


class Progress(msgspec.Struct, frozen=True):
    """A run's progress, as the page shows it.

    Attributes:
        run: The run's id; empty when no run is in progress.
        text: What the run is doing, and how far it is.
        spoken: The same for screen readers; it changes seldom.
        done: How many contacts are written; with `total` it gives the bar's length.
        total: How many contacts to write; 0 while that is not known.
        accounts: A line for each account.
        last: Id of the last run; when it changes, the page is out of date.
    """

    run: str = ""
    text: str = ""
    spoken: str = ""
    done: int = 0
    total: int = 0
    accounts: tuple[str, ...] = ()
    last: str = ""


def progress_of(running: Running | None, runs: Sequence[RunOutcome], emails: dict[str, str]) -> Progress:
    """Return the progress of the run in progress, if any.

    Args:
        running: That run.
        runs: The last runs, newest first.
        emails: The accounts' addresses by their ids.
    """
    last = runs[0].run if runs else ""
    if running is None:
        return Progress(last=last)
    done = min(running.done, running.total)
    return Progress(
        running.run,
        _text(running),
        _spoken(running),
        done=done,
        total=running.total,
        accounts=tuple(_lines(running.accounts, emails)),
        last=last,
    )


def _text(running: Running) -> str:
    if running.kind in _WITHOUT_RECORD:
        return _WITHOUT_RECORD[running.kind]
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


def _lines(accounts: Sequence[AccountProgress], emails: Mapping[str, str]) -> Iterator[str]:
    if len(accounts) > MOST_ACCOUNTS:
        accounts = sorted(accounts, key=lambda each: each.phase == "done")
    for account in accounts[:MOST_ACCOUNTS]:
        yield _line(account, emails.get(account.account, account.account))
    if left := len(accounts[MOST_ACCOUNTS:]):
        yield f"and {many(left, 'more account')}"


def _line(account: AccountProgress, email: str) -> str:
    far = f", {account.done:,} of {account.total:,}" if account.total else ""
    return f"{email}: {account.phase}{far}"
