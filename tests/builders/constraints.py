"""The exact versions in ci/constraints.txt, and the requirements in pyproject.toml."""

import itertools
import re
import tomllib

from packaging.utils import canonicalize_name

from tests.builders.places import ROOT

TEXT = (ROOT / "ci" / "constraints.txt").read_text()
OF_TORCH = re.compile(r"(torch|torchvision|triton|setuptools|nvidia-.*|cuda-.*)$")  # their versions depend on torch's


def pins(text):
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    return {str(canonicalize_name(name)): version for name, _, version in (line.partition("==") for line in lines)}


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [*project["dependencies"], *itertools.chain.from_iterable(project["optional-dependencies"].values())]
