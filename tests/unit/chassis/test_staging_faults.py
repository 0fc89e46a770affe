"""Failpoints: each name is passed somewhere in the services, and some test stages a fault at it."""

from pathlib import Path

import pytest

from services.chassis.failpoints import NAMES, StagedFaultError, arm, failpoint

ROOT = Path(__file__).parents[3]


def sources(folder: str) -> str:
    return "".join(
        path.read_text() for path in (ROOT / folder).rglob("*.py") if path.name not in {"failpoints.py", Path(__file__).name}
    )


@pytest.mark.parametrize("name", sorted(NAMES))
def test_it_is_passed_and_staged(name: str) -> None:
    assert f'failpoint("{name}")' in sources("services")
    assert f'"{name}' in sources("tests")


def test_it_bites_at_its_nth_passage_and_once() -> None:
    arm("relay.after_send:raise:2")
    failpoint("relay.after_send")
    failpoint("relay.before_send")
    with pytest.raises(StagedFaultError):
        failpoint("relay.after_send")
    failpoint("relay.after_send")


def test_a_name_that_nobody_passes_is_refused() -> None:
    with pytest.raises(ValueError, match="no failpoint"):
        arm("relay.somewhere:raise")
