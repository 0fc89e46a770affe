"""The picture of the states is what the code does: nothing in it that cannot happen, and it stands in the README."""

import re
from pathlib import Path

from contracts.codes import CaseStatus
from services.chassis.diagram import Move, picture, redrawn
from services.feedback.domain.standing import ALLOWED
from services.feedback.drawing import drawn

DRAWN = drawn()
README = Path(__file__).parents[3] / "services" / "feedback" / "README.md"


def test_the_readme_shows_it() -> None:
    assert not redrawn(README, DRAWN, check=True)


def test_every_state_of_the_table_is_in_it_and_no_other() -> None:
    named = set(re.findall(r"\w+", " ".join(re.findall(r"(\w+ --> \w+)", DRAWN)))) - {"live"}
    assert named == set(map(str, ALLOWED)) == set(map(str, CaseStatus))


def test_a_closed_case_is_left_by_a_reopening_a_look_or_what_the_council_says() -> None:
    left = {by for line in re.findall(r"\n\s+closed --> \w+: (.*)", DRAWN) for by in line.split(", ")}
    assert left == {"reopening", "triage duplicate", "triage out_of_scope", "NotificationWithdrawn", "SogDecided scr"}


def test_what_leads_from_every_state_is_drawn_once() -> None:
    moves = [Move(source=each, target="end", by="stop") for each in ("a", "b")] + [Move(source="a", target="b", by="go")]
    text = picture(moves, begins=["a"], together=frozenset({"a", "b"}))
    assert "live --> end: stop" in text
    assert "a --> end" not in text
    alone = picture(moves[1:], begins=["a"], together=frozenset({"a", "b"}))
    assert "b --> end: stop" in alone
    assert "live --> end" not in alone
