"""A visit to a machine with a GPU and no network.

python -m ci.visit pack --wheels-for 3.12 --stand-in cifar10-jpeg.tar.xz
python3 -m ci.visit run A --out DIR
python -m ci.visit unpack DIR
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import NoReturn

from ci.visit.folders import FOLDER, MIB, Folders
from ci.visit.pack import DoesNotFit, pack
from ci.visit.run import run
from ci.visit.stages import TABLE, Place, stages
from ci.visit.unpack import NothingCame, unpack

BAD_INPUT = 4


class Parser(argparse.ArgumentParser):
    """Exits as the audit does on a bad command line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit."""
        self.exit(BAD_INPUT, f"{self.format_usage()}{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    whole = Parser(prog="python -m ci.visit", description=__doc__.splitlines()[0])
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    packs = commands.add_parser("pack", help="make the folder to carry: wheels, images, the records of earlier visits")
    packs.add_argument("--wheels-for", metavar="3.12", help="download the wheels for this Python on Linux (x86-64)")
    packs.add_argument("--stand-in", metavar="FILE", type=Path, help="a .tar.xz of images to use in place of CIFAR-10")
    packs.add_argument("--limit", metavar="MIB", type=float, default=60, help="size limit of the folder (default: 60)")
    runs = commands.add_parser("run", help="run a visit on the machine, with only what was carried there")
    runs.add_argument("visit", metavar="A|B|next", help="which visit of ci/visit/stages.toml")
    runs.add_argument(
        "--out", metavar="DIR", type=Path, default=None, help="the folder to bring home (default: .visit/work/out)"
    )
    runs.add_argument("--minutes", metavar="M", type=float, default=7, help="time limit (default: 7)")
    runs.add_argument("--device", default="cuda:0", help="where to compute; cpu to try it (default: cuda:0)")
    runs.add_argument("--small", action="store_true", help="use a small size; the figures mean nothing")
    runs.add_argument("--only", metavar="STAGE,STAGE", default="", help="run only these stages")
    runs.add_argument("--stages", metavar="FILE", type=Path, default=TABLE, help="another table of stages")
    unpacks = commands.add_parser("unpack", help="unpack what came home: records, audits, figures")
    unpacks.add_argument("came", metavar="DIR", type=Path, help="the folder that came home")
    for command in (packs, runs, unpacks):
        command.add_argument(
            "--folder", metavar="DIR", type=Path, default=FOLDER, help="folder of the visits (default: .visit)"
        )
    return whole


def main(words: list[str] | None = None) -> int:
    """Pack, run or unpack; return 0, 1 if a stage failed, 4 for bad input, 143 if a visit was told to end."""
    options = parser().parse_args(words)
    folders = Folders(options.folder.absolute())
    try:
        return {"pack": packed, "run": ran, "unpack": unpacked}[options.command](folders, options)
    except (DoesNotFit, NothingCame, ValueError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def packed(folders: Folders, options: argparse.Namespace) -> int:
    """Pack, and print the parts with their sizes."""
    parts = pack(folders, options.wheels_for, options.stand_in, options.limit)
    for name, size in [*parts, ("together", sum(size for _, size in parts))]:
        print(f"{name:<16}{size / MIB:>8.1f} MiB")
    print(f"in {folders.carried}")
    return 0


def ran(folders: Folders, options: argparse.Namespace) -> int:
    """Run a visit."""
    if not options.minutes > 0:
        raise ValueError(f"--minutes is {options.minutes:g}, expected a positive number")
    about = {"visit": options.visit, "device": options.device, "at": time.strftime("%Y%m%d-%H%M%S", time.gmtime())}
    found = stages(options.visit, options.only, options.stages)
    out = (options.out or folders.work / "out").absolute()
    return run(Place(folders, options.device, options.small), found, out, options.minutes, about)


def unpacked(folders: Folders, options: argparse.Namespace) -> int:
    """Unpack what came home, and print a summary."""
    print("\n".join(unpack(folders, options.came)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
