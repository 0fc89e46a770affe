"""A file as a spreadsheet shows it: records with their row numbers. CSV is read; XLSX and ODS are named and refused."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Final

SEPARATORS: Final = ",;"
_ZIP: Final = b"PK\x03\x04"
_BOM: Final = "\ufeff"
_LONGEST_CELL: Final = 128 * 1024


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
        UnreadableError: it is no CSV in UTF-8, is empty, or its quotes do not close.
    """
    text = _text(raw)
    separator = max(SEPARATORS, key=lambda each: _recognised(text, each, names))
    said = [record for record in _records(text, separator) if not record.blank]
    if not said:
        msg = "the file is empty: the first row names the columns"
        raise UnreadableError(msg)
    return Sheet(heading=said[0], records=tuple(said[1:]), separator=separator)


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
    if raw.startswith(_ZIP):
        msg = "XLSX and ODS files are not yet read: save the sheet as CSV (UTF-8) and import that"
        raise UnreadableError(msg)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        msg = "the file is not in UTF-8: save it as CSV (UTF-8)"
        raise UnreadableError(msg, row) from None


def _recognised(text: str, separator: str, names: Collection[str]) -> int:
    try:
        heading = next((record for record in _records(text, separator) if not record.blank), None)
    except UnreadableError:
        return 0
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
