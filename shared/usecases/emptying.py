"""Emptying: exactly what we created is removed from an account, and the label if nothing else is in it.

Ours are the contacts with our mark and our label. Those whose label the user took off stay, and so does
everything of the user's own. Each contact is looked at once more before it goes, as in every run.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from shared.domain.account import Leaving
from shared.domain.guard import Verdict
from shared.domain.plan import Plan, Remove
from shared.domain.wanted import Wanted
from shared.errors import RetryLater
from shared.usecases.apply import Application
from shared.usecases.session import Session

PASSES = 3
"""Looks at the whole account: contacts that changed while they were being removed are looked at again."""

MOST_MEMBERS = 1000
"""Members of a label that Google is asked for."""


def empty(session: Session, leaving: Leaving, remember: Callable[[Leaving], None]) -> Leaving:
    """Remove what is ours, from wherever an earlier attempt was interrupted; returns what was done in all.

    Args:
        session: In the account.
        leaving: What is known of the disconnection.
        remember: Is told how many contacts there were before the first one goes, since that cannot be counted
            afterwards.

    Raises:
        RetryLater: Some contacts could not be removed; the rest is done by a further attempt.
        Trouble: The account cannot go on; what was done until then is saved.
    """
    for _ in range(PASSES):
        found = session.everything(Wanted(session.run.wisp.id, {}))
        ours = [Remove(c, p, "disconnected") for c, persons in found.labelled.items() for p in persons]
        kept = sum(map(len, found.unlabelled.values()))
        if leaving.found is None:
            leaving = replace(leaving, found=len(ours) + kept)
            remember(leaving)
        if _removed(session, ours):
            return replace(leaving, kept=kept, label_removed=_label_removed(session))
    raise RetryLater(
        "disconnect.unfinished",
        f"some contacts of the account {session.account.id} could not be removed yet",
        "Not every contact could be removed yet. The rest is removed in a while; nothing needs to be done.",
        after=60,
    )


def _removed(session: Session, ours: Sequence[Remove]) -> bool:
    """Remove these; whether Google confirmed every single one."""
    if not ours:
        return True
    before = session.outcome.removed
    Application(session, Wanted(session.run.wisp.id, {})).apply(Plan(remove=[*ours]), Verdict(tuple(ours)))
    return session.outcome.removed - before == len(ours)


def _label_removed(session: Session) -> bool:
    """Remove the label if nobody is in it; whether it is gone.

    Google's list of members may still name contacts that were just removed, so they are looked at.
    """
    if not session.label:
        return True
    members = session.book.members(session.label)
    looked = session.look(members)
    inhabited = any(person and session.label in person.groups for person in looked.values())
    if inhabited or len(members) >= MOST_MEMBERS:
        return False
    session.book.delete_label(session.label)
    return True
