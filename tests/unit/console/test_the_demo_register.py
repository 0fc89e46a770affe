"""The committed demo register is what its generator makes, and implies what the 2015 report printed."""

from datetime import date
from statistics import mean, median

from contracts.councils import council_named
from deploy.console.clock import now
from deploy.console.demo import FIRST, LAST, PUBLISHED_BY_COUNCIL, SINCE
from deploy.console.demo_register import FILE, TABLE_2, TABLE_3, text
from deploy.console.implied import Implied, implied
from deploy.console.register import read


def period(first: date = FIRST) -> Implied:
    return implied(read(FILE.read_bytes(), now()).rows, first, LAST)


def test_the_file_is_what_the_generator_makes() -> None:
    assert FILE.read_text() == text()


def test_it_has_no_fault_and_no_warning() -> None:
    register = read(FILE.read_bytes(), now())
    assert register.faults == ()
    assert register.warnings == ()


def test_it_gives_the_reports_notification_figures() -> None:
    found = period()
    assert (found.notifications, found.councils) == (111, 24)
    assert (found.in_time, found.measured) == (40, 111)
    assert (len(found.late), min(found.late), max(found.late), median(found.late)) == (71, 6, 669, 11)
    assert round(mean(found.late)) == 61
    assert found.signed == 79
    assert (found.informed, found.informed_of) == (108, 111)
    since = period(SINCE)
    assert (since.notifications, since.councils) == (162, 28)


def test_it_gives_tables_2_and_3() -> None:
    found = period()
    assert {name: found.by_council[council.gss_code] for name in TABLE_2 if (council := council_named(name))} == TABLE_2
    assert found.by_type == TABLE_3
    assert sum(PUBLISHED_BY_COUNCIL) == 111
