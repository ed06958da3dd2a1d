"""The paper's figures with ours as drawings to take away: an SVG for each figure, and a PDF where svglib is installed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO

from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.charts import HEIGHT, WIDTH, Line, LineChart
from rethinking_audit.reports.figures import Figure, figures
from rethinking_audit.reports.render import filled

MARGIN, ROW = 12.0, 17
# The font is unknown, and so are the widths of its letters: one is taken for this share of its size.
LETTER, BOLD = 0.55, 0.62
TITLE, NOTE, NAME, ORIGIN = 15, 11, 11, 10  # sizes of letters
KEY = 33  # from the sample of a line to its name


@dataclass(frozen=True)
class Look:
    """How a series is drawn: its colour, dash and width, and the path of its mark."""

    colour: str
    dash: str
    width: float
    mark: str


CIRCLE = "M3.4 0A3.4 3.4 0 1 1-3.4 0A3.4 3.4 0 1 1 3.4 0z"
# As style.css and charts.html have them on a light page.
LOOKS = {
    "inception": Look("#0b63b5", "", 2.0, CIRCLE),
    "alexnet": Look("#1c7a4a", "3 3", 2.0, "M-3-3H3V3H-3z"),
    "mlp-1x512": Look("#9a1f55", "1.5 4", 2.6, "M0-4L3.7 2.8H-3.7z"),
    "mlp-3x512": Look("#8a3fa0", "10 3 2 3", 2.0, "M0-4.4L4.2 0 0 4.4-4.2 0z"),
    "inception-without-batch-norm": Look("#b3520a", "8 3", 2.0, "M0 4L3.7-2.8H-3.7z"),
    "other": Look("#1c1f24", "", 2.0, "M-3.2-3.2L3.2 3.2M-3.2 3.2L3.2-3.2"),
}


@dataclass(frozen=True)
class Panel:
    """One chart of a drawing, where it stands, and where the names of its lines do."""

    chart: LineChart
    x: float
    y: float
    lines: list[tuple[Line, Look]]
    legend: list[tuple[float, float]]


def drawings(audit: Audit) -> Iterator[tuple[str, str]]:
    """Yield the name and the SVG text of each figure of the paper that the record has."""
    for figure in figures(audit):
        if figure.charts:
            yield f"figure-{figure.name}", _drawing(figure, audit)


def as_pdf(svg: str) -> bytes | None:
    """Return a drawing as a PDF of one page; None where svglib is not installed."""
    try:
        from reportlab.graphics import renderPDF
        from svglib.svglib import svg2rlg
    except ImportError:
        return None
    out = BytesIO()
    renderPDF.drawToFile(svg2rlg(StringIO(svg)), out)
    return out.getvalue()


def _drawing(figure: Figure, audit: Audit) -> str:
    across = round(len(figure.charts) * (WIDTH + MARGIN) + MARGIN)
    title = _wrapped(f"Figure {figure.name}. {figure.title}", across, TITLE * BOLD)
    note = _wrapped(figure.note, across, NOTE * LETTER)
    origin = f"{audit['paper']['authors']}, {audit['paper']['venue']}; {audit['project']}, {audit['created'][:10]}"
    last = _wrapped(origin, across, ORIGIN * LETTER)
    top = 40.0 + 19 * len(title) + 15 * len(note)
    legends = [_legend(chart) for chart in figure.charts]
    panels = [
        Panel(chart, MARGIN + place * (WIDTH + MARGIN), top, [(line, _look(line.style)) for line in chart.lines], legend)
        for place, (chart, legend) in enumerate(zip(figure.charts, legends, strict=True))
    ]
    below = max(max(y for _, y in legend) for legend in legends) + ROW
    return filled(
        "figure.svg",
        title=title,
        note=note,
        panels=panels,
        width=across,
        height=round(top + below + 8 + 13 * len(last)),
        origin=last,
    )


def _legend(chart: LineChart) -> list[tuple[float, float]]:
    """Return where the name of each line stands in the chart: in two columns if every name fits, else in one."""
    columns = 2 if max(len(line.name) for line in chart.lines) * NAME * LETTER < (WIDTH - chart.left) / 2 - KEY else 1
    places = (divmod(place, columns) for place in range(len(chart.lines)))
    return [(chart.left + column * (WIDTH - chart.left) / columns, HEIGHT + 12 + ROW * row) for row, column in places]


def _wrapped(text: str, across: float, letter: float) -> list[str]:
    return textwrap.wrap(text, int((across - 2 * MARGIN) / letter))


def _look(style: str) -> Look:
    """Return the look of a style; a second series of the same style is thinner."""
    name, *second = style.split()
    look = LOOKS[name]
    return Look(look.colour, look.dash, 1.2, look.mark) if second else look
