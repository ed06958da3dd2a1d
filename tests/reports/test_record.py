"""A record is read or refused by name, and written whole or not at all."""

import json
import re
from pathlib import Path

import pytest

from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit, read_json
from tests.builders.records import judgement, synthetic


def test_a_file_that_is_no_audit_is_quoted(tmp_path):
    path = tmp_path / "audit.json"
    for text, reason in (
        (None, f"{str(path)!r} cannot be read: No such file or directory; expected an audit.json"),
        ("[" * 100_000, f"{str(path)!r} is nested too deeply; expected an audit.json"),
        (
            "{",
            f"{str(path)!r} is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); "
            "expected an audit.json",
        ),
        ("[]", f"{str(path)!r} has schema None, expected one of [1]"),
        ('{"schema": 9}', f"{str(path)!r} has schema 9, expected one of [1]"),
        (json.dumps({"schema": "x" * 50}), f"{str(path)!r} has schema {'x' * 40}, expected one of [1]"),
    ):
        if text is not None:
            path.write_text(text)
        with pytest.raises(UnreadableAudit) as caught:
            read_audit(path)
        assert str(caught.value) == reason


def test_a_fault_of_a_record_is_quoted(tmp_path):
    path = tmp_path / "audit.json"
    path.write_text(json.dumps({**synthetic(1), "seconds": "long"}))
    with pytest.raises(UnreadableAudit) as caught:
        read_audit(path)
    assert str(caught.value) == f"{str(path)!r} is not an audit of schema 1: the record, 'seconds' is str, expected number"


def test_numbers_that_no_float_holds_are_none(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"ä": [1.5, 1e999, NaN, -Infinity, 7, ' + "9" * 299 + ", " + "9" * 300 + "]}", encoding="utf-8")
    (values,) = read_json(path).values()
    assert values == [1.5, None, None, None, 7, 10**299 - 1, None]


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


def test_judgements_of_a_record_are_as_the_schema_has_them():
    assert judgement([0.1, 0.2])["measured"] == pytest.approx(0.15)
