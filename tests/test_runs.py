"""Identity, plan and prepare stage."""

import subprocess
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path

import pytest

from rethinking_audit.fixtures.claimkit.arms import Arm, Sweep
from rethinking_audit.fixtures.claimkit.case import Case, cases
from rethinking_audit.fixtures.claimkit.claim import Claim, Control, claim
from rethinking_audit.fixtures.claimkit.tiers import NetworkPlan, Scale, Tier, read
from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.datasets import DataUnavailable
from rethinking_audit.fixtures.runs import identity, prepare, queue, together
from rethinking_audit.fixtures.runs.carry_out import carry_out
from rethinking_audit.fixtures.runs.identity import canonical, context, key
from rethinking_audit.fixtures.runs.plan import Plan, keys_of
from rethinking_audit.fixtures.runs.session import CONTRACT, DATA, ERROR, Failure, Heartbeat, Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.runs.together import carry_out_together, sweep_of
from rethinking_audit.fixtures.runs.witness import Witness
from rethinking_audit.fixtures.training.executor import (
    CAPTURED,
    CHOICES,
    FUSED,
    REDUCED,
    REFERENCE,
    SOURCES,
    company,
    executor_of,
)
from rethinking_audit.fixtures.training.executor import check as check_executor
from rethinking_audit.fixtures.training.fused import FusedSweep
from rethinking_audit.fixtures.training.lanes import Lanes
from rethinking_audit.fixtures.training.spec import Recipe, RunSpec

ROOT = Path(__file__).parent.parent
RECIPE = Recipe(batch=32, learning_rate=0.1, momentum=0.9, decay=0.99, budget=2, patience=10, test_every=0)
SPEC = RunSpec(data="digits", network="mlp-1x512", recipe=RECIPE, seed=0, subset=50, width=0.1)
VARIANTS = {"decayed": {"weight_decay": 0.1}, "few": {"subset": 20, "seeds": 1, "decay": 0.5}}
PLANS = {"mlp-1x512": NetworkPlan(RECIPE, 2, (0.0, 0.5, 1.0), VARIANTS, 0.1, 50)}
TIER = Tier("fast", "digits", False, PLANS, tuple(PLANS))


def declared(**changes):
    arms = {"random": Arm(corruption=1.0), "true": Arm()}
    base = {"id": "a/b", "statement": "s", "source": "t", "refuted_by": "r", "runs": arms}
    base["controls"] = (Control("c", {}),)
    return Claim(test=lambda runs, paper, judge: None, **{**base, **changes})


def test_canonical_json_has_one_form():
    assert canonical({"b": [1, 0.5], "a": None}) == '{"a":null,"b":[1,0.5]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


@pytest.mark.parametrize("field", [field.name for field in fields(RunSpec) if field.name not in ("recipe", "data")])
def test_every_field_of_a_spec_is_in_its_key(field):
    other = {"network": "linear", "seed": 1, "corruption": 0.5, "inputs": "random", "subset": 51, "width": 0.2}[field]
    assert key(replace(SPEC, **{field: other}), "cpu") != key(SPEC, "cpu")


@pytest.mark.parametrize("field", [field.name for field in fields(Recipe)])
def test_every_field_of_a_recipe_is_in_the_key(field):
    value = getattr(RECIPE, field)
    other = (not value) if isinstance(value, bool) else value + 1
    assert key(replace(SPEC, recipe=replace(RECIPE, **{field: other})), "cpu") != key(SPEC, "cpu")


@pytest.mark.parametrize("part", ["engine_digest", "torch_minor"])
def test_code_and_torch_are_in_the_key(monkeypatch, part):
    before = key(SPEC, "cpu")
    monkeypatch.setattr(identity, part, lambda: "another")
    assert key(SPEC, "cpu") != before


