"""Mutation testing: each line that decides, stores or tells is held by a test.

    python -m tests.mutants [GROUP ...]     make the mutants of those groups, run their tests on each, and judge
    python -m tests.mutants --judge         judge what the last run left in mutants/, of every group that was run

mutmut changes one thing in one function at a time and runs the tests that call it. A mutant that no test notices is a
survivor. `mutants.toml` lists the survivors that change nothing that matters, by function and change, each with the reason.
The exit code is 1 if the tests noticed a smaller share of the other mutants than that file asks for, or if an entry of its
list matches no survivor.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.mutate import LIST

RESULTS = Path("mutants")
# mutmut's exit codes of a mutant: the tests failed (1, 3), never ended (24, 36, 152, 255), crashed or were refused by mypy.
NOTICED = frozenset({1, 3, 24, -24, 36, 152, 255, -9, -11, 37})


@dataclass(frozen=True)
class Mutant:
    """One change of one function; `code` is what its tests ended with, None if they were not run."""

    name: str
    path: str
    code: int | None

    @property
    def function(self) -> str:
        """The function as one would write it: module, class and name."""
        mangled = self.name.partition("__mutmut_")[0] if "ǁ" not in self.name else self.name.rpartition("__mutmut_")[0]
        return mangled.replace("xǁ", "").replace("ǁ", ".").replace(".x_", ".")


def results(folder: Path) -> Iterator[Mutant]:
    """Give each mutant that mutmut knows of."""
    for meta in sorted(folder.rglob("*.meta")):
        path = str(meta.relative_to(folder)).removesuffix(".meta")
        for name, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield Mutant(name, path, code)


def changed(mutant: Mutant) -> str:
    """Return what the mutant changes: the lines it takes away and those it puts there."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    lines = get_diff_for_mutant(mutant.name, path=mutant.path).splitlines()[2:]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines if line[0] in "+-")


@dataclass(frozen=True)
class Score:
    """What became of the mutants of one file or group."""

    mutants: int
    noticed: int
    listed: int

    @property
    def share(self) -> float:
        """The share of the mutants outside the list that was noticed; 1 if all are listed."""
        return self.noticed / (self.mutants - self.listed) if self.mutants > self.listed else 1.0


def judge(
    mutants: Sequence[Mutant], listed: set[tuple[str, str]], change: Callable[[Mutant], str]
) -> tuple[dict[str, Score], list[tuple[Mutant, str]], set[tuple[str, str]]]:
    """Return the score of each file, the survivors that nobody explains, and the entries that met one."""
    counts: dict[str, Counter[str]] = {}
    unexplained, met = [], set()
    for mutant in mutants:
        found = counts.setdefault(mutant.path, Counter())
        found["mutants"] += 1
        if mutant.code in NOTICED:
            found["noticed"] += 1
            continue
        key = mutant.function, change(mutant)
        if key in listed:
            found["listed"] += 1
            met.add(key)
        else:
            unexplained.append((mutant, key[1]))
    scores = {path: Score(found["mutants"], found["noticed"], found["listed"]) for path, found in counts.items()}
    return scores, unexplained, met


def entries(tables: dict) -> set[tuple[str, str]]:
    """Return the listed survivors as function and change."""
    return {
        (entry["function"], change.strip())
        for entry in tables["survivor"]
        for change in entry["changes"]
        if entry["reason"]
    }


def group_of(path: str, groups: dict) -> str | None:
    """Return the group that a file belongs to."""
    return next((name for name, group in groups.items() if any(fnmatch(path, part) for part in group["files"])), None)


def show(console: Console, groups: dict, scores: dict[str, Score]) -> None:
    """Print the score of each group and of each of its files."""
    table = Table("file", "mutants", "noticed", "listed", "survived", "score", title="Mutation score")
    for name in groups:
        files = {path: score for path, score in scores.items() if group_of(path, groups) == name}
        if not files:
            continue
        total = Score(*(sum(getattr(score, part) for score in files.values()) for part in ("mutants", "noticed", "listed")))
        for label, score in [(f"[bold]{name}[/]", total), *((f"  {path}", score) for path, score in files.items())]:
            left = score.mutants - score.noticed - score.listed
            table.add_row(label, *map(str, (score.mutants, score.noticed, score.listed, left)), f"{score.share:.1%}")
    console.print(table)


def announce(console: Console, groups: dict, names: Sequence[str]) -> None:
    """Say beforehand how long it takes."""
    minutes = {name: groups[name]["minutes"] for name in names}
    parts = ", ".join(f"{name} {spent:g}" for name, spent in minutes.items())
    console.print(
        f"About {sum(minutes.values()):g} minutes on one core ({parts}). It may be stopped; what was judged is kept."
    )


def main(arguments: Sequence[str]) -> int:
    """Run and judge."""
    tables = tomllib.loads(LIST.read_text(encoding="utf-8"))
    groups, console = tables["group"], Console(soft_wrap=True, highlight=False)
    parser = ArgumentParser(prog="python -m tests.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(groups)}; all of them if none is named")
    parser.add_argument("--judge", action="store_true", help="only judge what the last run left in mutants/")
    options = parser.parse_args(arguments)
    if unknown := set(options.groups) - set(groups):
        parser.error(f"the group {min(unknown)!r} is unknown, expected one of {', '.join(groups)}")

    names = options.groups or list(groups)
    if not options.judge:
        announce(console, groups, names)
        command = [sys.executable, "-m", "tests.mutate", *names]
        subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})

    ran = [mutant for mutant in results(RESULTS) if mutant.code is not None and group_of(mutant.path, groups) in names]
    scores, unexplained, met = judge(ran, entries(tables), changed)
    for mutant, change in unexplained:
        console.print(f"\n{mutant.function} ({mutant.name.rpartition('_')[2]})\n{change}", markup=False)
    show(console, groups, scores)
    functions = {mutant.function for mutant in ran}
    idle = {entry for entry in entries(tables) if entry[0] in functions} - met
    for function, change in sorted(idle):
        console.print(f"\n{LIST.name} lists a change of {function} that no survivor makes:\n{change}", markup=False)
    total = Score(*(sum(getattr(score, part) for score in scores.values()) for part in ("mutants", "noticed", "listed")))
    console.print(
        f"{total.noticed} of {total.mutants - total.listed} mutants noticed, {total.listed} more listed with a reason: "
        f"{total.share:.1%}, expected at least {tables['share']:.0%}"
    )
    return int(total.share < tables["share"] or bool(idle))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
