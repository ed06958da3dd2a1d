"""Published mistakes, made again: the table is of the list, and a sample is audited anew."""

import pytest

from rethinking_audit.fixtures.subjects.codes import codes
from tests.builders.places import ROOT
from tests.subjects.judged import findings
from tests.subjects.published import MISTAKES, SHOWN

PAGE = (ROOT / "docs" / "own-subjects.md").read_text(encoding="utf-8")
SAMPLE = ("E1", "D1", "R4", "L4", "L5")  # the first mistake of each is audited


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.where}: {one.what}")
def test_a_mistake_is_in_the_table_as_refuted_or_says_why_it_cannot_be_shown(mistake):
    assert (mistake.subject is None) == bool(mistake.unseen)
    if mistake.subject is None:
        assert f"\n| {mistake.where} | {mistake.what} | {mistake.unseen} |\n" in PAGE
    else:
        assert mistake.code in codes()
        assert f"\n| {mistake.where} | {mistake.what} | {mistake.code} | REFUTED | " in PAGE


def test_the_table_has_no_other_line():
    assert PAGE.count("\n| ") == len(MISTAKES) + 2  # and two heads


@pytest.mark.lengthy
@pytest.mark.parametrize("code", SAMPLE)
def test_a_mistake_is_refuted(code):
    mistake = next(one for one in SHOWN if one.code == code)
    found = findings(code, mistake.subject, **mistake.asked())[-1]
    assert found.verdict == "REFUTED", found.sentence
