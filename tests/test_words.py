"""How the reports say things, word for word."""

import json
import math
import re
from pathlib import Path

import pytest

from rethinking_audit.fixtures.record import outcome, words
from rethinking_audit.fixtures.record.exit_codes import merged_exit_code
from rethinking_audit.fixtures.record.files import write
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit, read_json
from rethinking_audit.reports.cusum import Cusum
from rethinking_audit.reports.experiment import differing, flat, kinds, obstacle, resolution, specs_of
from rethinking_audit.reports.merge import CannotMerge, merge
from rethinking_audit.reports.significance import Change, holm, student, two_sided
from tests.records import judgement, synthetic


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "%", "?"),
        (0.12345, "%", "12.35 %"),
        (-0.5, "%", "-50.00 %"),
        (2.5, "x", "2.50 ×"),
        (1.5, "", "1.50"),
        (0.0, "", "0.00"),
        (0.005, "", "0.01"),
        (0.00499, "", "5.0e-03"),
        (-1e-9, "", "-1.0e-09"),
        (1e-9, "%", "0.00 %"),
        (1e-9, "x", "0.00 ×"),
        (999_999_999.0, "", "999999999.00"),
        (1e9, "", "1e+09"),
        (-1.5e9, "x", "-1.5e+09 ×"),
        (1e7, "%", "1e+09 %"),
        (1234567890.0, "", "1.23e+09"),
    ],
)
def test_a_number_is_told_in_its_unit(value, unit, text):
    assert words.number(value, unit) == text


def test_what_is_missing_is_told_as_one_asks():
    assert words.number(None, "", "–") == "–"
    assert words.numbers([], "%") == "–"
    assert words.numbers([0.1, None, 0.3], "%") == "10.00, ∞, 30.00 %"
    assert words.numbers([2.0, 3.0], "x") == "2.00, 3.00 ×"
    assert words.numbers([1.0], "") == "1.00"


def judged(low, high, unit="%", interval=(0.1, 0.2), quantity="test error"):
    ends = {"low": interval[0], "high": interval[1]}
    return {"accepted": {"low": low, "high": high}, "interval": ends, "unit": unit, "quantity": quantity}


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (0.5, 0.5, "%", "exactly 50.00 %"),
        (None, 0.5, "%", "at most 50.00 %"),
        (0, 0.5, "%", "at most 50.00 %"),
        (0, None, "%", "at least 0.00 %"),
        (-1, 0.5, "%", "at most 50.00 %"),
        (-1, 0.5, "", "-1.00 to 0.50"),
        (-0.5, 0.5, "%", "-50.00 % to 50.00 %"),
        (0.5, None, "x", "at least 0.50 ×"),
        (0.5, 1, "", "at least 0.50"),
        (0.5, 1, "%", "50.00 % to 100.00 %"),
        (0.5, 2, "", "0.50 to 2.00"),
        (1, 10, "x", "1.00 × to 10.00 ×"),
        (0.04, 0.16, "%", "4.00 % to 16.00 %"),
    ],
)
def test_what_is_accepted_is_told_as_a_person_would(low, high, unit, text):
    assert words.limit(judged(low, high, unit)) == text


def test_an_interval_may_be_endless():
    assert words.interval({"low": 0.1, "high": 0.2}, "%") == "10.00 % to 20.00 %"
    assert words.interval({"low": None, "high": None}, "%") == "−∞ to ∞"


def test_of_a_rank_correlation_errors_are_ranked():
    assert words.unit_of_values(judged(0, 1, "", quantity="rank correlation of errors"), "by seed") == "%"
    assert words.unit_of_values(judged(0, 1, "x"), "by seed") == "x"
    assert words.unit_of_values(judged(0, 1, "", quantity="the rank correlation"), "by seed") == ""


def test_what_a_ratio_is_made_of_is_no_ratio():
    one = judged(0, 1, "x")
    assert (words.unit_of_values(one, "by seed"), words.unit_of_values(one, "the other")) == ("x", "")
    several = judged(0, 1, "x", quantity="falls (steadies)")
    series = ("steadies: by seed", "steadies: one", "adds points: one", "adds points: by seed")
    assert [words.unit_of_values(several, name) for name in series] == ["x", "", "", ""]
    assert words.unit_of_values(judged(0, 1, "%"), "one") == "%"


