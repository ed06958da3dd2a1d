"""`python -m tests.subjects.table`: audit every re-created mistake, and write docs/own-subjects.md."""

import argparse
from pathlib import Path

from tests.subjects.judged import findings
from tests.subjects.published import MISTAKES

PLACE = Path(__file__).parents[2] / "docs" / "own-subjects.md"
HEAD = """# Published mistakes, made again

Each line is a mistake that somebody published, made again in a few lines of our own in `tests/subjects/recreated.py`. The
audit must refute it by the code that is named. `python -m tests.subjects.table` audits all of them and writes this page;
`tests/subjects/test_table.py` audits a sample. The reproductions of the paper go by the names of their authors.

| published | the mistake | must be red | verdict | red as well, up to there |
|---|---|---|---|---|
"""
TAIL = "\n## What no check of today shows\n\n| published | the mistake | why |\n|---|---|---|\n"


def row(mistake):
    """Audit a mistake, and return its line."""
    told = findings(mistake.code, mistake.subject, **mistake.asked())
    also = [one.code for one in told[:-1] if one.verdict == "REFUTED"]
    return f"| {mistake.where} | {mistake.what} | {mistake.code} | {told[-1].verdict} | {', '.join(also) or '–'} |\n"


def main():
    argparse.ArgumentParser("python -m tests.subjects.table", description=__doc__).parse_args()
    rows = []
    for mistake in MISTAKES:
        if mistake.subject is not None:
            rows.append(row(mistake))
            print(rows[-1], end="", flush=True)
    unseen = [f"| {one.where} | {one.what} | {one.unseen} |\n" for one in MISTAKES if one.subject is None]
    PLACE.write_text(HEAD + "".join(rows) + TAIL + "".join(unseen))


if __name__ == "__main__":
    main()
