"""Explanations as HTML: headings, code and lists, and nothing that a stranger's record could smuggle in."""

import re

import pytest

from rethinking_audit.fixtures.subjects.codes import codes, page
from rethinking_audit.reports.prose import prose


def test_an_explanation_has_headings_paragraphs_lists_and_code():
    html = prose("## Wrong\n\nIt uses `X`.\n\n- one\n\n```python\nx = 1 < 2\n```\n")
    assert html.split("\n")[0] == "<h4>Wrong</h4>"
    assert prose("## Wrong", 3) == "<h3>Wrong</h3>\n"
    assert "<p>It uses <code>X</code>.</p>" in html
    assert "<li>one</li>" in html or "<li>\n<p>one</p>" in html
    assert "x = 1 &lt; 2" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "![a](https://example.org/x.png)",
        "<https://example.org>",
        '```x" onload=alert(1)\n<b>\n```',
        "# <img src=x onerror=alert(1)>",
    ],
)
def test_nothing_of_a_strangers_text_becomes_a_tag_of_its_own(text):
    html = prose(text)
    for tag in ("<script", "<a ", "<img", "<b>"):
        assert tag not in html
    assert not re.search(r"<[^>]*onload", html)


@pytest.mark.parametrize("code", codes())
def test_every_page_of_a_code_can_be_shown(code):
    html = prose(page(code))
    assert html.count("<h4>") >= 4
    assert html.count("<pre>") >= 2
