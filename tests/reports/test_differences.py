"""Two audits that differ in every way, a case over several audits, and a summary at its limit: exactly what is told."""

import copy
import json
import math
from collections import defaultdict
from xml.etree import ElementTree

import pytest
from scipy import stats

from rethinking_audit.fixtures.record.exit_codes import merged_exit_code
from rethinking_audit.fixtures.record.reading import UnreadableAudit
from rethinking_audit.reports import markdown
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.comparison import told
from rethinking_audit.reports.cusum import Cusum
from rethinking_audit.reports.experiment import another_machine, obstacle
from rethinking_audit.reports.folder import read_folder
from rethinking_audit.reports.history import histories
from rethinking_audit.reports.junit import junit
from rethinking_audit.reports.markdown import code, differences, summary
from rethinking_audit.reports.merge import merge
from rethinking_audit.reports.significance import student
from rethinking_audit.reports.speed import ALONE, _epochs_to_fit, _log_seconds, timings
from tests.builders.everything import everything
from tests.builders.places import TEXTS
from tests.builders.records import give, synthetic

IMAGE = 1 / 300  # of those that the runs are trained on
TWO_IN_A_STEP = 2 * math.sqrt(3 / 2)  # Student's t of one step between three values and three, which scatter by half a step


def case(audit, claim, place=0):
    return audit["claims"][claim]["cases"][place]


def values(case, **series):
    case["judgement"]["values"] = {name.replace("_", " "): list(listed) for name, listed in series.items()}


def test_all_that_differs_is_told_in_order():
    old = synthetic(7, seeds=3)
    old["data"]["mnist"] = {**old["data"]["digits"], "digest": "1" * 64}
    values(case(old, 0, 1), by_seed=[0.1, 0.2, 0.3], second=[0.5, 0.51, 0.52])
    values(case(old, 1), by_seed=[0.1, 0.2, 0.3], second=[0.1, 0.11, 0.12])
    values(case(old, 1, 1), by_seed=[None, None], second=[0.3, 0.31])
    values(case(old, 2, 1), by_seed=[0.1, 0.2, 0.3])
    values(case(old, 4), by_seed=[0.1] * 3)
    new = copy.deepcopy(old)
    case(new, 0).update(judgement=None, verdict="ERROR", reason="it broke\nthere")
    values(case(new, 0, 1), other=[0.1, 0.2, 0.3], second=[0.6, 0.61, 0.62])
    case(new, 4, 1)["judgement"]["quantity"] = "training error"
    values(case(new, 5, 1), by_seed=[0.8, 0.81, 0.82])
    values(case(new, 1), by_seed=[0.1, 0.2, 0.3], second=[0.4, 0.41, 0.42])
    values(case(new, 1, 1), by_seed=[0.1, 0.2], second=[0.7, 0.71])
    values(case(new, 2), by_seed=[0.9, 0.91, 0.92])
    values(case(new, 4), by_seed=[0.1 + IMAGE] * 3)  # an image more is a step, and no difference
    case(new, 5).update(verdict="INCONCLUSIVE", reason=None)
    case(new, 6)["network"] = "lenet"
    del new["claims"][2]["cases"][1]
    del new["claims"][3]
    new["data"]["mnist"]["digest"] = "2" * 64
    for run in new["runs"].values():
        run["seconds"] *= 1.3 if run["spec"]["network"] == "alexnet" else 1.05  # a tenth is the machine's mood
    assert told(compare(old, new)) + "\n" == (TEXTS / "differences.txt").read_text(encoding="utf-8")


def test_an_arm_that_only_one_audit_has_keeps_nothing_from_being_compared():
    old, new = synthetic(1), synthetic(1)
    case(new, 0)["runs"]["extra"] = {"0.0": [next(iter(new["runs"]))]}
    assert obstacle(case(old, 0), case(new, 0), old, new) is None
    assert obstacle(case(new, 0), case(old, 0), new, old) is None


def test_another_machine_is_told_by_what_it_has():
    old, new = synthetic(1), synthetic(1)
    new["provenance"]["machine"]["processor"] = "another CPU"
    assert another_machine(old, new) == "machine.processor a CPU before and another CPU now"
    del new["provenance"]["machine"]["processor"]
    assert another_machine(old, new) == "machine.processor a CPU before and None now"
    assert another_machine(old, old) is None


@pytest.mark.parametrize(("far", "told"), [(1e-13, False), (0.9e-12, False), (1.1e-12, True), (1.9e-12, True)])
def test_what_rounding_makes_of_small_numbers_is_no_difference(far, told):
    """A rounding is a million millionth of one at least, also of numbers that are smaller."""
    change = student([([0.01, 0.01], [0.01 + far, 0.01 + far])], IMAGE)
    assert (change.difference, change.t) == (
        (pytest.approx(far, rel=1e-3), pytest.approx(2 * far / IMAGE, rel=1e-3)) * told or (0, 0)
    )
    assert change.freedom == 2


