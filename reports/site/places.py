"""Where the pages of a site lie, from its root."""

from pathlib import PurePosixPath

FRONT = PurePosixPath("index.html")
CLAIMS = PurePosixPath("claims.html")
READINGS = PurePosixPath("readings.html")
CONTRADICTIONS = PurePosixPath("contradictions.html")
SABOTAGE = PurePosixPath("sabotage.html")
RELEASES = PurePosixPath("releases.html")
GLOSSARY = PurePosixPath("glossary.html")
FEED = PurePosixPath("feed.xml")


def of_claim(claim: str) -> PurePosixPath:
    """Return the page of a claim; two ids never share one."""
    return PurePosixPath("claims", f"{claim}.html")


def of_figure(name: str) -> PurePosixPath:
    """Return the page of a figure in the lecture."""
    return PurePosixPath("lecture", f"{name}.html")


def of_report(record: PurePosixPath) -> PurePosixPath:
    """Return the report of a record, which lies as the record does in its folder."""
    return PurePosixPath("audits", record.with_suffix(".html"))
