"""How the reports say things, word for word."""

import pytest

from rethinking_audit.fixtures.record import outcome, words


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
        (1e-9, "%", "1e-07 %"),
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


def test_a_difference_of_shares_is_told_in_points():
    assert words.number(0.0328, "points") == "3.28 points"
    assert words.limit(judged(0.0, None, "points")) == "at least 0 points"
    assert words.interval({"low": -0.01, "high": 0.02}, "points") == "-1.00 to 2.00 points"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(2e-5, "%", "0.002 %"), (0.99998, "%", "99.998 %"), (-1e-5, "points", "-0.001 points"), (1.0, "%", "100.00 %")],
)
def test_nearly_none_and_nearly_all_are_neither(value, unit, text):
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
        (0.5, 0.5, "%", "exactly 50 %"),
        (None, 0.5, "%", "at most 50 %"),
        (0, 0.5, "%", "at most 50 %"),
        (0, None, "%", "at least 0 %"),
        (-1, 0.5, "%", "at most 50 %"),
        (-1, 0.5, "", "-1 to 0.5"),
        (-0.5, 0.5, "%", "-50 to 50 %"),
        (0.5, None, "x", "at least 0.5 ×"),
        (0.5, 1, "", "at least 0.5"),
        (0.5, 1, "%", "50 to 100 %"),
        (0.5, 2, "", "0.5 to 2"),
        (1, 10, "x", "1 to 10 ×"),
        (0.04, 0.16, "%", "4 to 16 %"),
    ],
)
def test_what_is_accepted_is_told_as_a_person_would(low, high, unit, text):
    assert words.limit(judged(low, high, unit)) == text


def test_an_interval_may_be_endless():
    assert words.interval({"low": 0.1, "high": 0.2}, "%") == "10.00 to 20.00 %"
    assert words.interval({"low": 0.1, "high": None}, "%") == "10.00 % to ∞"
    assert words.interval({"low": None, "high": None}, "%") == "−∞ to ∞"


def test_an_interval_in_few_characters_has_no_unit():
    assert words.span({"low": 0.1, "high": 0.2}, "%") == "10.00…20.00"
    assert words.span({"low": 0.5, "high": None}, "x") == "0.50…∞"
    assert words.span({"low": None, "high": 2}, "") == "−∞…2.00"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.768, "%", "76.8 %"),
        (1e-8, "", "1.0e-08"),
        (0.0, "", "0"),
        (20.0, "", "20"),
        (3.05, "x", "3.05 ×"),
        (1e8, "%", "1e+10 %"),
    ],
)
def test_a_round_limit_has_no_zeros_at_its_end(value, unit, text):
    assert words.limit(judged(None, value, unit)) == f"at most {text}"


def test_many_equal_numbers_are_told_once():
    assert words.numbers([1.0, 1.0, 1.0], "%") == "100.00 %, all 3"
    assert words.numbers([1.0, 1.0], "%") == "100.00, 100.00 %"


def test_a_claim_is_linked_by_its_id():
    assert words.anchor("random-labels/zero") == "random-labels-zero"


def test_of_a_rank_correlation_errors_are_ranked():
    assert words.unit_of_values(judged(0, 1, "", quantity="rank correlation of errors"), "by seed") == "%"
    assert words.unit_of_values(judged(0, 1, "x"), "by seed") == "x"
    assert words.unit_of_values(judged(0, 1, "", quantity="the rank correlation"), "by seed") == ""


def test_what_a_ratio_is_made_of_is_no_ratio():
    one = judged(0, 1, "x")
    assert (words.unit_of_values(one, "by seed"), words.unit_of_values(one, "the other")) == ("x", "")
    gap = judged(0, 1, "points")
    assert (words.unit_of_values(gap, "by seed"), words.unit_of_values(gap, "one")) == ("points", "%")
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
