"""What was measured of the audit of a user's code, and the page that shows it."""

import pytest

from rethinking_audit.fixtures.subjects.codes import codes
from tests.builders import measured
from tests.builders.leaks import CASES

FOUND = measured.read()


def test_the_page_shows_what_was_measured():
    assert measured.PAGE.read_text(encoding="utf-8") == measured.page(FOUND)


def test_everything_was_measured():
    assert set(FOUND["leaks"]) == {case.name for case in CASES}
    assert set(FOUND["power"]) == set(codes())


@pytest.mark.parametrize("case", [case for case in CASES if case.red], ids=lambda case: case.name)
def test_a_leak_was_red_by_its_code_99_times_of_100(case):
    counts = FOUND["leaks"][case.name]
    assert counts["audits"] >= 100
    assert counts["right"] >= 0.99 * counts["audits"]
    assert counts["longest"] <= 60


def test_at_most_one_of_a_thousand_audits_of_sound_code_raised_a_false_alarm():
    assert 1000 * FOUND["sound"]["false alarms"] <= FOUND["sound"]["audits"]
    assert FOUND["sound"] == measured.together([FOUND["leaks"][case.name] for case in CASES if not case.red])
