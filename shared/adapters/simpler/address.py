"""Address: where a wisp's SIMPLer is, taken only if credentials may be sent there."""

from urllib.parse import SplitResult, urlsplit

import msgspec

from shared.errors import Misconfigured
from shared.loopback import is_private


class BaseAddress(msgspec.Struct, frozen=True):
    """The base address of SIMPLer's REST API.

    Attributes:
        base: Without a slash at its end.
        server: Host, and port if one was given.
    """

    base: str
    server: str

    def of(self, path: str) -> str:
        """Return the address of a call."""
        return f"{self.base}/{path.removeprefix('/')}"


def read_address(url: str) -> BaseAddress:
    """Read the address, which must be https, or http to this very machine.

    Raises:
        Misconfigured: It is not; the text leaves the address out, since somebody may have put a password in.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong("cannot be read") from error
    host = parts.hostname or ""
    if flaw := _flaw(parts, host):
        raise _wrong(flaw)
    server = f"[{host}]" if ":" in host else host
    server += f":{port}" if port is not None else ""
    return BaseAddress(f"{parts.scheme}://{server}{parts.path.rstrip('/')}", server)


def _flaw(parts: SplitResult, host: str) -> str:
    if not host or not _is_plain(parts.geturl()):
        return "must look like https://server/restapi/"
    if not is_private(parts.geturl()):
        return "must begin with https://, since passwords are sent there"
    if "@" in parts.netloc or parts.query or parts.fragment:
        return "must have no user, no ? and no #"
    return ""


def _is_plain(url: str) -> bool:
    """Return whether it holds visible ASCII only, as an address in use does (RFC 3986)."""
    return url.isascii() and url.isprintable() and " " not in url and "\\" not in url


def _wrong(what: str) -> Misconfigured:
    return Misconfigured(
        "simpler.address",
        f"The wisp's simpler_url {what}. Mend that setting.",
        "The connection to SIMPLer is not set up correctly. Please ask your administrator.",
    )
