"""HTTP answers as Google gives them."""

import gzip
from collections.abc import Mapping
from typing import Any

import msgspec
from werkzeug.wrappers import Request, Response

_WORTH_PACKING = 1024
_TOO_LONG_TO_SQUEEZE = 128 * 1024
"""Bytes from which a packed answer is only stored: on loopback squeezing takes longer than sending."""

_NO_SUCH_PAGE = """<!DOCTYPE html>
<html lang=en>
  <title>Error 404 (Not Found)!!1</title>
  <p><b>404.</b> <ins>That's an error.</ins>
  <p>The requested URL was not found on this server.
"""


def json_answer(
    request: Request, http: int, content: Any, headers: Mapping[str, str] | None = None
) -> Response:
    """Return JSON, indented unless `prettyPrint=false`, packed when the client takes gzip.

    Args:
        request: The request that is answered.
        http: The HTTP status.
        content: What becomes JSON; a string is sent as it is.
        headers: Further headers.
    """
    body = content.encode() if isinstance(content, str) else _encode(request, content)
    response = Response(body, http, dict(headers or {}), content_type="application/json; charset=UTF-8")
    response.headers["Vary"] = "Origin, X-Origin, Referer"
    if len(body) > _WORTH_PACKING and request.accept_encodings.quality("gzip") > 0:
        level = 0 if len(body) > _TOO_LONG_TO_SQUEEZE else 1
        response.set_data(gzip.compress(body, compresslevel=level))
        response.headers["Content-Encoding"] = "gzip"
    return response


def no_such_page() -> Response:
    """Return what Google's front end says to an address that no API has: HTML, not JSON."""
    return Response(_NO_SUCH_PAGE, 404, content_type="text/html; charset=UTF-8")


def _encode(request: Request, content: Any) -> bytes:
    encoded = msgspec.json.encode(content)
    if request.args.get("prettyPrint") == "false":
        return encoded
    return msgspec.json.format(encoded, indent=2) + b"\n"
