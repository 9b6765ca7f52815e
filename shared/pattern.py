"""Pattern: a regular expression that is compiled when something is first looked for by it.

A function has a hundred of them, few calls need more than some, and a long one takes a millisecond.
"""

import re
from typing import TYPE_CHECKING, Any

__all__ = ["pattern"]

if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:  # noqa: N801  it stands for `re.compile`
        """A compiled pattern, as soon as it is used; two threads that compile it at once do no harm."""

        def __init__(self, text: str, flags: int = 0) -> None:
            """Take what `re.compile` takes; what is wrong with it shows at its first use."""
            self._text = text
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            """Give a method of the compiled pattern, and have it at hand from now on."""
            if name.startswith("_"):
                raise AttributeError(name)
            method = getattr(re.compile(self._text, self._flags), name)
            setattr(self, name, method)
            return method
