"""Problems that are solved, not trained: their specs, keys, prices and plans, and what each solver finds and spoils."""

import ast
import inspect
import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest
import torch

from rethinking_audit.fixtures.claimkit.arms import Solve
from rethinking_audit.fixtures.claimkit.case import Case, cases
from rethinking_audit.fixtures.claimkit.claim import Claim, Control
from rethinking_audit.fixtures.claimkit.tiers import ProblemPlan, Scale, Tier, read
from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.plugin import stage
from rethinking_audit.fixtures.runs import identity, prepare, solve
from rethinking_audit.fixtures.runs.cost import flops
from rethinking_audit.fixtures.runs.identity import canonical, key
from rethinking_audit.fixtures.runs.prices import PRICES
from rethinking_audit.fixtures.runs.session import Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks.solutions import Machine, Solutions, largest
from rethinking_audit.fixtures.theory import features, shallow, solve_kernels
from rethinking_audit.fixtures.theory.problem import SOLVERS, ProblemSpec, Sample, Task, spread
from rethinking_audit.fixtures.training.spec import Recipe, RunSpec
from rethinking_audit.reports import solves

ROOT = Path(__file__).parent.parent
TIERS = read(ROOT / "claims" / "tiers.toml")
SPEC = ProblemSpec.of("sgd", "digits", {"points": 10, "epochs": 5})
TRAINING = RunSpec(
    data="digits",
    network="linear",
    seed=0,
    recipe=Recipe(batch=32, learning_rate=0.1, momentum=0.9, decay=0.99, budget=2, patience=10),
)


def task(count=60, labels=None, seed=0):
    data = datasets.load("digits").subset(count)
    given = data.train_labels if labels is None else labels
    sample = Sample(data.train_images, given, data.test_images[:100], data.test_labels[:100], data.white, data.classes)
    return Task(sample, seed, "cpu", lambda done, of: None)


def found(problem, at=None, **parameters):
    values = SOLVERS[problem](at or task(), parameters)
    canonical(values)  # plain JSON, no NaN
    return values


# The spec


def test_a_spec_survives_json():
    spec = ProblemSpec.of("kernel-grid", "digits", {"scales": [1.0, 2.0], "l2s": [], "kind": "raw"}, subset=50)
    assert ProblemSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    assert hash(spec) == hash(ProblemSpec.from_dict(spec.to_dict()))


def test_a_problem_that_is_none_is_named():
    with pytest.raises(ValueError, match="no problem is called 'sgdd'; expected one of two-layer"):
        ProblemSpec.of("sgdd", "digits", {})


@pytest.mark.parametrize("field", [field.name for field in fields(ProblemSpec) if field.name != "data"])
def test_every_field_of_a_spec_is_in_its_key(field):
    other = {"problem": "depth", "seed": 1, "subset": 51, "corruption": 0.5, "parameters": (("points", 11),)}[field]
    assert key(replace(SPEC, **{field: other}), "cpu") != key(SPEC, "cpu")


def test_an_edit_of_the_theory_trains_no_network_again_nor_the_other_way_round(monkeypatch):
    solved, trained = key(SPEC, "cpu"), key(TRAINING, "cpu")
    monkeypatch.setattr(identity, "theory_digest", lambda: "edited")
    assert key(SPEC, "cpu") != solved
    assert key(TRAINING, "cpu") == trained
    monkeypatch.undo()
    monkeypatch.setattr(identity, "engine_digest", lambda: "edited")
    assert key(SPEC, "cpu") == solved
    assert key(TRAINING, "cpu") != trained


def test_the_sources_of_a_solve_are_all_that_its_room_holds():
    root = ROOT / "fixtures"
    listed = {path for pattern in identity.THEORY for path in root.glob(pattern)}
    assert set((root / "theory").glob("*.py")) <= listed
    assert all(any(root.glob(pattern)) for pattern in identity.THEORY)


