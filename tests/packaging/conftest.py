"""What the tests of an installation share: one wheel for all of them, and an environment that has it."""

import os

import pytest
from filelock import FileLock

from tests.builders.installed import Environment, copy_of_the_sources, wheel_of


def shared(tmp_path_factory, name, make):
    """Make a folder once for all workers of the session, and return it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "done").exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    folder = shared(
        tmp_path_factory, "wheel", lambda folder: wheel_of(copy_of_the_sources(folder / "source"), folder / "dist")
    )
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="session")
def with_wheel(tmp_path_factory, wheel):
    """An environment into which the wheel is installed."""
    return Environment(shared(tmp_path_factory, "environment", lambda folder: Environment.made(folder).install(wheel)))
