"""Result: what a run came to, in a sentence, counted in customers and not in rows of all accounts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.domain.model.run import AccountOutcome, RunOutcome

_NAMED = 3
"""Accounts that are named where they differ; of more, the highest counts are told."""

_COUNTS = (
    ("created", "new"),
    ("updated", "changed"),
    ("relabelled", "put back into the label"),
    ("retired", "gone over to the former customers"),
    ("removed", "removed"),
    ("refused", "held back"),
    ("failed", "failed"),
)
_NOTHING = "nothing to change"


def result_of(run: RunOutcome) -> str:
    """Return what was done, such as "1 new, 2 changed in each of 2 accounts"; empty if nothing was begun."""
    done = _done(run)
    return f"Undo in {run.accounts[0].email}: {done.lower()}" if run.undid and done else done


def _done(run: RunOutcome) -> str:
    reached = sorted((each for each in run.accounts if was_reached(each)), key=lambda each: each.email)
    if not reached:
        return ""
    done = [_counts(_numbers([account])) for account in reached]
    if len(set(done)) == 1 and (len(reached) > 1 or len(run.accounts) == 1):
        where = f" in each of {len(reached)} accounts" if len(reached) > 1 else ""
        return _capital(f"{done[0]}{where}")
    if len(reached) <= _NAMED:
        return "; ".join(f"{each.email}: {what}" for each, what in zip(reached, done, strict=True))
    return f"Up to {_counts(_numbers(reached))} in {len(reached)} accounts"


def was_reached(account: AccountOutcome) -> bool:
    """Return whether a run has read an account, so that its counts say something."""
    return account.planned or bool(account.writes)


def skipped(run: RunOutcome) -> int:
    """Return how many records of SIMPLer could not be used; every account has met the same ones."""
    return max((account.skipped for account in run.accounts), default=0)


def duration(run: RunOutcome) -> str:
    """Return how long a run took; empty while it goes on."""
    if not run.finished:
        return ""
    seconds = (datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)).total_seconds()
    return f"{seconds:.1f} s" if seconds < 10 else _long(round(seconds))  # noqa: PLR2004  seconds


def _long(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _numbers(accounts: Sequence[AccountOutcome]) -> Iterable[tuple[int, str]]:
    return [(max(getattr(account, name) for account in accounts), word) for name, word in _COUNTS]


def _counts(numbers: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count:,} {word}" for count, word in numbers if count) or _NOTHING


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
