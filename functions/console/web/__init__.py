"""Web: what all pages need of HTTP: cookies, sessions, links, forms, headers."""