@pytest.mark.parametrize("patterns", [identity.ENGINE, identity.THEORY])
def test_every_byte_and_every_name_of_the_source_is_in_its_digest(monkeypatch, tmp_path, patterns):
    rooms = tmp_path / "fixtures"
    for pattern in patterns:
        path = rooms / pattern.replace("*", "other")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {pattern} is read as UTF-8: ä\n", encoding="utf-8")
    monkeypatch.setattr(identity, "__file__", str(rooms / "runs" / "identity.py"))
    found = [identity._digest(patterns)]
    for pattern in patterns:
        path = rooms / pattern.replace("*", "other")
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        found.append(identity._digest(patterns))
    path.rename(path.with_name("renamed.py"))
    found.append(identity._digest(patterns))
    assert len(set(found)) == len(found)
    (rooms / "README.md").write_text("no source")
    assert identity._digest(patterns) == found[-1]


def test_the_digest_of_the_source_is_of_the_files_as_they_are():
    files = ["training/loop.py", "training/spec.py"]
    texts = {file: (ROOT / "fixtures" / file).read_text(encoding="utf-8") for file in files}
    assert identity._digest(("training/spec.py", "training/loop.py")) == identity.sha256(texts)
    assert identity.engine_digest.__wrapped__() == identity._digest(identity.ENGINE)
    assert identity.theory_digest.__wrapped__() == identity._digest(identity.THEORY)


def test_numerics_are_in_the_key_and_the_card_is_not():
    assert key(SPEC, "cpu") != key(SPEC, "cuda:0") == key(SPEC, "cuda:3")


def test_a_spec_survives_json():
    assert RunSpec.from_dict(SPEC.to_dict()) == SPEC


def test_a_claim_names_its_runs_as_data():
    case = Case(declared(), TIER, "mlp-1x512")
    assert [(spec.corruption, spec.seed) for spec in case.needs()] == [(1.0, 0), (1.0, 1), (0.0, 0), (0.0, 1)]


def test_a_control_is_the_claim_on_other_runs():
    control = Control("c", {"random": Arm(corruption=1.0, network="linear")})
    needs = Case(declared(controls=(control,)), TIER, "mlp-1x512", control).needs()
    assert {spec.network for spec in needs} == {"linear", "mlp-1x512"}


def test_a_variant_changes_the_recipe_and_the_plan():
    (decayed,) = Arm(variant="decayed").specs(TIER, "mlp-1x512").values()
    assert {spec.recipe.weight_decay for spec in decayed} == {0.1}
    assert len(decayed) == 2
    (few,) = Arm(variant="few").specs(TIER, "mlp-1x512").values()
    assert [(spec.subset, spec.seed, spec.recipe.decay) for spec in few] == [(20, 0, 0.5)]


def test_an_arm_without_its_variant_has_no_runs_and_the_claim_is_judged_only_if_it_is_optional():
    arm = Arm(variant="unheard-of")
    assert arm.specs(TIER, "mlp-1x512") == {}
    assert cases(declared(runs={"true": Arm(), "other": arm}), {"fast": TIER}) == []
    optional = Arm(variant="unheard-of", optional=True)
    case, _ = cases(declared(runs={"true": Arm(), "other": optional}), {"fast": TIER})
    assert list(case.specs()) == ["true"]


def test_an_arm_of_another_network_has_that_networks_recipe():
    other = replace(PLANS["mlp-1x512"], seeds=3)
    tier = replace(TIER, networks={**PLANS, "mlp-3x512": other})
    (specs,) = Arm(network="mlp-3x512").specs(tier, "mlp-1x512").values()
    assert [(spec.network, spec.seed) for spec in specs] == [("mlp-3x512", 0), ("mlp-3x512", 1), ("mlp-3x512", 2)]


def test_a_tier_may_decide_a_claim_of_some_networks_only():
    tier = replace(TIER, networks={**PLANS, "linear": PLANS["mlp-1x512"]}, judged=("mlp-1x512", "linear"))
    assert {case.network for case in cases(declared(), {"fast": tier})} == {"mlp-1x512", "linear"}
    assert {case.network for case in cases(declared(networks=("linear",)), {"fast": tier})} == {"linear"}
    only = replace(tier, only={"a/b": ("linear",)})
    assert {case.network for case in cases(declared(), {"fast": only})} == {"linear"}