# A case over several audits


def night(number, listed, **fields):
    """An audit of one case with these values by seed."""
    audit = synthetic(1, networks=("alexnet",), seeds=len(listed), first_seed=10 * number)
    values(case(audit, 0), by_seed=listed)
    return audit | {"created": f"2026-11-{number + 1:02}T08:00:00Z"} | fields


def in_steps():
    """What one step between three values and three adds to a CUSUM."""
    return stats.norm.isf(stats.t.sf(TWO_IN_A_STEP, 4)) - 0.5


def test_a_drift_of_one_step_is_worth_what_student_says():
    cusum = Cusum()
    cusum.add([0.5] * 3, IMAGE)
    cusum.add([0.5 + IMAGE] * 3, IMAGE)
    assert (cusum.high, cusum.low) == (pytest.approx(in_steps()), 0.0)
    (one,) = histories([night(0, [0.5] * 3), night(1, [0.5 - IMAGE] * 3)])
    assert (one.cusums["by seed"].low, one.cusums["by seed"].high) == (pytest.approx(in_steps()), 0.0)
    assert one.drift == f"{in_steps():.1f} down (alarm 5.77), by seed"


def series(*audits):
    (one,) = histories(audits)
    return one.cusums["by seed"].values


def test_another_training_begins_another_series_and_another_order_of_its_arms_does_not():
    first, second = night(0, [0.1, 0.2]), night(1, [0.3, 0.4])
    assert series(first, second) == [0.1, 0.2, 0.3, 0.4]
    larger = night(1, [0.3, 0.4])
    for run in larger["runs"].values():
        run["spec"]["train_size"] = 500
    assert series(first, larger) == [0.3, 0.4]
    for audit, order in ((first, 1), (second, -1)):
        (keys,) = case(audit, 0)["runs"]["random"].values()
        case(audit, 0)["runs"] = {arm: {"0.0": keys} for arm in ("a", "b")[::order]}
    assert series(first, second) == [0.1, 0.2, 0.3, 0.4]


def test_data_that_a_record_does_not_describe_are_of_one_series():
    assert series(night(0, [0.1, 0.2], data={}), night(1, [0.3, 0.4], data={})) == [0.1, 0.2, 0.3, 0.4]


def test_a_folder_without_an_audit_says_what_it_has_instead(tmp_path):
    def refused():
        with pytest.raises(UnreadableAudit) as error:
            read_folder(tmp_path)
        return str(error.value)

    assert refused() == f"{str(tmp_path)!r} holds no audit.json"
    (tmp_path / "a.json").write_text("[]")
    (tmp_path / "b.json").write_text("{}")
    reason = f"{str(tmp_path / 'a.json')!r} has schema None, expected one of [1]"
    assert refused() == f"{str(tmp_path)!r} holds no audit.json: {reason}"


# A summary at its limit, and words in a row


@pytest.mark.parametrize(("most", "lines"), [(8, 2), (7, 1), (3, 0)])
def test_a_summary_has_whole_lines_up_to_its_limit(monkeypatch, most, lines):
    """Three letters and one of two bytes, each line with its end."""
    monkeypatch.setattr(markdown, "MOST_BYTES", most)
    cut = "\n**Cut here: a summary may not be longer.** The rest."
    assert list(markdown._fitting(["abc", "\u00fcd"], "The rest.")) == ["abc", "\u00fcd"][:lines] + [cut] * (lines < 2)


def test_what_is_cut_says_where_the_rest_is(monkeypatch):
    monkeypatch.setattr(markdown, "MOST_BYTES", 100)
    cut = "\n\n**Cut here: a summary may not be longer.** "
    assert summary(synthetic()).endswith(f"{cut}The rest is in audit.html.\n")
    assert differences(compare(synthetic(), synthetic())).endswith(f"{cut}The rest is in the comparison's JSON.\n")


def test_a_code_span_ends_where_it_should():
    assert (code("a`b|c"), code(""), code("x")) == ("`a\u2019b/c`", "` `", "`x`")


def test_a_reading_without_a_judgement_gives_its_reason():
    audit = everything()
    audit["readings"][0]["cases"][0].update(judgement=None, verdict="NOT RUN", reason="no | GPU")
    *_, last = summary(audit).splitlines()
    assert last.endswith(" | paper, cifar10, inception | no \\| GPU |  | NOT RUN, expected REFUTED |")