@pytest.mark.parametrize(
    ("verdict", "deviation", "expected"),
    [
        ("REFUTED", None, False),
        ("REFUTED", {"verdict": "REFUTED"}, True),
        ("HELD", {"verdict": "REFUTED"}, False),
        ("INCONCLUSIVE", {"verdict": "INCONCLUSIVE"}, True),
    ],
)
def test_a_deviation_is_expected_where_the_verdict_is_the_listed_one(verdict, deviation, expected):
    assert outcome.as_expected({"verdict": verdict, "deviation": deviation}) is expected
    assert outcome.as_expected({"verdict": verdict}) is False


def test_nouns_have_their_number():
    assert [words.plural(count, "run") for count in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]


def test_text_is_cut_where_it_is_too_long_and_shows_what_hides():
    assert words.clean("a" * 10_000) == "a" * 10_000
    assert words.clean("a" * 10_001) == "a" * 10_000 + " … (cut)"
    assert words.clean("a\u202eb\x00\n") == "a\ufffdb\ufffd\n"
    assert words.line(" a \n\t b ") == "a b"
    assert words.line("a" * 500) == "a" * 500
    assert words.line("a" * 501) == "a" * 500 + " … (cut)"
    assert words.line(7) == "7"


# The record


def test_a_file_that_is_no_audit_is_quoted(tmp_path):
    path = tmp_path / "audit.json"
    for text, reason in (
        (None, f"{str(path)!r} cannot be read: No such file or directory; expected an audit.json"),
        ("[" * 100_000, f"{str(path)!r} is nested too deeply; expected an audit.json"),
        (
            "{",
            f"{str(path)!r} is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); "
            "expected an audit.json",
        ),
        ("[]", f"{str(path)!r} has schema None, expected one of [1]"),
        ('{"schema": 9}', f"{str(path)!r} has schema 9, expected one of [1]"),
        (json.dumps({"schema": "x" * 50}), f"{str(path)!r} has schema {'x' * 40}, expected one of [1]"),
    ):
        if text is not None:
            path.write_text(text)
        with pytest.raises(UnreadableAudit) as caught:
            read_audit(path)
        assert str(caught.value) == reason


def test_a_fault_of_a_record_is_quoted(tmp_path):
    path = tmp_path / "audit.json"
    path.write_text(json.dumps({**synthetic(1), "seconds": "long"}))
    with pytest.raises(UnreadableAudit) as caught:
        read_audit(path)
    assert str(caught.value) == f"{str(path)!r} is not an audit of schema 1: the record, 'seconds' is str, expected number"


