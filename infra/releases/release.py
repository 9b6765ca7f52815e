"""Release: one deployment, by its number."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Literal

State = Literal["begun", "good", "bad"]
"""``begun``: it was being put into service, and no more was heard; ``good`` and ``bad``: so it answered."""


@dataclass(frozen=True, slots=True)
class Release:
    """What was put into service, by what cannot change.

    Attributes:
        number: 1 and up, in the order in which they were begun.
        commit: The commit of its Terraform and of the pipeline that deployed it.
        archive: The SHA-256 of the functions' code.
        settings: The generation of the file of settings.
        at: When it began, in UTC.
        why: ``commit``: its code was built from the commit; ``release N``: its code is an earlier one's.
        state: What became of it.
    """

    number: int
    commit: str
    archive: str
    settings: int
    at: str
    why: str
    state: State = "begun"

    @classmethod
    def of(cls, text: str) -> "Release":
        """Read a release as `json` wrote it, also that of a later commit, which may tell more."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})

    def json(self) -> str:
        """Return it as one line, for its file and for the log."""
        return json.dumps(asdict(self)) + "\n"
