"""History of a wisp's settings: who changed what, and when; it holds no secret."""

import hashlib
from typing import Any

import msgspec

from shared.domain.model.wisp import Wisp, WispSettings

MOST_CHANGES = 50
"""Changes that are kept, the newest: by then what a setting was is of no use to anybody."""

_LONGEST = 200
"""Characters of a value as it was or is."""

_NOT_SHOWN = {"simpler_profile"}
"""Settings of which only is kept that they changed: nobody would read it there, and it may hold a key."""


class Changed(msgspec.Struct, frozen=True):
    """One setting that was changed.

    Attributes:
        setting: Its name; also ``credentials``.
        before: What it was, as JSON, cut; empty where there was none or it is not shown.
        after: What it is since, likewise.
    """

    setting: str
    before: str = ""
    after: str = ""


class SettingChange(msgspec.Struct, frozen=True):
    """One change of a wisp's settings.

    Attributes:
        at: When, ISO 8601, UTC.
        by: Who, in words that others may read.
        settings: What was changed.
    """

    at: str
    by: str
    settings: tuple[Changed, ...]


class History(msgspec.Struct, frozen=True):
    """The changes of a wisp's settings.

    Attributes:
        number: How many there were, those that are not kept included.
        changes: The newest first.
    """

    number: int = 0
    changes: tuple[SettingChange, ...] = ()

    def with_change(self, change: SettingChange) -> "History":
        """Return the history after one change more."""
        return History(self.number + 1, (change, *self.changes)[:MOST_CHANGES])


def revision(wisp: Wisp, history: History) -> str:
    """Name the state of a wisp's settings: another one whenever they, or the credentials, were changed.

    By the number of changes, and by what the settings are: somebody may write the document by hand.
    """
    written = msgspec.json.encode(wisp, order="deterministic")
    return f"{history.number}-{hashlib.sha256(written).hexdigest()[:12]}"


def differences(before: Wisp | None, after: Wisp) -> tuple[Changed, ...]:
    """Return what is not as it was; every setting of a wisp that there was not."""
    names = [each for each in Wisp.__struct_fields__ if each in WispSettings.__struct_fields__]
    return tuple(
        Changed(name, _shown(name, getattr(before, name, None)), _shown(name, getattr(after, name)))
        for name in names
        if before is None or getattr(before, name) != getattr(after, name)
    )


def _shown(setting: str, value: Any) -> str:
    if value is None or setting in _NOT_SHOWN:
        return ""
    return msgspec.json.encode(value).decode()[:_LONGEST]
