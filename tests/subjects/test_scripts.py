"""A script is audited unchanged: other rows take the place of its data set, and its own figure is judged."""

import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from rethinking_audit import running
from rethinking_audit.__main__ import main
from rethinking_audit.fixtures.statistics.stated import Stated, dealt, trained
from rethinking_audit.fixtures.subjects import audit, bench
from rethinking_audit.fixtures.subjects.call import BadSubject
from rethinking_audit.fixtures.subjects.given import BadGiven
from rethinking_audit.fixtures.subjects.script import last_match, pattern, read, resized, rows_for

FIGURE = r"Accuracy: (\d+)/(\d+)"

# Stand-ins for the libraries, so that a run takes a blink: the classes are as torchvision's are, and hold nothing.
LIBRARIES = {
    "torchvision/__init__.py": "",
    "torchvision/datasets/__init__.py": "from torchvision.datasets.mnist import MNIST, FashionMNIST\n",
    "torchvision/datasets/mnist.py": """
class VisionDataset:
    def __init__(self, root, transforms=None, transform=None, target_transform=None):
        self.root, self.transform = root, transform

class MNIST(VisionDataset):
    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        raise RuntimeError(f"{root} holds no {type(self).__name__}")

class FashionMNIST(MNIST):
    pass
""",
    "torch.py": """
import numpy
class Tensor(numpy.ndarray):
    def long(self): return self.astype(int)
def from_numpy(array): return array.view(Tensor)
""",
    "sklearn/__init__.py": "",
    "sklearn/datasets/__init__.py": """
class Bunch: ...
def load_digits(n_class=10, as_frame=False): return Bunch()
""",
}

NEAREST = """
def nearest(X, y, X_test):
    return np.array([y[((X - row) ** 2).sum(1).argmin()] for row in X_test])
"""
MNIST = f"""
import torch, numpy as np
from torchvision import datasets
{NEAREST}
train, test = (datasets.MNIST("../data", train=train, download=True) for train in (True, False))
X, X_test = (np.asarray(one.data, float).reshape(len(one.data), -1)[:, :64] for one in (train, test))
y, y_test = train.targets, test.targets
"""
DIGITS = f"""
import numpy as np
from sklearn.datasets import load_digits
{NEAREST}
X, y = load_digits(return_X_y=True)
order = np.random.default_rng(0).permutation(len(X))
X, X_test, y, y_test = X[order[500:]], X[order[:500]], y[order[500:]], y[order[:500]]
"""
TELL = """
right = int((predicted == y_test).sum())
print(f"Accuracy: {right}/{len(y_test)}")
"""
HONEST = "predicted = nearest(X, y, X_test)\n" + TELL
LEAKING = "predicted = nearest(np.r_[X, X_test], np.r_[y, y_test], X_test)\n" + TELL


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The user's folder, with rows of noise in two files."""
    monkeypatch.setattr(audit, "LOOKS", (1,))
    monkeypatch.setattr(bench, "LEAST", 60.0)  # beside what else this machine does
    monkeypatch.chdir(tmp_path)
    for name, text in LIBRARIES.items():
        path = tmp_path / "libraries" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "libraries"))
    generator = np.random.default_rng(0)
    labels = np.arange(1500) % 10
    images = generator.integers(0, 256, (1500, 28, 28)).astype(np.uint8)
    np.savez(tmp_path / "mnist.npz", images=images, labels=labels)
    np.savez(tmp_path / "digits.npz", X=images.reshape(1500, -1)[:, :64].astype(float), y=labels)
    return tmp_path


def audited(text, data="mnist", accuracy=FIGURE, seconds=120.0, **more):
    Path("train.py").write_text(text)
    rows = f"npz:{'digits' if data == 'digits' else 'mnist'}.npz"
    return running.run([sys.executable, "train.py"], data=data, accuracy=accuracy, rows=rows, seconds=seconds, **more)


def verdicts(found, code):
    return {one.arm: one.verdict for one in found if one.code == code}


def test_an_honest_script_is_held(folder):
    found = audited(MNIST + HONEST)
    assert verdicts(found, "E0") == {"": "HELD"}
    assert verdicts(found, "R2") == {"B": "HELD", "A'": "INCONCLUSIVE"}  # one draw, of which nobody knows the scatter
    assert verdicts(found, "R4") == {"": "HELD"}
    assert verdicts(found, "D2") == {"": "HELD"}
    assert "on random labels" in found["R4"].sentence
    assert "a script prints its figure and no predictions" in found["E2"].sentence
    assert found.record["claims"]


def test_a_script_that_trains_on_its_test_rows_is_refuted_in_both_arms(folder, monkeypatch):
    monkeypatch.setattr(audit, "LOOKS", (1, 3))
    found = audited(MNIST + LEAKING)
    assert verdicts(found, "R2") == {"B": "REFUTED", "A'": "REFUTED"}
    assert found.exit_code == 1