def test_a_cut_tier_keeps_the_schedule_by_steps():
    """100 images in steps of 32 are 4 steps an epoch, 50 are 2: half an epoch decays by the root."""
    tier = replace(TIER, networks={"mlp-1x512": replace(PLANS["mlp-1x512"], subset=None)})
    cut = tier.cut(Scale(subset=50), 100).networks["mlp-1x512"]
    assert cut.recipe.decay == pytest.approx(0.99**0.5)
    assert cut.varied("few").recipe.decay == pytest.approx(0.5**0.5)
    assert cut.varied("few").subset == 50  # what is asked for goes before what a variant says
    same = tier.cut(Scale(seeds=1), 100).networks["mlp-1x512"]
    assert (same.recipe.decay, same.varied("few").seeds) == (0.99, 1)


def test_a_permuted_sweep_files_each_level_under_another():
    plain, permuted = (Sweep(permuted=flag).specs(TIER, "mlp-1x512") for flag in (False, True))
    assert [specs[0].corruption for specs in plain.values()] == [0.0, 0.5, 1.0]
    assert [specs[0].corruption for specs in permuted.values()] == [1.0, 0.5, 0.0]
    assert list(permuted) == list(plain)


def test_a_control_may_be_for_some_networks():
    tier = replace(TIER, networks={**PLANS, "linear": PLANS["mlp-1x512"]}, judged=("mlp-1x512", "linear"))
    found = cases(declared(controls=(Control("c", {}, networks=("linear",)),)), {"fast": tier})
    assert [str(case) for case in found] == ["fast-mlp-1x512", "fast-linear", "fast-linear-control"]


@pytest.mark.parametrize(("statement", "arms"), [(None, {}), ("It holds.", {"unknown": Arm()})])
def test_a_claim_without_statement_or_with_a_foreign_control_is_refused(statement, arms):
    def test():
        pass

    test.__doc__ = statement
    with pytest.raises(TypeError, match="'a/b'"):
        claim("a/b", source="s", refuted_by="r", runs={"random": Arm()}, control=Control("c", arms))(test)


def test_a_tier_with_an_unknown_field_is_refused_by_name(tmp_path):
    path = tmp_path / "tiers.toml"
    path.write_text(
        '[fast]\ndata = "digits"\nneeds_gpu = false\n'
        "[fast.networks.linear]\nseeds = 1\nlevels = []\nrecipe = { speed = 3 }\n"
    )
    with pytest.raises(ValueError, match=r"tiers.toml, \[fast.networks.linear\].*speed"):
        read(path)


def test_runs_that_claims_share_are_planned_once(tmp_path):
    both = [Case(declared(id=name), TIER, "mlp-1x512") for name in ("a/b", "c/d")]
    plan = Plan.of(both, "cpu")
    assert len(plan.runs) == 4
    assert sorted(plan.runs) == sorted(k for arm in keys_of(both[0], "cpu").values() for keys in arm.values() for k in keys)
    missing = list(plan.missing(Store(tmp_path)).values())
    assert [spec.corruption for spec in missing] == [1.0, 1.0, 0.0, 0.0]  # the longest first


@pytest.mark.parametrize(
    ("executor", "sweep", "reduced"), [(FUSED, FusedSweep, None), (CAPTURED, Lanes, False), (REDUCED, Lanes, True)]
)
def test_every_executor_but_the_reference_loop_has_a_sweep(executor, sweep, reduced, monkeypatch):
    """Through which a run goes from its spec to its record; of captured steps nothing is said that nobody saw."""
    made = sweep_of(executor, 2)
    assert (type(made), made.slots, getattr(made, "reduced", None)) == (sweep, 2, reduced)
    monkeypatch.setattr(together, "executor_of", lambda *_: executor)
    specs = [replace(SPEC, seed=seed) for seed in range(3)]
    records = [record["result"] for _, record in carry_out_together(iter(specs), "cpu", executor, slots=2)]
    assert len(records) == 3
    for record in records:
        assert ("steps by the recipe" in record["contracts"]) == (executor == FUSED)


