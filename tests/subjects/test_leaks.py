"""Each leak is red by its code, and honest pipelines are not; `python -m tests.leaks` repeats it in many worlds."""

import pytest

from tests.builders.inline import audited
from tests.builders.leaks import CASES

SECONDS = 10.0  # for a leak that must show on noise
SHORT = 2.0  # for exact checks, and for an honest pipeline, which may stay undecided


@pytest.mark.lengthy
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.filterwarnings("ignore")
def test_a_leak_is_red_by_its_code(case):
    found = audited(case.code, case.world(500), SECONDS if {"R2", "R3"} & set(case.red) else SHORT)
    red = {one.code for one in found.findings if one.verdict == "REFUTED"}
    assert set(case.red) <= red <= {*case.red, *case.may}
    assert not [one for one in found.findings if one.verdict == "ERROR"]


@pytest.mark.filterwarnings("ignore")
def test_an_honest_pipeline_is_green_where_a_planted_leak_was_seen():
    case = next(case for case in CASES if case.name == "honest, one nearest neighbour")
    found = {one.code: one for one in audited(case.code, case.world(501), 20.0).findings}
    assert found["R2"].verdict == "HELD"
    assert found["R2"].control.verdict == "REFUTED"
    assert "planted leak of 10 % was seen" in found["R2"].sentence


@pytest.mark.filterwarnings("ignore")
def test_without_time_nothing_is_held_on_noise():
    case = next(case for case in CASES if case.name == "honest, logistic regression")
    found = {one.code: one for one in audited(case.code, case.world(502), 0.05).findings}
    assert found["R2"].verdict in ("INCONCLUSIVE", "NOT RUN")
    assert "more" in found["R2"].sentence