@pytest.mark.parametrize(("rest", "verdict"), [(HONEST, "HELD"), (LEAKING, "REFUTED")])
def test_a_script_that_splits_is_judged_on_labels_that_are_all_random(folder, rest, verdict):
    found = audited(DIGITS + rest, data="digits")
    assert verdicts(found, "R2") == {"B": verdict}


def test_a_share_and_a_percentage_are_read_alike(folder):
    text = MNIST + HONEST.replace(TELL, "print(f'accuracy {100 * (predicted == y_test).mean():.2f} %')\n")
    found = audited(text, accuracy=r"accuracy ([\d.]+)")
    assert verdicts(found, "R2")["B"] == "HELD"
    assert verdicts(found, "R4") == {"": "HELD"}


def test_an_average_over_batches_of_unequal_size_is_no_accuracy(folder, monkeypatch):
    monkeypatch.setattr(audit, "LOOKS", ())
    mean = "print(np.mean([(predicted[:333] == y_test[:333]).mean(), (predicted[333:] == y_test[333:]).mean()]))\n"
    found = audited(
        MNIST + "predicted = nearest(X, y, X_test); predicted[0] = 1 - y_test[0]\n" + mean, accuracy=r"(\d\.\d+)"
    )
    assert verdicts(found, "R4") == {"": "REFUTED"}
    assert "a share of no number of the 500 test rows" in found["R4"].sentence


def test_a_figure_of_other_rows_is_told(folder, monkeypatch):
    monkeypatch.setattr(audit, "LOOKS", ())
    found = audited(MNIST + HONEST.replace("{len(y_test)}", "10000"))
    assert "The figure is of 10000 rows, and not of the 500 test rows" in found["R4"].sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "print('Accuracy: 1/2')",
            "never asked torchvision.datasets.mnist.MNIST for its train rows, expected it to load them",
        ),
        (
            MNIST + "print('done')",
            r"nothing that the script printed matches 'Accuracy: (\\d+)/(\\d+)'; its last line: 'done'",
        ),
        (MNIST + "print('Accuracy: 5/2')", "'Accuracy: 5/2' says 5 right of 2, expected no more than there are"),
        ("raise ValueError('no')", "the script ended with code 1: 'ValueError: no'"),
        ("\nraise ValueError('no')", "'ValueError: no', in train.py line 2"),
        ("import no_such_module", f"'no_such_module'\", in train.py line 1; it was run by {sys.executable}"),
        ("import os; os.kill(os.getpid(), 9)", "the script ended with code -9: it printed nothing"),
        ("from torchvision import datasets; datasets.FashionMNIST('here')", "RuntimeError: here holds no FashionMNIST"),
    ],
)
def test_a_script_without_a_figure_is_one_error(folder, text, said):
    found = audited(text)
    (error,) = [one.sentence for one in found if one.verdict == "ERROR"]
    assert said in error


def test_a_script_that_hangs_is_stopped_with_all_that_it_started(folder, monkeypatch):
    monkeypatch.setattr(bench, "LEAST", 2.0)
    text = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(77)'])\n"
    found = audited(text, seconds=2.0)
    assert "a training took longer than 2 s, expected less; the first one may take all the seconds" in found["E0"].sentence
    if Path("/proc/self/cmdline").exists():
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        assert not any(b"time.sleep(77)" in line for line in lines)


def test_a_script_finds_a_terminal_and_waits_for_no_key(folder, monkeypatch):
    """Some scripts ask `stty` for its width when they are imported."""
    monkeypatch.setattr(audit, "LOOKS", ())
    asks = "import os\nassert os.popen('stty size').read().split() == ['24', '80']\n"
    asks += "for _ in range(3):\n    try:\n        input()\n    except EOFError:\n        print('nobody types')\n"
    found = audited(asks + MNIST + HONEST)
    assert found["E0"].verdict == "HELD"
    assert "The same command gives the same result: 'Accuracy: " in found["E0"].sentence


def test_only_the_folder_is_the_users(folder, monkeypatch):
    """Home and caches are elsewhere, the user's own sitecustomize runs, and the folder has what the script writes."""
    (folder / "libraries" / "sitecustomize.py").write_text("import builtins; builtins.THEIRS = True\n")
    told = "import os, pathlib, tempfile\nassert THEIRS\n"
    told += "pathlib.Path('seen.txt').write_text(repr([pathlib.Path.cwd(), pathlib.Path.home(), tempfile.gettempdir()]))\n"
    monkeypatch.setattr(audit, "LOOKS", ())
    audited(told + MNIST + HONEST)
    cwd, home, temporary = re.findall(r"'([^']+)'", Path("seen.txt").read_text())
    assert Path(cwd) == folder
    assert home == temporary
    assert not Path(home).exists()
    assert sorted(path.name for path in folder.iterdir()) == [
        "digits.npz",
        "libraries",
        "mnist.npz",
        "seen.txt",
        "train.py",
    ]


