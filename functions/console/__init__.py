"""`console`: the pages that people open from SIMPLer in a browser: accounts, preview, runs, data quality.

Browsers bring no ID token. Whoever comes in brings a link that SIMPLer's backend asked for (`console_link`),
and from then on a session cookie: one wisp, one user, at most an hour.
"""

from flask import Response

from functions.endpoint import Call
from shared.once import ALONE


def handle(call: Call) -> Response:
    """Answer a browser. The pages are imported when one is opened: `console_link` needs none of them."""
    with ALONE:
        from functions.console import app  # noqa: PLC0415  see above

    return app.handle(call)
