"""Which trace a call belongs to."""

import pytest
from werkzeug.datastructures import Headers

from functions.trace import trace_ids

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
BOTH = {"trace": TRACE, "span": SPAN}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"00-{TRACE}-{SPAN}-01", BOTH),
        (f"00-{TRACE}-{SPAN}-00", BOTH),
        (f" 00-{TRACE}-{SPAN}-01 ", BOTH),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", BOTH),
        (f"00-{TRACE}-{SPAN}-01-more", {}),
        (f"ff-{TRACE}-{SPAN}-01", {}),
        (f"00-{TRACE.upper()}-{SPAN}-01", {}),
        (f"00-{'0' * 32}-{SPAN}-01", {}),
        (f"00-{TRACE}-{'0' * 16}-01", {"trace": TRACE}),
        (f"00-{TRACE}-{SPAN}", {}),
        (f"00-{TRACE[1:]}-{SPAN}-01", {}),
        ("", {}),
        ("x" * 10_000, {}),
    ],
)
def test_traceparent_is_read_as_the_standard_says(header: str, expected: dict[str, str]) -> None:
    """Exactly its form, of any version but ff; zeros are no id."""
    assert trace_ids(Headers({"traceparent": header})) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{TRACE}/67667974448284343;o=1", BOTH),
        (f"{TRACE}/67667974448284343", BOTH),
        (f"{TRACE}/1;o=0", {"trace": TRACE, "span": "0000000000000001"}),
        (f"{TRACE}/18446744073709551615;o=1", {"trace": TRACE, "span": "f" * 16}),
        (f"{TRACE}/18446744073709551616;o=1", {}),
        (f"{TRACE}/0;o=1", {"trace": TRACE}),
        (TRACE, {"trace": TRACE}),
        (f"{'0' * 32}/1;o=1", {}),
        (f"{TRACE}/x;o=1", {}),
        (f"{TRACE}/²;o=1", {}),
        ("", {}),
    ],
)
def test_googles_own_header_is_read(header: str, expected: dict[str, str]) -> None:
    """Its span is a decimal number of 64 bits, and may be left out."""
    assert trace_ids(Headers({"X-Cloud-Trace-Context": header})) == expected


def test_the_standard_comes_first() -> None:
    """Google's header counts where the other is missing or wrong."""
    google = {"X-Cloud-Trace-Context": f"{'a' * 32}/1"}

    assert trace_ids(Headers({"traceparent": f"00-{TRACE}-{SPAN}-01", **google})) == BOTH
    assert trace_ids(Headers({"traceparent": "wrong", **google}))["trace"] == "a" * 32
