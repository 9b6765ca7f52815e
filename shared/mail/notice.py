"""Notice: what a run could not do by itself, in words, for a mail to the wisp's own people."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.contact.text import clean, cut
from shared.domain.model.wisp import Wisp
from shared.mail.letter import Letter

_LONGEST_SUBJECT = 120
_WHERE = "In SIMPLer, open Users → Google Accounts to see how every account is"
_ONCE = (
    "You get this mail once. Another one comes only if something else needs you, or if the same happens again"
    " after it was well in between."
)
_ADVICE = {
    "guard": "Please look at the preview there, and let the removals through if they are right; otherwise"
    " correct the customers in SIMPLer.",
}
"""Advice by code, where the reason itself does not say what to do."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something needs a person.

    Attributes:
        scope: What it is about: an account's id, or `RUN`.
        code: Stable code; empty when all is well with it.
        reason: What happened and what to do, in a sentence.
        email: The account's address; empty for the run as a whole.
    """

    scope: str
    code: str
    reason: str = ""
    email: str = ""

    def __str__(self) -> str:
        """Return it as a person reads it."""
        sentence = " ".join(filter(None, (clean(self.reason), _ADVICE.get(self.code, ""))))
        return f"{clean(self.email)}: {sentence}" if self.email else sentence


RUN = "run"
"""The scope of what concerns no single account."""


def notice(causes: Sequence[Cause], wisp: Wisp, console_url: str) -> Letter:
    """The mail about these causes.

    Args:
        causes: At least one, none of them empty.
        wisp: Whose accounts.
        console_url: Where the accounts are listed; empty: only SIMPLer leads there.
    """
    from shared.mail.pages import html_of  # noqa: PLC0415  few calls write a mail

    title = f"Google Contacts of {clean(wisp.name)} need your attention"
    told = [str(cause) for cause in causes]
    url = f"{console_url}/" if console_url else ""
    where = f"{_WHERE}: {url}" if url else f"{_WHERE}."
    return Letter(
        subject=cut(title, _LONGEST_SUBJECT),
        text="\n\n".join([title, *told, where, _ONCE, ""]),
        html=html_of("notice.html", title=title, told=told, where=_WHERE, url=url, once=_ONCE),
    )
