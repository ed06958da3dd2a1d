"""Every command in the documents is tried: run where that is cheap, planned if an audit, else looked up in its help."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from rethinking_audit.__main__ import COMMANDS as COMMANDS_OF_OURS
from rethinking_audit.__main__ import main as installed
from rethinking_audit.fixtures.data import cifar10
from rethinking_audit.reports.__main__ import BAD_INPUT, main
from tests.builders.checkouts import Checkout
from tests.builders.documents import DOCUMENTS, FILES_IN_BLOCKS, Document
from tests.builders.places import ROOT
from tests.builders.programs import tool
from tests.builders.user_data import write_folder

RECORD = ROOT / "reports" / "baselines" / "fast-2-core-cpu" / "audit.json"
# What stands for something of the reader's. A and B are parts of an audit.
STANDS_FOR = {"AUDIT": RECORD, "AUDIT.json": RECORD, "BASELINE": RECORD, "your_test": "test_training_error_reaches_zero"}
STANDS_FOR["YOUR-FAULT"] = "no-step"
README = Document("README.md")
PARTS = {"A": "A", "B": "B", "part-1/audit.json": "A", "part-2/audit.json": "B"}
FILES = {name: text for document in DOCUMENTS for name, text in document.files.items()}  # of the reader's


@cache
def helped(module, *words):
    """What a module says of itself; the words are those of one of its commands."""
    command = [sys.executable, "-m", module, *words, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, f"{' '.join(command[1:])}: {done.stdout}{done.stderr}"
    return done.stdout


def said(word, text):
    """Whether a help has an option, a name or a placeholder, which it may write small."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.I)


# How each program is tried


