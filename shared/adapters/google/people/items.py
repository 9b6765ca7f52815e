"""Items: the entries of a person's list fields as Google sends them, as far as they may be written.

The rest is output only, or follows from the metadata (people.v1 description, Person).
"""

import msgspec

from shared.adapters.google.people.answers import CONTACT, PersonWire, Source


class _Metadata(msgspec.Struct):
    source: Source = msgspec.field(default_factory=Source)


class ItemWire(msgspec.Struct, rename="camel", omit_defaults=True):
    """What all items have."""

    metadata: _Metadata | None = None

    def is_contacts_own(self) -> bool:
        """Whether it is from the contact, not from a profile or a domain that is linked with it."""
        return self.metadata is None or self.metadata.source.type in ("", CONTACT)

    def members(self) -> dict[str, str]:
        """Its texts that are not empty."""
        self.metadata = None
        members: dict[str, str] = msgspec.to_builtins(self)
        return members


class NameWire(ItemWire):
    """One of ``names``. Google builds `unstructured_name` from the parts where there are any."""

    honorific_prefix: str = ""
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    honorific_suffix: str = ""
    phonetic_full_name: str = ""
    phonetic_honorific_prefix: str = ""
    phonetic_given_name: str = ""
    phonetic_middle_name: str = ""
    phonetic_family_name: str = ""
    phonetic_honorific_suffix: str = ""
    unstructured_name: str = ""

    def members(self) -> dict[str, str]:
        """The whole is the user's own only where there are no parts."""
        if self.given_name or self.middle_name or self.family_name:
            self.unstructured_name = ""
        return super().members()


class OrganizationWire(ItemWire):
    """One of ``organizations``, without its dates: Google returns them, and answers 500 to them."""

    type: str = ""
    name: str = ""
    phonetic_name: str = ""
    department: str = ""
    title: str = ""
    job_description: str = ""
    symbol: str = ""
    domain: str = ""
    location: str = ""
    cost_center: str = ""


class ValueWire(ItemWire):
    """One of ``nicknames``, ``phoneNumbers``, ``urls`` or ``externalIds``."""

    value: str = ""
    type: str = ""


class EmailWire(ValueWire):
    """One of ``emailAddresses``."""

    display_name: str = ""


class AddressWire(ItemWire):
    """One of ``addresses``. Google builds `formatted_value` from the parts where there are any."""

    type: str = ""
    po_box: str = ""
    street_address: str = ""
    extended_address: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    country_code: str = ""
    formatted_value: str = ""

    def members(self) -> dict[str, str]:
        """The whole is the user's own only where there are no parts."""
        parts = (self.po_box, self.street_address, self.extended_address, self.city, self.region)
        if any(parts) or self.postal_code or self.country:
            self.formatted_value = ""
        return super().members()


class UserDefinedWire(ItemWire):
    """One of ``userDefined``."""

    key: str = ""
    value: str = ""


class UsersOwnWire(msgspec.Struct):
    """Something in a field that only a user fills; a default picture is Google's."""

    default: bool = False


class PersonRead(PersonWire):
    """A person as Google sends it when it is read: all that `PersonWire` has, and what it holds.

    Those of `shared.domain.sync.person.OWNED`, then those of `USERS_OWN`.
    """

    names: tuple[NameWire, ...] = ()
    organizations: tuple[OrganizationWire, ...] = ()
    nicknames: tuple[ValueWire, ...] = ()
    phone_numbers: tuple[ValueWire, ...] = ()
    email_addresses: tuple[EmailWire, ...] = ()
    addresses: tuple[AddressWire, ...] = ()
    urls: tuple[ValueWire, ...] = ()
    external_ids: tuple[ValueWire, ...] = ()
    user_defined: tuple[UserDefinedWire, ...] = ()
    biographies: tuple[UsersOwnWire, ...] = ()
    birthdays: tuple[UsersOwnWire, ...] = ()
    events: tuple[UsersOwnWire, ...] = ()
    photos: tuple[UsersOwnWire, ...] = ()
    relations: tuple[UsersOwnWire, ...] = ()

    def is_noted(self) -> bool:
        """Whether a user added a note, a birthday, a picture and the like."""
        own = (self.biographies, self.birthdays, self.events, self.photos, self.relations)
        return any(not item.default for items in own for item in items)
