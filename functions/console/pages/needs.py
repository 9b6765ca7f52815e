"""Needs: what waits for a person on the first page, each in a sentence with the button that helps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from functions.console.pages.wording import day_time, many
from shared.domain.model.alerts import PATIENCE, owes
from shared.domain.model.night import Nights
from shared.domain.model.schedule import last_night, moment
from shared.domain.model.scope import EVERYBODY
from shared.domain.model.wisp import Wisp
from shared.usecases.runs.status import Health, Status, next_night

Act = Literal["", "review", "reconnect", "sync", "settings", "try", "disconnect", "run", "resume", "scope"]

_SETTINGS = frozenset(
    {"simpler.address", "simpler.denied", "simpler.profile", "simpler.redirected", "simpler.secret"}
    | {"wisp.name_template"}
)
"""Codes of a run that failed because of the wisp's settings: trying again mends nothing."""


_WHY_HELD_BACK = (
    "SIMPLer's list may not have been whole, or a setting or an account's choice of customers may be wrong."
)
"""What may be behind many removals at once."""


class Need(msgspec.Struct, frozen=True):
    """One thing that waits for a person.

    Attributes:
        text: What it is, in a sentence or two.
        act: Which button helps; empty: none on these pages does.
        about: The account that the button is for; or the run.
        email: The account's address, for those who do not see beside what the button stands.
        tone: How much it matters.
    """

    text: str
    act: Act = ""
    about: str = ""
    email: str = ""
    tone: Literal["warn", "bad"] = "warn"


class Known(msgspec.Struct, frozen=True):
    """What is known of a wisp at one moment.

    Attributes:
        wisp: The wisp.
        now: The time.
        status: Runs and accounts.
        nights: What its runs came to.
        left_alone: Accounts that Google's quotas leave out, with until when (seconds since 1970).
    """

    wisp: Wisp
    now: datetime
    status: Status
    nights: Nights
    left_alone: Mapping[str, float]

    def at(self, time: str | float) -> str:
        """Return a time as the wisp's people say it."""
        return day_time(time, self.wisp.time_zone, self.now)


def needs_of(known: Known) -> Sequence[Need]:
    """Return what needs a person, the most urgent first; none where all is well."""
    accounts = sorted(known.status.accounts, key=lambda account: account.email)
    their_own = [need for account in accounts for need in _account(account, known)]
    their_own.sort(key=lambda need: need.tone != "bad")
    return [*_held_back(accounts, known), *_night(known), *their_own]


def all_well(known: Known) -> str:
    """Say that every account has its customers, since when, and when they are compared next.

    Empty where that is not known of an account: one that is filled for the first time, is to hold others than
    when it was last compared, was brought back to what it was, or whose last run did not do everything.
    """
    accounts = [account for account in known.status.accounts if account.state != "disconnecting"]
    if not accounts or not all(_is_equal(each, known.status) for each in accounts):
        return ""
    counts = {account.expected for account in accounts}
    held = f"All {many(counts.pop(), 'customer')}" if len(counts) == 1 else "All customers"
    found = f"{held} are in {many(len(accounts), 'account')}"
    if any(account.scope != EVERYBODY for account in accounts):
        found = "Each account has the customers whom it is to hold"
    checked = known.at(min((account.last_complete for account in accounts), key=moment))
    night = known.at(next_night(known.wisp, known.now).isoformat())
    return f"{found}, last checked {checked}; next {night}."


def _is_equal(account: Health, status: Status) -> bool:
    """Return whether an account has the customers whom it is to hold, as far as its last run tells."""
    outcomes = (each for run in status.last_runs for each in run.accounts if each.account == account.account)
    last = next((each.state for each in outcomes if each.state != "running"), "complete")
    changed = account.rescoped or account.undone
    return bool(account.last_complete) and not changed and last == "complete"


