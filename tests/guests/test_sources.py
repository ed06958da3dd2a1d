"""The digest of a user's code is that of the files that were loaded for it, in its folder."""

import sys

import pytest

from rethinking_audit.fixtures.guests import sources
from rethinking_audit.fixtures.guests.loading import load
from tests.builders.guests import NAMES, write_code
from tests.builders.places import ROOT


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch):
    monkeypatch.setattr(sources, "_loaded", {})


def digest(path):
    factory = load(f"{path}:net")
    factory.call({}, keeps_state=True)
    return sources.digest(factory.folder)


def write(folder, beside="VALUE = 1", lazily="LATER = 1"):
    """Write code of two files beside the factory's, one of which is imported by the call."""
    folder.mkdir()
    one, other = next(NAMES), next(NAMES)
    write_code(folder, beside, name=one)
    write_code(folder, lazily, name=other)
    return write_code(folder, f"import {one}\ndef net():\n    import {other}\n")


def test_the_digest_changes_with_each_file_that_was_loaded(tmp_path):
    path = write(tmp_path / "a")
    sources._loaded.clear()
    first = digest(path)
    files = [place for place in sources._loaded if place.is_relative_to(tmp_path)]
    assert len(files) == 3
    for place in files:
        kept = sources._loaded[place]
        sources._loaded[place] = "another"
        assert sources.digest(path.parent) != first
        sources._loaded[place] = kept
    assert sources.digest(path.parent) == first


def test_the_digest_does_not_depend_on_the_folder_or_on_files_that_were_not_loaded(tmp_path):
    found = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        path = write_code(folder, "def net(): pass", name=f"same_{name}")
        path = path.rename(folder / "same.py")
        write_code(folder, f"# {name}")
        found.append(digest(path))
    assert found[0] == found[1]


def test_what_is_installed_and_what_is_the_audits_is_not_the_users(tmp_path):
    assert sources.is_own(str(tmp_path / "a" / "b.py"), tmp_path)
    assert not sources.is_own(str(tmp_path / ".venv" / "lib" / "site-packages" / "torch" / "b.py"), tmp_path)
    assert not sources.is_own(str(tmp_path / "b.py"), tmp_path / "a")
    assert not sources.is_own(sources.__file__, ROOT)
    assert sources.is_own(str(ROOT / "mine.py"), ROOT)


def test_of_a_module_in_a_package_the_whole_package_counts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    package = next(NAMES)
    (tmp_path / package / "inner").mkdir(parents=True)
    for place, text in {
        "__init__": "",
        "other": "",
        "inner/__init__": "",
        "inner/model": f"import {package}.other\ndef net(): pass",
    }.items():
        (tmp_path / package / f"{place}.py").write_text(text)
    factory = load(f"{package}.inner.model:net")
    assert factory.folder == tmp_path / package
    assert {file.name for file in sources._loaded} >= {"__init__.py", "other.py", "model.py"}
    assert package in sys.modules
