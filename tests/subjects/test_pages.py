"""Every code has a page, and its two pieces of code come out as the page says: red and green by that code."""

import re
from pathlib import Path

import pytest

from rethinking_audit.fixtures.subjects.codes import codes, page
from rethinking_audit.own import check
from tests.builders.code_pages import asked, blocks
from tests.subjects.judged import findings

HEADINGS = ("What red means", "How it is found", "What it cannot see", "Wrong", "Right", "Published cases")
SECONDS = 0.7  # for all checks at once: what has no time is NOT RUN


def finding(code, wanted):
    """The finding of one code."""
    return findings(code, wanted.pop("code"), **wanted)[-1]


@pytest.mark.parametrize("code", codes())
def test_a_page_has_the_statement_and_every_heading(code):
    text = page(code)
    assert text.startswith(f"# {code}: {codes()[code].statement}\n")
    assert tuple(re.findall(r"^## (.*)$", text, re.M)) == HEADINGS
    assert set(blocks(code)) == {"wrong", "right"}
    assert all(len(text.splitlines()) <= 22 for _, text in blocks(code).values())


def test_every_page_is_of_a_code():
    assert {path.stem for path in (Path(__file__).parents[2] / "fixtures/subjects/pages").iterdir()} == set(codes())


@pytest.mark.lengthy
@pytest.mark.parametrize("code", codes())
def test_the_wrong_code_is_refuted(code, tmp_path):
    found = finding(code, asked(code, "wrong", tmp_path))
    assert found.verdict == "REFUTED", found.sentence


@pytest.mark.lengthy
@pytest.mark.parametrize("code", codes())
def test_the_right_code_holds(code, tmp_path):
    found = finding(code, asked(code, "right", tmp_path))
    assert found.verdict == "HELD", found.sentence


@pytest.mark.lengthy
@pytest.mark.parametrize("code", codes())
def test_no_check_refutes_the_right_code(code, tmp_path):
    check(**asked(code, "right", tmp_path), seconds=SECONDS).raise_if_refuted()
