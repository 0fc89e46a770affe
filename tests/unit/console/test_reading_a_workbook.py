"""A register as spreadsheet programs keep it: cells are dates, numbers and truths, and stand in one of several sheets."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from odfdo import Cell, Document, Row, Table
from xlsxwriter import Workbook

from deploy.console.columns import COLUMNS
from deploy.console.register import read
from deploy.console.sheet import UnreadableError
from deploy.console.template import NAME, write
from tests.unit.console.registers import GOOD, NOW, register

Rows = Sequence[Sequence[Any]]


def xlsx(sheets: dict[str, Rows]) -> bytes:
    out = BytesIO()
    with Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return out.getvalue()


def ods(sheets: dict[str, Rows]) -> bytes:
    book = Document("spreadsheet")
    book.body.clear()
    for name, rows in sheets.items():
        table = Table(name)
        for cells in rows:
            row = Row()
            for cell in cells:
                row.append_cell(Cell(cell) if cell != "" else Cell())
            table.append_row(row)
        book.body.append(table)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


BOTH = pytest.mark.parametrize("written", [xlsx, ods])
SAID: dict[str, Any] = GOOD | {
    "occurred_on": date(2014, 3, 3),
    "notified_on": date(2014, 3, 7),
    "mappa": 2,
    "retrospective": True,
}
MEANT = GOOD | {"mappa": "2", "retrospective": "yes"}


@BOTH
def test_dates_numbers_and_truths_mean_what_they_show(written: Any) -> None:
    assert read(written({"Sheet1": [list(SAID), list(SAID.values())]}), NOW).rows == register(MEANT).rows


@BOTH
def test_the_sheet_that_names_the_columns_is_read_wherever_it_stands(written: Any) -> None:
    book = {"notes": [["made by hand"], ["in 2015"]], "cases": [list(SAID), list(SAID.values())]}
    assert read(written(book), NOW).rows == register(MEANT).rows


@BOTH
def test_rows_are_numbered_as_the_program_shows_them(written: Any) -> None:
    bad = SAID | {"council_reference": "G2", "incident_type": "T99"}
    rows = [list(SAID), [""] * 6, list(SAID.values()), [""] * 6, list(bad.values())]
    assert [str(fault)[:28] for fault in read(written({"Sheet1": rows}), NOW).faults] == ["row 5, column incident_type:"]


@BOTH
def test_a_number_that_is_a_year_is_a_year(written: Any) -> None:
    only = SAID | {"occurred_on": 2014}
    (row,) = read(written({"Sheet1": [list(only), list(only.values())]}), NOW).rows
    assert row.occurred_on is not None
    assert row.occurred_on.precision == "year"


def test_an_instant_without_an_offset_is_a_fault_that_says_so() -> None:
    said = SAID | {"notified_on": datetime(2014, 3, 7, 10, 15)}  # noqa: DTZ001 what such a cell holds
    (fault,) = read(xlsx({"Sheet1": [list(said), list(said.values())]}), NOW).faults
    assert fault.reason.startswith("an instant needs an offset")


def test_an_empty_workbook_says_so() -> None:
    with pytest.raises(UnreadableError, match="the file is empty"):
        read(xlsx({"Sheet1": []}), NOW)


def test_a_template_filled_in_is_a_register(tmp_path: Path) -> None:
    for path in write(tmp_path):
        found = read(path.read_bytes(), NOW)
        assert (found.rows, found.faults, found.warnings) == ((), (), ())
        assert found.sheet.heading.cells == tuple(COLUMNS)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{NAME}.csv", f"{NAME}.ods", f"{NAME}.xlsx"]


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
WIDTH, HEIGHT = 16384, 1048576


def as_an_office_writes(rows: Sequence[Sequence[str]]) -> bytes:
    """An ODS whose rows and columns run to the end of the sheet, a date shown in the manner of the country."""
    shown = {
        "date": '<table:table-cell office:value-type="date" office:date-value="{0}"><text:p>07/03/14</text:p></table:table-cell>',
        "string": '<table:table-cell office:value-type="string"><text:p>{0}</text:p></table:table-cell>',
    }

    def line(cells: Sequence[str], times: int = 1) -> str:
        told = "".join(shown["date" if cell[:3] == "201" else "string"].format(cell) for cell in cells)
        rest = f'<table:table-cell table:number-columns-repeated="{WIDTH - len(cells)}"/>'
        return f'<table:table-row table:number-rows-repeated="{times}">{told}{rest}</table:table-row>'

    body = "".join(map(line, rows)) + line([], HEIGHT - len(rows))
    names = " ".join(f'xmlns:{name}="{OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {names} office:version="1.3"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1"><table:table-column table:number-columns-repeated="{WIDTH}"/>{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0"?><m:manifest xmlns:m="{OFFICE}:manifest:1.0" m:version="1.3">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/><m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>'
        "</m:manifest>"
    )
    out = BytesIO()
    with ZipFile(out, "w") as parts:
        for name, text in {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}.items():
            parts.writestr(name, text)
    return out.getvalue()


def test_a_sheet_that_runs_to_its_very_end_is_its_rows_and_no_more() -> None:
    rows = [list(GOOD), [""] * 6, [cell.replace("S12", "") for cell in GOOD.values()]]
    found = read(as_an_office_writes(rows), NOW)
    assert found.faults == ()
    assert [(row.number, row.notified_on) for row in found.rows] == [(3, date(2014, 3, 7))]
