"""Mishap: what goes wrong with a call that a planned fault strikes."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from infra.standins.google.bad_person import BadPerson
from infra.standins.google.deeds import Deed
from infra.standins.google.errors import error_body, name_of_status
from infra.standins.google.ready_faults import READY
from shared.typed import from_plain

LeftOut = Literal["contacts", "labels", "client_data", "people", "some_people"]
"""What an answer has to say and does not."""


class Mishap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mishap: a delay, a deed, an ending, or these in this order; or something inside of the method.

    Attributes:
        hang: Seconds to wait first; without an ending the call goes on as usual after that.
        deed: What somebody else does in the account meanwhile.
        close: End the connection without an answer.
        reset: End the connection with a TCP reset.
        status: Answer with this HTTP status.
        body: Its body: JSON, or a string for anything else. By default Google's usual one.
        headers: Its headers, such as `Retry-After`.
        page: What is wrong with a page of people.connections.list: the next page is the same again, or the
            first; or the people of this page are left out, and those of the next one are answered.
        left_out: What an answer leaves out though it is there: the contacts of a listing, which is then that
            of an empty account, and whose sync token stands for what it showed; the user's labels in a list
            of them, with a token alike; the client data of labels in any answer; all people of a getBatchGet,
            or every other one.
        person: A person of a create or an update that is refused.
        ready: One of the ready-made faults (`ready_faults.READY`).
    """

    hang: float = 0
    deed: Deed | None = None
    close: bool = False
    reset: bool = False
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = {}
    page: Literal["repeated", "leads_back", "skipped"] | None = None
    left_out: LeftOut | None = None
    person: BadPerson | None = None
    ready: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: There is nothing that goes wrong, more than one ending, or no such ready-made fault.
        """
        endings = sum((self.close, self.reset, self.status is not None, self.ready is not None))
        inside = self.page or self.left_out or self.person
        if endings > 1 or not (endings or self.hang or self.deed or inside):
            raise ValueError(
                "say hang, deed, page, left_out or person, or one of close, reset, status and ready, or both"
            )
        if self.ready is not None and self.ready not in READY:
            raise ValueError(f"ready is one of {', '.join(sorted(READY))}")

    def resolved(self) -> "Mishap":
        """Return the fault without `ready`, with this one's headers added to the ready-made one's."""
        if self.ready is None:
            return self
        ready = from_plain(READY[self.ready], Mishap)
        headers = {**ready.headers, **self.headers}
        return msgspec.structs.replace(ready, hang=self.hang or ready.hang, headers=headers)

    def answer(self) -> tuple[int, Any, Mapping[str, str]] | None:
        """Return the HTTP status, body and headers, or None."""
        if self.status is None:
            return None
        name = name_of_status(self.status)
        body = error_body(self.status, name, f"Planned fault: {name}.") if self.body is None else self.body
        return self.status, body, self.headers
