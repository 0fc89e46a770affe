"""A register as spreadsheet programs write it: separators, marks, blank lines, quotes, order and names of columns."""

from itertools import permutations

import pytest

from deploy.console.register import read
from deploy.console.sheet import UnreadableError
from tests.unit.console.registers import GOOD, NOW, register, text


def test_commas_and_semicolons_with_and_without_a_mark_are_the_same() -> None:
    row = GOOD | {"criteria": "C1;C3", "orders": "CPO;DTTO"}
    plain = read(text(row).encode(), NOW)
    assert plain.faults == ()
    assert [str(code) for code in plain.rows[0].criteria] == ["C1", "C3"]
    for separator in ",;":
        for mark in ("", "\ufeff"):
            assert read((mark + text(row, separator=separator)).encode(), NOW).rows == plain.rows


def test_columns_stand_in_any_order() -> None:
    for names in permutations(GOOD):
        assert register({name: GOOD[name] for name in names}).rows == register(GOOD).rows


def test_columns_are_known_by_their_names_however_they_are_spelt() -> None:
    assert register({name.replace("_", " ").title(): cell for name, cell in GOOD.items()}).rows == register(GOOD).rows


def test_unknown_columns_are_named_in_a_warning() -> None:
    assert register(GOOD | {"Remarks": "x", "": "y"}).warnings == ("columns not known here, left out: Remarks, H",)


def test_a_column_stands_once() -> None:
    raw = text(GOOD).replace("occurred_on", "council")
    assert [str(fault) for fault in read(raw.encode(), NOW).faults] == [
        "row 1, column council: two columns have this name: remove one"
    ]


@pytest.mark.parametrize("council", ["Glasgow City Council", "glasgow city", "S12000049", "S12000046", "S12000043"])
def test_a_council_has_many_names_and_one_code(council: str) -> None:
    assert register(GOOD | {"council": council}).rows == register(GOOD).rows


def test_blank_lines_and_quoted_cells_of_several_lines_are_counted_as_a_spreadsheet_does() -> None:
    lines = text(GOOD | {"note": "one\ntwo\r\nthree"}, GOOD | {"council_reference": "G2", "criteria": "C9"}).split("\r\n")
    heading, rest = lines[0], "\r\n".join(lines[1:])
    raw = f"{heading}\r\n\r\n,,,,,,\r\n{rest}"
    assert [fault.row for fault in read(raw.encode(), NOW).faults] == [5]
    assert [row.number for row in read(raw.encode(), NOW).rows] == [4]


def test_a_cell_too_many_is_a_fault_and_not_a_shift() -> None:
    raw = text(GOOD).strip() + ",surplus\r\n"
    (fault,) = read(raw.encode(), NOW).faults
    assert (fault.row, fault.column) == (2, "G")
    assert fault.reason.startswith("stands beside the last column")


def test_cells_that_are_missing_at_the_end_are_empty() -> None:
    raw = text(GOOD | {"orders": "", "mappa": ""}).replace(",,", "")
    assert read(raw.encode(), NOW).rows == register(GOOD).rows


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "row 1, column A: the file is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "row 1, column A: the file is empty"),
        (b"PK\x03\x04...", "row 1, column A: the workbook cannot be opened"),
        (b"\xd0\xcf\x11\xe0...", "row 1, column A: this is a workbook of an old kind"),
        (b"council\nOrkney\nEilean \xe9\n", "row 3, column A: the file is not in UTF-8"),
        (
            b'council,criteria\nFalkirk,C1\n"Fife,C1\n',
            "row 3, column A: the row cannot be taken apart: close every quotation mark",
        ),
    ],
)
def test_what_cannot_be_read_says_where_and_what_to_do(raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read(raw, NOW)
    assert str(raised.value).startswith(words)
