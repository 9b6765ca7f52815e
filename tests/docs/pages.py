"""The documents of this project, as tests read them."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGES = sorted(str(page.relative_to(ROOT)) for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
"""Every page, by its path."""

_TOOLS = frozenset(
    {".git", ".venv", ".cache", ".local", ".hypothesis", ".schemathesis", "__pycache__", "node_modules"}
)
_TEXT = frozenset(
    {"", ".py", ".md", ".toml", ".txt", ".json", ".svg", ".html", ".css", ".js", ".java", ".mjs"}
)

Row = dict[str, str]


def text(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def rows(page: str, first: str) -> list[Row]:
    """Return the rows of all tables of a page whose first column has this heading, by heading."""
    return [row for table in _tables(page) for row in table if next(iter(row)) == first]


def code(cell: str) -> str:
    """Return what stands in a cell as code, or as it is."""
    return cell.removeprefix("`").removesuffix("`")


def codes(cell: str) -> set[str]:
    """Return everything that stands in a cell as code."""
    return set(re.findall(r"`([^`]+)`", cell))


def anchors(page: str) -> set[str]:
    """Return the headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def sources() -> Iterator[Path]:
    """Yield every text file of the project."""
    for folder in (ROOT, *(path for path in ROOT.iterdir() if path.is_dir() and path.name not in _TOOLS)):
        for path in folder.glob("*") if folder == ROOT else folder.rglob("*"):
            is_made = _TOOLS & set(path.parts) or any(part.endswith("_cache") for part in path.parts)
            if path.is_file() and path.suffix in _TEXT and not is_made:
                yield path


def _tables(page: str) -> Iterator[list[Row]]:
    for block in re.findall(r"(?:^\|.*\|\n)+", text(page) + "\n", re.MULTILINE):
        heads, _, *lines = map(_cells, block.splitlines())
        yield [dict(zip(heads, cells, strict=True)) for cells in lines]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
