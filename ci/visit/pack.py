"""Pack at home: the wheels that a bare machine lacks, the images, and the records of earlier visits."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from ci.visit.folders import MIB, ROOT, Folders

# What the project and its tests import. The machine has torch, torchvision, numpy, scipy and scikit-learn, which must fit
# each other.
WHEELS = (
    *("pytest", "pluggy", "iniconfig", "packaging", "Pygments"),
    *("pytest-xdist", "execnet", "pytest-benchmark", "py-cpuinfo2"),
    *("filelock", "platformdirs", "Jinja2", "MarkupSafe", "rich", "markdown-it-py", "mdurl"),
    *("jsonschema", "jsonschema-specifications", "referencing", "rpds-py", "attrs", "typing_extensions"),
    *("hypothesis", "sortedcontainers"),
)
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
ARCHIVES = ("cifar-10-binary.tar.gz", "cifar-10-python.tar.gz")


class DoesNotFit(Exception):
    """Something cannot be packed; the message quotes it and says what was expected."""


def pack(folders: Folders, python: str | None, stand_in: Path | None, limit: float) -> list[tuple[str, int]]:
    """Make the folder to carry, and return its parts with their bytes. `limit` is in MiB; without `python`, no wheels.

    Raises:
        DoesNotFit: the limit is too low, there is no such stand-in, or pip cannot fetch a wheel.
    """
    if stand_in and not (stand_in.is_file() and stand_in.name.endswith(".tar.xz")):
        raise DoesNotFit(f"--stand-in is '{stand_in}', expected an archive of images whose name ends in .tar.xz")
    shutil.rmtree(folders.carried, ignore_errors=True)
    folders.carried.mkdir(parents=True)
    if python:
        fetch_wheels(folders.wheels, python)
    copy_mnist(folders.data)
    copy_store(folders)
    copy_cifar10(folders, stand_in, limit)
    parts = [(part.name, size(part)) for part in sorted(folders.carried.iterdir())]
    if (whole := sum(bytes_ for _, bytes_ in parts)) > limit * MIB:
        listed = ", ".join(f"{name} {bytes_ / MIB:.1f}" for name, bytes_ in parts)
        raise DoesNotFit(f"it comes to {whole / MIB:.1f} MiB ({listed}), expected at most {limit:g}; --limit allows more")
    return parts


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    return sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())


def pinned() -> list[str]:
    """Return the wheels with their exact versions."""
    lines = (ROOT / "ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    versions = dict(line.split("==") for line in lines if "==" in line)
    return [f"{name}=={versions[name]}" for name in WHEELS]


def fetch_wheels(folder: Path, python: str) -> None:
    """Download the wheels for that Python on Linux.

    Raises:
        DoesNotFit: `python` is no version of Python, or pip cannot fetch the wheels.
    """
    if not re.fullmatch(r"3\.\d+", python):
        raise DoesNotFit(f"--wheels-for is '{python}', expected a version of Python such as 3.12")
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder), "--python-version", python]
    options += [word for platform in PLATFORMS for word in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "download", *options, *pinned()]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 -- a list, no shell: pip of this Python
    if done.returncode:
        raise DoesNotFit(f"pip cannot fetch the wheels for Python {python}: {done.stderr.strip().splitlines()[-1]}")


def copy_mnist(folder: Path) -> None:
    """Copy those of the four published files of MNIST that are in the data folder."""
    from rethinking_audit.fixtures.data.mnist import FOLDER, PACKED
    from rethinking_audit.fixtures.data.paths import data_folder

    for file in PACKED:
        if (found := data_folder() / FOLDER / file.name).exists():
            (folder / FOLDER).mkdir(parents=True, exist_ok=True)
            shutil.copy(found, folder / FOLDER)


def copy_cifar10(folders: Folders, stand_in: Path | None, limit: float) -> None:
    """Copy the stand-in, or CIFAR-10 itself if the limit allows; otherwise print why it stays."""
    from rethinking_audit.fixtures.data.paths import data_folder

    folders.data.mkdir(parents=True, exist_ok=True)
    found = stand_in or next((path for name in ARCHIVES if (path := data_folder() / name).exists()), None)
    if found and (stand_in or size(found) + size(folders.carried) <= limit * MIB):
        shutil.copy(found, folders.data)
    elif found:
        # Its 184 million values take 4.2 bits each as FLIF, 4.6 as WebP and 5.9 as PNG.
        print(
            f"{found.name} stays here: it has {size(found) / MIB:.0f} MiB of the {limit:g} that may travel, and no image "
            "format comes below 90 without loss; --stand-in names another archive, --limit allows more"
        )


def copy_store(folders: Folders) -> None:
    """Pack the records of earlier visits, if there are any."""
    if records := sorted((folders.store / "runs").glob("*.json")):
        with tarfile.open(folders.earlier, "w:xz") as archive:
            for record in records:
                archive.add(record, f"runs/{record.name}")
