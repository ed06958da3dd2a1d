"""What the wheel holds: every room of the house with its data, under one name, and nothing else."""

import subprocess
import sys
import tomllib
import zipfile

from tests.builders.installed import clean_environment, copy_of_the_sources, wheel_of
from tests.builders.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAPPED = PROJECT["tool"]["setuptools"]["package-dir"]
NOT_INSTALLED = ("reports/baselines", "reports/out")


def carried(wheel):
    """The files of a wheel, but for its own description."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def belonging():
    """The files of the rooms, as a wheel should name them."""
    folders = {"rethinking_audit": "rethinking_audit", **MAPPED}
    for package, folder in folders.items():
        for path in (ROOT / folder).rglob("*"):
            place = path.relative_to(ROOT).as_posix()
            linked = folder == "rethinking_audit" and any(part.is_symlink() for part in (path, *path.parents))
            if path.is_file() and not linked and "__pycache__" not in place and not place.startswith(NOT_INSTALLED):
                yield f"{package.replace('.', '/')}/{path.relative_to(ROOT / folder).as_posix()}"


def test_every_room_is_a_package_of_the_wheel():
    rooms = {f"rethinking_audit.{path.parent.relative_to(ROOT).as_posix().replace('/', '.')}" for path in packages()}
    assert {*rooms, "rethinking_audit"} == set(PROJECT["tool"]["setuptools"]["packages"])


def packages():
    """The `__init__.py` of every folder of the rooms that has Python files."""
    for folder in MAPPED.values():
        for path in (ROOT / folder).rglob("*.py"):
            yield path.parent / "__init__.py"


def test_every_room_says_what_it_is():
    assert [path for path in packages() if not path.exists()] == []


def test_the_wheel_holds_every_file_of_the_rooms_and_no_other(wheel):
    assert carried(wheel) == set(belonging())


def test_the_source_distribution_makes_the_same_wheel(wheel, tmp_path):
    source = copy_of_the_sources(tmp_path / "source")
    build = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
    command = [sys.executable, "-c", build, str(tmp_path)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, env=clean_environment())
    assert done.returncode == 0, done.stderr
    made = wheel_of(tmp_path / done.stdout.split()[-1], tmp_path / "dist")
    assert carried(made) == carried(wheel)


def test_an_installed_audit_has_the_settings_of_a_checkout():
    installed = tomllib.loads((ROOT / "rethinking_audit" / "pytest.toml").read_text())["pytest"]
    checkout = PROJECT["tool"]["pytest"]
    of_a_checkout = {"testpaths", "pythonpath", "addopts", "markers"}
    assert {name: value for name, value in checkout.items() if name not in of_a_checkout} == {
        name: value for name, value in installed.items() if name != "addopts"
    }
    shared = checkout["addopts"][: checkout["addopts"].index("-p")]
    assert installed["addopts"][: len(shared)] == shared
