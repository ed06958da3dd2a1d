"""The shape of the project: who imports whom, what every claim must have, and where numbers may stand."""

import ast
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from rethinking_audit.fixtures.calibration.seeds import draws
from rethinking_audit.fixtures.claimkit import deviations
from rethinking_audit.fixtures.claimkit.case import cases
from rethinking_audit.fixtures.claimkit.paper import Paper, figure, order
from rethinking_audit.fixtures.claimkit.tiers import read
from rethinking_audit.fixtures.networks import FACTORIES
from rethinking_audit.fixtures.training.contracts import PARAMETERS

ROOT = Path(__file__).parent.parent
PAPER = ROOT / "claims" / "paper.toml"
CLAIM_FILES = sorted((ROOT / "claims").glob("test_*.py"))
SOURCES = [path for folder in ("claims", "fixtures", "reports") for path in sorted((ROOT / folder).rglob("*.py"))]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def room(path):
    return path.relative_to(ROOT / "fixtures").parts[0] if path.is_relative_to(ROOT / "fixtures") else None


FORBIDDEN = {
    "claims": {"torch", "reports"},
    "reports": {"torch", "fixtures", "claims", "numpy", "scipy"},
    "fixtures": {"claims", "reports"},
}
SABOTAGE = ROOT / "fixtures" / "sabotage" / "plugin.py"  # is plugged in beside the plugin's room
# A room knows those that come before it, and nothing of those that come after.
KNOWS = {
    "data": {"data"},
    "networks": {"networks"},
    "statistics": {"statistics"},
    "theory": {"theory"},
    "training": {"data", "networks", "statistics", "training"},
    "learners": {"data", "learners", "training"},
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    found = set(imports(path))
    tops = {name.partition(".")[0] for name in found}
    assert not tops & FORBIDDEN[path.relative_to(ROOT).parts[0]]
    if (name := room(path)) in KNOWS:
        rooms = {part.split(".")[1] for part in found if part.startswith("fixtures.")}
        assert rooms <= KNOWS[name], f"{name} must not know {rooms - KNOWS[name]}"
    if room(path) not in (None, "plugin") and path != SABOTAGE:
        assert "pytest" not in tops
    if room(path) not in (None, "sabotage"):
        assert not any(name.startswith("rethinking_audit.fixtures.sabotage") for name in found), (
            "an honest audit knows no fault"
        )


def test_statistics_knows_neither_torch_nor_files():
    for path in (ROOT / "fixtures" / "statistics").glob("*.py"):
        assert not {name.partition(".")[0] for name in imports(path)} & {"torch", "pathlib", "os", "io"}


def declared():
    for path in CLAIM_FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                yield path, node


@pytest.mark.parametrize(("path", "test"), list(declared()), ids=lambda value: getattr(value, "name", None))
def test_every_claim_is_declared_with_a_statement_and_a_control(path, test):
    decorator = test.decorator_list[0]
    words = {keyword.arg for keyword in decorator.keywords}
    assert ast.get_docstring(test)
    assert {"runs", "control"} <= words
    if decorator.func.id == "claim":
        assert {"source", "refuted_by"} <= words
        assert decorator.args[0].value in order(PAPER)
    else:
        assert decorator.func.id == "same_claim"
        assert decorator.args[0].id in {other.name for file, other in declared() if file == path}


@pytest.mark.parametrize("path", CLAIM_FILES, ids=lambda path: path.name)
def test_a_claim_file_says_what_would_refute_it_and_holds_no_number(path):
    tree = ast.parse(path.read_text())
    assert "Refuted by:" in ast.get_docstring(tree)
    numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)}
    assert numbers <= {0.0, 0.5, 1.0}, "a level of corruption or a share of a learning rate; the rest is in paper.toml"


def test_every_number_of_the_paper_has_its_place_and_every_limit_its_origin():
    tables = tomllib.loads(PAPER.read_text())
    for name in order(PAPER):
        assert tables[name]["where"]
        assert tables[name]["origin"]


@pytest.mark.parametrize(("network", "value"), [("alexnet", 0.0018), ("mlp-1x512", 0.0066), ("nobody", None)])
def test_the_papers_number_is_the_networks(network, value):
    entry = Paper.read(PAPER, "random-labels/zero-training-error", "fast", network)
    assert entry.value == value
    assert entry.limit == 0.0066
    with pytest.raises(AttributeError, match="'colour'"):
        _ = entry.colour


def test_a_limit_that_a_tier_lacks_is_an_error_where_it_is_asked_for():
    entry = Paper.read(PAPER, "random-labels/chance-test-accuracy", "own", "alexnet")
    assert entry.value == 0.0986
    expected = "no margin of random-labels/chance-test-accuracy for the tier own or for alexnet; it has fast, paper"
    with pytest.raises(AttributeError, match=expected):
        _ = entry.margin
    with pytest.raises(AttributeError, match=expected):
        _ = entry.at(0.001).margin


def test_a_limit_may_belong_to_a_tier():
    margins = [
        Paper.read(PAPER, "random-labels/chance-test-accuracy", tier, "alexnet").margin for tier in ("fast", "paper")
    ]
    assert margins == [0.06, 0.015]


def test_the_papers_figures_are_data():
    relative = figure(ROOT / "claims" / "figures.csv", "1b")
    assert relative["inception"][-1] == (1.0, 3.6)
    assert {len(points) for points in relative.values()} == {11}


def test_the_tiers_train_the_papers_networks():
    tiers = read(ROOT / "claims" / "tiers.toml")
    for tier in tiers.values():
        assert set(tier.networks) == set(FACTORIES) - {"linear"}
    for name, plan in tiers["paper"].networks.items():
        assert (plan.width, plan.subset, plan.recipe.batch, plan.recipe.decay) == (1.0, None, 128, 0.95)
        assert plan.recipe.learning_rate == (0.1 if name.startswith("inception") else 0.01)
        assert plan.recipe.momentum == 0.9


def test_the_fast_tier_decays_per_step_as_the_paper_does():
    for name, plan in read(ROOT / "claims" / "tiers.toml")["fast"].networks.items():
        for variant in (None, *plan.variants):
            varied = plan.varied(variant)
            by_epoch = 0.999 if variant == "table-4-crop" else 0.95
            steps = -(-varied.subset // varied.recipe.batch)
            assert varied.recipe.decay == pytest.approx(by_epoch ** (steps / 391), abs=1e-6), (name, variant)


def test_the_paper_is_complete():
    tables = tomllib.loads(PAPER.read_text())
    assert len(tables["tables"]["1"]["rows"]) == 19
    assert [len(tables["tables"][name]["rows"]) for name in "234"] == [8, 5, 6]
    assert tables["parameters"] == PARAMETERS
    assert tables["recipe"]["learning_rate"] == {
        name: plan.recipe.learning_rate for name, plan in read(ROOT / "claims" / "tiers.toml")["paper"].networks.items()
    }
    series = {name: len(figure(ROOT / "claims" / "figures.csv", name)) for name in ("1a", "1b", "1c", "2a", "2b")}
    assert series == {"1a": 5, "1b": 3, "1c": 3, "2a": 6, "2b": 4}


def test_every_open_choice_has_its_reason_and_every_contradiction_both_sides():
    tables = tomllib.loads(PAPER.read_text())
    assert all(set(entry) == {"what", "choice", "reason"} and all(entry.values()) for entry in tables["open"])
    assert all(set(entry) == {"item", "against", "view"} and all(entry.values()) for entry in tables["consistency"])


def test_every_arm_of_a_claim_is_trained_in_both_tiers():
    """A variant that no tier has would leave a claim unjudged in silence."""
    tiers = read(ROOT / "claims" / "tiers.toml")
    judged = {name: set() for name in order(PAPER)}
    for path in CLAIM_FILES:
        for claim in (test.claim for test in vars(import_file(path)).values() if hasattr(test, "claim")):
            judged[claim.id] |= {(case.tier.name, case.is_control) for case in cases(claim, tiers)}
    everywhere = {(tier, control) for tier in tiers for control in (False, True)}
    assert [name for name, found in judged.items() if found != everywhere] == []


def test_every_expected_deviation_is_of_a_case():
    tiers = read(ROOT / "claims" / "tiers.toml")
    declared = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    found = {(case.claim.id, case.tier.name, case.network) for claim in declared for case in cases(claim, tiers)}
    listed = deviations.read(ROOT / "claims" / "deviations.toml")
    assert [entry for entry in listed if (entry.claim, entry.tier, entry.network) not in found] == []
    deviations.check(listed, order(PAPER), tiers, "deviations.toml")


def fast_cases():
    """The cases of the fast tier, without controls."""
    tier = {"fast": read(ROOT / "claims" / "tiers.toml")["fast"]}
    declared = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    return [case for claim in declared for case in cases(claim, tier) if not case.is_control]


def test_every_claim_with_something_random_has_a_wrong_value_and_its_origin():
    """Beyond the limit, in every tier and of every network: the smallest deviation that matters is above zero."""
    tables = tomllib.loads(PAPER.read_text())
    tiers = read(ROOT / "claims" / "tiers.toml")
    declared = [test.claim for path in CLAIM_FILES for test in vars(import_file(path)).values() if hasattr(test, "claim")]
    for claim in declared:
        if claim.is_reading:  # what it deviates to is its control
            continue
        random = [case for case in cases(claim, tiers) if any(draws(spec) for spec in case.needs()) and not case.is_control]
        assert bool(random) == bool(tables[claim.id].get("wrong_origin")) == ("wrong" in tables[claim.id]), claim.id
        for case in random:
            assert Paper.read(PAPER, claim.id, case.tier.name, case.network).wrong is not None, (claim.id, str(case))


def test_the_calibration_is_of_every_case_of_the_fast_tier_and_no_other(calibration):
    """Run `pytest claims -m fast --calibrate` after a claim, a network or a number of seeds has changed."""
    declared = {
        (case.claim.id, str(case)): max(
            (len(specs) for levels in case.specs().values() for specs in levels.values() if draws(specs[0])), default=0
        )
        for case in fast_cases()
    }
    assert {(one.claim, one.case): one.seeds for one in calibration.designs} == declared


def test_the_calibration_is_by_the_limits_and_wrong_values_of_the_paper(calibration):
    for one in calibration.designs:
        entry = Paper.read(PAPER, one.claim, *one.case.split("-", 1))
        if one.seeds and not one.claim.startswith("readings/"):
            assert one.wrong == pytest.approx(entry.wrong), one
        if one.wrong is not None and "limit" in entry.fields and "wrong_part" not in entry.fields:
            assert one.limit == pytest.approx(entry.limit), one


def import_file(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_conftest_fits_on_one_screen():
    assert len((ROOT / "conftest.py").read_text().splitlines()) <= 50


def test_constraints_pin_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower().replace("_", "-") for line in wanted}
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "ci" / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    assert names <= pinned
