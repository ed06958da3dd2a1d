"""Run a visit on the machine: its stages in turn, within a time limit; results are packed after each.

This file uses only the standard library: nothing else is there before the wheels are unpacked.
"""

from __future__ import annotations

import json
import shutil
import tarfile
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

from ci.visit.folders import Folders
from ci.visit.process import GRACE, Process, Stopped, stoppable
from ci.visit.results import Results, Row
from ci.visit.stages import Place, Stage

RESERVE = GRACE + 7  # seconds to stop the last stage and pack for the last time
LEAST = 2.0  # seconds that a stage needs at least to start
PACK_EVERY = 10.0
STOPPED = 143


class Visit:
    """The stages of one visit. None runs beyond `deadline`, a time of the monotonic clock."""

    def __init__(self, place: Place, results: Results, deadline: float) -> None:
        self.place, self.results, self.deadline = place, results, deadline
        self.under_way: dict[str, tuple[Process, Stage]] = {}
        self.failed = False
        self._packed = time.monotonic()

    def run(self, stages: Iterable[Stage]) -> int:
        """Run the stages; return 0, 1 if one failed, or 143 if the visit was told to end.

        Each stage becomes a row of the results. A failed stage does not stop the others.
        """
        with stoppable():
            try:
                self._through(stages)
                for name in list(self.under_way):
                    self._finish(name)
            except Stopped:
                self._abandon()
                return STOPPED
            finally:
                self.results.pack()
        return int(self.failed)

    def _through(self, stages: Iterable[Stage]) -> None:
        for stage in stages:
            try:
                self._begin(stage)
                fine = stage.behind or stage.name not in self.under_way or self._finish(stage.name)
            except Exception as error:  # such as a full disk
                fine = False
                self._note(stage, None, f"failed: {type(error).__name__}: {error}", fine)
            if stage.ends and not fine:
                print(f"{stage.name} failed and must be fixed before another visit: this one ends.", flush=True)
                self._abandon()
                return

    def _begin(self, stage: Stage) -> None:
        if stage.after in self.under_way:
            self._finish(stage.after)
        if (seconds := self._left(stage)) < LEAST:
            self._note(stage, None, "not begun: no time was left", fine=False)
            return
        log = self.place.folders.work / "results" / f"{stage.name}.log"
        process = Process(self.place.words(stage, seconds), log, self.place.folders.environment())
        self.under_way[stage.name] = process, stage

    def _left(self, stage: Stage) -> float:
        return min(stage.most, self.deadline - RESERVE - stage.leaves - time.monotonic())

    def _finish(self, name: str) -> bool:
        """Wait for a running stage, and return whether it ended well."""
        process, stage = self.under_way[name]
        code = process.wait(time.monotonic() - process.started + self._left(stage), self._meanwhile)
        del self.under_way[name]
        fine = code in stage.fine and not process.timed_out
        outcome = "took too long, and was stopped" if process.timed_out else f"exit {code}"
        self._note(stage, time.monotonic() - process.started, f"{outcome}{self._verdicts(stage)}", fine)
        self.results.pack()
        return fine

    def _abandon(self) -> None:
        for process, stage in self.under_way.values():
            process.stop()
            self._note(stage, time.monotonic() - process.started, "stopped with the visit", fine=False)
        self.under_way.clear()

    def _meanwhile(self) -> None:
        """Pack the records as they are made: the machine may be taken away without notice."""
        if time.monotonic() - self._packed > PACK_EVERY:
            self.results.pack_store()
            self._packed = time.monotonic()

    def _note(self, stage: Stage, seconds: float | None, outcome: str, fine: bool) -> None:
        self.failed = self.failed or not fine
        self.results.rows.append(Row(stage.name, stage.seconds, seconds, outcome))
        print(f"{stage.name}: {outcome}", flush=True)

    def _verdicts(self, stage: Stage) -> str:
        """Return the verdict counts of an audit, after a colon."""
        path = self.place.folders.work / "results" / stage.name / "audit.json"
        if not path.exists():
            return ""
        summary = json.loads(path.read_text(encoding="utf-8"))["summary"]
        return ": " + ", ".join(f"{count} {verdict}" for verdict, count in summary.items() if count)


def lay_out(folders: Folders) -> None:
    """Unpack what was carried except the images: packages, and the records of earlier visits."""
    for wheel in sorted(folders.wheels.glob("*.whl")):  # a wheel is an archive of a folder of packages
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folders.work / "wheels")  # noqa: S202 -- zipfile leaves no file outside the folder
    if folders.earlier.exists():
        with tarfile.open(folders.earlier) as archive:
            archive.extractall(folders.work / "store", filter="data")
    shutil.rmtree(folders.work / "results", ignore_errors=True)


def run(place: Place, stages: list[Stage], out: Path, minutes: float, about: dict[str, str]) -> int:
    """Run the stages within `minutes`, leave the results in `out`, and print a summary."""
    deadline = time.monotonic() + 60 * minutes
    lay_out(place.folders)
    results = Results(place.folders, out, about)
    code = Visit(place, results, deadline).run(stages)
    print(f"\n{results.table()}\nin {out}: {', '.join(sorted(path.name for path in out.iterdir()))}")
    return code
