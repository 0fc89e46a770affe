"""A file as a spreadsheet shows it: records with their row numbers, from CSV, XLSX or ODS."""

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

SEPARATORS: Final = ",;"
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_BOM: Final = "\ufeff"
_LONGEST_CELL: Final = 128 * 1024
_LARGEST: Final = 256 * 1024 * 1024
"""Bytes that a workbook may unpack to: some millions of cells."""


class UnreadableError(Exception):
    """The file cannot be taken apart into records. The message is that of a fault, in the row where reading stopped."""

    def __init__(self, reason: str, row: int = 1) -> None:
        super().__init__(f"row {row}, column A: {reason}")


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file. A blank line is a row, a quoted cell of several lines is one row."""

    row: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The heading, the records below it that say something, and what separates their cells."""

    heading: Record
    records: tuple[Record, ...]
    separator: str


def sheet(raw: bytes, names: Collection[str]) -> Sheet:
    """Take a file apart; `names` are the columns hoped for, by which the separator is told.

    Raises:
        UnreadableError: it is no CSV in UTF-8, XLSX or ODS, is empty, or cannot be opened.
    """
    if raw.startswith(_ZIP):
        return _sheet(_of_workbook(raw, names), SEPARATORS[0])
    text = _text(raw)
    separator = max(SEPARATORS, key=lambda each: _recognised(text, each, names))
    return _sheet(list(_records(text, separator)), separator)


def _sheet(records: Sequence[Record], separator: str) -> Sheet:
    said = [record for record in records if not record.blank]
    if not said:
        msg = "the file is empty: the first row names the columns"
        raise UnreadableError(msg)
    return Sheet(heading=said[0], records=tuple(said[1:]), separator=separator)


def _of_workbook(raw: bytes, names: Collection[str]) -> list[Record]:
    """The records of the sheet whose heading names most columns; of several, the first."""
    try:
        with ZipFile(BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _LARGEST:
                msg = "the workbook is too large: import it in parts"
                raise UnreadableError(msg)
        with CalamineWorkbook.from_filelike(BytesIO(raw)) as workbook:
            sheets = [_rows(workbook, sheet) for sheet in workbook.sheet_names]
    except PasswordError:
        msg = "the workbook is locked with a password: save it without one"
        raise UnreadableError(msg) from None
    except (CalamineError, BadZipFile, OSError, ValueError):
        msg = "the workbook cannot be opened: open it in a spreadsheet program and save it again as XLSX or ODS"
        raise UnreadableError(msg) from None
    return max(sheets, key=lambda records: _named(records, names), default=[])


def _rows(workbook: CalamineWorkbook, sheet: str) -> list[Record]:
    rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [Record(number, tuple(map(_written, cells))) for number, cells in enumerate(rows, start=1)]


def _written(value: Any) -> str:
    """What stands in a cell, as it would be written in CSV: a program keeps dates and numbers as such."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime() if value.time() == time() and value.tzinfo is None:
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def written(sheet: Sheet, heading: tuple[str, ...], records: list[tuple[str, ...]]) -> bytes:
    """A CSV file that the same spreadsheet program opens as it opened the first: same separator, marked as UTF-8."""
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=sheet.separator)
    writer.writerows([heading, *records])
    return (_BOM + out.getvalue()).encode()


def name(text: str) -> str:
    """A column's name as it is known: `Council reference` is council_reference."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def letter(position: int) -> str:
    """What a spreadsheet calls the column at `position`, counted from 0: A, B, ... Z, AA."""
    before, last = divmod(position, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


def _text(raw: bytes) -> str:
    if raw.startswith(_OLD_EXCEL):
        msg = "this is a workbook of an old kind, or one with a password: save it as XLSX or ODS, without a password"
        raise UnreadableError(msg)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        msg = "the file is not in UTF-8: save it as CSV (UTF-8)"
        raise UnreadableError(msg, row) from None


def _recognised(text: str, separator: str, names: Collection[str]) -> int:
    try:
        return _named(_records(text, separator), names)
    except UnreadableError:
        return 0


def _named(records: Iterable[Record], names: Collection[str]) -> int:
    heading = next((record for record in records if not record.blank), None)
    return sum(name(cell) in names for cell in heading.cells) if heading else 0


def _records(text: str, separator: str) -> Iterator[Record]:
    csv.field_size_limit(_LONGEST_CELL)
    row = 0
    try:
        for row, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True), start=1):
            yield Record(row, tuple(cells))
    except csv.Error:
        msg = "the row cannot be taken apart: close every quotation mark, and double those inside a quoted cell"
        raise UnreadableError(msg, row + 1) from None
