"""A site as files in a folder."""

from __future__ import annotations

from pathlib import Path

from rethinking_audit.fixtures.record.files import write
from rethinking_audit.reports.site import places
from rethinking_audit.reports.site.contents import Contents
from rethinking_audit.reports.site.pages import pages

MARK = "rethinking-audit site"  # as the generator in every file of a site
HEAD = 2_000  # of a file: the characters in which the mark is


class CannotBuild(ValueError):
    """A site would overwrite what is no site; the message says what."""


def build(contents: Contents, target: Path) -> Path:
    """Write a site into a folder, which is made if it is missing, and return its front page.

    Pages of an earlier site there are replaced; files that the new one lacks stay.

    Raises:
        CannotBuild: a page would replace a file that is not of a site.
        OSError: a file cannot be written.
    """
    _check(target / places.FRONT)
    for file, text in pages(contents):
        _check(target / file)
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        write(target / file, text)
    return target / places.FRONT


def _check(file: Path) -> None:
    if file.is_file() and MARK not in file.read_text(encoding="utf-8", errors="replace")[:HEAD]:
        raise CannotBuild(f"{str(file)!r} is no page of a site, expected --into to name a folder without one")
