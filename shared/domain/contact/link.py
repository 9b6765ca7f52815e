"""Link: the address of a record in SIMPLer, safe to put before a person."""

import re
from urllib.parse import quote

from shared.domain.contact.text import LONGEST, clean

_ADDRESS = re.compile(r"(https?://)([a-z0-9.-]*[a-z0-9]|\[[0-9a-f:.]+\])(:\d{1,5})?([/?#].*)?", re.IGNORECASE)
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
