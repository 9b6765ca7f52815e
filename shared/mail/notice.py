"""Notice: what a run could not do by itself, in words, for a mail to the wisp's own people."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

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
"""What to do, where the reason itself does not say it; by code."""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body style="margin:0;padding:24px 12px;background:#f3f5f7">
<div style="max-width:560px;margin:0 auto;padding:22px;background:#ffffff;border:1px solid #dfe3e8;\
border-radius:12px;font:15px/22px -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1f2a37;\
overflow-wrap:anywhere">
<h1 style="margin:0 0 14px;font-size:20px;line-height:28px">{title}</h1>
{paragraphs}
<p style="margin:14px 0 0;font-size:13px;line-height:19px;color:#5b6776">{once}</p>
</div>
</body>
</html>
"""


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
        """As a person reads it."""
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
    title = f"Google Contacts of {clean(wisp.name)} need your attention"
    told = [str(cause) for cause in causes]
    where = f"{_WHERE}: {console_url}/" if console_url else f"{_WHERE}."
    paragraphs = [*map(escape, told), _linked(where, console_url)]
    html = "\n".join(f'<p style="margin:0 0 12px">{paragraph}</p>' for paragraph in paragraphs)
    return Letter(
        subject=cut(title, _LONGEST_SUBJECT),
        text="\n\n".join([title, *told, where, _ONCE, ""]),
        html=_PAGE.format(title=escape(title), paragraphs=html, once=escape(_ONCE)),
    )


def _linked(where: str, url: str) -> str:
    if not url:
        return escape(where)
    link = f'<a href="{escape(url)}/" style="color:#0b57a4">{escape(url)}/</a>'
    return f"{escape(_WHERE)}: {link}"
