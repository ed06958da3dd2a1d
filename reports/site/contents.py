"""What a site shows of the audits in a folder, and the pages that its menu names."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from rethinking_audit.fixtures.record.types import Audit, Contradiction
from rethinking_audit.reports.folder import Folder
from rethinking_audit.reports.menu import Menu
from rethinking_audit.reports.sabotage import Matrix
from rethinking_audit.reports.sabotage import matrix as faults
from rethinking_audit.reports.site import places
from rethinking_audit.reports.site.claims import ClaimPage, claim_pages
from rethinking_audit.reports.site.lecture import Slide, slides
from rethinking_audit.reports.site.releases import Release, releases
from rethinking_audit.reports.site.shown import latest, shown


class Contents:
    """What the pages of a site show.

    `folder` holds the records in `found`; `base` is the address at which the site is published, or empty.
    """

    def __init__(self, folder: Path, found: Folder, base: str = "") -> None:
        self.audits = shown(reversed(found.audits), folder)  # the latest first
        self.latest = latest(self.audits)
        self.of_paper = [one for one in self.audits if not one.experiment.subject]
        self.unreadable = [reason.replace(f"{folder}{os.sep}", "") for reason in found.unreadable]  # a site is published
        self.base = base
        self.faults = _faults(found)

    @property
    def first(self) -> Audit | None:
        """The latest audit of the paper, which says the paper's name; None if all are of training code."""
        return self.of_paper[0].audit if self.of_paper else None

    @cached_property
    def claims(self) -> list[ClaimPage]:
        """The claims and the readings of the paper; the findings on training code are in its reports alone."""
        return claim_pages(self.of_paper)

    @property
    def readings(self) -> list[ClaimPage]:
        """The readings alone."""
        return [one for one in self.claims if one.is_reading]

    @cached_property
    def slides(self) -> list[Slide]:
        """The figures of the lecture."""
        return slides(self.latest)

    @cached_property
    def releases(self) -> list[Release]:
        """The changes of version."""
        return releases(self.audits)

    @property
    def contradictions(self) -> list[Contradiction]:
        """Where the paper disagrees with itself, each once, as the latest audit words it."""
        found = [one for audited in reversed(self.latest) for one in audited.audit.get("consistency", ())]
        return list({(one["item"], one["against"]): one for one in found}.values())

    @cached_property
    def menu(self) -> Menu:
        """The pages that there are."""
        there = (
            ("Audits", places.FRONT, True),
            ("Claims and dates", places.CLAIMS, self.claims),
            ("Misreadings", places.READINGS, self.readings),
            ("The paper against itself", places.CONTRADICTIONS, self.contradictions),
            ("Sabotage", places.SABOTAGE, self.faults),
            ("Releases", places.RELEASES, self.releases),
            *(("Lecture", slide.file, True) for slide in self.slides[:1]),
            ("Glossary", places.GLOSSARY, True),
        )
        return Menu([(title, file.as_posix()) for title, file, has_any in there if has_any])


def _faults(found: Folder) -> Matrix | None:
    """Return the matrix of the sabotaged audits; what lies beside them says what is red without a fault."""
    if not found.sabotaged:
        return None
    campaigns = {path.parent.parent for path, _ in found.sabotaged}
    clean = [(audit, None) for path, audit in found.audits if path.parent.parent in campaigns]
    return faults([*clean, *((audit, None) for _, audit in found.sabotaged)])