def held_back(account: Health, nights: Nights) -> int:
    """Return how many removals wait in an account until a person has looked at them.

    None where an approval removes nothing: in an account that is paused, or is to be connected again.
    """
    streak = nights.refused.get(account.account)
    return streak.refused if streak and account.state == "connected" else 0


def _held_back(accounts: Sequence[Health], known: Known) -> Iterator[Need]:
    """Say how many removals wait; not yet where Google leaves an account out, so that there is no preview."""
    reached = [each for each in accounts if each.account not in known.left_alone]
    waiting = {each.email: count for each in reached if (count := held_back(each, known.nights))}
    counts = set(waiting.values())
    if not waiting:
        return
    if len(counts) > 1:
        who = " and ".join(f"{many(count, 'contact')} from {email}" for email, count in waiting.items())
    else:
        where = next(iter(waiting)) if len(waiting) == 1 else f"each of {len(waiting)} accounts"
        who = f"{many(counts.pop(), 'contact')} from {where}"
    yield Need(f"Removing {who} waits for your approval. {_WHY_HELD_BACK}", "review")


def _night(known: Known) -> Iterator[Need]:
    """Say that the last run failed; else that the last night is owed, though it should be over."""
    status, night = known.status, last_night(known.now, known.wisp.time_zone)
    if status.running:
        return
    ended = next((run for run in status.last_runs if run.state != "superseded"), None)
    if ended and ended.undid:
        if ended.state != "complete":
            text = f"What was undone {known.at(ended.started)} did not come to its end. {ended.reason}"
            yield Need(text.strip(), "run", ended.run, tone="bad")
    elif ended and ended.state in ("failed", "interrupted"):
        how = "failed" if ended.state == "failed" else "was interrupted"
        text = f"The last run, {known.at(ended.started)}, {how}; contacts may be out of date. {ended.reason}"
        yield Need(text, "settings" if ended.code in _SETTINGS else "sync", tone="bad")
    elif _is_missing(known, night):
        yield Need(f"There was no complete run since {known.at(night.isoformat())}.", "sync", tone="bad")


def _is_missing(known: Known, night: datetime) -> bool:
    """Return whether a night that should be over was not complete, and no account's own need says why."""
    is_over = known.now - night > timedelta(seconds=PATIENCE)
    told = any(account.state != "connected" or account.limited for account in known.status.accounts)
    return is_over and owes(known.nights, night) and not told


def _account(account: Health, known: Known) -> Iterator[Need]:
    email, id_ = account.email, account.account
    match account.state:
        case "reconnect":
            text = f"{email} must be connected to Google again. {account.reason}"
            yield Need(text, "reconnect", id_, email, tone="bad")
        case "disconnecting" if known.status.running:
            return  # what goes on is told below
        case "disconnecting":
            text = f"{email} is not disconnected completely yet. {account.reason}"
            yield Need(text, "disconnect", id_, email)
        case "broken":
            yield Need(f"{email}: {account.reason}", tone="bad")
        case "paused":
            text = f"{email} is paused, so nothing is written to it: {account.reason}."
            yield Need(text, "resume", id_, email)
        case _ if account.limited:
            until = known.left_alone.get(id_)
            text = f"{email} is left out until {known.at(until or account.limited_until)}. {account.limited}"
            yield Need(text, "try" if until else "", id_, email)
    yield from _failures(account, known.status)
    if account.nearly_full:
        text = f"{email} is nearly full: Google allows 25,000 contacts. It may hold fewer customers."
        yield Need(text, "scope", id_, email)


def _failures(account: Health, status: Status) -> Iterator[Need]:
    """Say how many contacts the last run that came to a plan could not write to an account."""
    outcomes = ((run.run, each) for run in status.last_runs for each in run.accounts if each.planned)
    for run, outcome in outcomes:
        if outcome.account == account.account:
            if outcome.failed and outcome.state != "unfinished":  # that goes on by itself
                text = f"{many(outcome.failed, 'contact')} could not be written to {account.email}."
                yield Need(text, "run", run, account.email)
            return
