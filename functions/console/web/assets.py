"""Assets: the pages' static files; browsers keep each for as long as its content is the same."""

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask, Response, abort, request

from shared.once import Once

ENDPOINT = "static"
"""The name by which templates link to a file; the link has the digest of its content."""

KEPT = "public, max-age=31536000, immutable"
"""What a browser is told of a file under its digest (RFC 8246): it never changes."""

_FOLDER = Path(__file__).parents[1] / "static"
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Media types by ending; Python would read a table of the machine first, which delays a cold start."""


class Asset(msgspec.Struct, frozen=True):
    """A file.

    Attributes:
        kind: Its media type.
        body: Its content.
        packed: The same, compressed by gzip. Pages are not: they hold a secret beside what others may choose.
        digest: Names its content.
    """

    kind: str
    body: bytes
    packed: bytes
    digest: str


def add_to(app: Flask) -> None:
    """Serve the files, and put their digests into the links to them."""
    app.add_url_rule("/assets/<filename>", ENDPOINT, _serve)

    @app.url_defaults
    def name_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT and values.get("filename") in _assets():
            values["v"] = _assets()[values["filename"]].digest


def _serve(filename: str) -> Response:
    asset = _assets().get(filename) or abort(404)
    is_packed = request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if is_packed else asset.body, content_type=asset.kind)
    response.headers["Vary"] = "Accept-Encoding"
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    if request.args.get("v") == asset.digest:
        response.headers["Cache-Control"] = KEPT
    return response


def _read() -> Mapping[str, Asset]:
    return {path.name: _asset(path) for path in _FOLDER.iterdir() if path.is_file()}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(_KINDS[path.suffix], body, gzip.compress(body, mtime=0), digest)


_assets = Once(_read)
"""The files by name, read and compressed once per instance."""
