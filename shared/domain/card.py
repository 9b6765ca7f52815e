"""Card: the contact we want for a customer, neutral of any format."""

from dataclasses import dataclass

from shared.domain.phone import Phone


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address ready to be written: `kind` is "home" (installation) or "work" (billing)."""

    kind: str
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as a person wants to see it; the source of both Google's person and the vCard.

    Attributes:
        customer: SIMPLer's customer id.
        display: The name that a phone shows on an incoming call; never empty.
        given: Given name, or the whole display name where it cannot be told apart.
        family: Family name, or empty. Given and family are both empty for a company.
        company: The company's name, or empty.
        nickname: SIMPLer's nickname.
        phones: Valid numbers in international format, without doubles.
        emails: Most important first.
        addresses: Installation first.
        link: The record in SIMPLer.
        details: Rows such as ("Site", "Blarney") in a fixed order, empty ones left out.
    """

    customer: str
    display: str
    given: str = ""
    family: str = ""
    company: str = ""
    nickname: str = ""
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()
    link: str = ""
    details: tuple[tuple[str, str], ...] = ()
