"""What the demo says when a service, the register or the report's numbers part."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from contracts.codes import IncidentType
from contracts.councils import COUNCILS
from deploy.console.comparing import Answers, Line, compared
from deploy.console.demo_register import text
from deploy.console.implied import Implied, implied
from deploy.console.published import FIRST, FOOTNOTES, LAST, SINCE
from deploy.console.register import read
from deploy.console.shares import share

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def answered(period: Implied, whole: Implied) -> dict[str, Any]:
    """What statistics answers when it is right."""
    total = sum(period.types.values())
    types = [
        {
            "code": str(kind),
            "notifications": period.types.get(kind, 0),
            "percent": share(period.types.get(kind, 0), total)["percent"],
        }
        for kind in IncidentType
    ]
    councils = [{"gss_code": council.gss_code, "notifications": period.councils.get(council.gss_code, 0)} for council in COUNCILS]
    return {
        "period": deepcopy(dict(period.figures)),
        "since_2012": deepcopy(dict(whole.figures)),
        "councils": councils,
        "types": types,
    }


def of(register: str) -> tuple[Implied, Implied]:
    rows = read(register.encode(), NOW).rows
    return implied(rows, FIRST, LAST), implied(rows, SINCE, LAST)


def faults(lines: list[Line]) -> list[str]:
    return [fault for line in lines for fault in line.faults]


PERIOD, WHOLE = of(text())


def test_nothing_is_wrong_when_all_agree() -> None:
    lines = compared(Answers(**answered(PERIOD, WHOLE)), PERIOD, WHOLE)
    assert faults(lines) == []
    assert len(lines) == 32 + 32 + 18
    assert {line.note for line in lines if line.note} == set(FOOTNOTES)


def test_a_figure_of_ours_that_the_register_does_not_imply_is_named() -> None:
    wrong = answered(PERIOD, WHOLE)
    wrong["period"]["ST-13"] |= {"open": 1}
    wrong["period"]["ST-07b"] |= {"numerator": 1}
    wrong["councils"][0] |= {"notifications": 5}
    wrong["types"][0] |= {"notifications": 13}
    found = faults(compared(Answers(**wrong), PERIOD, WHOLE))
    assert "ST-13: open is 1, the register implies 0" in found
    assert any(fault.startswith("ST-07b: numerator is 1, the register implies") for fault in found)
    assert "Table 2, Aberdeen City Council: ours is 5, the register implies 4" in found
    assert "Table 3, T01: ours is 13, the register implies 14" in found


def test_a_changed_digit_of_the_register_is_seen_against_what_was_printed() -> None:
    heading, *rows = text().splitlines()
    place = next(n for n, row in enumerate(rows) if ",T10," in row and "2014-" in row)
    changed = "\n".join([heading, *rows[:place], rows[place].replace(",T10,", ",T11,"), *rows[place + 1 :]])
    period, whole = of(changed)
    found = faults(compared(Answers(**answered(period, whole)), period, whole))
    assert found == ["Table 3, T10: the report's number is 2, ours is 1", "Table 3, T11: the report's number is 1, ours is 2"]


def test_a_changed_signature_is_seen_in_the_figure_and_not_in_the_tables() -> None:
    heading, *rows = text().splitlines()
    place = next(n for n, row in enumerate(rows) if ",service_manager," in row and "GCC-2014-" in row)
    changed = "\n".join(
        [heading, *rows[:place], rows[place].replace(",service_manager,", ",first_line_manager,", 1), *rows[place + 1 :]]
    )
    period, whole = of(changed)
    assert faults(compared(Answers(**answered(period, whole)), period, whole)) == ["ST-12: the report's number is 79, ours is 78"]
