"""How a name or a code as somebody wrote it finds one of the 32 councils, and only that one."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.councils import COUNCILS, LAST_DAY_OF_CODE, Council, council_named, current_code

councils = st.sampled_from(COUNCILS)
cases = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])
spaces = st.sampled_from([" ", "  ", "\t", "\u00a0", " \n "])


def test_there_are_32_and_together_they_are_scotland() -> None:
    assert len(COUNCILS) == len({council.gss_code for council in COUNCILS}) == 32
    assert sum(council.population for council in COUNCILS) == 5_347_600


def test_they_stand_in_the_order_of_the_reports_table() -> None:
    # By name, as the report sorts: Edinburgh under its City, the western isles between it and Falkirk, Highland without The.
    assert [council.report_spelling for council in COUNCILS][:3] == [
        "Aberdeen City Council",
        "Aberdeenshire Council",
        "Angus Council",
    ]
    assert [council.report_spelling for council in COUNCILS][11:17] == [
        "City of Edinburgh Council",
        "Eileen Siar",
        "Falkirk",
        "Fife Council",
        "Glasgow City Council",
        "Highland Council",
    ]
    assert COUNCILS[-1].name == "West Lothian Council"


def _written(council: Council) -> list[str]:
    return [council.name, council.report_spelling, council.gss_code, *council.previous_codes]


@pytest.mark.parametrize("council", COUNCILS, ids=lambda council: council.gss_code)
def test_each_is_found_by_both_names_and_by_every_code_it_had(council: Council) -> None:
    assert {council_named(text) for text in _written(council)} == {council}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Dumfries & Galloway", "S12000006"),
        ("perth&kinross", "S12000048"),
        ("Perth  and  Kinross Council ", "S12000048"),
        ("City of Edinburgh", "S12000036"),
        ("the highland council", "S12000017"),
        ("Highland", "S12000017"),
        ("The Moray Council", "S12000020"),
        ("Eileen Siar", "S12000013"),
        ("COMHAIRLE NAN EILEAN SIAR", "S12000013"),
        ("s12000046", "S12000049"),
        ("S12000043", "S12000049"),
        ("S12000015", "S12000047"),
        ("S12000042", "S12000042"),
    ],
)
def test_a_name_as_people_write_it_is_understood(text: str, code: str) -> None:
    found = council_named(text)
    assert found is not None
    assert found.gss_code == code
    assert current_code(text) == code


@given(council=councils, case=cases, space=spaces, data=st.data())
def test_case_and_spacing_make_no_difference(
    council: Council, case: Callable[[str], str], space: str, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from(_written(council)))
    assert council_named(space + case(text).replace(" ", space) + space) == council


@pytest.mark.parametrize(
    "text", ["", " ", "Council", "The", "Scotland", "S92000003", "Ayrshire", "Lanarkshire", "S12000099", "Thehighland"]
)
def test_what_names_no_council_finds_none(text: str) -> None:
    assert council_named(text) is None
    assert current_code(text) == text


@given(text=st.text())
def test_any_text_is_answered(text: str) -> None:
    assert council_named(text) is None or council_named(text) in COUNCILS


def test_no_two_councils_ever_had_one_code() -> None:
    codes = [code for council in COUNCILS for code in (council.gss_code, *council.previous_codes)]
    assert len(codes) == len(set(codes)) == 38


def test_every_former_code_has_its_last_day_and_no_present_one_has() -> None:
    assert set(LAST_DAY_OF_CODE) == {code for council in COUNCILS for code in council.previous_codes}


@pytest.mark.parametrize("code", ["S12000015", "S12000024", "S12000046", "S12000044"])
def test_the_codes_of_the_reports_years_were_still_good_in_january_2015(code: str) -> None:
    assert LAST_DAY_OF_CODE[code] > date(2015, 1, 31) + timedelta(days=1)


@pytest.mark.parametrize(
    ("area", "number"),
    [
        ("South West Scotland", 4),
        ("Forth Valley", 3),
        ("Lanarkshire", 2),
        ("Glasgow", 1),
        ("Fife", 1),
        ("Tayside", 3),
        ("Edinburgh, Lothians and Borders", 5),
        ("North Strathclyde", 6),
        ("Grampian", 3),
        ("Highland and Islands", 4),
    ],
)
def test_each_mappa_area_has_its_councils(area: str, number: int) -> None:
    assert sum(council.mappa_area == area for council in COUNCILS) == number
