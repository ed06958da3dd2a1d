"""The stages of a visit, read from stages.toml, and their commands."""

from __future__ import annotations

import shlex
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ci.visit.folders import ROOT, Folders

TABLE = Path(__file__).with_name("stages.toml")
BESIDE = 10.0  # seconds that an audit takes to begin and end
LEAST = 3.0


@dataclass(frozen=True)
class Stage:
    """One command: its predicted `seconds`, the `most` seconds until it is stopped, and its good exit codes `fine`.

    `ends`: if it fails, the visit ends. `behind`: it runs beside the stages that follow. `after`: the stage to wait for.
    `leaves`: the seconds it must leave to the rest.
    """

    name: str
    command: str
    seconds: float
    most: float
    fine: tuple[int, ...] = (0,)
    ends: bool = False
    behind: bool = False
    after: str | None = None
    leaves: float = 0.0
    small: str | None = None


@dataclass(frozen=True)
class Place:
    """Where the stages of a visit run: the folders and the device."""

    folders: Folders
    device: str
    small: bool

    def words(self, stage: Stage, seconds: float) -> list[str]:
        """Return the command of a stage that may take `seconds`."""
        work = self.folders.work
        audit = ["--store", work / "store", "--report", work / "results" / stage.name, "--device", self.device]
        text = stage.small if self.small and stage.small else stage.command
        filled = text.format(
            device=self.device,
            kind=self.device.partition(":")[0],
            tests=shlex.join(map(str, files_for_a_card())),
            folder=shlex.quote(str(work.parent)),
            images=shlex.join(self.folders.images()),
            audit=shlex.join(map(str, [*audit, "-p", "no:cacheprovider"])),
            results=shlex.quote(str(work / "results")),
            time=f"{seconds:.0f}",
            minutes=f"{max(LEAST, seconds - BESIDE) / 60:.2f}",
        )
        program, *rest = shlex.split(filled)
        return [sys.executable, *(["-m", "pytest"] if program == "pytest" else []), *rest]


def stages(visit: str, only: str = "", table: Path = TABLE) -> list[Stage]:
    """Return the stages of a visit in their order: all, or the comma-separated names in `only`.

    Raises:
        ValueError: the table has no such visit, or the visit no such stage.
    """
    visits = tomllib.loads(table.read_text(encoding="utf-8"))
    if visit not in visits:
        raise ValueError(f"there is no visit '{visit}', expected one of {', '.join(visits)}")
    found = {entry["name"]: Stage(**{**entry, "fine": tuple(entry.get("fine", (0,)))}) for entry in visits[visit]}
    for name in (names := only.split(",") if only else list(found)):
        if name not in found:
            raise ValueError(f"--only has '{name}', expected some of {', '.join(found)}")
    return [stage for name, stage in found.items() if name in names]


def files_for_a_card() -> list[Path]:
    """Return the test files with tests that need a GPU."""
    found = (
        path
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if 'reason="needs a GPU"' in path.read_text(encoding="utf-8")
    )
    return [path.relative_to(ROOT) for path in found]
