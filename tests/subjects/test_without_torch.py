"""Who has scikit-learn and no torch can audit an estimator, and pytest loads the plugin of an installation in a blink."""

import subprocess
import sys

import pytest

from tests.builders.places import ROOT

# What an audit of an estimator needs, and what its report needs. Everything else that the project depends on is missing.
MISSING = (
    "torch",
    "torchvision",
    "filelock",
    "platformdirs",
    "xdist",
    "pytest_benchmark",
    "pandas",
    "PIL",
    "lightning",
    "keras",
)
BLOCKED = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {MISSING}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""
SUBJECT = """
from sklearn.neighbors import KNeighborsClassifier
model = KNeighborsClassifier(1)
"""


def child(text, **more):
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, cwd=ROOT, **more)
    return done.returncode, done.stdout, done.stderr


def test_an_estimator_is_audited_and_reported_without_torch(tmp_path):
    (tmp_path / "code.py").write_text(SUBJECT)
    words = [
        "check",
        f"{tmp_path / 'code.py'}:model",
        "--data",
        "iris",
        "--seconds",
        "20",
        "--report",
        str(tmp_path / "out"),
    ]
    code, said, wrong = child(f"{BLOCKED}\nfrom rethinking_audit.__main__ import main\nsys.exit(main({words}))")
    assert code in (0, 10), said + wrong
    assert "E0      ✓ HELD" in said
    assert "L1, L2, L3, L4, L5, L6: not run, your code uses no torch" in said
    assert (tmp_path / "out" / "audit.html").exists()


def test_code_that_needs_torch_says_so_in_a_sentence(tmp_path):
    (tmp_path / "code.py").write_text("import torch\n" + SUBJECT)
    words = ["check", f"{tmp_path / 'code.py'}:model", "--data", "iris"]
    code, _, wrong = child(f"{BLOCKED}\nfrom rethinking_audit.__main__ import main\nsys.exit(main({words}))")
    assert code == 4
    assert "No module named 'torch', in code.py line 1" in wrong.splitlines()[-1]


def test_the_plugin_imports_nothing_but_pytest():
    text = (
        "import pytest, sys\nbefore = set(sys.modules)\nimport rethinking_audit.plugin\nprint(*set(sys.modules) - before)"
    )
    code, said, wrong = child(text)
    assert code == 0, wrong
    assert {name.partition(".")[0] for name in said.split()} <= {"rethinking_audit"} | set(sys.stdlib_module_names)


@pytest.mark.lengthy
def test_the_plugin_takes_50_ms_at_most_beyond_pytest():
    """In processor time of a process of its own: other processes take none of it away. The quickest of five counts."""
    text = "import pytest, time\nbegun = time.process_time()\nimport rethinking_audit.plugin\n"
    text += "print(time.process_time() - begun)"
    assert min(float(child(text)[1]) for _ in range(5)) < 0.05
