"""An empty register to fill in, as CSV, XLSX and ODS: the columns on the first sheet, what each may hold on the second."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from odfdo import Cell, Document, Row, Table
from xlsxwriter import Workbook

from deploy.console.columns import COLUMNS, Column

NAME: Final = "register-template"
LONG_AGO: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no zones
HEADING: Final = ("column", "compulsory", "what to write")


def write(folder: Path) -> list[Path]:
    """Write the three files; which."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in made().items():
        (folder / name).write_bytes(raw)
    return [folder / name for name in made()]


def made() -> dict[str, bytes]:
    """The files by name, the same to the byte whenever they are made."""
    return {f"{NAME}.csv": _csv(), f"{NAME}.xlsx": _xlsx(), f"{NAME}.ods": _timeless(_ods())}


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
        book.set_properties({"created": LONG_AGO})
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
    book.meta.set_language("en-GB")
    book.body.clear()
    book.body.append(_table("register", [tuple(COLUMNS)]))
    book.body.append(_table("columns", [HEADING, *explained()]))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _timeless(raw: bytes) -> bytes:
    """The same package without the times at which its parts were written."""
    out = BytesIO()
    with ZipFile(BytesIO(raw)) as parts, ZipFile(out, "w") as kept:
        for part in parts.infolist():
            kind = ZIP_STORED if part.filename == "mimetype" else ZIP_DEFLATED
            kept.writestr(ZipInfo(part.filename), parts.read(part), kind)
    return out.getvalue()


def _table(name: str, rows: Sequence[Sequence[str]]) -> Table:
    table = Table(name)
    for cells in rows:
        row = Row()
        for text in cells:
            row.append_cell(Cell(text))
        table.append_row(row)
    return table