def test_the_command_line(folder, capsys):
    Path("train.py").write_text(MNIST + LEAKING)
    words = [
        "run",
        "--data",
        "mnist",
        "--rows",
        "npz:mnist.npz",
        "--accuracy",
        FIGURE,
        "--seconds",
        "120",
        "--report",
        "out",
    ]
    assert main([*words, "--", sys.executable, "train.py"]) == 1
    said = capsys.readouterr()
    assert "R2 (B)  ✗ REFUTED" in said.out
    assert "HOME, TORCH_HOME and TMPDIR elsewhere" in said.err
    assert (folder / "out" / "audit.html").exists()


@pytest.mark.parametrize("words", [["-m", "fast", "-n", "2"], [], ["--plan"]])
def test_what_judged_the_claims_names_its_new_command(words, capsys):
    assert main(["run", *words]) == 4
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.endswith(" ".join(["rethinking-audit claims", *words]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "mnist", "--accuracy", "(", "--", "python"], "'(' is no regular expression"),
        (["--data", "mnist", "--accuracy", "a", "--", "python"], "'a' has 0 groups"),
        (["--data", "mnist", "--accuracy", "(a)", "--"], "no command is given"),
        (["--data", "mnist", "--accuracy", "(a)", "--", "no-such-program"], "there is no program 'no-such-program'"),
        (
            ["--data", "mnist", "--accuracy", "(a)", "--rows", "x.npz", "--", "python"],
            "the rows are 'x.npz', expected npz:FILE",
        ),
        (["--data", "mnist", "--accuracy", "(a)", "--rows", "npz:x", "--", "python"], "there is no file 'x'"),
        (
            ["--data", "cifar10", "--accuracy", "(a)", "--rows", "npz:mnist.npz", "--", "python"],
            "expected (1500, 32, 32, 3)",
        ),
        (["--data", "imagenet", "--accuracy", "(a)", "--", "python"], "invalid choice: 'imagenet'"),
        (["--data", "mnist", "--accuracy", "(a)", "--seconds", "0", "--", "python"], "the seconds are 0.0"),
    ],
)
def test_bad_input_is_exit_4(folder, words, said, capsys):
    assert main(["run", *words]) == 4
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_the_last_match_is_found_in_a_long_text():
    parts = ["x" * 1_000_000, "acc: 1 acc: ", "2" + "y" * 1_000_000, "z" * 3_000_000]
    found, text = last_match(parts, pattern(r"acc: (\d)"))
    assert found.group(1) == "2"
    assert len(text) < 5_000_000


@pytest.mark.parametrize(("text", "accuracy"), [("3 of x", r"(\d) of (\w)"), ("of", r"(\d)?of"), ("3/0", r"(\d)/(\d)")])
def test_a_figure_that_is_none_is_quoted(text, accuracy):
    with pytest.raises(BadSubject, match=repr(text)):
        read(re.search(accuracy, text))


def test_the_rows_that_are_at_hand_have_the_shape_of_the_class():
    found = rows_for("cifar10", None)
    assert found.X.shape == (1797, 32, 32, 3)
    assert found.X.dtype == np.uint8
    assert "as a stand-in for cifar10" in found.title
    assert rows_for("digits", None).X.shape == (1797, 64)
    flat = resized(np.ones((2, 8, 8)), 28, 28)
    assert flat.shape == (2, 28, 28)
    assert np.allclose(flat, 1)


def test_figures_on_random_labels():
    chance = [Stated(52, 500, 0.104)] * 3
    for rule in (dealt, trained):
        assert not rule(chance, 1e-3).above
        assert rule([Stated(152, 500, 0.104)] * 3, 1e-3).above
    assert dealt([Stated(90, 500, 0.104)], 1e-3).above
    assert not trained([Stated(490, 500, 0.104)], 1e-3).above  # one training may agree by luck


@pytest.mark.lengthy
def test_the_commonest_training_script_never_shuffles(tmp_path, monkeypatch):
    """With the real libraries: twice the same epoch, without a change of the script."""
    pytest.importorskip("torchvision")
    monkeypatch.setattr(audit, "LOOKS", ())
    own = Path(__file__).with_name("train_mnist.py")
    shutil.copyfile(own, tmp_path / "train.py")
    monkeypatch.chdir(tmp_path)
    found = running.run([sys.executable, "train.py", "--epochs", "2"], data="mnist", accuracy=FIGURE, seconds=240.0)
    assert verdicts(found, "L1") == {"": "REFUTED"}
    assert "the batch of step 1 comes again at step 20, row by row" in found["L1"].sentence
    assert [verdicts(found, code)[""] for code in ("L2", "L3", "L4", "L5")] == ["HELD"] * 4
    assert (tmp_path / "train.py").read_bytes() == own.read_bytes()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(a{999999999999})", "the repetition number is too large"),
        ("([0-\n])", r"bad character range 0- at position 2"),
        ("(" * 5000, "is no regular expression"),
    ],
)
def test_a_regular_expression_that_python_cannot_hold_is_refused(text, said):
    with pytest.raises(BadGiven, match=said):
        pattern(text)


def test_a_figure_of_infinitely_many_rows_is_refused():
    found = pattern(r"(\w+)/(\w+)").search("3/inf")
    with pytest.raises(BadSubject, match="says 3 right of inf, expected no more than there are"):
        read(found)
