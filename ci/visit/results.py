"""What a visit brings home: new records, logs, audits and figures in a few files, rewritten as the visit goes on."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ci.visit.folders import MIB, Folders

PART = 30 * MIB  # of text; xz halves it at least, so a file to bring home has at most 16 MiB
RESULTS, SUMMARY, TABLE = "results.tar.xz", "summary.json", "summary.txt"


@dataclass
class Row:
    """The result of a stage: its predicted and measured seconds, and the outcome in a few words."""

    stage: str
    predicted: float
    measured: float | None
    outcome: str


class Results:
    """Packs what the work folder holds into `out`, without the records that were carried to the machine."""

    def __init__(self, folders: Folders, out: Path, about: dict[str, str]) -> None:
        self.folders, self.out, self.about = folders, out, about
        self.carried = set(_names(folders.earlier))
        self.rows: list[Row] = []
        self._written: dict[str, list[Path]] = {}
        out.mkdir(parents=True, exist_ok=True)

    def _records(self) -> list[Path]:
        found = [(path.stat().st_mtime, path) for path in (self.folders.work / "store" / "runs").glob("*.json")]
        return [path for _, path in sorted(found)]

    def new(self) -> list[Path]:
        """Return the records made on this machine, the oldest first."""
        return [record for record in self._records() if record.name not in self.carried]

    def pack(self) -> None:
        """Write all results so far; each file of `out` is complete at every moment."""
        self.pack_store()
        made = self.folders.work / "results"
        _archive(self.out / RESULTS, ((path, path.relative_to(made)) for path in sorted(made.rglob("*")) if path.is_file()))
        summary = {**self.about, "stages": [asdict(row) for row in self.rows], "new_records": len(self.new())}
        _whole(self.out / SUMMARY, lambda path: path.write_text(json.dumps(summary, indent=1), encoding="utf-8"))
        _whole(self.out / TABLE, lambda path: path.write_text(self.table(), encoding="utf-8"))

    def pack_store(self) -> None:
        """Write the new records into archives, each readable alone; skip those already written."""
        for place, part in enumerate(parts(self.new())):
            name = f"store-{place}.tar.xz"
            if self._written.get(name) != part:
                _archive(self.out / name, ((path, Path("runs", path.name)) for path in part))
                self._written[name] = part

    def table(self) -> str:
        """Return the rows as a table, with predicted beside measured seconds."""
        lines = [f"{'stage':<14}{'predicted':>10}{'measured':>10}  outcome"]
        for row in self.rows:
            measured = "-" if row.measured is None else f"{row.measured:.1f} s"
            lines.append(f"{row.stage:<14}{row.predicted:>8.0f} s{measured:>10}  {row.outcome}")
        return "\n".join([*lines, f"{len(self.new())} new records", ""])


def parts(records: Iterable[Path]) -> Iterator[list[Path]]:
    """Yield the records in lots that each fit into one archive."""
    lot: list[Path] = []
    filled = 0
    for record in records:
        if lot and filled + record.stat().st_size > PART:
            yield lot
            lot, filled = [], 0
        lot.append(record)
        filled += record.stat().st_size
    if lot:
        yield lot


def _names(earlier: Path) -> list[str]:
    if not earlier.exists():
        return []
    with tarfile.open(earlier) as archive:
        return [Path(name).name for name in archive.getnames()]


def _archive(path: Path, files: Iterable[tuple[Path, Path]]) -> None:
    def write(temporary: Path) -> None:
        with tarfile.open(temporary, "w:xz", preset=1) as archive:
            for file, name in files:
                archive.add(file, name)

    _whole(path, write)


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under another name first, so that a killed visit leaves the old file."""
    temporary = path.with_name(f".{path.name}")
    write(temporary)
    temporary.replace(path)
