"""Later: a web application that is made at its first request, because making one takes long."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Later:
    """A WSGI application in another's place.

    Args:
        make: Makes the other; two first requests at once may each make one, of which one stays.
    """

    def __init__(self, make: "Callable[[], WSGIApplication]") -> None:
        self._make = make

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Have the other answer."""
        return self._made(environ, start_response)

    @cached_property
    def _made(self) -> "WSGIApplication":
        return self._make()
