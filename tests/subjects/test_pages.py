"""Every code has a page, and its two pieces of code come out as the page says: red and green by that code."""

import re
import shlex
from pathlib import Path

import pytest

from rethinking_audit.checking import parser
from rethinking_audit.fixtures.subjects.codes import codes, page
from rethinking_audit.own import check
from tests.subjects.judged import findings

HEADINGS = ("What red means", "How it is found", "What it cannot see", "Wrong", "Right", "Published cases")
BLOCK = re.compile(r"^## (Wrong|Right)\n\n```python\n# rethinking-audit (check [^\n]*)\n(.*?)^```$", re.M | re.S)
SECONDS = 0.7  # for all checks at once: what has no time is NOT RUN


def blocks(code):
    """The wrong and the right piece of code, each with the command in its first line."""
    return {name.lower(): (shlex.split(command), text) for name, command, text in BLOCK.findall(page(code))}


def asked(code, name, folder):
    """Write a piece of code where its command expects it, and return what the command asks of `check`."""
    (_, *words), text = blocks(code)[name]
    (folder / f"{name}.py").write_text(text)
    found = parser().parse_args(words)
    data = f"{folder}/{found.data}" if ":" in found.data else found.data
    expected = dict(text.split("=", 1) for text in found.expected)
    return {"code": f"{folder}/{found.code}", "data": data, "augments": found.augments, "expected": expected}


def finding(code, asked):
    """The finding of one code."""
    return findings(code, asked.pop("code"), **asked)[-1]


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
