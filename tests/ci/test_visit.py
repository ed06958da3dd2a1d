"""A visit to a machine with a card, tried on a CPU: what goes out, what it does by the clock, and what comes back."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from ci.visit.folders import Folders
from ci.visit.pack import WHEELS, DoesNotFit, pack, pinned
from ci.visit.results import RESULTS, Results, parts
from ci.visit.run import RESERVE, Visit
from ci.visit.stages import Place, files_for_a_card, stages
from ci.visit.unpack import unpack
from rethinking_audit.fixtures.runs.store import Store
from tests.builders.places import ROOT

VISITS = ("A", "B", "next")


def visit(folder, *words, wait=True):
    """Run `python -m ci.visit` as a user does, with a folder of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "ci.visit", *map(str, words), "--folder", str(folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return (process.communicate(timeout=240)[0], process.returncode) if wait else process


class Home:
    """A folder of a visit, a table of stages, and the folder that comes back."""

    def __init__(self, path):
        self.path, self.out, self.table = path / "visit", path / "out", path / "stages.toml"
        self.folders = Folders(self.path)

    def stages(self, **scripts):
        """A table of stages that are scripts; `ends` and such stand before a script, with a bar between."""
        entries = []
        for name, script in scripts.items():
            extra, _, code = script.rpartition("|")
            most = "" if "most" in extra else "most = 20\n"
            command = json.dumps(shlex.join(["python", "-c", code]))
            entries.append(f"[[A]]\nname = '{name}'\nseconds = 1\n{most}{extra}\ncommand = {command}\n")
        self.table.write_text("".join(entries))
        return self

    def run(self, *words, wait=True):
        return visit(self.path, "run", "A", "--out", self.out, "--stages", self.table, *words, wait=wait)

    def rows(self):
        return {row["stage"]: row["outcome"] for row in json.loads((self.out / "summary.json").read_text())["stages"]}

    def logs(self):
        with tarfile.open(self.out / RESULTS) as archive:
            return {name: archive.extractfile(name).read().decode() for name in archive.getnames() if name.endswith(".log")}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def record(folder, key, value=1):
    store = Store(folder)
    store.write(key, {"result": {"value": value}})
    return store.path(key)


STORED = (
    "from pathlib import Path; from rethinking_audit.fixtures.runs.store import Store; "
    "Store(Path({!r})).write({!r}, dict(result=1))"
)


def test_a_visit_goes_out_and_comes_back_and_the_next_goes_on_from_its_store(home, tmp_path):
    """The real stages at their small size; the second visit makes no run again."""
    only = ("--small", "--device", "cpu", "--only", "data,smoke,fast-tier", "--minutes", "5")
    said, code = visit(home.path, "run", "A", "--out", home.out, *only)
    assert code == 0, said + "".join(home.logs().values())
    files = list(home.out.iterdir())
    assert len(files) <= 8
    assert all(re.fullmatch(r"[\w.-]+", file.name) and file.stat().st_size < 16 * 2**20 for file in files)

    said, code = visit(home.path, "unpack", home.out)
    assert code == 0, said
    made = sorted(path.name for path in (home.folders.store / "runs").glob("*.json"))
    assert made
    assert f"records: {len(made)} new, 0 that were here" in said
    assert len(re.findall(r"^audit: .*audit\.json$", said, re.M)) == 1

    assert visit(home.path, "pack")[1] == 0
    there = Home(tmp_path / "there")
    there.path.mkdir(parents=True)
    home.folders.carried.rename(there.folders.carried)
    said, code = visit(there.path, "run", "A", "--out", there.out, *only[:-4], "--only", "fast-tier")
    assert code == 0, said
    assert "\n0 new records\n" in said
    assert sorted(path.name for path in (there.folders.work / "store" / "runs").glob("*.json")) == made


def test_a_measurement_is_a_record_and_one_that_fails_takes_no_other(tmp_path):
    program = (
        "import sys; from ci.visit import measurements, parity, predictions\n"
        "def broken(bench, name): raise RuntimeError('an illegal address')\n"
        "parity.captured = broken\n"
        "sys.exit(measurements.main())"
    )
    words = ["parity", "--device", "cpu", "--small", "-k", "mlp-1x512", "--output", str(tmp_path / "figures.json")]
    done = subprocess.run([sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    found = json.loads((tmp_path / "figures.json").read_text())["found"]
    assert [one["verdict"] for one in found] == ["confirmed", "failed", "confirmed", "confirmed"]
    assert found[1]["error"] == "RuntimeError: an illegal address"

    done = subprocess.run([sys.executable, "-m", "ci.visit.measurements", *words, "--seconds", "0.5"], cwd=ROOT)
    found = json.loads((tmp_path / "figures.json").read_text())["found"]
    assert {one["verdict"] for one in found} == {"skipped"}
    assert done.returncode == 0


def test_a_stage_that_fails_takes_no_other(home):
    home.stages(
        first="raise SystemExit(3)",
        slow="most = 2|import time; time.sleep(60)",
        gone="fine = [0, 10]|raise SystemExit(10)",
        last="print('came to the last')",
    )
    said, code = home.run()
    assert code == 1, said
    outcomes = {"first": "exit 3", "slow": "took too long, and was stopped", "gone": "exit 10", "last": "exit 0"}
    assert home.rows() == outcomes
    assert home.logs()["last.log"] == "came to the last\n"


def test_where_the_smoke_fails_nothing_else_is_begun(home):
    home.stages(
        data="behind = true|import time; time.sleep(60)",
        smoke="ends = true|print('a trace'); raise SystemExit(1)",
        audit="print('never')",
    )
    started = time.monotonic()
    said, code = home.run()
    assert code == 1
    assert time.monotonic() - started < 30
    assert home.rows() == {"smoke": "exit 1", "data": "stopped with the visit"}
    assert home.logs()["smoke.log"] == "a trace\n"
    assert "smoke failed and must be fixed" in said


def test_a_stage_waits_for_what_it_comes_after_and_what_runs_behind_ends_in_time(home):
    marker = home.out.with_name("marker")
    home.stages(
        data=f"behind = true|import time; time.sleep(2); open({str(marker)!r}, 'w').close()",
        beside=f"import os; raise SystemExit(os.path.exists({str(marker)!r}))",
        audit=f"after = 'data'|import os; raise SystemExit(not os.path.exists({str(marker)!r}))",
    )
    said, code = home.run()
    assert code == 0, said
    assert list(home.rows()) == ["beside", "data", "audit"]


def test_a_visit_ends_within_its_minutes(home):
    home.stages(
        long="leaves = 6|import time; time.sleep(60)",
        last="import time; time.sleep(60)",
        late="print('never')",
    )
    started = time.monotonic()
    _, code = home.run("--minutes", (RESERVE + 9) / 60)
    assert time.monotonic() - started < RESERVE + 9
    assert code == 1
    stopped, untouched = "took too long, and was stopped", "not begun: no time was left"
    rows = home.rows()
    assert rows.pop("last") in (stopped, untouched)  # a busy machine may have begun the first one late
    assert rows == {"long": stopped, "late": untouched}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_visit_that_is_killed_loses_nothing_that_was_finished(home, number, code):
    store = str(home.folders.work / "store")
    home.stages(first=STORED.format(store, "a" * 64), long="import time; print('on', flush=True); time.sleep(20)")
    process = home.run(wait=False)
    log = home.folders.work / "results" / "long.log"
    while not (log.exists() and log.read_text()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == code
    rows = home.rows()
    assert rows["first"] == "exit 0"
    assert number == signal.SIGKILL or rows["long"] == "stopped with the visit"
    assert "records: 1 new" in unpack(home.folders, home.out)[0]


def test_records_are_packed_while_a_stage_is_under_way(home, monkeypatch):
    monkeypatch.setattr("ci.visit.run.PACK_EVERY", 0)
    going = Visit(Place(home.folders, "cpu", small=True), Results(home.folders, home.out, {}), time.monotonic() + 60)
    for key in ("a" * 64, "b" * 64):
        record(home.folders.work / "store", key)
        going._meanwhile()
        with tarfile.open(home.out / "store-0.tar.xz") as archive:
            assert f"runs/{key}.json" in archive.getnames()


def test_what_is_damaged_replaces_nothing_and_the_rest_is_taken(home):
    one, two, three = (letter * 64 for letter in "abc")
    ours = record(home.folders.store, one)
    came = home.path.with_name("came")
    for key in (one, two, three):
        record(came / "made", key, value=1 + (key == two))
    (came / "made" / "runs" / f"{one}.json").write_text("{}")
    (came / "made" / "runs" / f"{three}.json").write_text("{}")
    with tarfile.open(came / "store-0.tar.xz", "w:xz") as archive:
        archive.add(came / "made" / "runs", "runs")
    (came / "store-1.tar.xz").write_bytes((came / "store-0.tar.xz").read_bytes()[:200])
    (came / "summary.json").write_text(json.dumps({"visit": "A", "at": "1", "stages": []}))
    before = ours.read_bytes()
    said = unpack(home.folders, came)
    assert "store-1.tar.xz is damaged or cut short" in said[0]
    assert sum(line.endswith("came damaged, and was not taken") for line in said) == 2
    assert any(line.startswith("records: 1 new, 0 that were here, 2 in") for line in said)
    assert ours.read_bytes() == before
    assert Store(home.folders.store).read(two)["result"] == {"value": 2}


def test_records_come_back_in_archives_that_each_fit(tmp_path, monkeypatch):
    monkeypatch.setattr("ci.visit.results.PART", 25)
    files = [tmp_path / str(number) for number in range(5)]
    for file in files:
        file.write_text("x" * 10)
    assert list(parts(files)) == [files[:2], files[2:4], files[4:]]
    assert list(parts([])) == []


def test_what_travels_fits_or_says_by_how_much_it_does_not(home, own_folders, capsys):
    (own_folders / "MNIST" / "raw").mkdir(parents=True)
    (own_folders / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").write_bytes(b"x" * 2**20)
    (own_folders / "cifar-10-binary.tar.gz").write_bytes(b"x" * 2**21)
    record(home.folders.store, "a" * 64)
    assert [name for name, _ in pack(home.folders, None, None, 2)] == ["data", "store.tar.xz"]
    assert "cifar-10-binary.tar.gz stays here: it has 2 MiB of the 2 that may travel" in capsys.readouterr().out
    assert dict(pack(home.folders, None, None, 4))["data"] == 3 * 2**20
    stand_in = own_folders / "pictures.tar.xz"
    stand_in.write_bytes(b"x" * 2**20)
    assert dict(pack(home.folders, None, stand_in, 3))["data"] == 2**21
    assert home.folders.images() == ["--dataset", f"folder:{home.folders.work / 'data' / 'pictures'}"]
    with pytest.raises(DoesNotFit, match=r"it comes to 2\.0 MiB \(data 2\.0, store\.tar\.xz 0\.0\), expected at most 1"):
        pack(home.folders, None, stand_in, 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "C"], "there is no visit 'C', expected one of A, B, next"),
        (["run", "A", "--only", "smoke,lunch"], "--only has 'lunch', expected some of data, smoke"),
        (["run", "A", "--minutes", "0"], "--minutes is 0, expected a positive number"),
        (["run"], "the following arguments are required: A|B|next"),
        (["unpack", "nowhere"], "'nowhere' has no summary.json, expected the folder that a visit wrote into"),
        (["pack", "--wheels-for", "snake"], "--wheels-for is 'snake', expected a version of Python such as 3.12"),
        (
            ["pack", "--stand-in", "a.zip"],
            "--stand-in is 'a.zip', expected an archive of images whose name ends in .tar.xz",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_exit_4(home, words, sentence):
    said, code = visit(home.path, *words)
    assert code == 4
    assert sentence in said.splitlines()[-1]


def test_every_wheel_has_an_exact_version():
    assert len(pinned()) == len(set(pinned())) == len(WHEELS)


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("name", VISITS)
def test_the_commands_of_a_visit_are_made_of_options_that_there_are(home, name, small, request):
    parser = request.config._parser
    options = {
        word for group in (parser._anonymous, *parser._groups) for option in group.options for word in option.names()
    }
    own = {"--device", "--networks", "--seconds", "--output", "--small", "--folder", "-k", "-m"}
    for stage in stages(name):
        words = Place(home.folders, "cuda:0", small).words(stage, 60)
        assert {word for word in words if re.fullmatch(r"--?[a-z-]+", word)} <= options | own, stage.name
        assert all((ROOT / word.partition("::")[0]).exists() for word in words if word.startswith(("claims", "tests")))
        if words[2].startswith("ci."):
            assert (ROOT / f"{words[2].replace('.', '/')}.py").exists()


@pytest.mark.parametrize("name", VISITS)
def test_a_visit_begins_with_the_smoke_and_is_meant_for_seven_minutes(name):
    found = [stage for stage in stages(name) if not stage.behind]
    assert found[0].name == "smoke"
    assert found[0].ends
    assert sum(stage.seconds for stage in found) <= 7 * 60 - RESERVE
    assert all(stage.most >= stage.seconds for stage in found)


def test_tests_that_want_a_card_are_found():
    assert Path("tests/training/test_captured.py") in files_for_a_card()
