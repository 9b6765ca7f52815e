"""What Schemathesis is told beside docs/openapi.yaml: texts for its formats, and one thing to leave out."""

from typing import Any
from zoneinfo import available_timezones

import schemathesis
from hypothesis import strategies as st

from shared.domain.contact.email import is_address

_VISIBLE = st.characters(exclude_categories=("C", "Z"))
_LOCAL_PART = st.from_regex(r"[\w!#$%&*+=?^-]{1,20}(\.[\w+-]{1,20}){0,2}", fullmatch=True)


def _is_plain(address: str) -> bool:
    return is_address(address)


def _address(length: int) -> str:
    """Return an address with the longest local part (RFC 5321 4.5.3.1.1) and labels (RFC 1035 2.3.4)."""
    host = ".".join(["d" * 63] * 3)
    return f"{'m' * 64}@{host}"[: length - len("d.ie")] + "d.ie"


# Lengths about the limits are among them, since chance would not find one.
_PRINTABLE = st.one_of(
    st.text(_VISIBLE, min_size=1, max_size=8), st.sampled_from(["x" * length for length in (63, 64, 65)])
)
_EMAILS = st.one_of(
    st.emails().filter(_is_plain),
    st.builds("{}@münchen.example".format, _LOCAL_PART).filter(_is_plain),
    st.sampled_from([_address(length) for length in (253, 254, 255)]),
)

schemathesis.openapi.format("printable", _PRINTABLE)
schemathesis.openapi.format("idn-email", _EMAILS)
schemathesis.openapi.format("iana-time-zone", st.sampled_from(sorted(available_timezones())))


@schemathesis.hook
def filter_body(_: schemathesis.HookContext, body: Any) -> bool:
    """Leave out what the schema takes, and the functions do not, as the document says: 1.0 for an integer."""
    return not _has_whole_float(body)


def _has_whole_float(value: Any) -> bool:
    """Return whether there is one anywhere in a body, in its settings too."""
    if isinstance(value, dict | list):
        within = value.values() if isinstance(value, dict) else value
        return any(_has_whole_float(each) for each in within)
    return isinstance(value, float) and value.is_integer()