def test_numbers_that_no_float_holds_are_none(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"ä": [1.5, 1e999, NaN, -Infinity, 7, ' + "9" * 299 + ", " + "9" * 300 + "]}", encoding="utf-8")
    (values,) = read_json(path).values()
    assert values == [1.5, None, None, None, 7, 10**299 - 1, None]


def test_a_report_is_written_whole_beside_its_place_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "audit.html"
    write(path, "ä\r\nb\n")
    assert path.read_bytes() == "ä\r\nb\n".encode()
    assert path.stat().st_mode & 0o777 == 0o644
    seen = []

    def fail(temporary, target):
        seen.append(temporary)
        raise OSError(28, "No space left on device", "elsewhere")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space") as caught:
        write(path, "new")
    assert (caught.value.errno, caught.value.filename) == (28, str(path))
    assert re.fullmatch(r"No space left on device \(need 3 bytes, free \d+\)", caught.value.strerror)
    assert [(one.parent, one.name[:5]) for one in seen] == [(tmp_path, ".tmp-")]
    assert [one.name for one in tmp_path.iterdir()] == ["audit.html"]
    assert path.read_bytes() == "ä\r\nb\n".encode()


def test_a_write_that_was_done_when_it_was_stopped_stays(tmp_path, monkeypatch):
    replace = Path.replace

    def stop(temporary, target):
        replace(temporary, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", "x")
    assert (tmp_path / "a").read_text() == "x"


# Significance


def test_a_change_over_strata_is_students():
    assert student([([1.0], [2.0])]) is None
    change = student([([1.0, 2.0, 3.0], [3.0, 5.0])])
    # the pooled variance is (2 + 2) / 3, the weight 6 / 5
    assert change == Change(2.0, pytest.approx(2 / math.sqrt(4 / 3 / 1.2)), 3, pytest.approx(two_sided(change.t, 3)))
    both = student([([0.0, 0.0], [1.0, 1.0]), ([5.0] * 4, [9.0] * 4)])
    assert both == Change(pytest.approx((1 * 1 + 2 * 4) / 3), math.inf, 8, 0.0)
    assert student([([1.0, 1.0], [0.0, 0.0])]).t == -math.inf
    assert student([([0.1] * 3, [0.1 + 1e-13] * 3)], 0.1) == Change(0.0, 0.0, 4, 1.0)
    stepped = student([([0.0, 0.0], [1.0, 1.0])], step=1.0)
    assert stepped.t == pytest.approx(1 / math.sqrt(0.25 / 1.0))


def test_equal_means_of_large_numbers_differ_by_rounding_only():
    assert student([([1e9, 1e9 + 2], [1e9 + 1 + 1e-4, 1e9 + 1])]).p == 1.0
    assert student([([1e-9, 3e-9], [5e-9, 5e-9])]).difference == pytest.approx(3e-9)


def test_holm_is_never_above_one_nor_out_of_order():
    assert holm([]) == []
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.6]) == [1.0, 1.0]


def test_a_cusum_adds_normal_deviates_less_the_slack():
    cusum = Cusum()
    cusum.add([1.0, 2.0, 3.0])
    assert (cusum.height, cusum.values) == (0.0, [1.0, 2.0, 3.0])
    cusum.add([2.0, 3.0, 4.0])
    # t = 1 / sqrt(1 * 2 / 3) at four degrees of freedom: a tail of 0.1439, a normal deviate of 1.0628
    assert (cusum.high, cusum.low) == (pytest.approx(0.5628, abs=1e-4), 0.0)
    cusum.add([])
    cusum.add([-9.0, -9.5, -10.0])
    assert (cusum.high, cusum.height) == (0.0, cusum.low)
    assert 0 < cusum.low < 7.5
    sure = Cusum()
    sure.add([1.0, 1.0])
    sure.add([2.0, 2.0])
    assert (sure.high, sure.low) == (7.5, 0.0)


# Experiments


def test_fields_have_dotted_names_and_differ_where_both_have_them():
    assert flat({"a": {"b": {"c": 1}, "d": {}}, "e": 2}) == {"a.b.c": 1, "a.d": {}, "e": 2}
    assert list(differing({"a": {"b": 1, "c": 2}, "x": 1}, {"a": {"b": 1, "c": 3}, "y": 1})) == [("a.c", 2, 3)]


def case_of(audit, claim=0, place=0):
    return audit["claims"][claim]["cases"][place]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"quantity": "q"}, "another quantity, 'test error' before and 'q' now"),
        ({"unit": "x"}, "another unit, '%' before and 'x' now"),
        ({"measured": 7}, None),
    ],
)
def test_what_keeps_two_cases_from_being_compared_is_said(change, reason):
    old, new = synthetic(1), synthetic(1)
    case_of(new)["judgement"].update(change)
    assert obstacle(case_of(old), case_of(new), old, new) == reason


def test_other_images_and_other_trainings_are_not_compared():
    old, new = synthetic(1), synthetic(1)
    new["data"]["digits"]["digest"] = "1" * 64
    assert obstacle(case_of(old), case_of(new), old, new) == "other images"
    new = synthetic(1)
    for run in new["runs"].values():
        run["spec"]["recipe"]["batch"] = 65
    assert obstacle(case_of(old), case_of(new), old, new) == "another experiment, recipe.batch 64 before and 65 now"
    del old["data"]["digits"], new["data"]["digits"]
    assert "recipe.batch" in obstacle(case_of(old), case_of(new), old, new)


