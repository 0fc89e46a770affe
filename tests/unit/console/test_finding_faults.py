"""Every rule of a register (api.md 4): the column that is named, and the words."""

import pytest

from tests.unit.console.registers import GOOD, faults, register

REVIEWED = {"review_kind": "IAR", "review_submitted_on": "2014-06-02"}
ANSWERED = REVIEWED | {
    "feedback_sent_on": "2014-06-04",
    "feedback_response": "accepted",
    "feedback_responded_on": "2014-06-06",
}


@pytest.mark.parametrize("column", ["council", "council_reference", "notified_on", "criteria", "incident_type"])
def test_a_compulsory_cell_may_not_be_empty(column: str) -> None:
    assert faults(**{column: " "})[column] == "compulsory: write it in every row"


def test_a_compulsory_column_may_not_be_missing() -> None:
    without = {name: cell for name, cell in GOOD.items() if name != "criteria"}
    found = register(without)
    assert [str(fault) for fault in found.faults] == [
        "row 1, column criteria: the file has no such column, and it is compulsory: add it"
    ]
    assert found.rows == ()


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("council", "Atlantis", "no council of this name or code"),
        ("council_reference", "A\u0007", "without characters that cannot be seen"),
        ("council_reference", "x" * 101, "at most 100 characters"),
        ("occurred_on", "03/2014", "write 2014-03-21, or 2014-03 or 2014"),
        ("occurred_on", "2014-13", "write 2014-03-21, or 2014-03 or 2014"),
        ("became_aware_on", "2014-3-4", "write a date as 2014-03-21"),
        ("became_aware_on", "2014-02-30", "there is no such day"),
        ("became_aware_on", "20140304", "write a date as 2014-03-21"),
        ("notified_on", "7 March 2014", "write a date as 2014-03-21"),
        ("notified_on", "2014-03-07T10:15:00", "an instant needs an offset"),
        ("notified_on", "2014-03-07T25:15:00Z", "there is no such instant"),
        ("criteria", "C1;C4", "write C1, C2 or C3"),
        ("criteria", ";", "compulsory"),
        ("incident_type", "T19", "write T01, T02"),
        ("orders", "CPO;ASBO", "write CPO, DTTO"),
        ("orders", "bail_supervision", "out of scope (R-01)"),
        ("mappa", "4", "write 1, 2 or 3"),
        ("sog_decision", "maybe", "write scr or no_scr"),
        ("signed_off_by", "manager", "write supervising_officer,"),
        ("late_reason", "busy", "write not_aware,"),
        ("retrospective", "perhaps", "write yes or no"),
        ("outcome", "closed", "write out_of_scope, duplicate or withdrawn"),
        ("reclassified_to", "murder", "write T01, T02"),
        ("review_kind", "full", "write IAR, CR"),
        ("review_signed_off_by", "boss", "write supervising_officer,"),
        ("risk_assessment_completed", "yes", "write evidenced, referenced_not_done, not_referenced or not_applicable"),
        ("order_reviews", "no", "write evidenced,"),
        ("assessment_tool", "HCR20", "write LSCMI, SA07, SARA or other"),
        ("iar_decision", "fine", "write appropriate or comprehensive_required"),
        ("quality", "good", "write high, satisfactory or needs_information"),
        ("feedback_response", "ok", "write accepted, accepted_with_comments or disputed"),
        ("closed_on", "2014", "write a date as 2014-03-21"),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_to_write(column: str, cell: str, words: str) -> None:
    assert words in faults(**{column: cell})[column]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"occurred_on": "2014-03-05", "became_aware_on": "2014-03-04"}, "became_aware_on"),
        ({"occurred_on": "2014-03-08"}, "notified_on"),
        ({"occurred_on": "2014-04"}, "notified_on"),
        ({"became_aware_on": "2014-03-08"}, "notified_on"),
        ({"signed_off_on": "2014-03-02"}, "signed_off_on"),
        ({"mappa": "1", "sog_decision": "scr", "sog_decided_on": "2014-03-02"}, "sog_decided_on"),
        ({"reclassified_to": "T02", "reclassified_on": "2014-03-06"}, "reclassified_on"),
        ({"government_informed_on": "2014-03-06"}, "government_informed_on"),
        (REVIEWED | {"review_submitted_on": "2014-03-06"}, "review_submitted_on"),
        (REVIEWED | {"information_requested_on": "2014-06-01"}, "information_requested_on"),
        (
            REVIEWED | {"information_requested_on": "2014-06-04", "information_supplied_on": "2014-06-03"},
            "information_supplied_on",
        ),
        (REVIEWED | {"comprehensive_submitted_on": "2014-06-01"}, "comprehensive_submitted_on"),
        (REVIEWED | {"information_requested_on": "2014-06-04", "feedback_sent_on": "2014-06-03"}, "feedback_sent_on"),
        (ANSWERED | {"feedback_responded_on": "2014-06-03"}, "feedback_responded_on"),
        (ANSWERED | {"closed_on": "2014-06-05"}, "closed_on"),
        (REVIEWED | {"closed_on": "2014-06-01"}, "closed_on"),
    ],
)
def test_dates_run_in_order(earlier: dict[str, str], later: str) -> None:
    found = faults(**earlier)
    assert "correct one of the two dates" in found.pop(later)
    assert found == {}


