"""Phone: a number in the form that an incoming call can be matched with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid telephone number.

    Attributes:
        number: International format, e.g. ``+353 21 234 8100`` or ``+1 312-239-0680 ext. 12``.
        kind: mobile, home, work, fax or other.
    """

    number: str
    kind: str
