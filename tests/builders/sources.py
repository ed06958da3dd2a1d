"""A copy of the sources that keys are made of, to edit."""

import shutil

from rethinking_audit.fixtures.tasks import sources
from tests.builders.places import ROOT


def edited(monkeypatch, folder, *files):
    """Let keys be of a copy of the rooms in which something was added to the end of the files, which may be new."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "fixtures", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in files:
        with (folder / file).open("a") as text:
            text.write("\nEDITED = True\n")
    monkeypatch.setattr(sources, "FIXTURES", folder)
    sources.forget()