@pytest.mark.parametrize(
    ("alone", "missing"),
    [
        ({"review_kind": "IAR"}, {"review_kind": "review_submitted_on"}),
        ({"review_submitted_on": "2014-06-02"}, {"review_submitted_on": "review_kind"}),
        ({"order_reviews": "evidenced"}, {"order_reviews": "review_submitted_on"}),
        ({"iar_decision": "appropriate"}, {"iar_decision": "review_submitted_on"}),
        ({"information_requested_on": "2014-06-02"}, {"information_requested_on": "review_submitted_on"}),
        (REVIEWED | {"information_supplied_on": "2014-06-02"}, {"information_supplied_on": "information_requested_on"}),
        (
            REVIEWED | {"feedback_sent_on": "2014-06-03", "feedback_response": "accepted"},
            {"feedback_response": "feedback_responded_on"},
        ),
        (
            REVIEWED | {"feedback_sent_on": "2014-06-03", "feedback_responded_on": "2014-06-04"},
            {"feedback_responded_on": "feedback_response"},
        ),
    ],
)
def test_what_cannot_be_understood_alone_says_what_it_needs(alone: dict[str, str], missing: dict[str, str]) -> None:
    assert {column: reason.split(":")[0] for column, reason in faults(**alone).items()} == {
        column: f"needs {needed}" for column, needed in missing.items()
    }


def test_equal_dates_are_in_order() -> None:
    day = "2014-03-07"
    dates = (
        "occurred_on",
        "became_aware_on",
        "signed_off_on",
        "government_informed_on",
        "review_submitted_on",
        "information_requested_on",
    )
    more = (
        "information_supplied_on",
        "comprehensive_submitted_on",
        "feedback_sent_on",
        "feedback_responded_on",
        "closed_on",
        "reclassified_on",
    )
    codes = {"reclassified_to": "T02", "review_kind": "IAR", "feedback_response": "accepted"}
    assert faults(**codes, **dict.fromkeys((*dates, *more), day)) == {}


def test_a_signature_and_the_strategic_group_may_come_before_the_notification() -> None:
    assert faults(signed_off_on="2014-03-05", mappa="1", sog_decision="no_scr", sog_decided_on="2014-03-05") == {}


def test_an_imprecise_incident_counts_as_its_earliest_day() -> None:
    assert faults(occurred_on="2014-03", became_aware_on="2014-03-01") == {}
    assert faults(occurred_on="2014", notified_on="2014-01-01") == {}


@pytest.mark.parametrize(
    "column", ["notified_on", "occurred_on", "became_aware_on", "signed_off_on", "closed_on", "feedback_sent_on"]
)
def test_nothing_lies_in_the_future(column: str) -> None:
    assert faults(**{column: "2016-01-02"})[column] == "lies in the future: correct the date"