def test_the_precision_is_in_the_key():
    assert identity.context(SPEC, "cpu")["numerics"]["dtype"] == "float64"
    signs = ProblemSpec.of("random-signs", "digits", {})
    assert identity.context(signs, "cpu")["numerics"]["dtype"] == "float32"


def test_places_are_spread_from_the_first_to_the_last():
    assert spread(10, 4).tolist() == [0, 3, 6, 9]
    assert spread(3, 10).tolist() == [0, 1, 2]


# The tiers


def planned():
    for tier in TIERS.values():
        for name, plan in tier.problems.items():
            for variant in (None, *plan.variants):
                parameters = {**plan.parameters, **(plan.variants[variant] if variant else {})}
                yield pytest.param(tier, plan, parameters, id=f"{tier.name}-{name}-{variant or 'own'}")


@pytest.mark.parametrize(("tier", "plan", "parameters"), list(planned()))
def test_every_problem_of_the_tiers_fits_its_solver_and_has_a_price(tier, plan, parameters):
    module, _, function = SOLVERS[plan.solver].place.partition(":")
    inspect.signature(getattr(import_module(f"rethinking_audit.fixtures.theory.{module}"), function)).bind(
        None, **parameters
    )
    spec = ProblemSpec.of(plan.solver, plan.data or tier.data, parameters, subset=plan.subset)
    assert flops(spec) > 0


def test_every_solver_has_a_price():
    assert set(PRICES) == set(SOLVERS)


def declared():
    for path in sorted((ROOT / "claims").glob("test_*.py")):
        text = path.read_text()
        if "problems=" in text:
            for node in ast.parse(text).body:
                if isinstance(node, ast.FunctionDef):
                    yield path, node.name


@pytest.mark.parametrize(("path", "name"), list(declared()), ids=lambda value: getattr(value, "stem", value))
def test_every_claim_about_problems_has_cases_in_both_tiers_and_a_control_that_differs(path, name):
    module = import_module(f"claims.{path.stem}")
    claim = getattr(module, name).claim
    known = {problem for tier in TIERS.values() for problem in tier.problems}
    assert set(claim.problems) <= known
    for tier in TIERS.values():
        about = cases(claim, {tier.name: tier})
        assert about
        for case in about:
            for one in claim.controls:
                control = Case(claim, tier, case.network, one)
                assert control.specs() != case.specs() or case.is_control
                assert set(control.specs()) == set(Case(claim, tier, case.network).specs())


def claim_of(*problems, **runs):
    def test(runs, paper, judge):
        pass

    return Claim("a/b", "s", "t", "r", runs or {"solved": Solve()}, (Control("c", {}),), test, problems=problems)


PLAN = ProblemPlan(solver="kernel", subset=100, sizes=(50, 100), seeds=1, parameters={"kind": "raw"})


def test_a_sweep_is_filed_by_size_and_a_missing_variant_left_out():
    tier = Tier("fast", "digits", False, {}, (), problems={"raw": PLAN})
    runs = {"sweep": Solve(sweep=True), "one": Solve(corruption=1.0), "none": Solve(variant="none")}
    specs = Case(claim_of("raw", **runs), tier, "raw").specs()
    assert {size: spec.subset for size, (spec,) in specs["sweep"].items()} == {50.0: 50, 100.0: 100}
    assert [spec.subset for spec in specs["one"][1.0]] == [100]
    assert "none" not in specs


def test_a_problem_has_its_own_data_and_need_of_a_gpu():
    problems = {"one": PLAN, "other": replace(PLAN, data="mnist", needs_gpu=True)}
    tier = Tier("paper", "cifar10", True, {}, (), problems=problems)
    one, other = (Case(claim_of("one", "other"), tier, name) for name in problems)
    assert [case.data for case in (one, other)] == ["cifar10", "mnist"]
    assert [case.needs_gpu for case in (one, other)] == [False, True]
    state = SimpleNamespace(device="cpu", device_was_chosen=False)
    assert stage.obstacle(other, state) == "the paper tier needs a GPU"


def test_who_asks_for_networks_asks_about_no_problem():
    tier = TIERS["fast"]
    assert tier.cut(Scale(), 901).problems == tier.problems
    assert tier.cut(Scale(networks=("alexnet",)), 901).problems == {}


