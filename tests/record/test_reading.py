"""A record is read, or refused by name."""

import json

import pytest

from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit, read_json
from tests.builders.records import synthetic


def test_a_file_that_is_no_audit_is_quoted(tmp_path):
    path = tmp_path / "audit.json"
    for text, reason in (
        (None, f"{str(path)!r} cannot be read: No such file or directory; expected an audit.json"),
        ("[" * 100_000, f"{str(path)!r} is nested too deeply; expected an audit.json, which has at most 50 levels"),
        ('{"a": [{"b": 1, "c": 2, "b": 3}]}', f"{str(path)!r} has 'b' twice in one object, expected it once"),
        (
            r'{"\ud800": 1, "\uD800": 2}',
            f"{str(path)!r} has '\\ud800' twice in one object, expected it once",
        ),
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
    assert (
        str(caught.value) == f"{str(path)!r} is not an audit of schema 1: the record, 'seconds' is string, expected number"
    )


def test_numbers_that_are_no_measurement_are_none(tmp_path):
    path, digits = tmp_path / "x.json", "9" * 100
    path.write_text(
        f'{{"ä": [1.5, 1e999, NaN, -Infinity, 7, {digits}, -{digits}, {digits}9, 1e100, -1e101]}}', encoding="utf-8"
    )
    (values,) = read_json(path).values()
    assert values == [1.5, None, None, None, 7, 10**100 - 1, 1 - 10**100, None, 1e100, None]


def test_fifty_levels_are_read_and_more_are_not(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("[" * 50 + "]" * 50)
    assert read_json(path)
    for text in ("[" * 51 + "]" * 51, '{"a":' * 51 + "1" + "}" * 51):
        path.write_text(text)
        with pytest.raises(UnreadableAudit, match="is nested too deeply"):
            read_json(path)


def test_a_claim_of_an_older_record_has_its_new_name(tmp_path):
    path, audit = tmp_path / "audit.json", synthetic()
    audit["claims"][0]["id"] = "regularizers/dose"
    path.write_text(json.dumps(audit))
    assert read_audit(path)["claims"][0]["id"] == "since/dose"
