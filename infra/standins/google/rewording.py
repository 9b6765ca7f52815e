"""Rewording: a contact that a phone, or Google, saves anew in other words that mean the same."""

from collections.abc import Sequence

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact
from infra.standins.google.discovery import load_discovery
from infra.standins.google.draft import Writing, reworded_content
from infra.standins.google.fields import field_shapes
from infra.standins.google.wording import Form

PHONE: Sequence[Form] = (
    "text_composed",
    "text_trimmed",
    "text_spaces",
    "country_name",
    "country_code_dropped",
    "number_national",
    "email_lower",
    "url_scheme",
)
"""As a phone may save it (a choice of forms)."""


def reword(account: Account, contacts: Sequence[Contact], forms: Sequence[Form]) -> None:
    """Save contacts anew; one that changes by it has a new etag.

    Raises:
        GoogleError: 400, when one of them would hold more than it may.
    """
    writing = Writing(field_shapes(load_discovery()), forms)
    for contact in contacts:
        content = reworded_content(writing, account, contact)
        if content.fields != contact.fields:
            account.change(contact, content)
