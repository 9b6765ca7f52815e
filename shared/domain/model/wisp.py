"""Wisp: a provider and its settings."""

from dataclasses import dataclass, field
from typing import Any, Literal

LABEL_PREFIX = "Azotel SIMPLer - "

Leavers = Literal["remove", "keep"]


@dataclass(frozen=True, slots=True)
class Wisp:
    """A wireless internet provider, as an operator has set it up.

    Attributes:
        id: Short and stable, e.g. ``acme``; part of every mark and document path.
        name: Shown in the label, e.g. ``ACME Wireless``.
        country: ISO 3166-1 alpha-2; decides how a national phone number is read.
        time_zone: IANA name; its nightly run is at 05:00 there.
        simpler_url: Base address of SIMPLer's REST API.
        simpler_operator: SIMPLer's ``operator`` parameter: which database.
        simpler_secret: Name of the secret with ``api_username`` and ``api_password``.
        simpler_profile: What differs from the default profile of SIMPLer's list call.
        statuses: The customers in these statuses are contacts (compared without case).
        name_template: How the contact's name is made, e.g. ``{name} #{id}``.
        leavers: What happens to the contact of a customer who leaves those statuses.
        mail_domains: vCards are only mailed to addresses in these domains; none given: to any user's.
        notify: Who is mailed when a run failed, or an account needs a person.
    """

    id: str
    name: str
    country: str
    time_zone: str
    simpler_url: str
    simpler_operator: str
    simpler_secret: str
    simpler_profile: dict[str, Any] = field(default_factory=dict)
    statuses: tuple[str, ...] = ("current", "waiting for install")
    name_template: str = "{name}"
    leavers: Leavers = "remove"
    mail_domains: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The label's name, which follows the wisp's; one that a user gave the label stays."""
        return LABEL_PREFIX + self.name

    def wants(self, status: str) -> bool:
        """Return whether a customer in this status is a contact."""
        return status.casefold() in {wanted.casefold() for wanted in self.statuses}
