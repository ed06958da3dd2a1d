"""Every exit code in the documents is the one that the code gives."""

import re
import tomllib

import pytest

from rethinking_audit.fixtures.plugin.record import exit_code
from rethinking_audit.reports import __main__ as reports
from rethinking_audit.reports import plugin
from tests.builders.documents import DOCUMENTS, Document
from tests.builders.places import ROOT

USAGE = Document("docs/usage.md")


def of_verdicts(*verdicts):
    """The exit code of an audit with these verdicts; one that is expected is followed by a star."""
    cases = [
        {"verdict": verdict.rstrip("*"), "deviation": {"verdict": "REFUTED"} if "*" in verdict else None}
        for verdict in verdicts
    ]
    return exit_code({"claims": [{"cases": cases}]})


# The words that the table says of a code, and what the code is where they apply.
MEANING = {
    "held, or deviates as expected": {of_verdicts("HELD"), of_verdicts("HELD", "REFUTED*")},
    "at least one was refuted": {of_verdicts("HELD", "REFUTED"), of_verdicts("INCONCLUSIVE", "REFUTED")},
    "interrupted": {int(pytest.ExitCode.INTERRUPTED)},
    "a bug in the suite": {int(pytest.ExitCode.INTERNAL_ERROR)},
    "bad input": {int(pytest.ExitCode.USAGE_ERROR), reports.BAD_INPUT},
    "nothing was decided": {of_verdicts("NOT RUN"), of_verdicts("INCONCLUSIVE", "ERROR")},
    "something is undecided": {of_verdicts("HELD", "INCONCLUSIVE"), of_verdicts("HELD", "NOT RUN")},
}


def table(document):
    """The exit codes of a document's table, with what it says of each."""
    rows = [line for section in document.sections for line in section.prose]
    return [(int(row[1]), row[2]) for line in rows if (row := re.fullmatch(r"\| (\d+) \| (.*) \|", line))]


def untrue(document):
    """What a document says of exit codes and is not so."""
    told = [(int(code), words) for words in MEANING for code, said in table(document) if words in said]
    text = " ".join(line for section in document.sections for line in section.prose)
    mentioned = re.findall(r"exits? (?:with )?(?:code )?(\d+)( (?:if any|where))?", text)
    known = {code for codes in MEANING.values() for code in codes}
    return [(code, words) for code, words in told if MEANING[words] != {code}] + [
        code for code, of_a_comparison in mentioned if int(code) not in ({reports.REGRESSED} if of_a_comparison else known)
    ]


def test_every_exit_code_is_told_and_means_what_is_said():
    assert len(table(USAGE)) == len(MEANING)
    assert all(any(words in said for _, said in table(USAGE)) for words in MEANING)
    assert reports.REGRESSED == plugin.REGRESSED


@pytest.mark.parametrize("document", DOCUMENTS, ids=repr)
def test_every_exit_code_is_that_of_the_code(document):
    assert untrue(document) == []


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("| 5 | nothing", "| 6 | nothing"),
        ("| 1 | at least", "| 10 | at least"),
        ("exits 1 if", "exits 2 if"),
        ("exit 1 if", "exit 7 if"),
    ],
)
def test_another_exit_code_is_caught(said, other):
    assert said in USAGE.text
    assert untrue(Document("docs/usage.md", USAGE.text.replace(said, other, 1)))


def test_the_oldest_python_is_the_projects():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    named = {version for document in DOCUMENTS for version in re.findall(r"Python (3\.\d+)", document.text)}
    assert named == {wanted.removeprefix(">=")}
