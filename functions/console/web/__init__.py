"""Web: the HTTP that all pages share: cookies, sessions, links, forms, headers."""
