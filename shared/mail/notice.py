"""Notice: a mail's text to a wisp's own people about what needs a person after a run."""

from collections.abc import Mapping, Sequence

import msgspec

from shared.domain.contact.text import clean, cut
from shared.domain.model.reason import FOR_ITS_OWNER
from shared.domain.model.wisp import Wisp
from shared.mail.letter import Letter

_LONGEST_SUBJECT = 120
_WHERE = "In SIMPLer, open Users → Google Accounts to see how every account is"
_ONCE = (
    "You get this mail once. You get another one only if something else needs you, or if the same happens"
    " again after all was well in between."
)
_ADVICE = {
    "guard": "In SIMPLer, please open Users → Google Accounts → Preview and approve the removals if they are"
    " right; otherwise correct the customers.",
}
"""Advice by code, where the reason itself does not say what to do."""

_FIELDS = {
    "names": "names",
    "organizations": "companies",
    "nicknames": "nicknames",
    "phoneNumbers": "telephone numbers",
    "emailAddresses": "e-mail addresses",
    "addresses": "postal addresses",
}
"""What a suggestion is about; all else is a detail."""


class Cause(msgspec.Struct, frozen=True):
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

_RECONNECT = "Reconnect {email} to Google"
_SUBJECTS = {
    **dict.fromkeys(FOR_ITS_OWNER, _RECONNECT),
    "guard": "Removals in {email} wait for approval",
    "google.full": "{email} has no room for more contacts",
}
"""What a mail about a cause is called, so that one is not folded into another."""


def notice(causes: Sequence[Cause], wisp: Wisp, console_url: str) -> Letter:
    """Write the mail about these causes.

    Args:
        causes: At least one, none of them empty.
        wisp: Whose accounts.
        console_url: Address of the page that lists the accounts; empty: name only the way through SIMPLer.
    """
    more = f", and {len(causes) - 1} more" if len(causes) > 1 else ""
    title = f"{_subject(causes[0])}{more} ({clean(wisp.name)})"
    return _letter(title, [str(cause) for cause in causes], console_url, once=_ONCE)


def well_again(wisp: Wisp, console_url: str) -> Letter:
    """Write the mail that nothing of what was mailed is wrong any more; `console_url` as for `notice`."""
    title = f"All is well again with the Google Contacts of {clean(wisp.name)}"
    done = (
        "The last run was complete: every Google account has the customers whom it is to hold."
        " Nothing is to be done."
    )
    return _letter(title, [done], console_url, once="")


def new_suggestions(new: Mapping[str, int], count: int, wisp: Wisp, console_url: str) -> Letter:
    """Write the mail that users wrote something over SIMPLer's values; it has no customer's data.

    Args:
        new: How many are new, by Google's name of the field; at least one.
        count: How many there are in all.
        wisp: Whose accounts.
        console_url: As for `notice`.
    """
    total = sum(new.values())
    many = f"{total} new suggestion{'' if total == 1 else 's'}"
    kinds = ", ".join(f"{_FIELDS.get(field, 'details')}: {number}" for field, number in new.items())
    seen = (
        f"Somebody changed on a phone what SIMPLer has the say of ({kinds}). The contacts are as SIMPLer has"
        " them again; what was written there is kept for 30 days."
    )
    wait = (
        f"Suggestions in all: {count}. Where one is right, correct the customer in SIMPLer: then it goes by"
        " itself."
    )
    return _letter(
        f"{many} from phones ({clean(wisp.name)})",
        [seen, wait],
        console_url,
        once="You get this mail once a week at most, and only when there is something new. Whether it is sent"
        " is set under Settings.",
        where="In SIMPLer, open Users → Google Accounts → Suggestions to see them",
    )


def _subject(cause: Cause) -> str:
    if not cause.email:
        return "The Google Contacts could not be brought up to date"
    return _SUBJECTS.get(cause.code, "{email} needs your attention").format(email=clean(cause.email))


def _letter(
    title: str, paragraphs: Sequence[str], console_url: str, *, once: str, where: str = _WHERE
) -> Letter:
    from shared.mail.pages import html_of  # noqa: PLC0415  few calls write a mail

    url = f"{console_url}/" if console_url else ""
    way = f"{where}: {url}" if url else f"{where}."
    return Letter(
        subject=cut(title, _LONGEST_SUBJECT),
        text="\n\n".join([title, *paragraphs, way, *filter(None, (once,)), ""]),
        html=html_of("notice.html", title=title, paragraphs=paragraphs, where=where, url=url, once=once),
    )
