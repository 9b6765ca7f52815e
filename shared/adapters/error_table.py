"""Error table: what an adapter's refusals mean to us, as data. Each is a row; the first that fits counts."""

from collections.abc import Collection, Sequence

import msgspec

from shared.errors import OverQuota, RetryLater, Trouble

Sign = str | type[BaseException]
"""A sign of a refusal, besides an HTTP status: a word from the other side, or an exception."""


class Row(msgspec.Struct, frozen=True):
    """The meaning of a refusal.

    Attributes:
        error: Which of our errors it is.
        reason: Our stable code.
        message: Our text for the operator; ``{…}`` is filled in.
        user_message: Our text for the person at the button; empty for the error's own sentence.
        statuses: The statuses it applies to; empty for any.
        signs: One of these must be met; empty for any.
        lasting: Of a quota: whether it takes hours to recover.
        again: Whether the same request may succeed a moment later.
    """

    error: type[Trouble]
    reason: str
    message: str
    user_message: str = ""
    statuses: Collection[int] = ()
    signs: Collection[Sign] = ()
    lasting: bool = False
    again: bool = False

    def trouble(self, *, after: float = 0, limit: str = "", **details: object) -> Trouble:
        """Make our error of it.

        Args:
            after: Seconds that the other side asks to wait.
            limit: Of a quota: its name.
            details: What is filled into the message.
        """
        message, user_message = self.message.format(**details), self.user_message
        if issubclass(self.error, OverQuota):
            return self.error(
                self.reason, message, user_message, after=after, limit=limit, lasting=self.lasting
            )
        if issubclass(self.error, RetryLater):
            return self.error(self.reason, message, user_message, after=after)
        return self.error(self.reason, message, user_message)


def row_for(table: Sequence[Row], *signs: Sign, status: int = 0) -> Row | None:
    """Return the first row that fits a status and signs; None if none does."""
    for row in table:
        if (not row.statuses or status in row.statuses) and (not row.signs or set(signs) & set(row.signs)):
            return row
    return None


def row_of(table: Sequence[Row], error: BaseException) -> Row | None:
    """Return the first row for an exception, by its class or one of those that it derives from."""
    return row_for(table, *type(error).__mro__)
