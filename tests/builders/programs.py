"""Third-party programs that check a file, if they are installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.places import ROOT


def tool(name):
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed; the extra dev has it where it has a wheel")
    return found


def check(*command):
    done = subprocess.run([tool(command[0]), *map(str, command[1:])], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
