"""The command line: what each command prints, and one sentence with exit 4 for bad input."""

import pytest

import rethinking_audit
from rethinking_audit.__main__ import COMMANDS, main
from rethinking_audit.fixtures.claimkit.paper import order
from rethinking_audit.fixtures.subjects.codes import page
from tests.builders.places import CLAIMS

PAPER = order(CLAIMS / "paper.toml")


def test_the_version_is_the_packages(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rethinking-audit {rethinking_audit.__version__}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_the_help_names_every_command_and_exit_code(option, capsys):
    assert main([option]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in COMMANDS)
    assert all(f" {code} " in said.replace("\n", " ") for code in (0, 1, 2, 3, 4, 5, 10))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], "no command is given"),
        (["chek"], "'chek'"),
        (["explain"], "names nothing"),
        (["explain", "random-labels/zero"], "'random-labels/zero'"),
        (["explain", "E9"], "random-labels/zero-training-error, "),
        (["explain", "E9"], "E0, E1, E2, E3, "),
        (["fetch", "imagenet"], "imagenet"),
        (["report", "render", "gone.json"], "gone.json"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_4(words, named, capsys):
    assert main(words) == 4
    told = capsys.readouterr()
    assert named in told.err
    assert len(told.err.splitlines()) == 1
    assert told.out == ""


def test_the_usage_of_a_command_names_what_the_user_called(capsys):
    assert main(["fetch", "--help"]) == 0
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    told = capsys.readouterr().out
    assert "usage: rethinking-audit fetch NAME" in told
    assert "usage: rethinking-audit report" in told


@pytest.mark.parametrize("claim", PAPER)
def test_every_claim_can_be_explained(claim, capsys):
    assert main(["explain", claim]) == 0
    said = capsys.readouterr().out
    for label in ("place:", "refuted by:", "why this limit:", "its place:", "control:"):
        assert f"\n{label} " in said, label


def test_an_explanation_has_the_statement_the_limit_and_every_control(capsys):
    assert main(["explain", "random-labels/zero-training-error"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("random-labels/zero-training-error\nEvery random label is memorized.\n")
    assert "a fit errs at most: 0.0066\n" in said
    assert "must not pass:      0.0\n" in said
    assert "one nearest neighbour, which memorizes any labels: must be HELD\n" in said


@pytest.mark.parametrize("words", [["E2"], ["e2"]])
def test_an_explanation_of_a_code_is_its_page(words, capsys):
    assert main(["explain", *words]) == 0
    assert capsys.readouterr().out.strip() == page("E2").strip()


def test_claims_and_codes_are_explained_side_by_side(capsys):
    assert main(["explain", "E0", "random-labels/zero-training-error"]) == 0
    said = capsys.readouterr().out
    assert said.index("# E0: ") < said.index("random-labels/zero-training-error\n")
