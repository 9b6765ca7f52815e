"""Link: the address of a record in SIMPLer, safe to put before a person."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from shared.domain.contact.text import LONGEST, clean
from shared.pattern import pattern

_ADDRESS = pattern(r"(https?://)([a-z0-9.-]*[a-z0-9]|\[[0-9a-f:.]+\])(:\d{1,5})?([/?#].*)?", re.IGNORECASE)
# What a URL may hold as it is (RFC 3986 2.2, and "%" of what is encoded already), but "," and ";": these
# separate values in a vCard, and not every reader takes them back from their escaped form.
_SAFE = "%/?#[]@:!$&'()*+="


def read_link(text: str) -> str:
    """Return the address if it is http or https with a host (and no password before it), else "".

    Characters that do not belong into a URL are percent-encoded. One that is too long counts as none:
    a cut address leads elsewhere.
    """
    if len(text) > LONGEST:
        return ""
    address = _ADDRESS.fullmatch(clean(text))
    if not address:
        return ""
    scheme, host, port, rest = address.groups(default="")
    link = scheme.lower() + host.lower() + port + quote(rest, safe=_SAFE)
    return link if len(link) <= LONGEST else ""


def record_address(template: str, server: str, customer: str) -> str:
    """Return the address of a customer's record as the profile's template gives it; empty without one."""
    return template.format(server=server, id=quote(customer, safe="", errors="replace")) if template else ""


def link_to(url: str, profile: Mapping[str, Any], customer: str) -> str:
    """Return the link to a customer's record in SIMPLer, by a wisp's settings; empty if they name none.

    Args:
        url: The base address of SIMPLer's API.
        profile: What differs from the default profile, which has no template.
        customer: The customer's id.
    """
    try:
        return read_link(record_address(str(profile.get("link", "")), urlsplit(url).netloc, customer))
    except (ValueError, LookupError):  # settings that a later check would not accept
        return ""


def home_of(url: str, profile: Mapping[str, Any]) -> str:
    """Return the address at which people find SIMPLer: where its records are, or else its API's server."""
    parts = urlsplit(link_to(url, profile, "0") or url)
    return read_link(f"{parts.scheme}://{parts.netloc}/")
