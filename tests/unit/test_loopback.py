"""Whether a host is this machine itself."""

import pytest

from shared.loopback import is_loopback, is_private


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])
def test_this_machine_has_several_names(host: str) -> None:
    """Every address of the block, and its name in any case."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "128.0.0.1", "::2", "localhost.example", "[::1]", "127.0.0.1:80"]
)
def test_no_other_host_is_this_machine(host: str) -> None:
    """Nor is one with a port, or in brackets: those belong to an address, not to a host."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://simpler.example/", True),
        ("http://[::1]:8080/", True),
        ("http://simpler.example/", False),
        ("ftp://127.0.0.1/", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_an_address_is_private_by_https_or_on_this_machine(url: str, expected: bool) -> None:
    """Anything else could be listened to."""
    assert is_private(url) is expected
