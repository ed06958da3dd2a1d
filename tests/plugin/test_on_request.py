"""A tier that takes long is judged only where `-m` names it."""

import subprocess
import sys

import pytest

from tests.builders.places import ROOT


@pytest.mark.lengthy
@pytest.mark.parametrize(("words", "there"), [((), False), (("-m", "not paper"), False), (("-m", "small"), True)])
def test_a_tier_on_request_is_collected_where_it_is_named(words, there):
    command = [sys.executable, "-m", "pytest", "claims", "--collect-only", "-q", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ("[small-" in done.stdout) == there
    assert ("[fast-" in done.stdout) != there
