"""Trace: finds a call's trace in Google Cloud, so that its log lines appear with its request."""

import re

from werkzeug.datastructures import Headers

_W3C = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?", re.ASCII)
"""``traceparent`` (W3C Trace Context, section 3.2): version, trace, parent, flags; later versions append."""

_GOOGLE = re.compile(r"([0-9a-f]{32})(?:/(\d{1,20}))?(?:;o=\d+)?", re.ASCII)
"""``X-Cloud-Trace-Context`` (Cloud Trace, "Trace context"): trace, span as a decimal number, options."""

_LARGEST_SPAN = 2**64 - 1


def trace_ids(headers: Headers) -> dict[str, str]:
    """Return a call's ``trace`` (32 hexadecimal digits) and, if known, its ``span`` (16)."""
    return _by_w3c(headers.get("traceparent", "")) or _by_google(headers.get("X-Cloud-Trace-Context", ""))


def _by_w3c(header: str) -> dict[str, str]:
    found = _W3C.fullmatch(header.strip())
    if found is None or (header.strip().startswith("00") and found[3]):
        return {}
    return _ids(found[1], found[2])


def _by_google(header: str) -> dict[str, str]:
    found = _GOOGLE.fullmatch(header.strip())
    span = int(found[2] or 0) if found else 0
    return _ids(found[1], f"{span:016x}") if found and span <= _LARGEST_SPAN else {}


def _ids(trace: str, span: str) -> dict[str, str]:
    """Return the ids; one of zeros alone does not count."""
    if not trace.strip("0"):
        return {}
    return {"trace": trace, "span": span} if span.strip("0") else {"trace": trace}