def test_a_problem_at_another_scale():
    cut = TIERS["fast"].cut(Scale(subset=500, seeds=2, data="mnist"), 60_000)
    assert cut.problems["raw"].sizes == (112, 300, 500)
    assert cut.problems["raw"].subset == 500
    assert cut.problems["raw"].seeds == 1  # it draws nothing
    assert cut.problems["sgd-images"].seeds == 2
    paper = TIERS["paper"].cut(Scale(data="digits"), 901)
    assert Case(claim_of("raw"), paper, "raw").data == "mnist"  # a problem that names its data keeps them
    assert Case(claim_of("raw-colour"), paper, "raw-colour").data == "digits"


def test_a_tier_with_an_unknown_solver_is_refused_by_name(tmp_path):
    path = tmp_path / "tiers.toml"
    path.write_text('[fast]\ndata = "digits"\nneeds_gpu = false\nnetworks = {}\n[fast.problems.a]\nsolver = "b"\n')
    with pytest.raises(ValueError, match=r"tiers.toml, \[fast.problems.a\]: no problem is called 'b'"):
        read(path)


# The run


def test_a_solve_is_drained_like_a_training_and_its_record_is_the_same_wherever_it_is_made(tmp_path):
    records = []
    for name in ("one", "other"):
        store = Store(tmp_path / name)
        prepare.drain({key(SPEC, "cpu"): SPEC}, store, Session(tmp_path / "s"), "cpu", "main")
        records.append({**store.read(key(SPEC, "cpu")), "made": None})
    assert canonical(records[0]) == canonical(records[1])
    assert records[0]["spec"] == SPEC.to_dict()
    assert "no_image_in_both_splits" in records[0]["result"]["contracts"]


def test_a_solve_says_how_far_it_is(tmp_path, monkeypatch):
    beats = []
    monkeypatch.setattr(prepare, "BEAT_EVERY", 0)
    monkeypatch.setattr(Session, "beat", lambda self, worker, beat: beats.append(beat))
    spec = ProblemSpec.of("depth", "digits", {"depths": [2, 3]}, subset=50)
    prepare.drain({key(spec, "cpu"): spec}, Store(tmp_path), Session(tmp_path / "s"), "cpu", "main")
    assert [(beat.epoch, beat.budget, beat.unit) for beat in beats if beat][-1] == (1, 2, "part")


def test_labels_that_are_not_what_the_spec_says_break_a_contract(monkeypatch):
    monkeypatch.setattr(solve, "corrupt_labels", lambda labels, *_: (labels + 1) % 10)
    with pytest.raises(ContractBroken, match="label corruption"):
        solve.checked(SPEC)
    draws = iter(range(2))
    monkeypatch.setattr(solve, "corrupt_labels", lambda labels, *_: labels + next(draws))
    with pytest.raises(ContractBroken, match="same on every read"):
        solve.checked(SPEC)


# The solvers, and how each is spoiled


@pytest.mark.parametrize("labels", ["classes", "reals"])
def test_theorem_1_on_a_sample(labels):
    values = found("two-layer", labels=labels)
    assert values["weights"] == values["claimed"] == 2 * 60 + 64
    assert values["error"] <= values["rounding"] < 1e-9
    assert values["float32_error"] > 1e3 * values["error"]
    drawn = values["drawn"]
    at_points = np.interp(drawn["x"], drawn["corner_x"], drawn["corner_y"])  # a polygon: linear between its corners
    np.testing.assert_allclose(at_points, drawn["y"], atol=1e-9)


def test_theorem_1_spoiled():
    fewer, equal = found("two-layer", labels="reals", missing=True), found("two-layer", labels="classes", equal=True)
    assert fewer["weights"] == fewer["claimed"] - 1
    assert min(fewer["error"], equal["error"]) > 0.01
    assert "are equal and have the labels" in equal["refused"]