def try_make(words, folder):
    done = subprocess.run([tool("make"), "--dry-run", *words], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def try_pytest(words, folder):
    """An audit is planned, and must find something to do; the suite's own tests are collected, of one file."""
    if words[0] == "tests":
        words = ["tests/plugin/test_options.py", *words[1:], "--collect-only", "-n0"]
    else:
        assert words[0] == "claims"
        if "--runner" in words:  # there is no cluster here: tests/cluster makes one
            assert all(said(word, helped("pytest", "claims")) for word in words if word.startswith("--"))
            return
        words = [*(own(word, folder) for word in words), "--plan"]
    done = planned(words, folder)
    if done.returncode and "--plan" in done.stderr:  # what cannot be planned is collected
        done = planned([*words[:-1], "--collect-only", "-n0"], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"for [1-9]\d* cases|[1-9]\d* tests? collected", done.stdout), done.stdout


def own(word, folder):
    """The word, or what it stands for: a folder of images of which the document has only the name is made here."""
    scheme, _, path = word.partition(":")
    if scheme == "folder" and path and not (folder / path).exists():
        return write_folder(folder / path, count=1, side=32, classes=cifar10.CLASSES)
    name = word.partition(":")[0]
    if name in FILES:
        (folder / name).write_text(FILES[name])
        return f"{folder}/{word}"
    return str(STANDS_FOR.get(word, word))


def planned(words, folder):
    places = {"RETHINKING_DATA": str(folder / "data"), "RETHINKING_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "pytest", *words, "-p", "no:cacheprovider", "--store", str(folder / "store")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | places
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, timeout=300)


def try_python(words, folder):
    """A module of Python's own is there; one of ours has every word of the command in its help."""
    dash, module, *rest = words
    assert dash == "-m"
    if module in sys.stdlib_module_names:
        return
    if module == "pytest":
        try_pytest(rest, folder)
        return
    help_of = helped(module)
    if (
        rest and re.search(rf"^ +{re.escape(rest[0])}\b", help_of, re.M) and not rest[0].startswith("-")
    ):  # one of its commands
        help_of = helped(module, rest[0])
    for before, word in pairwise(["", *rest]):
        is_value = before.startswith("-") and not word.startswith("-")
        if not (is_value or word in (*STANDS_FOR, *PARTS, "...") or (ROOT / word).exists()):
            assert said(word.partition("=")[0], help_of), f"{word!r} is not in the help of {module}"
    if module == "reports" and len(rest) > 1:
        run_reports([word for word in rest if word != "..."], folder)


def run_reports(words, folder):
    """On copies, because a page is written beside its record."""
    audit = json.loads(RECORD.read_text())
    made = {"A": audit["claims"][:3], "B": audit["claims"][3:], "audits/one": audit["claims"]}
    for name, claims in made.items():
        (folder / name).parent.mkdir(exist_ok=True)
        readings = [] if name == "B" else audit.get("readings", [])  # no case is in both
        (folder / f"{name}.json").write_text(json.dumps({**audit, "claims": claims, "readings": readings}))
    stands = {word: folder / f"{name}.json" for word, name in PARTS.items()}
    stands |= {word: folder / "audits" / "one.json" for word, path in STANDS_FOR.items() if path == RECORD}
    stands |= {"FOLDER": folder / "audits", "OUT": folder / "out"}
    words = [str(stands.get(word, word)) for word in words]
    if not any(re.fullmatch(r"[A-Z]{2,}", word) for word in words):  # what is new here has been found in the help
        # A folder may have to be of another kind than one of audits: then the command says so.
        assert main(words) in ((0, BAD_INPUT) if str(folder / "audits") in words else (0,))


def try_pip(words, folder):
    pytest.importorskip("pip", reason="this environment was made without pip")
    assert words[0] == "install"
    if words[1:] == ["."]:  # tests/packaging does it
        return
    if len(words) > 2:
        help_of = helped("pip", "install")
        for option in words[1::2]:
            assert said(option, help_of)
        assert words[1::2] == ["--constraint", "--editable"]
        assert (ROOT / words[2]).exists()
    extra = re.fullmatch(r"\.\[(\w+)\]", words[-1])[1]
    assert extra in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def try_script(words, folder, **variables):
    """With stubs for pytest, python and the GPU."""
    checkout = Checkout(folder).gpu("present").with_installers()
    done = checkout.run(*words[1:], script=words[0].removeprefix("ci/"), **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert checkout.calls


def try_installed(words, folder):
    """The installed command, by what it hands on to."""
    if words[0] == "claims":
        try_pytest(["claims", *words[1:]], folder)
    elif words == ["check"]:
        assert words[0] in COMMANDS_OF_OURS
    elif words[0] == "check":
        installed_check(words[1:], folder)
    else:
        assert installed(words) == 0


# Files of the reader's own code, with what stands for them.
OWN = {
    "mycode.py": "from sklearn.neighbors import KNeighborsClassifier\n"
    "def fit_predict(X, y, X_test, seed): return KNeighborsClassifier(1).fit(X, y).predict(X_test)\n",
    "mine.npz": {"X": np.arange(200.0).reshape(50, 4) % 17, "y": np.arange(50) % 2},
    "patient.npy": np.arange(50) // 5,
}


def installed_check(words, folder):
    """A check that names a file of ours finds what it finds; one of the reader's own is tried on a stand-in."""
    for name, content in OWN.items():
        if isinstance(content, str):
            (folder / name).write_text(content)
        elif isinstance(content, dict):
            np.savez(folder / name, **content)
        else:
            np.save(folder / name, content)
    own = [re.sub(rf"(?<!\w)({'|'.join(map(re.escape, OWN))})", rf"{folder}/\1", word) for word in words]
    if "--report" in own:
        own[own.index("--report") + 1] = str(folder / "audit")
    code = installed(["check", *own, "--seconds", "5"])
    assert code in (0, 1, 10), words


def try_sbatch(words, folder, **variables):
    try_script(
        words,
        folder,
        SLURM_SUBMIT_DIR=str(folder / "checkout"),
        SLURM_ARRAY_TASK_ID="1",
        SLURM_ARRAY_TASK_COUNT="2",
        **variables,
    )


def try_torchrun(words, folder):
    """Its options and the module's are in their help; tests/streaming trains in several processes."""
    place = words.index("-m")
    module, name, *rest = words[place + 1 :]
    assert all(said(word, helped("torch.distributed.run")) for word in words[:place] if word.startswith("--"))
    assert all(said(word, helped(module, name)) for word in rest if word.startswith("--"))


def try_ray(words, folder):
    pytest.importorskip("ray", reason="Ray is not installed here")
    assert said(words[0], helped("ray.scripts.scripts"))


TRIED = {
    "make": try_make,
    "pytest": try_pytest,
    "python": try_python,
    "python3": try_python,
    "pip": try_pip,
    "ci/run.sh": lambda words, folder, **variables: try_script(["ci/run.sh", *words], folder, **variables),
    "sbatch": try_sbatch,
    "ray": try_ray,
    "torchrun": try_torchrun,
    "rethinking-audit": try_installed,
}


def attempt(command, folder):
    """Try a command of a document.

    Raises:
        AssertionError: it does not do what it should, or nobody has said here how to try it.
    """
    words = shlex.split(command, comments=True)
    variables = {}
    while words and (given := re.fullmatch(r"([A-Z_]+)=(.*)", words[0])):
        variables[given[1]] = given[2]
        del words[0]
    name = words[0].removeprefix(".venv/bin/") if words else command
    assert name in TRIED, f"nothing here knows how to try {command!r}"
    TRIED[name](words[1:], folder, **variables)


COMMANDS = {command: document for document in DOCUMENTS for command in document.commands}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_does_what_it_says(command, tmp_path):
    attempt(command, tmp_path)


@pytest.mark.parametrize("document", DOCUMENTS, ids=repr)
def test_every_block_is_commands_their_output_a_program_or_a_file_that_a_command_names(document):
    assert set(document.languages) <= {"sh", "text", *FILES_IN_BLOCKS}
    assert all(any(name in command for command in document.commands) for name in document.files)


def test_the_readme_shows_what_a_check_prints(capsys):
    """The findings that the README quotes, line by line."""
    (command,) = (one for one in README.commands if one.startswith("rethinking-audit check "))
    assert installed(shlex.split(command)[1:]) == 1
    said = capsys.readouterr().out.splitlines()
    (shown,) = (one for one in README.outputs if "trainings" in one)
    assert [line for line in shown.splitlines() if line not in said] == []


PROGRAMS = {text: document for document in DOCUMENTS for text in document.programs}


@pytest.mark.parametrize("text", PROGRAMS, ids=lambda text: PROGRAMS[text].name)
def test_every_program_runs(text, capsys):
    exec(compile(text, "<document>", "exec"), {"__name__": "document"})
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        "make coffee",
        "docker run rethinking-audit",
        "pytest claims -m fast --no-such-option",
        "pytest claims -m slow",
        "pytest claims -m fast -k no_such_test",
        "pytest claims -m fast --networks resnet --seeds 1",
        "pytest tests --no-such-option",
        "python -m rethinking_audit.fixtures.data.fetch imagenet",
        "python -m fixtures.no_such_module",
        "python -m reports publish",
        "python -m reports compare BASELINE AUDIT --pdf OUT",
        "python -m reports render gone.json",
        "ci/run.sh audit slow",
        "COLOUR=1 make test",
        "rethinking-audit claims -m slow",
        "rethinking-audit publish",
        "rethinking-audit check mycode.py:no_such_name --data digits",
        "rethinking-audit explain E9",
        ".venv/bin/pip install --constraint ci/gone.txt --editable .[dev]",
    ],
)
def test_a_command_that_does_not_exist_is_caught(command, tmp_path):
    (found,) = Document("README.md", f"Then `{command}` does it.").commands
    assert found == command
    with pytest.raises((AssertionError, SystemExit, TypeError)):
        attempt(command, tmp_path)


def test_commands_are_found_wherever_they_stand():
    block = "```sh\nmake \\\n  audit  # now\n```\n\nSo `make test`,\n`make\nlint`.\n\n"
    table = "| `python -m reports` | |\n|-|-|\n| `csv` | `AUDIT` |\n\n`csv`"
    found = Document("README.md", block + table)
    assert found.commands == ["make   audit  # now", "make test", "make lint", "python -m reports", "python -m reports csv"]
    assert found.names == ["AUDIT", "csv"]


def test_the_commands_of_the_plain_way_are_those_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text().replace("--quiet ", "").replace("$(BIN)", ".venv/bin")
    plain = [command for command, document in COMMANDS.items() if document.name == "README.md" and ".venv/bin/" in command]
    assert len(plain) == 3
    for command in plain:
        assert f"\t{command}\n" in makefile