def test_only_what_did_not_hold_gives_its_reason():
    audit = give(give(synthetic(2), 0, "alexnet", verdict="REFUTED", reason=None), 1, "alexnet", reason="it held")
    assert not [line for line in summary(audit).splitlines() if line.startswith("- ")]


def test_a_reading_that_was_refuted_is_neither_a_failure_nor_skipped():
    root = ElementTree.fromstring(junit(everything()))
    *_, reading = root.iter("testcase")
    assert [child.tag for child in reading] == ["properties"]
    figures = [{one.get("name"): one.get("value") for one in test.iter("property")} for test in root.iter("testcase")]
    assert [one["accepted low"] for one in figures if "accepted low" in one] == ["1.2", "0.5", "-0.06", "0.9", "0.0004"]
    assert root.find("testsuite").get("timestamp") == "2026-11-21T08:00:00"


def test_one_part_alone_is_merged_as_it_is():
    assert merged_exit_code([5]) == 5
    one = synthetic(1) | {"consistency": [{"item": "a"}, {"item": "b"}, {"item": "a"}]}
    assert merge([("one", one)])["consistency"] == [{"item": "a"}, {"item": "b"}]
    assert json.loads(json.dumps(merge([("one", one)])))["claims"] == one["claims"]


# Speed


def timed(*fits, seconds=None, key="k", max_epochs=30):
    """An audit of as many runs of one kind, each fitted in so many epochs of four steps."""
    runs = {}
    for seed, fit in enumerate(fits):
        spec = {"data": "digits", "network": "alexnet", "seed": seed, "recipe": {"max_epochs": max_epochs}}
        spent = seconds[seed] if seconds else 4.0 * (fit or max_epochs)
        runs[f"{key}{seed}"] = {
            "spec": spec,
            "epochs": fit or max_epochs,
            "fit_loss": fit,
            "steps_per_epoch": 4,
            "seconds": spent,
        }
    return synthetic(0) | {"runs": runs}


def found(old, new):
    reasons = defaultdict(list)
    return {one.what: one for one in timings(old, new, reasons)}, dict(reasons)


def test_epochs_to_fit_are_whole_epochs():
    """Three runs that fitted in 20 and three in 21: an epoch more is a step, a twentieth of the time."""
    times, reasons = found(timed(20, 20, 20), timed(21, 21, 21, key="n"))
    assert list(times) == ["seconds per step", "epochs to fit"]
    slower = times["epochs to fit"]
    assert slower.change.t == pytest.approx(math.log(21 / 20) / (0.05 / 2 / math.sqrt(3 / 2)))
    assert (slower.subject, slower.runs) == ("alexnet on digits", "6 runs of 1 kind")
    assert slower.ratio == pytest.approx(21 / 20)
    assert times["seconds per step"].change.t == 0.0
    assert reasons == {}


def test_runs_from_the_baselines_store_were_timed_once_but_may_have_fitted_otherwise():
    times, reasons = found(timed(20, 20, seconds=[1.0, 2.0]), timed(24, 25, seconds=[1.0, 2.0]))
    assert list(times) == ["epochs to fit"]
    assert reasons == {"the runs are the baseline's own, from the store": ["seconds per step of alexnet on digits"]}


def test_of_one_seed_neither_time_can_be_told():
    times, reasons = found(timed(20), timed(25, key="n"))
    assert (times, reasons) == (
        {},
        {ALONE: ["seconds per step of alexnet on digits", "epochs to fit of alexnet on digits"]},
    )


def test_a_run_that_took_no_time_says_nothing_of_a_step():
    times, _ = found(timed(20, 20), timed(25, 25, key="n", seconds=[0.0, 0.0]))
    assert list(times) == ["epochs to fit"]


@pytest.mark.parametrize(
    ("run", "epochs"),
    [
        ({"fit_loss": 7, "epochs": 9, "spec": {"recipe": {"max_epochs": 30}}}, 7),
        ({"fit_loss": None, "epochs": 9, "spec": {"recipe": {"max_epochs": 30}}}, 30),
        ({"fit_loss": None, "epochs": 9, "spec": {"recipe": {}}}, 9),
        ({"fit_loss": None, "epochs": 9, "spec": {"recipe": None}}, 9),
        ({"fit_loss": None, "epochs": 9, "spec": {}}, 9),
        ({"fit_loss": 0, "epochs": 0, "spec": {}}, 1),
    ],
)
def test_a_run_that_did_not_fit_took_its_budget_and_one_epoch_at_least(run, epochs):
    assert _epochs_to_fit(run) == epochs


def test_a_step_is_a_part_of_an_epoch():
    assert _log_seconds({"seconds": 6.0, "epochs": 3, "steps_per_epoch": 4}) == pytest.approx(math.log(0.5))