@pytest.mark.parametrize(("problem", "points"), [("all-signs", 6), ("rationals", 20)])
def test_small_samples_are_exact_and_one_weight_fewer_is_not_enough(problem, points):
    whole, fewer = (found(problem, points=points, missing=missing) for missing in (False, True))
    assert whole["error"] <= whole["rounding"]
    assert whole["weights"] == whole["claimed"]
    assert fewer["error"] > 0.01


def test_lemma_1_by_rows_is_lemma_1_by_the_matrix():
    values, spoiled = found("lemma"), found("lemma", interleave=False)
    assert values["rows"] == values["points"] == 60
    assert values["exactly_regular"]
    assert values["smallest_eigenvalue"] >= 0.74 * values["smallest_gap"]
    assert spoiled["rows"] < 60
    assert not spoiled["exactly_regular"]


def test_corollary_1_and_one_unit_fewer():
    values, narrow = (found("depth", depths=(2, 3, 7), narrow=narrow) for narrow in (False, True))
    assert values["layers"] == [2, 3, 7]
    assert max(values["errors"]) <= values["rounding"]
    assert all(width <= bound for width, bound in zip(values["width"], values["widths_bound"], strict=True))
    assert all(width < bound for width, bound in zip(narrow["width"], narrow["widths_bound"], strict=True))
    assert min(narrow["errors"]) > 0.01


@pytest.mark.parametrize("dimensions", [None, 50])
def test_sgd_from_zero_and_from_elsewhere(dimensions):
    values, elsewhere = (found("sgd", points=10, epochs=500, dimensions=dimensions, off_span=off) for off in (False, True))
    assert values["distance"] < 1e-8
    assert values["norm"] == pytest.approx(values["smallest_norm"])
    assert elsewhere["distance"] > 0.5
    assert elsewhere["residual"] < 1e-8


def test_sgd_needs_more_dimensions_than_points():
    with pytest.raises(ValueError, match="60 points in 50 dimensions"):
        found("sgd", points=60, epochs=1, dimensions=50)


def test_the_curvature_of_a_linear_model_and_of_a_network():
    linear, network = found("curvature", points=6, optima=3), found("curvature", points=6, optima=3, units=8)
    assert linear["difference"] < 1e-12
    assert linear["rank"] <= 6
    assert network["difference"] > 0.1
    assert max(linear["losses"] + network["losses"]) < 1e-20
    assert min(linear["apart"], network["apart"]) > 0.1


def test_a_kernel_machine_on_true_and_on_random_labels():
    random = np.random.default_rng(0).integers(0, 10, 300)
    true, random = (found("kernel", at, kind="raw", gamma=0.2) for at in (task(300), task(300, random)))
    assert true["train_error"] == random["train_error"] == 0
    assert true["residual"] < 1e-9
    assert true["test_error"] < 0.1
    assert random["test_error"] > 0.7
    assert random["norm"] > true["norm"]


def test_a_grid_leaves_out_what_float64_cannot_solve():
    values = found("kernel-grid", task(300), kind="raw", scales=(1e-17, 1.0, 4.0), l2s=(0.01, 1.0))
    assert values["norms"][0] is None
    assert values["held_out_errors"][0] is None
    assert values["chosen"] in (1, 2)
    assert values["held_out"] == 60
    assert values["l2"] in (0.01, 1.0)
    assert [machine.scale for machine in Solutions([values]).machines[0]] == [1.0, 4.0]
    with pytest.raises(ValueError, match="expected a narrower kernel"):
        found("kernel-grid", kind="raw", scales=(1e-17,), l2s=(1.0,))
    with pytest.raises(ValueError, match="kind of features is 'pixels', expected raw or gabor"):
        found("kernel", kind="pixels")