def test_a_trainings_spec_is_told_without_its_seed():
    audit = synthetic(1)
    ((place, spec),) = specs_of(case_of(audit), audit).items()
    assert place == ("random", "0.0")
    assert spec == {
        "data": "digits",
        "network": "alexnet",
        "corruption": 0.0,
        "subset": 300,
        "width": 1.0,
        "recipe": {"batch": 64, "budget": 300},
    }
    audit["runs"].clear()
    assert specs_of(case_of(audit), audit) == {}


def test_a_resolution_is_an_image_or_an_epoch():
    audit = synthetic(1)
    case = case_of(audit)
    assert resolution(case, audit) == 1 / 300
    keys = case["runs"]["random"]["0.0"]
    audit["runs"][keys[0]]["spec"]["subset"] = None
    assert resolution(case, audit) == 1 / 300
    audit["runs"][keys[0]]["confusion"] = [[10, 20], [30, 40]]
    assert resolution(case, audit) == 1 / 100
    audit["runs"][keys[0]]["confusion"] = []
    assert resolution(case, audit) == 0.0
    case["judgement"].update(unit="x", measured=-6.0)
    for key, fit in zip(keys, (None, 4, 3, 5, None), strict=True):
        audit["runs"][key]["fit_loss"] = fit
    assert resolution(case, audit) == 2.0
    case["judgement"]["measured"] = None
    assert resolution(case, audit) == 0.0
    for key in keys:
        audit["runs"][key]["fit_loss"] = None
    case["judgement"]["measured"] = 6.0
    assert resolution(case, audit) == 0.0
    audit["runs"][keys[0]]["values"] = {"tested": 50}
    for key in keys[1:]:
        audit["runs"][key]["values"] = {"tested": 200}
    assert resolution(case, audit) == 0.0
    case["judgement"]["unit"] = "%"
    assert resolution(case, audit) == 1 / 50
    audit["runs"][keys[1]]["values"] = {}
    assert resolution(case, audit) == 0.0
    audit["runs"].clear()
    assert resolution(case, audit) == 0.0


def test_runs_are_of_one_kind_whatever_their_seed_and_new_fields():
    old, new = synthetic(1, seeds=2), synthetic(1, seeds=3, first_seed=7)
    for run in new["runs"].values():
        run["spec"]["added"] = 1
    found = kinds(old, new)
    assert [(len(before), len(after)) for before, after in found] == [(2, 3), (2, 3)]
    assert {run["spec"]["network"] for before, after in found for _, run in (*before, *after)} == {"alexnet", "mlp-1x512"}
    assert [len({run["spec"]["network"] for _, run in (*before, *after)}) for before, after in found] == [1, 1]


# Shards


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([0, 1, 2], 2), ([10, 1], 1), ([5, 5], 5), ([0, 10], 10), ([0, 5], 10), ([3, 3], 3)]
)
def test_the_exit_code_of_the_whole(codes, code):
    assert merged_exit_code(codes) == code


def test_records_that_contradict_each_other_are_named_with_the_reason():
    one, other = synthetic(1, networks=("alexnet",)), synthetic(1, networks=("mlp-1x512",))
    other["provenance"]["commit"] = "d" * 40
    with pytest.raises(CannotMerge) as caught:
        merge([("a.json", one), ("b.json", other)])
    reason = f"they are of different code, commit {'c' * 40} and {'d' * 40}"
    assert str(caught.value) == f"'a.json' and 'b.json' cannot be merged: {reason}"
    with pytest.raises(CannotMerge, match=r"both have the case family/claim-0 \[fast, digits, alexnet\]$"):
        merge([("a", one), ("b", one)])


def test_judgements_of_a_record_are_as_the_schema_has_them():
    assert judgement([0.1, 0.2])["measured"] == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("verdict", "counts"),
    [
        ("HELD", "REFUTED"),
        ("REFUTED", "HELD"),
        ("INCONCLUSIVE", "INCONCLUSIVE"),
        ("ERROR", "ERROR"),
        ("NOT RUN", "NOT RUN"),
    ],
)
def test_a_reading_counts_the_other_way_round(verdict, counts):
    assert outcome.standing({"verdict": verdict, "expected": "REFUTED"}) == counts
    assert outcome.standing({"verdict": verdict, "expected": "HELD"}) == outcome.standing({"verdict": verdict}) == verdict
