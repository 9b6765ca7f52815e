"""CSV file: a table to download (RFC 4180); no spreadsheet takes its cells for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute (OWASP, CSV Injection)."""

_MARK = "\ufeff"
"""By which spreadsheets know that the file is UTF-8."""


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a download: the heads, then the rows; put ``'`` before a cell that would be a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # its defaults are RFC 4180's: commas, CRLF, quotes doubled
    writer.writerow(heads)
    writer.writerows([[_harmless(str(cell)) for cell in row] for row in rows])
    response = Response(_MARK + text.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
