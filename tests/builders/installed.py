"""The audit built and installed offline: a copy of the sources, its wheel, and environments to install it in."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

from rethinking_audit.fixtures.training.numerics import SINGLE_THREAD
from tests.builders.places import ROOT

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "conftest.py", "rethinking_audit", "fixtures", "reports", "claims")
OFFLINE = ("--no-deps", "--no-index", "--no-cache-dir", "--no-build-isolation", "--quiet", "--disable-pip-version-check")
# At the end of each process, write the files of its loaded modules to a folder, by module.
PROBE = """
import atexit, json, os, sys

def note():
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    held = {name: os.path.realpath(file) for name, file in files.items() if file}
    with open(os.path.join(os.environ["PROBE"], f"{os.getpid()}.json"), "w") as file:
        json.dump(held, file)

if "PROBE" in os.environ:
    atexit.register(note)
"""


def copy_of_the_sources(folder):
    """Make a checkout without tests, documents and stored audits; return its folder."""
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", "out")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def pip(*words, python=sys.executable):
    """Run pip. Skip the test if pip or setuptools is missing, because a test downloads nothing."""
    for module in ("pip", "setuptools"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed, and a test downloads nothing")
    command = [sys.executable, "-m", "pip", "--python", str(python), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, env=clean_environment())
    assert done.returncode == 0, done.stdout + done.stderr


def wheel_of(source, into):
    pip("wheel", *OFFLINE, "--wheel-dir", into, source)
    (wheel,) = into.glob("*.whl")
    return wheel


def clean_environment(**variables):
    """Return the environment variables without those that this process's pytest and audit have set."""
    ours = ("PYTEST_", "PYTHON", *SINGLE_THREAD)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "250", **variables}


class Environment:
    """A virtual environment that borrows all packages from the one that runs the tests, except its audit."""

    def __init__(self, folder):
        self.folder, self.python = folder, folder / "bin" / "python"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.packages = folder / "lib" / version / "site-packages"

    @classmethod
    def made(cls, folder):
        venv.create(folder, with_pip=False)
        made = cls(folder)
        borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        # Python reads no .pth inside a folder that a .pth names, so the editable audit there stays out.
        (made.packages / "borrowed.pth").write_text("".join(f"{path}\n" for path in borrowed))
        (made.packages / "sitecustomize.py").write_text(PROBE)
        program = folder / "bin" / "pytest"
        program.write_text(f"#!{made.python}\nimport pytest\nraise SystemExit(pytest.main())\n")
        program.chmod(0o755)
        return made

    def install(self, *what):
        pip("install", *OFFLINE, "--ignore-installed", *what, python=self.python)
        return self

    def run(self, *words, cwd, **variables):
        """Run a program of the environment; return its exit code and its output."""
        command = [str(self.folder / "bin" / words[0]), *map(str, words[1:])]
        environment = clean_environment(**{name: str(value) for name, value in variables.items()})
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=200)
        return done.returncode, done.stdout + done.stderr


def _is_in(file, place):
    """Return whether a file is in a folder, and not in an environment inside it."""
    return file.is_relative_to(place) and "site-packages" not in file.relative_to(place).parts


def held(folder, *places):
    """Yield, for each process that wrote to the folder, the modules loaded from each file in `places`."""
    for path in sorted(folder.glob("*.json")):
        found = {}
        for name, file in json.loads(path.read_text()).items():
            if any(_is_in(Path(file), place) for place in places):
                found.setdefault(file, set()).add(name)
        yield found
