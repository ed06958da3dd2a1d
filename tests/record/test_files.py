"""A file is written whole or not at all."""

import re
from pathlib import Path

import pytest

from rethinking_audit.fixtures.record.files import write


def test_a_report_is_written_whole_beside_its_place_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "audit.html"
    write(path, "ä\r\nb\n")
    assert path.read_bytes() == "ä\r\nb\n".encode()
    assert path.stat().st_mode & 0o777 == 0o644
    seen = []

    def fail(temporary, target):
        seen.append(temporary)
        raise OSError(28, "No space left on device", "elsewhere")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space") as caught:
        write(path, "new")
    assert (caught.value.errno, caught.value.filename) == (28, str(path))
    assert re.fullmatch(r"No space left on device \(need 3 bytes, free \d+\)", caught.value.strerror)
    assert [(one.parent, one.name[:5]) for one in seen] == [(tmp_path, ".tmp-")]
    assert [one.name for one in tmp_path.iterdir()] == ["audit.html"]
    assert path.read_bytes() == "ä\r\nb\n".encode()


def test_a_write_that_was_done_when_it_was_stopped_stays(tmp_path, monkeypatch):
    replace = Path.replace

    def stop(temporary, target):
        replace(temporary, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", "x")
    assert (tmp_path / "a").read_text() == "x"
