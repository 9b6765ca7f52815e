"""Preview: what a run would do, as people see it: account by account, contact by contact, field by field."""

import msgspec

from shared.domain.model.scope import EVERYBODY, Scope

LONGEST_PERMIT = 20_000
"""Characters that a person may hand back: the permits of a thousand accounts, far below what a task holds."""


class FieldChange(msgspec.Struct, frozen=True):
    """One field of a contact, before and after; each item as one line."""

    field: str
    old: tuple[str, ...]
    new: tuple[str, ...]


class Kept(msgspec.Struct, frozen=True):
    """The items of a field that are the user's own and stay, each as one line."""

    field: str
    lines: tuple[str, ...]


class Shown(msgspec.Struct, frozen=True):
    """One contact that would change.

    Attributes:
        customer: The customer's id.
        name: As the contact shows it.
        why: For a removal: left or gone; for an update: whether SIMPLer or somebody in Google changed it.
        retires: For a removal: the contact only goes over to the label of former customers.
        changes: Field by field.
        kept: What the user added, field by field.
    """

    customer: str
    name: str
    why: str = ""
    retires: bool = False
    changes: list[FieldChange] = msgspec.field(default_factory=list)
    kept: list[Kept] = msgspec.field(default_factory=list)


class AccountPreview(msgspec.Struct):
    """The changes that a run would make in one account.

    Attributes:
        account: Its id.
        email: Its address.
        scope: Which of the wisp's contacts it is to hold.
        expected: How many these are.
        create: How many contacts would be made.
        update: How many would be changed.
        relabel: How many would be put back into the label.
        remove: How many would be removed.
        retire: How many would go over to the label of former customers.
        refused: How many of both the guard would hold back.
        unchanged: How many need nothing.
        label: The label's new name, where it is to follow the wisp's; else empty.
        guard: What the guard would say; empty when it lets everything through.
        reason: Why this account has no preview; empty when it has one.
        paused: Why none of this is done, since somebody has paused the account; empty: a run does it.
        creates: The contacts to be made.
        updates: The contacts to be changed.
        relabels: The contacts to be put back into the label.
        removes: The contacts to be removed or to retire, those held back included.
        permit: This account's part of the preview's token.
    """

    account: str
    email: str
    scope: Scope = EVERYBODY
    expected: int = 0
    create: int = 0
    update: int = 0
    relabel: int = 0
    remove: int = 0
    retire: int = 0
    refused: int = 0
    unchanged: int = 0
    label: str = ""
    guard: str = ""
    reason: str = ""
    paused: str = ""
    creates: list[Shown] = msgspec.field(default_factory=list)
    updates: list[Shown] = msgspec.field(default_factory=list)
    relabels: list[Shown] = msgspec.field(default_factory=list)
    removes: list[Shown] = msgspec.field(default_factory=list)
    permit: str = ""


class Preview(msgspec.Struct, frozen=True):
    """The changes that a run would make.

    Attributes:
        listed: How many records SIMPLer listed.
        contacts: How many of their customers are contacts.
        skipped: How many records cannot be used.
        accounts: The same, account by account.
        token: Lets exactly the removals through that the guard holds back; empty if it holds back none.
    """

    listed: int
    contacts: int
    skipped: int
    accounts: list[AccountPreview]
    token: str
