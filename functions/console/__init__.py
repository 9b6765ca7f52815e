"""`console`: the pages that people open from SIMPLer in a browser: accounts, preview, runs, data quality.

Browsers have no ID token. A person enters with a link that SIMPLer's backend asked for (`console_link`), and
gets a session cookie: for one wisp, one user and at most an hour.
"""

from flask import Response

from functions.endpoint import Call
from shared.once import ALONE


def handle(call: Call) -> Response:
    """Answer a browser. Import the pages only now, because `console_link` needs none of them."""
    with ALONE:
        from functions.console import app  # noqa: PLC0415  see above

    return app.handle(call)
