"""The bugs that `python -m tests.torture planted` plants fit the code of today, and the tests that must find them are there."""

import pytest

from tests.architecture.sources import ROOT
from tests.torture.bugs import BUGS, Bug


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_it_can_be_planted_and_its_test_is_there(bug: Bug) -> None:
    for file, old, new in bug.edits:
        assert (ROOT / file).read_text().count(old) == 1, f"{file} has moved on: {old}"
        assert new != old
    file, _, test = bug.test.partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text()


def test_each_has_a_name_of_its_own() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS)