def plan_of(count):
    specs = [replace(SPEC, seed=seed) for seed in range(count)]
    return {key(spec, "cpu"): spec for spec in specs}


def test_a_drained_plan_is_in_the_store_and_not_made_again(tmp_path, monkeypatch):
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    prepare.drain(plan, store, session, "cpu", "main")
    assert all(store.read(name)["spec"] == spec.to_dict() for name, spec in plan.items())
    monkeypatch.setattr(prepare.Drain, "make", lambda *_: pytest.fail("was made again"))
    prepare.drain(plan, store, session, "cpu", "main")


def test_a_record_is_the_same_wherever_it_is_made(tmp_path):
    """Apart from what it says of how it was made."""
    stores = [Store(tmp_path / name) for name in ("one", "other")]
    for store in stores:
        prepare.drain(plan_of(1), store, Session(tmp_path / "s"), "cpu", "main")
    records = [{**store.read(next(iter(plan_of(1)))), "made": None} for store in stores]
    assert canonical(records[0]) == canonical(records[1])


def test_two_drains_share_the_work(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(prepare, "carry_out", lambda spec, *_: made.append(spec.seed) or {"result": spec.seed})
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(8)
    threads = [
        threading.Thread(target=prepare.drain, args=(plan, store, session, "cpu", f"gw{n}", REFERENCE)) for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(made) == list(range(8))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ContractBroken("fresh weights", "it was trained"), CONTRACT),
        (DataUnavailable("gone"), DATA),
        (RuntimeError("boom"), ERROR),
    ],
)
def test_a_run_that_cannot_be_made_is_noted_and_tried_once(tmp_path, monkeypatch, error, kind):
    attempts = []

    def fail(*_):
        attempts.append(1)
        raise error

    monkeypatch.setattr(prepare, "carry_out", fail)
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(2)
    for _ in range(2):
        prepare.drain(plan, store, session, "cpu", "main", REFERENCE)
    failures = [session.failure(name) for name in plan]
    assert [failure.kind for failure in failures] == [kind, kind]
    assert all(str(error) in failure.message for failure in failures)
    assert len(attempts) == 2
    assert session.beats() == {}


def test_a_fused_sweep_leaves_a_record_for_each_run_as_soon_as_it_is_over(tmp_path):
    """Which says what trained it, and what it cost; the runs are those of the reference loop."""
    store, session = Store(tmp_path), Session(tmp_path / "s")
    lengths = {seed: replace(SPEC, seed=seed, recipe=replace(RECIPE, budget=1 + seed)) for seed in range(3)}
    plan = {key(spec, "cpu"): spec for spec in lengths.values()}
    seen = []
    for spec, made in carry_out_together(iter(lengths.values()), "cpu", FUSED):
        seen.append(spec.seed)
        store.write(key(spec, "cpu"), made)
    assert seen == [0, 1, 2]
    for name, spec in plan.items():
        record = store.read(name)
        assert record["context"]["executor"]["name"] == FUSED
        assert record["made"]["seconds"] > 0
        alone = carry_out(spec, "cpu")
        assert alone["context"]["executor"] == {"name": REFERENCE, "source": None}
        assert record["result"]["epochs"] == alone["result"]["epochs"]
        assert record["result"]["contracts"] == alone["result"]["contracts"]
        assert record["result"]["curves"]["train_loss"] == pytest.approx(alone["result"]["curves"]["train_loss"], rel=1e-4)
    prepare.drain(plan, store, session, "cpu", "main")
    assert session.expected() == {}


def test_a_run_that_cannot_be_prepared_takes_no_other_with_it(tmp_path, monkeypatch):
    def ready(spec, *rest):
        if spec.seed == 1:
            raise ContractBroken("fresh weights", "it was trained")
        return prepared(spec, *rest)

    prepared = queue.ready
    monkeypatch.setattr(queue, "ready", ready)
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    prepare.drain(plan, store, session, "cpu", "main")
    assert [store.has(name) for name in plan] == [True, False, True]
    assert session.failure(list(plan)[1]).kind == CONTRACT
    assert session.beats() == {}


