"""Profile: how one SIMPLer answers, said as data.

SIMPLer's list call is not documented in public: its path, its paging and most member names are proposals here
(`default_profile.json`), of which only `customerid`, `name`, `nickname` and `status` are confirmed, by
Azotel's wiki. A wisp overrides what differs, so a new SIMPLer needs a setting and no code.

A *path into an answer* is member names joined by dots (`data.customers`); the empty path is the whole answer.
"""

from collections.abc import Mapping
from importlib.resources import files
from string import Formatter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.phone_kind import PhoneKind
from shared.errors import Misconfigured
from shared.typed import from_plain

AnyPath = Annotated[str, Meta(pattern=r"^\Z|^[^.]+(\.[^.]+)*\Z")]
Path = Annotated[str, Meta(pattern=r"^[^.]+(\.[^.]+)*\Z")]
UrlPath = Annotated[
    str, Meta(pattern=r"^/?[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\Z")
]
NonEmpty = Annotated[str, Meta(min_length=1)]
Names = Annotated[tuple[Path, ...], Meta(min_length=1)]
Send = Literal["GET query", "POST form", "POST json"]
AddressWord = Annotated[str, Meta(pattern=rf"^({'|'.join(kind.record for kind in AddressKind)})\Z")]
"""The word of a record for a kind of address; `AddressKind` has them."""

CREDENTIALS = frozenset({"api_username", "api_password", "operator"})
"""The parameters of every call (Azotel's wiki, "SIMPLer API")."""


class AllAtOnce(Struct, frozen=True, forbid_unknown_fields=True, tag_field="style", tag="all"):
    """One answer holds every record."""


class ByPage(Struct, frozen=True, forbid_unknown_fields=True, tag_field="style", tag="page"):
    """Numbered pages of a fixed size.

    Attributes:
        page: Name of the parameter with the page's number.
        limit: Name of the parameter with the page's size.
        first: The first page's number.
        size: Records to a page; must not be more than SIMPLer grants.
    """

    page: NonEmpty = "page"
    limit: NonEmpty = "limit"
    first: Annotated[int, Meta(ge=0, le=1)] = 1
    size: Annotated[int, Meta(ge=1, le=100_000)] = 500


class ByCursor(Struct, frozen=True, forbid_unknown_fields=True, tag_field="style", tag="cursor"):
    """Each answer tells what to send to get the next.

    Attributes:
        parameter: Name of the parameter with the cursor; the first call does without.
        next: Path to the next cursor; null or empty there is the end.
    """

    parameter: NonEmpty = "cursor"
    next: Path = "next"


class ListCall(Struct, frozen=True, forbid_unknown_fields=True):
    """The call that lists the customers.

    Attributes:
        path: Below the wisp's `simpler_url`.
        send: Method and place of the parameters; a query ends up in the server's log, a body does not.
        parameters: Fixed parameters, sent besides the credentials.
        records: Path to the records.
        total: Path to the number of all records; null when SIMPLer does not tell.
        paging: How the listing is cut into answers.
    """

    path: UrlPath
    send: Send
    parameters: dict[str, str]
    records: AnyPath
    total: Path | None
    paging: AllAtOnce | ByPage | ByCursor


class LookupCall(Struct, frozen=True, forbid_unknown_fields=True):
    """The call for one customer.

    Attributes:
        path: As in `ListCall`.
        send: As in `ListCall`.
        parameters: As in `ListCall`.
        id: Name of the parameter with the customer's id.
        record: Path to the record, or to a list of it alone.
        missing: The customer does not exist when the answer's error contains one of these; without case.
    """

    path: UrlPath
    send: Send
    parameters: dict[str, str]
    id: NonEmpty
    record: AnyPath
    missing: tuple[NonEmpty, ...]


class ErrorMembers(Struct, frozen=True, forbid_unknown_fields=True):
    """The members by which an answer with HTTP status 200 reports a failure.

    Attributes:
        message: Path to what is absent or empty unless the call failed.
        success: Path to what is false or 0 when the call failed.
        denied: The credentials were refused when the message contains one of these; without case.
    """

    message: Path | None
    success: Path | None
    denied: tuple[NonEmpty, ...]


