"""Explanations, which are Markdown of few forms, as HTML. A record is not trusted: there are no links, images or tags."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from rethinking_audit.fixtures.record.words import clean

FORMS = ["backticks", "fence", "heading", "list"]


def prose(text: str, level: int = 4) -> Markup:
    """Return an explanation as HTML: paragraphs, lists, blocks of code, and headings of one level.

    Level 4 is below the heading of a card.
    """
    tokens = _parser().parse(clean(text))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"
    return Markup(_parser().renderer.render(tokens, _parser().options, {}))  # noqa: S704 -- the parser escapes what it does not know


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("zero").enable(FORMS)
