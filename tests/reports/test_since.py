"""What was found since 2017 has a section of its own in the report, and is told apart everywhere else."""

from rethinking_audit.reports.overview import lines
from rethinking_audit.reports.render import render
from tests.builders.pages import Page
from tests.builders.records import synthetic

STATEMENT = "Wrong labels are learned last."


def with_since():
    """An audit whose first claim was found since 2017."""
    audit = synthetic()
    audit["claims"][0].update(id="since/x", statement=STATEMENT)
    return audit


def test_it_stands_after_the_papers_claims_and_is_named_in_the_table_of_all():
    found = lines(with_since())
    assert [line.since for line in found] == [False] * 4 + [True]
    page = render(with_since())
    section = page[page.index('id="since"') : page.index('id="background"')]
    assert STATEMENT in section
    assert STATEMENT not in page[page.index('id="cards"') : page.index('id="since"')]
    assert page.count("<small>found since 2017</small>") == 1
    assert 'href="#since"' in page
    assert 'id="since"' not in render(synthetic())


def test_the_cards_come_in_the_order_of_the_table():
    """The page's script finds the card of a row at the row's place."""
    page = Page(render(with_since()))
    cards = [fields["id"] for fields in page.named("article") if "card" in fields.get("class", "")]
    assert cards == [line.anchor for line in lines(with_since())]
