"""Bad person: one person of a create or an update that is refused, though there is nothing wrong with it."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from infra.standins.google.errors import STALE_ETAG, GoogleError, not_found

_INVALID = "Request contains an invalid argument."


class BadPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person that is refused, and how.

    Attributes:
        code: Why: its content, its etag (though it is right), or its absence.
        index: Which one of the batch, counted from 0; beyond its end it goes on from the beginning.
        holding: A text: then instead every person that holds it, at whatever place.
        told: Whether the refusal of a batch names the person; or does not; or the batch is done for the
            others and answered 200, with the person's status among theirs. Google documents the first and
            provides for the last (PersonResponse.status).
    """

    code: Literal["INVALID_ARGUMENT", "FAILED_PRECONDITION", "NOT_FOUND"] = "INVALID_ARGUMENT"
    index: int = 0
    holding: str = ""
    told: Literal["named", "unnamed", "in_200"] = "named"

    def among(self, people: Mapping[str, Any]) -> frozenset[str]:
        """Return the keys of those who are refused, of at least one person."""
        if self.holding:
            wanted = self.holding.encode()
            return frozenset(key for key, person in people.items() if wanted in msgspec.json.encode(person))
        return frozenset([list(people)[self.index % len(people)]])

    def error(self) -> GoogleError:
        """Return why the person is refused."""
        if self.code == "NOT_FOUND":
            return not_found()
        return GoogleError(self.code, STALE_ETAG if self.code == "FAILED_PRECONDITION" else _INVALID)
