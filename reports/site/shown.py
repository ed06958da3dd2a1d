"""One audit of a site: which experiment it is of, and where its report lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from rethinking_audit.fixtures.record.judged import Claim
from rethinking_audit.fixtures.record.outcome import all_cases, everything
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import NOT_RUN
from rethinking_audit.fixtures.record.words import line
from rethinking_audit.reports.overview import anchor
from rethinking_audit.reports.site import places

CPU = "CPU"


@dataclass(frozen=True)
class Experiment:
    """What audits of one experiment have in common; `data` has the largest number of training images of each data set."""

    subject: str
    tiers: tuple[str, ...]
    data: tuple[tuple[str, int], ...]
    device: str


@dataclass(frozen=True, eq=False)
class Shown:
    """An audit with the name of its record, its experiment, and the file of its report within the site."""

    audit: Audit
    name: str
    file: PurePosixPath
    experiment: Experiment

    @property
    def address(self) -> str:
        """The report, from the root of the site."""
        return address(self.file)

    @property
    def title(self) -> str:
        """The experiment in words."""
        data = (f"{_plainly(self.audit, name)}, {size:,} images" for name, size in self.experiment.data)
        who = [self.experiment.subject] if self.experiment.subject else self.experiment.tiers
        return line(" · ".join([*who, *data, self.experiment.device]))

    def card(self, claim: Claim) -> str:
        """Return the address of a claim's card in the report."""
        return f"{self.address}#{anchor(claim)}"


def address(file: PurePosixPath) -> str:
    """Return a file of the site as an address relative to its root."""
    return quote(file.as_posix(), errors="surrogateescape")


def shown(audits: Iterable[tuple[Path, Audit]], folder: Path) -> list[Shown]:
    """Return the audits of a folder as a site shows them, in their order."""
    return [_shown(path.relative_to(folder), audit) for path, audit in audits]


def _shown(path: Path, audit: Audit) -> Shown:
    name = path.parent if path.stem == "audit" and path.parent != Path() else path.with_suffix("")
    return Shown(audit, line(name.as_posix()), places.of_report(PurePosixPath(path.as_posix())), experiment(audit))


def experiment(audit: Audit) -> Experiment:
    """Return the experiment of an audit."""
    tiers = sorted({case["tier"] for _, case in all_cases(audit)})
    data = tuple(sorted((name, _size(audit, name)) for name in audit["data"]))
    return Experiment(audit.get("subject", ""), tuple(tiers), data, audit["provenance"]["machine"]["gpu"] or CPU)


def _size(audit: Audit, data: str) -> int:
    """Return the largest number of training images of a data set, all of them if no run says how many it took."""
    everyone = audit["data"][data]["train"]
    specs: Iterator[Mapping[str, Any]] = (run["spec"] for run in audit["runs"].values())
    sizes = (spec["train_size"] or everyone for spec in specs if spec.get("data") == data and "train_size" in spec)
    return max(sizes, default=everyone)


def _plainly(audit: Audit, data: str) -> str:
    return audit["data"][data]["title"].partition(" (")[0]


def latest(latest_first: Sequence[Shown]) -> list[Shown]:
    """Return the latest audit of each experiment.

    An earlier one stays if it judged a claim that no later audit of its experiment judged.
    """
    return list(_latest(latest_first))


def _latest(latest_first: Sequence[Shown]) -> Iterator[Shown]:
    covered: dict[Experiment, set[str]] = {}
    for one in latest_first:
        judged = {claim["id"] for claim in everything(one.audit) if claim["verdict"] != NOT_RUN}
        if one.experiment not in covered or judged - covered[one.experiment]:
            yield one
        covered.setdefault(one.experiment, set()).update(judged)
