"""Outcome: what a run did, per account, with reasons; what people read afterwards."""

from typing import Literal

import msgspec

from shared.replace import replace

RunState = Literal[
    "waiting", "running", "complete", "partial", "unfinished", "failed", "superseded", "interrupted"
]
AccountState = Literal["running", "complete", "partial", "unfinished", "stopped", "superseded"]

What = Literal[
    "created",
    "updated",
    "mended",
    "relabelled",
    "removed",
    "retired",
    "restored",
    "kept",
    "skipped",
    "refused",
    "failed",
]
"""The fate of a contact; "restored" says of a created one that it had been deleted in Google."""

MOST_NOTES = 1000
"""Notes kept per account, so that a run record stays a small document."""


class Fate(msgspec.Struct, frozen=True):
    """The fate of one customer's contact in an account.

    Attributes:
        customer: The customer's id, or "" for a record without one.
        what: What was done.
        code: Why: a stable code; of a record that was skipped, what is wrong with it.
        detail: What the code leaves open, in words.
        fields: The fields that changed.
        additions: The fields in which the user's own additions stayed.
    """

    customer: str
    what: What
    code: str = ""
    detail: str = ""
    fields: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()


class Note(msgspec.Struct, frozen=True):
    """One thing worth telling about one customer's contact; customers by id only.

    Attributes:
        customer: The customer's id, or "" for a record without one.
        what: As in `Fate`.
        why: The fields that changed, or a reason.
    """

    customer: str
    what: str
    why: str


class AccountOutcome(msgspec.Struct, frozen=True):
    """The result of a run in one account.

    Attributes:
        account: The account's id.
        email: Its address.
        state: "partial" when something failed or was refused; "stopped" when the account could not go on.
        reason: Why it is not complete: a stable code and a sentence, or empty.
        code: The stable code alone, e.g. ``google.reconnect``.
        planned: Whether it came to a plan, so that the guard has judged SIMPLer's list.
        created: Contacts made.
        updated: Contacts changed, those mended included.
        mended: Of those, the ones that somebody had changed in Google.
        relabelled: Contacts put back into the label.
        removed: Contacts moved to the trash.
        retired: Contacts that went over to the label of former customers.
        unchanged: Contacts that needed nothing.
        skipped: Customers left out for their record.
        refused: Removals that the guard holds back.
        failed: Writes that Google refused or did not confirm.
        held: Contacts that are ours after the run.
        total: All contacts of the account then, the user's own included.
        requests: Requests sent to the People API.
        seconds: Time taken.
        again: Seconds after which it may go on, if the reason tells; else 0.
        notes: Details, at most `MOST_NOTES`.
        notes_left_out: How many more there were.
    """

    account: str
    email: str
    state: AccountState = "running"
    reason: str = ""
    code: str = ""
    planned: bool = False
    created: int = 0
    updated: int = 0
    mended: int = 0
    relabelled: int = 0
    removed: int = 0
    retired: int = 0
    unchanged: int = 0
    skipped: int = 0
    refused: int = 0
    failed: int = 0
    held: int = 0
    total: int = 0
    requests: int = 0
    seconds: float = 0
    again: float = 0
    notes: list[Note] = msgspec.field(default_factory=list)
    notes_left_out: int = 0

    @property
    def writes(self) -> int:
        """Contacts written."""
        return self.created + self.updated + self.relabelled + self.removed + self.retired


CustomerResult = Literal["created", "updated", "unchanged", "removed", "skipped", "failed"]
"""The result of a press; "skipped": an unusable record, or no contact."""


class CustomerOutcome(msgspec.Struct, frozen=True):
    """The result for one customer in one account.

    Attributes:
        account: The account's id.
        email: Its address.
        result: What became of them.
        reason: Why, where that is not plain.
        again: Whether it failed for now only, and is tried again.
        for_a_run: Whether that is because a run must look at all customers first.
    """

    account: str
    email: str
    result: CustomerResult
    reason: str = ""
    again: bool = False
    for_a_run: bool = False


class RunOutcome(msgspec.Struct):
    """The result of a run.

    Attributes:
        run: The run's id.
        wisp: The wisp's id.
        started: ISO 8601, UTC.
        by: Who started it, in words: "nightly run", "mary@acme.ie".
        state: See `RunState`.
        code: Stable code of the reason, or empty.
        reason: Why it is not complete, in a sentence that a person can act on.
        finished: ISO 8601, UTC; empty while it runs.
        listed: Records in SIMPLer's list.
        contacts: How many of those customers are contacts.
        accounts: What was done in each.
        taken_in: Customers whose button was pressed meanwhile, and what became of them; the first of them.
        taken_in_left_out: How many more there were.
        untold: Customers whom a night changed although no trigger had told of them; None where none tells.
        undid: The run before which it brought an account back; empty: it made accounts equal to SIMPLer.
    """

    run: str
    wisp: str
    started: str
    by: str
    state: RunState = "running"
    code: str = ""
    reason: str = ""
    finished: str = ""
    listed: int = 0
    contacts: int = 0
    accounts: list[AccountOutcome] = msgspec.field(default_factory=list)
    taken_in: dict[str, list[CustomerOutcome]] = msgspec.field(default_factory=dict)
    taken_in_left_out: int = 0
    untold: int | None = None
    undid: str = ""


def as_seen(run: RunOutcome, present: str) -> RunOutcome:
    """Return a run as it is known now; one without an end that is not the `present` one was interrupted."""
    if run.state not in ("waiting", "running") or run.run == present:
        return run
    reason = "It did not end as it should; the next run does what is left."
    return replace(run, state="interrupted", code="run.interrupted", reason=reason)


def summed_up(accounts: list[AccountOutcome]) -> RunState:
    """Return a run's state from its accounts': the one that most needs attention or another try."""
    states = {outcome.state for outcome in accounts}
    if "superseded" in states:
        return "superseded"
    if "unfinished" in states:
        return "unfinished"
    return "complete" if states <= {"complete"} else "partial"
