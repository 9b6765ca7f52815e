"""`console`: the pages that people open from SIMPLer in a browser: accounts, preview, runs, data quality.

Browsers have no ID token. A person enters with a link that SIMPLer's backend asked for (`console_link`), and
gets a session cookie: for one wisp, one user and at most an hour.
"""
