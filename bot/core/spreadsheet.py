"""Tables that people open in a spreadsheet: every cell quoted, and none that a program would run. Pure."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV (RFC 4180), a header first; a cell that would be a formula is text (ASVS 5.0, 1.2.10)."""
    written = StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(columns)
    table.writerows([_text(cell) for cell in row] for row in rows)
    return written.getvalue()


def harmless(table: str) -> str:
    """Return a CSV as it was, but for cells that would be formulas: they become text. Its delimiter stays."""
    lines = table.removeprefix("\ufeff").splitlines(keepends=True)
    delimiter = max(";,\t", key=lines[0].count) if lines else ","
    written = StringIO()
    again = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    again.writerows([_text(cell) for cell in row] for row in csv.reader(lines, delimiter=delimiter))
    return written.getvalue()


def _text(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell
