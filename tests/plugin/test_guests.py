"""`--network`, `--recipe` and `--dataset` with a user's code: what is judged, what is refused, and what the record says."""

import pytest

from rethinking_audit.fixtures.plugin.guests import names, recipe
from rethinking_audit.fixtures.plugin.markers import asked
from tests.builders.guests import SMALL, write_code
from tests.builders.projects import TIERS, Project

GUEST = """
[fast.guest]
learning_rate = 0.1
seeds = 2
levels = [0.0, 1.0]
doses = [1e-3]
"""
SECOND = SMALL.replace("def net", "def big").replace("16", "256")
ROWS = """
import numpy as np

print("read")
X = np.random.normal(size=(600, 12)).astype(np.float32)

def rows():
    return (X[:400], np.arange(400) % 2), (X[400:], np.arange(200) % 2)
"""


class Named:
    """As much of a tier or a configuration as is needed here."""

    def __init__(self, **values):
        self.__dict__.update(values)


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path / "project")
    made.edit("tiers.toml", ("[fast.networks.mlp-1x512]", f"{GUEST}[fast.networks.mlp-1x512]"))
    assert (made.folder / "claims" / "tiers.toml").read_text() != TIERS
    write_code(made.folder, SMALL + SECOND, name="mine")
    return made


def refused(project, *arguments):
    """Run an audit that must be refused; return its sentence."""
    code, output = project.run("-m", "fast", *arguments)
    assert code == 4, output
    assert "Traceback" not in output
    assert not project.store.exists() or project.records() == {}
    return " ".join(output.split())


@pytest.mark.lengthy
def test_a_users_network_is_judged_alone_and_the_record_says_what_it_is(project):
    (project.folder / "mine.toml").write_text("max_epochs = 40\n")
    arguments = ("-m", "fast", "--network", "mine.py:net", "--network=mine.py:big", "--recipe", "mine.toml", "-n", "1")
    code, output = project.run(*arguments)
    assert code in (0, 1, 10), output
    assert f"network mine.py:net: {project.folder / 'mine.py'}" in output
    audit = project.audit()
    judged = {case["network"] for claim in audit["claims"] for case in claim["cases"]}
    assert judged == {"mine.py:net", "mine.py:big"}
    verdicts = {
        case["network"]: case["verdict"]
        for claim in audit["claims"]
        for case in claim["cases"]
        if claim["id"] == "random-labels/zero-training-error"
    }
    assert verdicts["mine.py:net"] in ("REFUTED", "INCONCLUSIVE")
    runs = [run for run in audit["runs"].values() if run["spec"].get("network") == "mine.py:net"]
    assert {run["spec"]["recipe"]["max_epochs"] for run in runs} == {40}
    assert any("mine.py:net is a network of the user's with 970 weights" in remark for remark in audit["remarks"])
    assert str(project.folder) not in str(audit)
    before = set(project.records())
    assert project.run(*arguments)[0] == code
    assert set(project.records()) == before
    write_code(project.folder, f"{SMALL}{SECOND}# changed", name="mine")
    assert "0 of them cached" not in project.run(*arguments[:6], "--plan")[1]
    plan = project.run("-m", "fast", "--network", "mine.py:net", "--plan", "-k", "training_error_reaches_zero")[1]
    assert "mine.py:net" in plan


@pytest.mark.lengthy
def test_a_users_data_set_is_judged(project):
    path = write_code(project.folder, ROWS, name="rows")
    code, output = project.run(
        "-m", "fast", "--networks", "mlp-1x512", "--seeds", "2", "--dataset", "rows.py:rows", "-k", "chance", "-n", "1"
    )
    assert code in (0, 1, 5, 10), output
    assert "read" not in output.splitlines()
    audit = project.audit()
    assert list(audit["data"]) == ["rows.py:rows"]
    assert audit["data"]["rows.py:rows"]["title"] == "signals from rows.py:rows (400 + 200 signals of 1x12)"
    assert str(path.parent) not in str(audit)


ANEW = """
import numpy as np

def none():
    pass

def anew():
    X = np.random.default_rng().normal(size=(600, 12))
    return (X[:400], np.arange(400) % 2), (X[400:], np.arange(200) % 2)
"""
BAD_INPUT = {
    "--network=os:system; ls": "'os:system; ls' is not a network; expected torchvision:NAME, timm:NAME, ",
    "--network=stops.py:net": "importing stops.py exits (sys.exit('I stop')), expected code that returns",
    "--network=wrong.py:net": "wrong.py:net returned shape (8, 9) for 8 images of 1x7x7, expected (8, 10)",
    "--recipe=bad.toml": "--recipe is 'bad.toml', expected --network too",
    "--dataset=data.py:none": "data.py:none returned NoneType, expected (train, test)",
    "--dataset=data.py:anew": "data.py:anew returned another data set at its second call, expected the same",
}


@pytest.mark.lengthy
@pytest.mark.parametrize("option", BAD_INPUT)
def test_bad_input_is_one_sentence_and_exit_code_4(project, option):
    write_code(project.folder, "raise SystemExit('I stop')", name="stops")
    write_code(project.folder, SMALL.replace("16, classes)", "16, classes - 1)"), name="wrong")
    write_code(project.folder, ANEW, name="data")
    (project.folder / "bad.toml").write_text("speed = 3\n")
    assert f"ERROR: {BAD_INPUT[option]}" in refused(project, option)


def options(folder, *networks, width=None, recipe=None):
    """As much of pytest's configuration as says which networks the user has."""
    return Named(option=Named(network=list(networks), width=width, recipe=recipe), invocation_params=Named(dir=folder))


def test_two_networks_of_one_name_and_a_width_are_refused(tmp_path):
    assert names(options(tmp_path, "a.py:net", "a.py:net", "torchvision:resnet18")) == ("a.py:net", "torchvision:resnet18")
    with pytest.raises(
        ValueError, match=r"'a\.py:net' and 'b/a\.py:net', which are both called a\.py:net; expected other names"
    ):
        names(options(tmp_path, "a.py:net", "b/a.py:net"))
    with pytest.raises(ValueError, match=r"--width is 0\.5, expected none with --network"):
        names(options(tmp_path, "a.py:net", width=0.5))


def test_a_recipe_is_read_from_the_callers_folder(tmp_path):
    (tmp_path / "mine.toml").write_text("batch = 8\n")
    assert recipe(options(tmp_path, "a.py:net", recipe="mine.toml")) == {"batch": 8}
    assert recipe(options(tmp_path)) == {}


@pytest.mark.lengthy
@pytest.mark.parametrize("option", ["--network=mine.py:net", "--dataset=mine.py:net"])
def test_no_configuration_file_runs_a_users_code(project, option):
    write_code(project.folder, "open('ran', 'w')\ndef net(): pass", name="mine")
    settings = project.folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('addopts = ["-ra"', f'addopts = ["-ra", "{option}"'))
    name = option.replace("=", " ")
    assert f"ERROR: {name} is not on the command line, expected it there: it runs the user's code" in refused(project)
    assert not (project.folder / "ran").exists()


@pytest.mark.parametrize(
    ("expression", "tiers"),
    [
        ("", ["fast", "paper"]),
        ("fast", ["fast"]),
        ("not fast", ["paper"]),
        ("fast or paper", ["fast", "paper"]),
        ("small", ["small"]),
        ("fast and not paper", ["fast"]),
        ("(fast", []),
        ("slow", []),
    ],
)
def test_the_tiers_of_an_expression_of_markers(expression, tiers):
    config, known = Named(option=Named(markexpr=expression)), {"fast": False, "small": True, "paper": False}
    found = asked(config, [Named(name=name, on_request=on_request) for name, on_request in known.items()])
    assert [tier.name for tier in found] == tiers