def test_a_contract_that_one_run_breaks_ends_that_run_alone(tmp_path, monkeypatch):
    saw = Witness.saw

    def seen(self, loss, *exact):
        if self.spec.seed == 1 and self.epoch == 1:
            raise ContractBroken("steps by the recipe", "it was cut")
        saw(self, loss, *exact)

    monkeypatch.setattr(Witness, "saw", seen)
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    prepare.drain(plan, store, session, "cpu", "main")
    assert [store.has(name) for name in plan] == [True, False, True]
    failure = session.failure(list(plan)[1])
    assert (failure.kind, failure.contract) == (CONTRACT, "steps by the recipe")
    alone = carry_out(list(plan.values())[2], "cpu")["result"]
    assert store.read(list(plan)[2])["result"]["epochs"] == alone["epochs"]


def test_an_error_in_a_step_is_of_all_that_take_it_and_leaves_what_was_finished(tmp_path, monkeypatch):
    """Such as memory that does not suffice: nothing is tried again at another size."""
    epoch = FusedSweep.epoch

    def fail(sweep):
        if sweep.runs[0].epoch:
            raise MemoryError("no more")
        return epoch(sweep)

    monkeypatch.setattr(FusedSweep, "epoch", fail)
    store, session = Store(tmp_path), Session(tmp_path / "s")
    short, *others = (replace(SPEC, seed=seed, recipe=replace(RECIPE, budget=1 if seed == 0 else 5)) for seed in range(3))
    plan = {key(spec, "cpu"): spec for spec in (short, *others)}
    prepare.drain(plan, store, session, "cpu", "main")
    assert [store.has(name) for name in plan] == [True, False, False]
    assert all("MemoryError: no more" in session.failure(name).message for name in list(plan)[1:])


def test_what_another_process_holds_is_left_to_it(tmp_path):
    store, session, plan = Store(tmp_path), Session(tmp_path / "s"), plan_of(3)
    waiting = queue.Queue(dict(plan), store, session)
    with store.lock(next(iter(plan))):
        prepare.Drain(waiting, "cpu", "main", FUSED).make(*waiting.take())
        assert [store.has(name) for name in plan] == [False, True, True]
        assert waiting.take() is None
        assert list(waiting.pending) == list(plan)[:1]
    assert waiting.take() is not None


def test_an_interrupted_sweep_lets_go_of_its_runs(tmp_path, monkeypatch):
    def stop(sweep):
        raise KeyboardInterrupt

    monkeypatch.setattr(FusedSweep, "epoch", stop)
    store, plan = Store(tmp_path), plan_of(2)
    with pytest.raises(KeyboardInterrupt):
        prepare.drain(plan, store, Session(tmp_path / "s"), "cpu", "main")
    for name in plan:
        with store.lock(name).acquire(timeout=0):
            pass


@pytest.mark.parametrize(
    ("change", "device", "asked", "name"),
    [
        ({}, "cpu", "auto", "fused"),
        ({}, "cpu", "reference", "reference"),
        ({}, "cuda:0", "auto", "fused"),
        ({}, "cuda:0", "captured", "captured"),
        ({}, "cuda:0", "reduced", "reduced"),
        ({}, "cuda:0", "fused", "fused"),
        ({"network": "alexnet"}, "cuda:0", "fused", "reference"),
        ({"network": "nearest-neighbour"}, "cuda:0", "captured", "reference"),
        ({"network": "alexnet"}, "cpu", "fused", "reference"),
        ({"network": "alexnet"}, "cpu", "auto", "direct"),
        ({"network": "alexnet"}, "cuda:0", "auto", "reference"),
        ({"network": "alexnet", "recipe": replace(RECIPE, budget=999)}, "cuda:0", "auto", "reference"),
        ({"network": "alexnet", "recipe": replace(RECIPE, budget=1000)}, "cuda:0", "auto", "reduced"),
        ({"network": "alexnet", "recipe": replace(RECIPE, budget=1000, crop=True)}, "cuda:0", "auto", "reduced"),
        ({"recipe": replace(RECIPE, budget=1000, crop=True)}, "cuda:0", "auto", "reduced"),
        ({"network": "alexnet"}, "cuda:0", "direct", "direct"),
        ({"recipe": replace(RECIPE, crop=True)}, "cpu", "auto", "direct"),
        ({"network": "nearest-neighbour"}, "cpu", "auto", "reference"),
        ({"recipe": replace(RECIPE, crop=True)}, "cpu", "fused", "reference"),
        ({"recipe": replace(RECIPE, dropout=0.5)}, "cuda:0", "captured", "reference"),
    ],
)
def test_who_trains_a_run(change, device, asked, name):
    assert executor_of(replace(SPEC, **change), device, asked) == name


