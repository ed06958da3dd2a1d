"""The commands of the reports: as they were read, what they write and where, and what they refuse."""

import json
import os
import sys
from pathlib import Path

import pytest

from rethinking_audit.reports.__main__ import _parser, main
from tests.builders.places import TEXTS
from tests.builders.records import synthetic


def described(parser):
    """A parser and its commands, argument by argument, as no version of Python words or wraps it."""
    yield f"{parser.prog}: {parser.description}"
    for action in parser._actions[1:]:
        name = ", ".join(action.option_strings) or action.dest
        told = [action.metavar, action.nargs and f"nargs {action.nargs}", action.required and "required", action.help]
        yield f"  {name}: {'; '.join(map(str, filter(None, told)))}"
        for command in (action.choices or {}).values():
            yield from ("", *described(command))
        yield from (f"  in short, {short.dest}: {short.help}" for short in getattr(action, "_choices_actions", ()))


def test_the_commands_are_as_they_were_read():
    text = "\n".join(described(_parser()))
    assert text.strip() == (TEXTS / "commands.txt").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "python -m reports: the following arguments are required: COMMAND\n"),
        (["merge", "a"], "python -m reports merge: the following arguments are required: -o/--output\n"),
    ],
)
def test_a_bad_command_line_is_bad_input(capsys, words, told):
    with pytest.raises(SystemExit) as ended:
        main(words)
    error = capsys.readouterr().err
    assert ended.value.code == 4
    assert error.startswith("usage: python -m reports")
    assert error.endswith(told)


def test_a_page_is_written_beside_its_audit_or_where_it_is_told(folder, capsys):
    assert main(["render", str(folder / "old.json")]) == 0
    assert main(["render", str(folder / "old.json"), str(folder / "page.html")]) == 0
    assert capsys.readouterr().out == f"{folder / 'old.html'}\n{folder / 'page.html'}\n"
    assert (folder / "page.html").read_text() == (folder / "old.html").read_text()


def test_a_comparison_is_written_in_each_form_that_is_asked_for(folder, capsys):
    old, new = str(folder / "old.json"), str(folder / "new.json")
    forms = [f"--{kind}={folder / kind}" for kind in ("html", "markdown", "json")]
    assert main(["compare", old, new, *forms]) == 1
    assert capsys.readouterr().out.startswith("1 regression: ")
    assert (folder / "markdown").read_text().startswith("## ✗ 1 regression\n")
    text = (folder / "json").read_text()
    assert json.loads(text)["regressed"] is True
    assert text.startswith('{\n "comparison": 1,\n "regressed": true,\n')
    assert "<h1" in (folder / "html").read_text()
    assert main(["compare", old, old]) == 0
    assert main(["compare", old, str(folder / "none.json")]) == 4
    assert capsys.readouterr().err == (
        f"{str(folder / 'none.json')!r} cannot be read: No such file or directory; expected an audit.json\n"
    )


def test_shards_are_merged_into_a_file_that_is_named(folder, capsys):
    (folder / "one.json").write_text(json.dumps(synthetic(1, networks=("alexnet",))))
    (folder / "two.json").write_text(json.dumps(synthetic(1, networks=("mlp-1x512",))))
    words = [str(folder / name) for name in ("one.json", "two.json")]
    assert main(["merge", *words, "-o", str(folder / "both.json")]) == 0
    assert capsys.readouterr().out == f"{folder / 'both.json'}\n"
    merged = json.loads((folder / "both.json").read_text())
    assert [case["network"] for case in merged["claims"][0]["cases"]] == ["alexnet", "mlp-1x512"]
    assert (folder / "both.json").read_text().startswith('{\n "schema": 1,\n')
    assert main(["merge", words[0], words[0], "--output", str(folder / "none.json")]) == 4
    assert repr(words[0]) in capsys.readouterr().err or words[0] in capsys.readouterr().err


def test_a_folder_without_a_fault_is_named(folder, capsys):
    assert main(["sabotage", str(folder)]) == 4
    told = f"{str(folder)!r} holds no sabotaged audit, expected a folder of python -m fixtures.sabotage\n"
    assert capsys.readouterr().err == told


def test_what_cannot_be_written_is_named(folder, capsys):
    for words in (
        ["render", str(folder / "old.json"), str(folder / "no" / "page.html")],
        ["compare", str(folder / "old.json"), str(folder / "new.json"), f"--json={folder / 'no' / 'page.html'}"],
    ):
        assert main(words) == 4
        assert (
            capsys.readouterr().err
            == f"{str(folder / 'no' / 'page.html')!r} cannot be written: No such file or directory\n"
        )


def test_a_bug_is_3_and_a_sentence(monkeypatch, folder, capsys):
    monkeypatch.setattr("rethinking_audit.reports.__main__.identical", lambda *_: 1 / 0)
    assert main(["identical", str(folder / "old.json"), str(folder / "old.json")]) == 3
    assert capsys.readouterr().err == "python -m reports identical: a bug, ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize(("device", "code", "told"), [("/dev/full", 4, "cannot be written: No space left"), (None, 0, "")])
def test_an_export_that_nobody_can_have_is_no_traceback(monkeypatch, folder, capsys, device, code, told):
    with Path(device or os.devnull).open("w") as out:
        monkeypatch.setattr(sys, "stdout", out if device else None)
        assert main(["csv", str(folder / "old.json")]) == code
    assert told in capsys.readouterr().err
