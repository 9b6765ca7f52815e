"""Notice: a mail's text to a wisp's own people about what needs a person after a run."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.contact.text import clean, cut
from shared.domain.model.wisp import Wisp
from shared.mail.letter import Letter

_LONGEST_SUBJECT = 120
_WHERE = "In SIMPLer, open Users → Google Accounts to see how every account is"
_ONCE = (
    "You get this mail once. You get another one only if something else needs you, or if the same happens"
    " again after all was well in between."
)
_ADVICE = {
    "guard": "Please look at the preview there, and let the removals through if they are right; otherwise"
    " correct the customers in SIMPLer.",
}
"""Advice by code, where the reason itself does not say what to do."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason to mail a person.

    Attributes:
        scope: An account's id, or `RUN`.
        code: A stable code; empty when all is well there.
        reason: What happened and what to do, in a sentence.
        email: The account's address; empty for the run as a whole.
    """

    scope: str
    code: str
    reason: str = ""
    email: str = ""

    def __str__(self) -> str:
        """Return it as a sentence for people."""
        sentence = " ".join(filter(None, (clean(self.reason), _ADVICE.get(self.code, ""))))
        return f"{clean(self.email)}: {sentence}" if self.email else sentence


RUN = "run"
"""The scope of a cause that concerns the run as a whole."""


def notice(causes: Sequence[Cause], wisp: Wisp, console_url: str) -> Letter:
    """Write the mail about these causes.

    Args:
        causes: At least one, none of them empty.
        wisp: Whose accounts.
        console_url: Address of the page that lists the accounts; empty: name only the way through SIMPLer.
    """
    from shared.mail.pages import html_of  # noqa: PLC0415  few calls write a mail

    title = f"Google Contacts of {clean(wisp.name)} need your attention"
    paragraphs = [str(cause) for cause in causes]
    url = f"{console_url}/" if console_url else ""
    where = f"{_WHERE}: {url}" if url else f"{_WHERE}."
    return Letter(
        subject=cut(title, _LONGEST_SUBJECT),
        text="\n\n".join([title, *paragraphs, where, _ONCE, ""]),
        html=html_of("notice.html", title=title, paragraphs=paragraphs, where=_WHERE, url=url, once=_ONCE),
    )
