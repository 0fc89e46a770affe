"""Why something is due then, in words that a council can check with a calendar on the wall."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.clocks import POLICIES, Clock
from services.deadlines.words import DUTIES, why
from tests.unit.deadlines.cases import shown

DAY = date(2014, 11, 28)


def test_working_days_name_every_holiday_on_the_way() -> None:
    assert why(shown(Clock.NOTIFY)) == (
        "Five working days after 28 November 2014, the day of the incident (guidance of 2013+2014), by the calendar GB-SCT/2026.1:"
        " Saturdays, Sundays and 1 December 2014 (St Andrew's Day (substitute day)) are not counted."
    )


def test_months_say_what_a_short_month_and_a_weekend_do() -> None:
    assert why(shown(Clock.FEEDBACK)) == (
        "One month after 28 November 2014, the day on which the first review was received (guidance of 2013+2014): the same day of that"
        " month, or its last day if it is shorter; a weekend does not move it."
    )


def test_calendar_days_are_all_counted() -> None:
    assert why(shown(Clock.ACCEPTANCE)).endswith("the day of the letter (guidance of 2013+2014): every day is counted.")


def test_a_further_month_counts_from_the_supply() -> None:
    assert "the day on which the information was supplied" in why(shown(Clock.FEEDBACK, instance=2))


def test_a_day_that_was_named_is_not_explained_away() -> None:
    assert why(replace(shown(Clock.INFORMATION), due_on=date(2014, 12, 3))) == "3 December 2014 is the day that was named."


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"stopped_on": date(2014, 12, 2)}, "Done on 2 December 2014."),
        ({"held_on": DAY, "reason": "mappa"}, "Held since 28 November 2014: the Strategic Oversight Group has not decided;"),
        ({"cancelled_on": DAY, "reason": "withdrawn"}, "Fell away on 28 November 2014: the council withdrew the notification."),
        ({"due_before": date(2014, 12, 5), "moved_by": "calendar"}, "It was due on 5 December 2014 before: a newer calendar was"),
    ],
)
def test_what_became_of_it_is_said_after_it(more: dict[str, object], words: str) -> None:
    assert words in why(replace(shown(Clock.NOTIFY), **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", [each.version for each in POLICIES])
@pytest.mark.parametrize("clock", Clock)
def test_every_duty_has_a_name_and_every_clock_its_reason(clock: Clock, policy: str) -> None:
    assert DUTIES[clock]
    assert "after 28 November 2014" in why(shown(clock, policy=policy))
