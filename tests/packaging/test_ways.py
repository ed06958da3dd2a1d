"""The ways to have an audit: a checkout without installation, a wheel, an editable checkout, and two of them side by side.

In each of them a process holds every file of the house once, under one name, and none of another copy.
"""

import json
import shutil
import subprocess

import pytest

from tests.builders.installed import Environment, copy_of_the_sources, held
from tests.builders.places import ROOT

QUICK = ("-m", "fast", "-k", "full_rank", "--report", "out", "--store", "store")  # one solve, in a second
BASELINE = ROOT / "reports" / "baselines" / "fast-2-core-cpu" / "audit.json"


@pytest.fixture
def checkout(tmp_path):
    return copy_of_the_sources(tmp_path / "checkout")


@pytest.fixture
def folder(tmp_path):
    """Somebody's current folder, which has nothing to do with the audit."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def probe(tmp_path):
    probe = tmp_path / "probe"
    probe.mkdir()
    return probe


@pytest.fixture(scope="session")
def nothing_installed(tmp_path_factory):
    return Environment.made(tmp_path_factory.mktemp("nothing-installed"))


def judged(folder):
    return json.loads((folder / "out" / "audit.json").read_text())["summary"]["HELD"] == 1


def check(probe, home, *others, processes=1, exceptions=frozenset()):
    """Every process held files of one home alone, each under one name."""
    noted = [files for files in held(probe, home) if files]
    assert len(noted) >= processes
    twice = {file: names for files in noted for file, names in files.items() if len(names) > 1}
    assert {file: names for file, names in twice.items() if not file.endswith(tuple(exceptions))} == {}
    assert [files for files in held(probe, *others) if files] == []


@pytest.mark.parametrize("processes", [0, 2])
def test_a_checkout_needs_no_installation(nothing_installed, checkout, probe, processes):
    code, said = nothing_installed.run(
        "python", "-m", "pytest", "claims", *QUICK, "-n", processes, cwd=checkout, PROBE=probe
    )
    assert code == 0, said
    assert judged(checkout)
    check(probe, checkout, ROOT, processes=processes + 1)


@pytest.mark.parametrize("processes", [0, 2])
def test_an_installed_audit_runs_from_any_folder(with_wheel, folder, probe, processes):
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (folder / "conftest.py").write_text("raise SystemExit('the audit has read a conftest.py of somebody else')\n")
    code, said = with_wheel.run("rethinking-audit", "claims", *QUICK, "-n", processes, cwd=folder, PROBE=probe)
    assert code == 0, said
    assert judged(folder)
    assert {path.name for path in folder.iterdir()} == {"pytest.ini", "conftest.py", "out", "store"}
    check(probe, with_wheel.packages / "rethinking_audit", ROOT, processes=processes + 1)


def test_an_editable_audit_runs_the_checkout_from_any_folder(checkout, folder, probe, tmp_path):
    editable = Environment.made(tmp_path / "environment").install("--editable", checkout)
    code, said = editable.run("rethinking-audit", "claims", *QUICK, "-n", 0, cwd=folder, PROBE=probe)
    assert code == 0, said
    assert judged(folder)
    check(probe, checkout, ROOT)


@pytest.mark.parametrize(("program", "processes"), [(("pytest",), 2), (("python", "-m", "pytest"), 0)])
def test_a_checkout_beside_an_installed_audit_is_the_checkout(with_wheel, checkout, probe, program, processes):
    made = checkout / "fixtures" / "tasks" / "solve.py"
    made.write_text(made.read_text() + "\nNEWER = True\n")
    code, said = with_wheel.run(*program, "claims", *QUICK, "-n", processes, cwd=checkout, PROBE=probe)
    assert code == 0, said
    assert judged(checkout)
    check(probe, checkout, with_wheel.packages / "rethinking_audit", ROOT, processes=processes + 1)


def test_tests_of_a_checkout_beside_an_installed_audit_are_of_the_checkout(with_wheel, checkout, probe):
    (checkout / "tests").mkdir()
    (checkout / "tests" / "test_rooms.py").write_text(
        "import rethinking_audit.reports.render\n"
        "import rethinking_audit.fixtures.statistics.rules\n"
        "def test_a_template_is_found(): assert rethinking_audit.reports.render._template('page.html')\n"
    )
    code, said = with_wheel.run("pytest", "tests", cwd=checkout, PROBE=probe)
    assert code == 0, said
    check(probe, checkout, with_wheel.packages / "rethinking_audit", ROOT)


BASELINE = ROOT / "reports" / "baselines" / "fast-2-core-cpu" / "audit.json"


@pytest.mark.parametrize(
    "program", [("python", "-m", "reports"), ("python", "-m", "rethinking_audit", "report")], ids=" ".join
)
def test_a_checkout_renders_by_its_own_modules(with_wheel, checkout, probe, program):
    shutil.copy(BASELINE, checkout / "audit.json")
    code, said = with_wheel.run(*program, "render", "audit.json", cwd=checkout, PROBE=probe)
    assert (code, said) == (0, "audit.html\n")
    exceptions = {"reports/__init__.py"} if program[-1] == "reports" else frozenset()  # a docstring, run by its name
    check(probe, checkout, with_wheel.packages / "rethinking_audit", ROOT, exceptions=exceptions)


def test_an_installed_audit_renders(with_wheel, folder, probe):
    shutil.copy(BASELINE, folder / "audit.json")
    code, said = with_wheel.run("rethinking-audit", "report", "render", "audit.json", cwd=folder, PROBE=probe)
    assert (code, said) == (0, "audit.html\n")
    check(probe, with_wheel.packages / "rethinking_audit", ROOT)


def test_an_installed_audit_knows_no_commit_of_the_repository_it_lies_in(wheel, folder):
    """A virtual environment often lies inside the user's own repository."""
    git = ["git", "-C", str(folder), "-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    for words in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "--message", "theirs"]):
        subprocess.run([*git, *words], check=True)
    environment = Environment.made(folder / "environment").install(wheel)
    code, said = environment.run("rethinking-audit", "claims", *QUICK, "-n", 0, cwd=folder)
    assert code == 0, said
    provenance = json.loads((folder / "out" / "audit.json").read_text())["provenance"]
    assert (provenance["commit"], provenance["dirty"]) == (None, None)
