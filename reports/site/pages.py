"""Every file of a site: where it lies, and its text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from rethinking_audit.reports.answer import answer
from rethinking_audit.reports.glossary import TERMS, anchor_of
from rethinking_audit.reports.matrix import matrix
from rethinking_audit.reports.render import filled, page, render
from rethinking_audit.reports.sabotage_table import sign
from rethinking_audit.reports.site import places
from rethinking_audit.reports.site.claims import ClaimPage
from rethinking_audit.reports.site.contents import Contents
from rethinking_audit.reports.site.feed import feed_id_of, reds
from rethinking_audit.reports.site.shown import address

File = tuple[PurePosixPath, str]

MOST_CELLS = 8_000  # of the matrix: with more its page would be larger than 1 MB


def pages(contents: Contents) -> Iterator[File]:
    """Yield every file of a site. The front page comes last: where it is, all that it links to is there too."""
    yield from _menu_pages(contents)
    yield from _lecture(contents)
    yield places.FEED, _feed(contents)
    for claim in contents.claims:
        yield claim.file, _claim(claim, contents)
    for one in contents.audits:
        yield one.file, render(one.audit, menu=contents.menu.at(one.file, places.FRONT))
    yield places.FRONT, _front(contents)


def _menu_pages(contents: Contents) -> Iterator[File]:
    def made(file: PurePosixPath, template: str, **shown: Any) -> File:
        return file, page(template, menu=contents.menu.at(file), **shown)

    if contents.claims:
        yield made(places.CLAIMS, "site/claims.html", **_claims(contents))
    if contents.readings:
        yield made(places.READINGS, "site/readings.html", readings=contents.readings)
    if contents.contradictions:
        yield made(places.CONTRADICTIONS, "site/contradictions.html", found=contents.contradictions)
    if contents.faults:
        yield made(places.SABOTAGE, "sabotage.html", matrix=contents.faults, sign=sign)
    if contents.releases:
        yield made(places.RELEASES, "site/releases.html", releases=contents.releases)
    yield made(places.GLOSSARY, "site/glossary.html", terms=TERMS, anchor=anchor_of)


def _front(contents: Contents) -> str:
    answers = [(one, answer(one.audit)) for one in contents.latest]
    of_paper = contents.first
    return page(
        "site/front.html",
        menu=contents.menu.at(places.FRONT),
        answers=answers,
        contents=contents,
        of_paper=of_paper,
        address=answer(of_paper).paper if of_paper else None,
        feed=places.FEED,
    )


def _claims(contents: Contents) -> dict[str, Any]:
    rows = contents.of_paper[: max(1, MOST_CELLS // len(contents.claims))]
    verdicts = matrix([one.audit for one in rows])
    return {
        "audits": [(one.audit, one.address) for one in contents.of_paper],
        "crossed": [(one.audit, one.address) for one in rows],
        "names": [one.name for one in rows],
        "matrix": verdicts,
        "links": {claim: address(places.of_claim(claim)) for claim in verdicts.claims},
        "claims": [one for one in contents.claims if not one.is_reading],
    }


def _claim(claim: ClaimPage, contents: Contents) -> str:
    menu = contents.menu.at(claim.file, places.READINGS if claim.is_reading else places.CLAIMS)
    slides = {slide.figure.name: address(slide.file) for slide in contents.slides}
    return page("site/claim.html", menu=menu, page=claim, slides=slides)


def _lecture(contents: Contents) -> Iterator[File]:
    files = [slide.file for slide in contents.slides]
    for place, slide in enumerate(contents.slides):
        menu = contents.menu.at(slide.file, files[0])
        before, after = files[:place][-1:], files[place + 1 :][:1]
        yield slide.file, page("site/slide.html", menu=menu, slide=slide, files=files, before=before, after=after)


def _feed(contents: Contents) -> str:
    return filled(
        "site/feed.xml",
        latest=contents.audits[0],
        of_paper=contents.first,
        entries=reds(contents.audits),
        id=f"{contents.base}{places.FEED}" if contents.base else feed_id_of(contents.audits[-1].audit),
        base=contents.base,
        feed=places.FEED,
        front=places.FRONT,
    )
