"""Wisp: a provider and its settings."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

LABEL_PREFIX = "Azotel SIMPLer - "

FORMER_SUFFIX = " \N{EN DASH} Former"

Leavers = Literal["remove", "keep", "former"]
"""What happens to a leaver's contact: it is removed; it stays as it is; it *retires* to the label of former
customers, and is removed some days later."""


class LeftOut(Struct, frozen=True, forbid_unknown_fields=True):
    """Records that are no contacts, whatever their status: those of staff, of masts, of tests.

    Attributes:
        member: The member of SIMPLer's records to look at, joined by dots where it is within another.
        values: A record with one of these there is left out; compared without case and white space.
    """

    member: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=100,
            description="The member of SIMPLer's records, with dots where it is within another.",
        ),
    ]
    values: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...],
        Meta(min_length=1, max_length=50, description="Compared without case and white space."),
    ]


class ShownRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row that contacts show besides the usual ones.

    Attributes:
        title: What stands before it.
        member: The member of SIMPLer's records that it shows, joined by dots where it is within another.
            Two with a comma between are a latitude and a longitude: the row is then a link to a map. Where
            one has both, it is named twice.
    """

    title: Annotated[str, Meta(min_length=1, max_length=50, description="What stands before it.")]
    member: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=100,
            description="A member of SIMPLer's records, with dots where it is within another; or two.",
        ),
    ]

    @property
    def members(self) -> tuple[str, ...]:
        """The members: one, or those of a latitude and a longitude."""
        return tuple(member.strip() for member in self.member.split(","))


class Wisp(msgspec.Struct, frozen=True):
    """A wireless internet provider, as it is set up.

    Attributes:
        id: Short and stable, e.g. ``acme``; part of every mark and document path.
        name: Shown in the label, e.g. ``ACME Wireless``.
        country: ISO 3166-1 alpha-2; decides how a national phone number is read.
        time_zone: IANA name; its nightly run is at 05:00 there.
        simpler_url: Base address of SIMPLer's REST API.
        simpler_operator: SIMPLer's ``operator`` parameter: which database.
        simpler_secret: Name of the secret with the credentials for SIMPLer.
        simpler_profile: What differs from the default profile of SIMPLer's list call.
        statuses: The customers in these statuses are contacts (compared without case).
        left_out: Which records are no contacts all the same.
        name_template: How the contact's name is made, e.g. ``{name} #{id}``.
        rows: What contacts show besides the usual rows.
        leavers: What happens to the contact of a customer who is a contact no longer.
        former_days: How many days a retired contact stays.
        guard_count: The guard lets this many removals through in any case.
        guard_percent: It also lets this share of an account's contacts through.
        mail_domains: vCards are only mailed to addresses in these domains; none given: to any user's.
        notify: Who is mailed when a run failed, or an account needs a person.
        suggestions_weekly: Whether they are also mailed once a week that there are new suggestions.
    """

    id: str
    name: str
    country: str
    time_zone: str
    simpler_url: str
    simpler_operator: str
    simpler_secret: str
    simpler_profile: dict[str, Any] = msgspec.field(default_factory=dict)
    statuses: tuple[str, ...] = ("current", "waiting for install")
    left_out: tuple[LeftOut, ...] = ()
    name_template: str = "{name}"
    rows: tuple[ShownRow, ...] = ()
    leavers: Leavers = "remove"
    former_days: int = 30
    guard_count: int = 20
    guard_percent: int = 10
    mail_domains: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    suggestions_weekly: bool = False

    @property
    def label(self) -> str:
        """The label's name, which follows the wisp's; one that a user gave the label stays."""
        return LABEL_PREFIX + self.name

    @property
    def former_label(self) -> str:
        """The name of the label of former customers, which follows likewise."""
        return self.label + FORMER_SUFFIX

    def wants(self, status: str) -> bool:
        """Return whether a customer in this status is a contact."""
        return status.casefold() in {wanted.casefold() for wanted in self.statuses}


class WispSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The settings that people choose, as they are given: what is left out stays as it is.

    This is their table: what functions take and give, the operator's command and docs/openapi.yaml follow it.
    Defaults are `Wisp`'s; what a type cannot say is asked in `shared/usecases/wisps/rules.py`. Documents are
    read without these limits, since older ones may be beyond them.
    """

    name: (
        Annotated[
            str, Meta(min_length=1, max_length=100, description="Shown in the label: Azotel SIMPLer - NAME.")
        ]
        | UnsetType
    ) = UNSET
    country: (
        Annotated[
            str,
            Meta(
                pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2: how a national phone number is read."
            ),
        ]
        | UnsetType
    ) = UNSET
    time_zone: (
        Annotated[
            str,
            Meta(
                min_length=1, max_length=64, description="IANA name of a zone that has a night: 05:00 there."
            ),
        ]
        | UnsetType
    ) = UNSET
    simpler_url: (
        Annotated[
            str,
            Meta(min_length=1, max_length=500, description="Base address of SIMPLer's REST API; https."),
        ]
        | UnsetType
    ) = UNSET
    simpler_operator: (
        Annotated[str, Meta(max_length=100, description="SIMPLer's parameter operator: which database.")]
        | UnsetType
    ) = UNSET
    simpler_profile: (
        Annotated[
            dict[str, Any], Meta(description="What differs from the default profile of SIMPLer's calls.")
        ]
        | UnsetType
    ) = UNSET
    statuses: (
        Annotated[
            tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...],
            Meta(
                min_length=1,
                max_length=50,
                description="Customers in these are contacts; compared without case.",
            ),
        ]
        | UnsetType
    ) = UNSET
    left_out: (
        Annotated[
            tuple[LeftOut, ...],
            Meta(max_length=20, description="Records that are no contacts, whatever their status."),
        ]
        | UnsetType
    ) = UNSET
    name_template: (
        Annotated[
            str, Meta(min_length=1, max_length=500, description="How a contact's name is made: {name} #{id}.")
        ]
        | UnsetType
    ) = UNSET
    rows: (
        Annotated[
            tuple[ShownRow, ...],
            Meta(max_length=10, description="Rows that contacts show besides the usual ones."),
        ]
        | UnsetType
    ) = UNSET
    leavers: (
        Annotated[
            Leavers, Meta(description="What becomes of the contact of a customer who is one no longer.")
        ]
        | UnsetType
    ) = UNSET
    former_days: (
        Annotated[
            int,
            Meta(
                ge=1, le=365, description="Days for which leavers' contacts stay in the label of former ones."
            ),
        ]
        | UnsetType
    ) = UNSET
    guard_count: (
        Annotated[
            int, Meta(ge=0, le=1000, description="The guard lets this many removals through in any case.")
        ]
        | UnsetType
    ) = UNSET
    guard_percent: (
        Annotated[
            int,
            Meta(ge=0, le=50, description="It also lets this share of an account's contacts through."),
        ]
        | UnsetType
    ) = UNSET
    mail_domains: (
        Annotated[
            tuple[Annotated[str, Meta(min_length=1, max_length=253)], ...],
            Meta(
                max_length=50, description="vCards are mailed into these domains only; none: to any user's."
            ),
        ]
        | UnsetType
    ) = UNSET
    notify: (
        Annotated[
            tuple[Annotated[str, Meta(min_length=1, max_length=254)], ...],
            Meta(max_length=20, description="Who is mailed when a run failed or an account needs a person."),
        ]
        | UnsetType
    ) = UNSET
    suggestions_weekly: (
        Annotated[
            bool, Meta(description="Whether they are also mailed once a week that suggestions are new.")
        ]
        | UnsetType
    ) = UNSET

    @classmethod
    def of(cls, wisp: Wisp) -> "WispSettings":
        """Return a wisp's settings, each of them."""
        return cls(**{name: getattr(wisp, name) for name in cls.__struct_fields__})

    def given(self) -> dict[str, Any]:
        """Return those that are not left out."""
        named = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in named if value is not UNSET}
