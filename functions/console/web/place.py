"""Place: the console's public address, and its consequences for cookies, links and form posts."""

from urllib.parse import urlsplit

import msgspec

from shared.loopback import is_loopback


class Place(msgspec.Struct, frozen=True):
    """The address at which browsers find the console.

    Attributes:
        url: Its public address, without a slash at the end.
    """

    url: str

    @property
    def root(self) -> str:
        """The path below which the pages lie; empty at the top."""
        return urlsplit(self.url).path.rstrip("/")

    @property
    def origin(self) -> str:
        """Scheme, host and port as browsers send them (RFC 6454, section 6.2)."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def is_secure(self) -> bool:
        """True if cookies are for HTTPS only: everywhere but on this machine itself."""
        parts = urlsplit(self.url)
        return not (parts.scheme == "http" and is_loopback(parts.hostname or ""))
