"""CSV file: a table to download (RFC 4180), whose cells no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from flask import Response

_NUMBERS = re.compile(r"\+[0-9][0-9 ]*(; \+[0-9][0-9 ]*)*")
"""Telephone numbers as we write them, which stay as they are: digits alone compute nothing."""

_FORMULA = re.compile(r'(^|[;\t\r\n])(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])')
"""Signs after which a spreadsheet would compute what follows (OWASP, CSV Injection).

A cell may begin behind any of these signs: in many countries a spreadsheet takes ``;`` for the separator, and
some take a tab or a line end, though the file says otherwise. Full-width signs count as the plain ones.
"""

_ROWS_A_PIECE = 200
"""Rows that are made before they are sent."""

_MARK = "\ufeff"
"""The byte order mark, by which spreadsheets recognise UTF-8."""


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a download: the heads, then the rows, which are made while they are sent.

    What goes wrong with the first of them is an error page still.
    """
    pieces = _pieces(heads, rows)
    response = Response(
        chain((next(pieces),), pieces), content_type="text/csv; charset=utf-8; header=present"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _pieces(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the file piece by piece; put ``'`` before whatever would be a formula."""
    left = iter(rows)
    text = io.StringIO(_MARK, newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text)  # its defaults are RFC 4180's: commas, CRLF, quotes doubled
    writer.writerow(heads)
    while True:
        writer.writerows([_harmless(str(cell)) for cell in row] for row in islice(left, _ROWS_A_PIECE))
        if not text.tell():
            return
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _harmless(cell: str) -> str:
    return cell if _NUMBERS.fullmatch(cell) else _FORMULA.sub(r"\g<1>'", cell)
