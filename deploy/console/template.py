"""An empty register to fill in, as CSV, XLSX and ODS: the columns on the first sheet, what each may hold on the second."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

from odfdo import Cell, Document, Row, Table
from xlsxwriter import Workbook

from deploy.console.columns import COLUMNS, Column

NAME: Final = "register-template"
HEADING: Final = ("column", "compulsory", "what to write")


def write(folder: Path) -> list[Path]:
    """Write the three files; which."""
    made = {"csv": _csv(), "xlsx": _xlsx(), "ods": _ods()}
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind, raw in made.items():
        path = folder / f"{NAME}.{kind}"
        path.write_bytes(raw)
        paths.append(path)
    return paths


def explained() -> list[tuple[str, str, str]]:
    """Each column: its name, whether it is compulsory, and what may stand in it."""
    return [(name, "yes" if column.compulsory else "", _words(column)) for name, column in COLUMNS.items()]


def _words(column: Column) -> str:
    codes = [f"{each.value}: {getattr(each, 'label', each.value)}" for each in column.codes]
    return "\n".join([column.words, *codes])


def _csv() -> bytes:
    out = StringIO(newline="")
    csv.writer(out).writerow(COLUMNS)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx() -> bytes:
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        register = book.add_worksheet("register")
        register.write_row(0, 0, COLUMNS, bold)
        # As text, so that the program makes no date of 2014-03 and no number of a reference.
        register.set_column(0, len(COLUMNS) - 1, 18, text)
        register.freeze_panes(1, 0)
        for place, column in enumerate(COLUMNS.values()):
            if column.codes and not column.several:
                allowed = [str(each.value) for each in column.codes]
                register.data_validation(1, place, 5000, place, {"validate": "list", "source": allowed})
        columns = book.add_worksheet("columns")
        columns.set_column(0, 0, 30)
        columns.set_column(2, 2, 90)
        columns.write_row(0, 0, HEADING, bold)
        for number, row in enumerate(explained(), start=1):
            columns.write_row(number, 0, row)
    return out.getvalue()


def _ods() -> bytes:
    book = Document("spreadsheet")
    book.body.clear()
    book.body.append(_table("register", [tuple(COLUMNS)]))
    book.body.append(_table("columns", [HEADING, *explained()]))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _table(name: str, rows: Sequence[Sequence[str]]) -> Table:
    table = Table(name)
    for cells in rows:
        row = Row()
        for text in cells:
            row.append_cell(Cell(text))
        table.append_row(row)
    return table
