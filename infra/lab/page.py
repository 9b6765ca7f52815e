"""Page: tables in Markdown, put between marks in a document whose other text stays."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

Row = Sequence[str]


def table(heads: Row, rows: Iterable[Row], *, left: int = 1) -> str:
    """Return a table that reads well as text; all but the first columns align to the right."""
    cells = zip(heads, *rows, strict=True)
    columns = [_column(column, is_left=number < left) for number, column in enumerate(cells)]
    return "\n".join(f"| {' | '.join(line)} |" for line in zip(*columns, strict=True))


def _column(cells: Row, *, is_left: bool) -> Row:
    width = max(3, *map(len, cells))
    rule = "-" * width if is_left else "-" * (width - 1) + ":"
    head, *below = [cell.ljust(width) if is_left else cell.rjust(width) for cell in cells]
    return [head, rule, *below]


def renew(page: Path, parts: Mapping[str, str]) -> None:
    """Replace what stands in a page between the marks of each name."""
    page.write_text(with_parts(page.read_text(encoding="utf-8"), parts), encoding="utf-8")


def with_parts(text: str, parts: Mapping[str, str]) -> str:
    """Return the text, with these parts between ``<!-- NAME -->`` and ``<!-- end NAME -->``.

    Raises:
        SystemExit: The text has no such marks.
    """
    for name, part in parts.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not marked.search(text):
            raise SystemExit(f"The page has no place for {name!r}.")
        text = marked.sub(partial(_between, part), text)
    return text


def _between(part: str, marks: re.Match[str]) -> str:
    return f"{marks[1]}\n{part}\n\n{marks[2]}"
