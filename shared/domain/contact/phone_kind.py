"""Phone kind: what sort of line a number is, and what each format calls it.

This is the one table. The profile's setting, Google's fields, the vCard and the mail read it, so a kind that
is added here works in all of them.
"""

from enum import StrEnum
from typing import Self


class PhoneKind(StrEnum):
    """A kind of telephone number; its value is what a wisp's profile says and what ledgers keep.

    Attributes:
        google: The type in Google's `phoneNumbers`. Google names these types itself (people.v1 description,
            PhoneNumber.type); another word would show as it is.
        vcard: The values of TYPE in a vCard, never none: Outlook and Windows drop a number without one.
        label: What a mail calls it.
    """

    google: str
    vcard: tuple[str, ...]
    label: str

    def __new__(cls, value: str, google: str, vcard: tuple[str, ...], label: str) -> Self:
        """Make a row of the table; a row with a word missing fails at import."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.google, kind.vcard, kind.label = google, vcard, label
        return kind

    MOBILE = "mobile", "mobile", ("CELL", "VOICE"), "Mobile"
    HOME = "home", "home", ("HOME", "VOICE"), "Home"
    WORK = "work", "work", ("WORK", "VOICE"), "Work"
    FAX = "fax", "workFax", ("FAX", "WORK"), "Fax"
    OTHER = "other", "other", ("VOICE",), "Phone"

    @classmethod
    def of(cls, text: str) -> "PhoneKind":
        """Return the kind that a record names, without case; `OTHER` for any other text."""
        return _BY_WORD.get(text.casefold(), cls.OTHER)


_BY_WORD = {kind.value: kind for kind in PhoneKind}
