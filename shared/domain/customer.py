"""Customer: a SIMPLer record, read with mistrust."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawPhone:
    """A telephone number as SIMPLer has it, not yet understood.

    Attributes:
        text: As typed; may hold several numbers ("087 … / 086 …").
        kind: The kind of field it came from: mobile, home, work, fax or other.
    """

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; every part may be empty.

    Attributes:
        kind: "installation" or "billing".
        lines: Street and further lines.
        city: Town or city.
        region: County, state or province.
        postcode: As written.
        country: As written in SIMPLer: a name or a code.
    """

    kind: str
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """What this service uses of a SIMPLer customer; texts are cleaned, cut and may be empty, except `id`.

    Attributes:
        id: SIMPLer's ``customerid``.
        name: A person's or a company's name.
        company: The company's name, where SIMPLer has it apart from `name`.
        first_name: Of the contact person.
        last_name: Of the contact person.
        nickname: SIMPLer's unique short name.
        status: E.g. ``current``, ``post``, ``waiting for install``.
        phones: As typed, most important first.
        emails: Split, trimmed, plausible; most important first.
        addresses: Installation first.
        site: Name of the tower or base station.
        ap: Nickname of the access point.
        plan: Product or bandwidth bucket.
        link: Address of the record in SIMPLer; http or https, or empty.
    """

    id: str
    name: str = ""
    company: str = ""
    first_name: str = ""
    last_name: str = ""
    nickname: str = ""
    status: str = ""
    phones: tuple[RawPhone, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    site: str = ""
    ap: str = ""
    plan: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that cannot become a contact; its contact, if any, stays as it is.

    Attributes:
        customer: The customer's id, or "" when the record has none that can be used.
        reason: A stable code: ``no id``, ``id used twice``, ``not a record``, ``nothing to show``.
        position: Where in the listing it stood, from 1, so that an operator can find it.
    """

    customer: str
    reason: str
    position: int
