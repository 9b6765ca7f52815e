"""Address kind: what a postal address of a customer is for, and what each format calls it.

This is the one table, as `phone_kind` is for telephones.
"""

from enum import StrEnum
from typing import Self


class AddressKind(StrEnum):
    """A kind of postal address, the most important first; its value is Google's type and what ledgers keep.

    Attributes:
        record: What a wisp's profile calls it.
        vcard: The values of TYPE in a vCard, never none: Outlook and Windows drop an address without one.
        label: What a mail calls it.
    """

    record: str
    vcard: tuple[str, ...]
    label: str

    def __new__(cls, value: str, record: str, vcard: tuple[str, ...], label: str) -> Self:
        """Make a row of the table; a row with a word missing fails at import."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.record, kind.vcard, kind.label = record, vcard, label
        return kind

    INSTALLATION = "home", "installation", ("HOME",), "Installation"
    BILLING = "work", "billing", ("WORK",), "Billing"

    @classmethod
    def of(cls, text: str) -> "AddressKind":
        """Return the kind that a record names, without case; `INSTALLATION` for any other text."""
        return _BY_WORD.get(text.casefold(), cls.INSTALLATION)


_BY_WORD = {kind.record: kind for kind in AddressKind}
