"""An edited copy of the sources that are hashed into keys."""

import shutil

from rethinking_audit.fixtures.tasks import sources
from tests.builders.places import ROOT


def edited(monkeypatch, folder, *files):
    """Hash a copy of the rooms into keys, with a line appended to each of the files, which may be new."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "fixtures", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in files:
        with (folder / file).open("a") as text:
            text.write("\nEDITED = True\n")
    monkeypatch.setattr(sources, "FIXTURES", folder)
    sources.forget()
