"""Loopback: whether a host is this machine itself."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without port and brackets, can only mean this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
