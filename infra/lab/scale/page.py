"""Page: tables in Markdown, put between marks in a document whose other text stays."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

Row = Sequence[str]


def table(heads: Row, rows: Iterable[Row], *, left: int = 1) -> str:
    """A table; the first columns are aligned to the left, the others to the right."""
    rule = ["---" if number < left else "---:" for number in range(len(heads))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, rule, *rows))


def renew(page: Path, parts: Mapping[str, str]) -> None:
    """Replace what stands between ``<!-- NAME -->`` and ``<!-- end NAME -->``, for each name.

    Raises:
        SystemExit: The page has no such marks.
    """
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not marked.search(text):
            raise SystemExit(f"{page} has no place for {name!r}")
        text = marked.sub(partial(_between, part), text)
    page.write_text(text, encoding="utf-8")


def _between(part: str, marks: re.Match[str]) -> str:
    return f"{marks[1]}\n{part}\n\n{marks[2]}"