def test_the_products_of_random_filters_are_made_once_for_all_labels(monkeypatch):
    made, gram = [], features.gram
    monkeypatch.setattr(features, "gram", lambda *given, **more: made.append(1) or gram(*given, **more))
    solve_kernels.forget()
    at = task(200)
    relabelled = replace(at, sample=replace(at.sample, labels=at.sample.labels[::-1].copy()))
    first, other = (found("random-filters", one, filters=60, l2s=(0.1,)) for one in (at, relabelled))
    assert len(made) == 2  # of the images with themselves, and with the test images
    assert first["test_error"] != other["test_error"]
    solve_kernels.forget()
    assert found("random-filters", relabelled, filters=60, l2s=(0.1,)) == other
    for differs in (replace(at, seed=1), task(150)):
        found("random-filters", differs, filters=60, l2s=(0.1,))
    found("random-filters", at, filters=50, l2s=(0.1,))
    assert len(made) == 10


def test_random_filters_with_and_without_l2():
    values = found("random-filters", task(200), filters=60, l2s=(0.001, 0.1), tests=50)
    assert values["tested"] == 50
    assert values["train_error"] == 0
    assert values["residual"] < 1e-6
    assert values["test_error"] < 0.3
    assert values["l2_norm"] < values["norm"]


def test_random_signs_are_fitted_and_a_small_class_is_as_small_as_known():
    recipe = {"draws": 3, "width": 256, "rate": 0.1, "batch": 32, "budget": 200}
    networks, ball = found("random-signs", **recipe), found("random-signs", **recipe, linear=True)
    assert networks["correlations"] == [1.0, 1.0, 1.0]
    assert networks["epochs"] < 200
    assert max(ball["correlations"]) < 0.5
    assert 0 < ball["known_low"] < ball["known_high"] < 0.5


def test_a_replaced_example_changes_a_network_and_hardly_ridge_regression():
    recipe = {"replaced": 2, "width": 256, "rate": 0.1, "batch": 32, "budget": 200}
    networks, ridge = found("replace-one", **recipe), found("replace-one", **recipe, l2=100.0)
    assert networks["train_errors"] == [0.0] * 4
    assert min(networks["changes"]) > 0.5
    assert max(ridge["changes"]) < 0.1
    assert max(ridge["changes"]) <= ridge["known_high"]


def test_fused_slopes_are_those_of_each_network():
    recipe = shallow.Recipe(width=7, rate=0.1, batch=5, budget=1)
    networks = shallow.fresh(4, recipe, [0, 1, 0], "cpu")
    points, signs = torch.randn(5, 4), torch.tensor([[1.0, -1, 1, 1, -1]] * 2 + [[-1.0, -1, 1, 1, 1]])
    assert torch.equal(networks.weights[0][0], networks.weights[0][2])
    weights = [part.clone().requires_grad_() for part in networks.weights]
    losses = torch.nn.functional.softplus(-signs * shallow.Networks(weights)(points)).mean(1)
    for own, expected in zip(
        shallow.slopes(networks, points, signs), torch.autograd.grad(losses.sum(), weights), strict=True
    ):
        torch.testing.assert_close(own, expected)


# What a claim's test is given


def grid(**changes):
    columns = {
        "scales": [1.0, 2.0, 4.0],
        "norms": [30.0, None, 10.0],
        "test_errors": [0.05, None, 0.04],
        "held_out_errors": [0.04, None, 0.05],
        "held_out": 100,
    }
    return Solutions([{**columns, **changes}])


def test_a_grids_best_are_those_that_held_out_images_cannot_tell_apart():
    assert grid().best[0] == [Machine(1.0, 30.0, 0.05, 0.04), Machine(4.0, 10.0, 0.04, 0.05)]
    assert grid(held_out=100_000).best[0] == [Machine(1.0, 30.0, 0.05, 0.04)]
    assert grid().best[0][0].accuracy == 0.95


def test_values_are_attributes_by_seed():
    solved = Solutions([{"error": 0.1}, {"error": 0.3}])
    assert solved.error == [0.1, 0.3]
    assert solved.bounds("error") == [(0.1, 0.1), (0.3, 0.3)]
    assert solved.worst("error") == {"error": 0.3}
    assert solved.accuracies("error") == [0.9, 0.7]
    assert largest({10.0: Solutions([]), 20.0: solved}) is solved
    with pytest.raises(AttributeError, match="no value 'norm'; it has error"):
        _ = solved.norm