def test_the_executor_is_in_the_key():
    assert key(SPEC, "cpu") == key(SPEC, "cpu", "fused") != key(SPEC, "cpu", "reference")
    conv = replace(SPEC, network="alexnet")
    assert key(conv, "cpu") == key(conv, "cpu", "direct") != key(conv, "cpu", "reference") == key(conv, "cpu", "fused")
    assert len({key(conv, "cuda:0", asked) for asked in CHOICES}) == 4  # of so few steps auto is the reference loop's


def test_a_run_of_reduced_precision_says_so():
    full, reduced = (context(SPEC, "cuda:0", asked) for asked in (CAPTURED, REDUCED))
    assert full["executor"]["source"] == reduced["executor"]["source"]
    assert (full["numerics"]["matmul"], reduced["numerics"]["matmul"]) == ("highest", "high")
    assert "bfloat16" in reduced["numerics"]["passes"]


@pytest.mark.parametrize(("asked", "device"), [("fast", "cpu"), ("captured", "cpu"), ("reduced", "cpu")])
def test_an_executor_that_is_not_to_be_had_is_quoted(asked, device):
    with pytest.raises(ValueError, match=repr(asked)):
        check_executor(asked, device)


def test_runs_are_fused_that_share_their_images():
    assert company(SPEC) == company(replace(SPEC, seed=1, corruption=0.5, recipe=replace(RECIPE, learning_rate=1.0)))
    assert company(SPEC) != company(replace(SPEC, recipe=replace(RECIPE, batch=16)))
    noise = replace(SPEC, inputs="gaussian")
    assert company(SPEC) != company(noise) != company(replace(noise, seed=1))


def test_every_source_of_a_training_is_in_somebodys_key():
    root = ROOT / "fixtures"
    listed = {path for patterns in (identity.ENGINE, *SOURCES.values()) for name in patterns for path in root.glob(name)}
    choosing = {root / "training" / name for name in ("__init__.py", "executor.py")}
    assert set((root / "training").glob("*.py")) - choosing <= listed
    assert set((root / "networks").glob("*.py")) <= listed


def test_a_lock_whose_holder_was_killed_is_free(tmp_path):
    program = (
        "import sys; from pathlib import Path; from rethinking_audit.fixtures.runs.store import Store\n"
        "Store(Path(sys.argv[1])).lock('k').acquire(); print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout.readline() == b"held\n"
        child.kill()
        child.wait()
        with Store(tmp_path).lock("k").acquire(timeout=1):
            pass


def test_the_notes_of_a_session(tmp_path):
    session = Session(tmp_path)
    assert session.manifest() is None
    session.write_manifest({"runs": 1})
    session.write_manifest({"runs": 2})
    assert session.manifest() == {"runs": 1}  # the first worker's; all collect the same
    session.fail("k", Failure(ERROR, "boom"))
    assert session.failure("k") == Failure(ERROR, "boom")
    session.beat("gw0", Heartbeat("run", 3, 10, 0.5))
    assert session.beats() == {"gw0": Heartbeat("run", 3, 10, 0.5)}
    for _ in range(2):
        session.beat("gw0", None)
        assert session.beats() == {}