def test_today_is_scotlands() -> None:
    assert faults(notified_on="2016-01-01", occurred_on="2016-01-01") == {}
    assert faults(notified_on="2016-01-01T12:00:01Z") == {"notified_on": "lies in the future: correct the date"}


def test_an_instant_belongs_to_its_day_in_scotland() -> None:
    (row,) = register(GOOD | {"notified_on": "2014-06-30T23:30:00Z"}).rows
    assert row.received_on.isoformat() == "2014-07-01"
    assert faults(notified_on="2014-06-30T23:30:00Z", government_informed_on="2014-06-30").keys() == {"government_informed_on"}


def test_the_strategic_groups_decision_needs_the_arrangements_and_its_day() -> None:
    assert faults(sog_decision="scr", sog_decided_on="2014-03-08") == {
        "sog_decision": "needs mappa: write it too, or leave sog_decision empty"
    }
    assert faults(sog_decision="scr", mappa="1") == {
        "sog_decision": "needs sog_decided_on: write it too, or leave sog_decision empty"
    }


def test_a_reclassification_needs_its_day() -> None:
    assert faults(reclassified_to="T02") == {
        "reclassified_to": "needs reclassified_on: write it too, or leave reclassified_to empty"
    }


def test_a_duplicate_says_of_which() -> None:
    assert faults(outcome="duplicate").keys() == {"duplicate_of"}
    assert faults(duplicate_of="G2")["duplicate_of"].startswith("only a row with outcome duplicate has one")
    assert faults(outcome="duplicate", duplicate_of="G1")["duplicate_of"].startswith("names its own row")


def test_a_duplicate_is_of_a_case_that_is_none_itself() -> None:
    first, second = (
        GOOD | {"outcome": "duplicate", "duplicate_of": "G2"},
        GOOD | {"council_reference": "G2", "outcome": "", "duplicate_of": ""},
    )
    assert register(first, second).faults == ()
    (fault,) = register(
        first, second | {"outcome": "duplicate", "duplicate_of": "G3"}, second | {"council_reference": "G3"}
    ).faults
    assert (fault.row, fault.column) == (2, "duplicate_of")
    assert "itself a duplicate" in fault.reason


def test_a_council_uses_a_reference_once_and_no_row_is_preferred() -> None:
    same = GOOD | {"council": "S12000046"}
    found = register(GOOD, same, GOOD | {"council": "Falkirk"})
    assert [(fault.row, fault.column) for fault in found.faults] == [(2, "council_reference"), (3, "council_reference")]
    assert [row.number for row in found.rows] == [4]


def test_a_late_row_without_its_reason_is_a_warning() -> None:
    late = GOOD | {"notified_on": "2014-03-11"}
    assert register(GOOD | {"notified_on": "2014-03-10"}).warnings == ()
    assert register(late | {"late_reason": "staffing"}).warnings == ()
    assert register(late | {"occurred_on": "2014-02"}).warnings == ()
    (warning,) = register(late).warnings
    assert warning.startswith("row 2, column late_reason: notified after five working days without a reason")
    assert register(late).faults == ()


def test_all_faults_are_found_at_once() -> None:
    found = register(GOOD | {"council": "Atlantis", "criteria": "C9", "mappa": "7"}, GOOD | {"notified_on": "yesterday"})
    assert [(fault.row, fault.column) for fault in found.faults] == [
        (2, "council"),
        (2, "criteria"),
        (2, "mappa"),
        (3, "notified_on"),
    ]
    assert str(found.faults[-1]) == "row 3, column notified_on: write a date as 2014-03-21"


def test_a_comprehensive_review_is_not_judged_as_an_initial_analysis_is() -> None:
    cells = GOOD | REVIEWED | {"review_kind": "PART2", "iar_decision": "appropriate"}
    found = register(cells)
    assert found.faults == ()
    assert found.warnings[0].startswith("row 2, column iar_decision: only an initial analysis")
    assert register(cells | {"review_kind": "PART1"}).warnings == ()
