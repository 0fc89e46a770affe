"""What is made from the code and committed beside it."""

import csv
from pathlib import Path

import pytest

from contracts import generate
from contracts.generate import Producer, main


def _rows(name: str) -> list[list[str]]:
    return list(csv.reader((generate.ROOT / f"codes/{name}.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place whose two files are made by one producer."""
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(
        generate, "PRODUCERS", [Producer(owns="made/*.txt", make=lambda: [("made/a.txt", "a"), ("made/b.txt", "b")])]
    )
    return tmp_path


def test_what_is_committed_is_what_the_code_makes(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--check"])
    assert (status, capsys.readouterr().out) == (0, "")


def test_a_check_names_what_differs_and_writes_nothing(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "differs: contracts/made/a.txt\ndiffers: contracts/made/b.txt\n"
    assert not list(room.iterdir())


def test_writing_makes_the_check_pass_and_writing_again_does_nothing(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert (room / "made/a.txt").read_text(encoding="utf-8") == "a"
    capsys.readouterr()
    assert [main(["--check"]), main([])] == [0, 0]
    assert not capsys.readouterr().out


def test_a_file_that_nobody_makes_any_more_is_named_then_removed(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    (room / "made/old.txt").touch()
    assert main(["--check"]) == 1
    assert capsys.readouterr().out.endswith("differs: contracts/made/old.txt\n")
    main([])
    assert not (room / "made/old.txt").exists()


def test_a_list_gives_code_words_and_days_where_they_are_known() -> None:
    assert _rows("order_type")[:2] == [["code", "label", "first", "last"], ["CPO", "Community payback order", "2011-02-01", ""]]


def test_codes_of_one_council_follow_one_another_without_a_gap() -> None:
    assert [row for row in _rows("council") if row[1] == "Glasgow City Council"] == [
        ["S12000043", "Glasgow City Council", "", "2011-03-31"],
        ["S12000046", "Glasgow City Council", "2011-04-01", "2019-03-31"],
        ["S12000049", "Glasgow City Council", "2019-04-01", ""],
    ]


def test_each_edition_of_the_guidance_ends_before_the_next() -> None:
    assert [(row[0], row[2], row[3]) for row in _rows("policy_version")[1:]] == [
        ("2012", "2012-01-27", "2013-01-31"),
        ("2013", "2013-02-01", "2014-07-31"),
        ("2013+2014", "2014-08-01", "2021-12-31"),
        ("2022", "2022-01-01", ""),
    ]
