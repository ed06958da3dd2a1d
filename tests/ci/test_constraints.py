"""The exact versions are those of everything that is needed, and of nothing else."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.builders.constraints import OF_TORCH, TEXT, declared, pins
from tests.builders.places import ROOT


def needed():
    """Every package that installing the project brings, as far as what is installed here can tell."""
    todo, seen = [Requirement(line) for line in declared()], set()
    while todo:
        one = todo.pop()
        extras = one.extras or {""}
        if one.marker and not one.marker.evaluate():
            continue
        yield one
        fresh = {(one.name, extra) for extra in extras} - seen
        seen |= fresh
        try:
            further = [Requirement(line) for line in requires(one.name) or []] if fresh else []
        except PackageNotFoundError:
            continue  # the extra of another environment
        for requirement in further:
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
                requirement.marker = None
                todo.append(requirement)


def test_constraints_pin_every_package_to_a_version_that_is_wanted():
    pinned = pins(TEXT)
    for requirement in needed():
        name = canonicalize_name(requirement.name)
        is_of_another_torch = OF_TORCH.match(name) and not torch_is_the_pinned_one()
        if requirement.url is None and name != "rethinking-audit" and not is_of_another_torch:
            assert name in pinned, f"{requirement} is not pinned"
            assert requirement.specifier.contains(pinned[name], prereleases=True), requirement


def test_constraints_pin_nothing_else():
    if not torch_is_the_pinned_one() or not all(map(is_installed, map(Requirement, declared()))):
        pytest.skip("not everything that is pinned is installed here")
    brought = {canonicalize_name(requirement.name) for requirement in needed()}
    assert set(pins(TEXT)) == brought


def torch_is_the_pinned_one():
    return version("torch").partition("+")[0] == pins(TEXT)["torch"]


def is_installed(requirement):
    try:
        return bool(version(requirement.name))
    except PackageNotFoundError:
        return False


def test_constraints_are_sorted_and_pin_each_once():
    names = [line.partition("==")[0] for line in TEXT.splitlines()[1:]]
    names = [canonicalize_name(name) for name in names]
    assert names == sorted(set(names))


def test_constraints_pin_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower().replace("_", "-") for line in wanted}
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "ci" / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    assert names <= pinned
