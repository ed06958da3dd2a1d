"""Unpack the carried images and decode them into the cache, before an audit needs them.

python -m ci.visit.data
"""

from __future__ import annotations

import argparse
import shutil
import tarfile
from pathlib import Path

from ci.visit.folders import FOLDER, Folders


def unpack(folders: Folders) -> list[str]:
    """Put the data sets where an audit looks for them, and return their names."""
    target, names = folders.work / "data", []
    if (mnist := folders.data / "MNIST").exists():
        shutil.copytree(mnist, target / "MNIST", dirs_exist_ok=True)
        names.append("mnist")
    for archive in folders.data.glob("cifar-10-*.tar.gz"):
        shutil.copy(archive, target)
        names.append("cifar10")
    if (archive := folders.stand_in()) and not (folder := folders.unpacked(archive)).exists():
        _extract(archive, folder)
    return [*names, *(name for name in folders.images() if name.startswith("folder:"))]


def _extract(archive: Path, folder: Path) -> None:
    """Unpack the archive whole or not at all."""
    half = folder.with_name(f".{folder.name}")
    shutil.rmtree(half, ignore_errors=True)
    with tarfile.open(archive) as opened:
        opened.extractall(half, filter="data")
    half.rename(folder)


def main() -> int:
    """Unpack and decode; return the exit code of `python -m rethinking_audit.fixtures.data.fetch`."""
    parser = argparse.ArgumentParser(description="Unpack the carried images and decode them.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the folder of the visit")
    folders = Folders(parser.parse_args().folder.absolute())
    (folders.work / "data").mkdir(parents=True, exist_ok=True)
    if not (names := unpack(folders)):
        print("No images were carried.")
        return 0
    from rethinking_audit.fixtures.data.fetch import main as fetch  # imports packages

    return fetch(names)


if __name__ == "__main__":
    raise SystemExit(main())