class PhoneField(Struct, frozen=True, forbid_unknown_fields=True):
    """A member with telephone numbers, and what kind they are."""

    member: Path
    kind: PhoneKind


class AddressFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The members that make up one address; of several names, the first that is not empty counts.

    `lines` is different: each name is a line.
    """

    kind: AddressWord
    lines: tuple[Path, ...] = ()
    city: tuple[Path, ...] = ()
    region: tuple[Path, ...] = ()
    postcode: tuple[Path, ...] = ()
    country: tuple[Path, ...] = ()


class MemberNames(Struct, frozen=True, forbid_unknown_fields=True):
    """The members of a record, by what they hold; of several names, the first that is not empty counts.

    `phones`, `emails` and `addresses` are different: every entry counts, most important first.
    """

    id: Names
    name: tuple[Path, ...]
    company: tuple[Path, ...]
    first_name: tuple[Path, ...]
    last_name: tuple[Path, ...]
    nickname: tuple[Path, ...]
    status: Names
    site: tuple[Path, ...]
    ap: tuple[Path, ...]
    plan: tuple[Path, ...]
    phones: tuple[PhoneField, ...]
    emails: tuple[Path, ...]
    addresses: tuple[AddressFields, ...]


SINGLE_MEMBERS = tuple(
    each.name
    for each in msgspec.structs.fields(MemberNames)
    if each.name not in ("phones", "emails", "addresses")
)
"""The members of which the first that is not empty counts."""


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is assumed of one SIMPLer's answers.

    Attributes:
        listing: The call that lists the customers.
        lookup: The call for one customer.
        error: Where an answer tells of a failure.
        fields: Which members of a record hold what.
        link: A record's address for people, with ``{server}`` and ``{id}``; empty when there is none.
    """

    listing: ListCall
    lookup: LookupCall
    error: ErrorMembers
    fields: MemberNames
    link: str


def load_profile(overrides: Mapping[str, Any]) -> Profile:
    """Merge a wisp's overrides into the default profile: objects are merged, anything else is replaced.

    Raises:
        Misconfigured: A member is unknown, missing or wrong; the text names it.
    """
    default = msgspec.json.decode((files(__package__) / "default_profile.json").read_bytes())
    try:
        profile = from_plain(_merged(default, overrides), Profile)
    except msgspec.ValidationError as error:
        raise _wrong(str(error)) from error
    _check_parameters("listing", profile.listing.parameters, _own_names(profile.listing.paging))
    _check_parameters("lookup", profile.lookup.parameters, frozenset({profile.lookup.id}))
    _check_link(profile.link)
    return profile


def _merged(base: Any, over: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    return {**base, **{name: _merged(base.get(name), value) for name, value in over.items()}}


def _own_names(paging: AllAtOnce | ByPage | ByCursor) -> frozenset[str]:
    match paging:
        case ByPage(page=page, limit=limit):
            return frozenset({page, limit})
        case ByCursor(parameter=parameter):
            return frozenset({parameter})
    return frozenset()


def _check_parameters(call: str, fixed: Mapping[str, str], own: frozenset[str]) -> None:
    if twice := sorted((CREDENTIALS & own) | (fixed.keys() & (CREDENTIALS | own))):
        raise _wrong(f"the parameter `{twice[0]}` is sent by the service itself - at `$.{call}`")


def _check_link(link: str) -> None:
    try:
        holes = {hole[1:] for hole in Formatter().parse(link) if hole[1] is not None}
    except ValueError as error:
        raise _wrong(f"{error} - at `$.link`") from error
    if holes - {("server", "", None), ("id", "", None)}:
        raise _wrong("only {server} and {id} may stand in braces - at `$.link`")
    if link and not link.startswith(("https://", "http://")):
        raise _wrong("a link begins with https:// - at `$.link`")


def _wrong(what: str) -> Misconfigured:
    return Misconfigured(
        "simpler.profile",
        f"The wisp's simpler_profile is wrong: {what}. Mend that member of the setting.",
        "The connection to SIMPLer is not set up correctly. Please ask your administrator.",
    )