# From the outside


def test_problems_are_judged_and_recorded_as_a_user_runs_them(tmp_path):
    places = ["--store", str(tmp_path / "store"), "--report", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "claims/test_linear_models.py", "-m", "fast", *places],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    audit = json.loads((tmp_path / "audit.json").read_text())
    jsonschema.validate(audit, json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text()))
    controls = {case["control"]["verdict"] for claim in audit["claims"] for case in claim["cases"]}
    assert controls == {"REFUTED"}
    assert all({"spec", "values", "seconds"} == set(run) for run in audit["runs"].values())
    assert "20 points in 64 dimensions" in (tmp_path / "audit.html").read_text()


def judged(network, runs, **fields):
    return {"network": network, "tier": "fast", "data": "digits", "runs": {"solved": {"0.0": runs}}, **fields}


def claim_with(name, cases, series=None):
    return {"id": name, "cases": cases, "paper_figure": {"name": "x", "series": series} if series else None}


def test_the_report_draws_three_charts_of_solves():
    drawn = {"x": [0.0, 1.0], "y": [1.0, -1.0], "corner_x": [0.0, 0.5, 1.0], "corner_y": [1.0, 0.0, -1.0]}
    runs = {
        "a": {"values": {"drawn": drawn, "points": 2, "dimensions": 3}},
        "b": {"values": {"images": 1000, "test_error": 0.05, "l2_test_error": 0.04}},
        "c": {"values": {"kind": "raw", "norms": [30.0, None], "test_errors": [0.05, None], "images": 10}},
        "d": {"curves": {}},
    }
    (polygon,) = solves.charts(claim_with("expressivity/two-layer", [judged("reals", ["a"])]), runs)
    assert [(line.name, bool(line.path), len(line.marks)) for line in polygon.lines] == [
        ("the network", True, 0),
        ("the sample", False, 2),
    ]
    series = {"raw": [[60000, 0.012]]}
    (sizes,) = solves.charts(claim_with("kernel/interpolates-and-generalizes", [judged("raw", ["b"])], series), runs)
    assert [line.name for line in sizes.lines] == ["raw", "raw, with l2"]  # the paper's size is too far away to draw
    near = {"raw": [[2000, 0.012]]}
    (sizes,) = solves.charts(claim_with("kernel/interpolates-and-generalizes", [judged("raw", ["b"])], near), runs)
    assert [line.name for line in sizes.lines] == ["raw", "raw (paper)", "raw, with l2"]
    (norms,) = solves.charts(claim_with("kernel/minimum-norm-not-predictive", [judged("raw-grid", ["c"])]), runs)
    assert len(norms.lines[0].marks) == 1  # what could not be solved is not drawn
    assert solves.charts(claim_with("linear/curvature", [judged("curvature", ["a"])]), runs) == []
    assert solves.charts(claim_with("random-labels/x", [judged("alexnet", ["d"])]), runs) is None


def test_the_report_says_on_how_much_a_problem_was_solved():
    values = [{"images": 1000}, {"images": 20000}]
    assert solves.about(judged("raw", ["a"]), values) == "1,000 to 20,000 images, of digits"
    assert solves.about(judged("sgd", ["a", "b"]), [{"points": 20, "dimensions": 64}]) == (
        "2 seeds, 20 points in 64 dimensions, of digits"
    )


def test_fewer_test_images_are_of_all_classes():
    """Images of a folder lie in the order of their classes: the first of them are of one."""
    at = task(200)
    order = np.argsort(at.sample.test_labels, kind="stable")
    ordered = replace(at.sample, test_images=at.sample.test_images[order], test_labels=at.sample.test_labels[order])
    values = found("random-filters", replace(at, sample=ordered), filters=60, l2s=(0.1,), tests=40)
    unordered = found("random-filters", at, filters=60, l2s=(0.1,))
    assert abs(values["test_error"] - unordered["test_error"]) < 0.15
    assert values["tested"] == 40
