"""`console`: the pages that people open from SIMPLer in a browser: accounts, preview, runs, data quality.

Browsers bring no ID token. Whoever comes in brings a link that SIMPLer's backend asked for (`console_link`),
and from then on a session cookie: one wisp, one user, at most an hour.
"""

from functions.console.app import handle

__all__ = ["handle"]
