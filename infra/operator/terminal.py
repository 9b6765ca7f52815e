"""Terminal: where a command reads what it is given and says what it has done."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO, TypeAlias

Row = Mapping[str, object]
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  its type has no public name
"""Where a noun's verbs are added."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A person, or a script."""

    input: TextIO
    output: TextIO

    def say(self, text: str) -> None:
        """Print one line."""
        self.output.write(f"{text}\n")

    def table(self, rows: Sequence[Row], *, none: str) -> None:
        """Print rows of the same members as a table; `none` says that there are none."""
        if not rows:
            self.say(none)
            return
        lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self.say("  ".join(cells).rstrip())
