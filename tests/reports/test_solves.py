"""What the reports say and draw of solves: a curve through its corners, errors by size, norms."""

import pytest

from rethinking_audit.reports import solves


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


def case(network, *keys, tier="fast"):
    return {"network": network, "tier": tier, "data": "digits", "runs": {"solved": {"0.0": list(keys)}}}


def charts(name, cases, runs, series=None):
    figure = {"name": "x", "series": series} if series else None
    claim = {"id": name, "cases": cases, "paper_figure": figure}
    return solves.charts(claim, {key: {"values": values} for key, values in runs.items()})


def drawn(chart):
    """A chart in full but for where its lines lie."""
    lines = [(line.name, line.style, bool(line.path), len(line.marks)) for line in chart.lines]
    return chart.title, chart.x_label, chart.y_label, lines


def test_a_polygon_is_drawn_through_its_corners_and_its_sample_marked():
    sample = {"x": [0.0, 1.0], "y": [1.0, -1.0], "corner_x": [0.0, 0.5, 1.0], "corner_y": [1.0, 0.0, -1.0]}
    runs = {"a": {"points": 2}, "b": {"drawn": sample}}
    (chart,) = charts("expressivity/two-layer", [case("first", "a"), case("second", "b")], runs)
    assert drawn(chart) == (
        "Theorem 1 on 2 of the images: one kink per data point",
        "projection of the image",
        "value",
        [("the network", "inception", True, 0), ("the sample", "alexnet", False, 2)],
    )
    assert charts("expressivity/two-layer", [case("first", "a")], runs) == []


def test_errors_by_size_are_drawn_with_the_papers_where_these_are_near():
    runs = {f"{size}": {"images": size, "test_error": 0.05} for size in (600, 1000)} | {
        "l2": {"images": 900, "l2_test_error": 0.04}
    }
    printed = {"raw": [[10_000, 0.014], [10_001, 0.012]], "gabor": [[1, 0.5]], "gabor, with l2": [[500, 0.01]]}
    cases = [case("raw", "600", "1000"), case("gabor", "l2")]
    (chart,) = charts("kernel/interpolates-and-generalizes", cases, runs, printed)
    assert drawn(chart) == (
        "test error by size, without regularization unless it says so",
        "training images",
        "test error, %",
        [
            ("raw", "inception", True, 2),
            ("raw (paper)", "inception", False, 1),  # ten times as large is near, one more is not
            ("gabor, with l2", "alexnet second", False, 1),
            ("gabor, with l2 (paper)", "alexnet second", False, 1),
        ],
    )
    (chart,) = charts("kernel/interpolates-and-generalizes", [case("raw", "1000", "600", "1000")], runs)
    (line,) = chart.lines
    assert [x for x, _ in line.marks] == sorted(x for x, _ in line.marks)  # from the smallest size on
    assert len(line.marks) == 2
    several = {key: {"images": 600, "test_error": 0.05 + int(key) / 100} for key in "123"}  # one size, three seeds
    (chart,) = charts("kernel/interpolates-and-generalizes", [case("random-filters", "1", "2", "3")], several)
    assert [(line.path, len(line.marks)) for line in chart.lines] == [("", 3)]
    tiers = [case("raw", "600"), case("raw", "1000", tier="paper")]
    (chart,) = charts("kernel/interpolates-and-generalizes", tiers, runs)
    assert [line.name for line in chart.lines] == ["raw (fast)", "raw (paper)"]


def test_norms_are_drawn_of_grids_of_one_kind_alone():
    grid = {"kind": "raw", "norms": [30.0, None, 40.0], "test_errors": [0.05, None, 0.06]}
    runs = {"a": grid, "b": {**grid, "kind": "gabor"}, "c": {**grid, "kind": "gabor"}}
    cases = [case("both", "a", "b"), case("raw-grid", "a"), case("gabor-grid", "b", "c")]
    (chart,) = charts("kernel/minimum-norm-not-predictive", cases, runs, {"raw": [[35.0, 0.012]]})
    assert drawn(chart) == (
        "norm and test error, a mark for each kernel width",
        "norm",
        "test error, %",
        [
            ("raw-grid", "inception", True, 2),
            ("raw (paper)", "inception second", False, 1),
            ("gabor-grid", "alexnet", True, 2),
        ],
    )
    assert chart.table == [
        ("30", ["5", "", "5"]),
        ("35", ["", "1.2", ""]),
        ("40", ["6", "", "6"]),
    ]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("expressivity/two-layer", {"drawn": {"x": [0.0, 1.0], "y": [1.0], "corner_x": [0.0], "corner_y": [1.0]}}),
        ("expressivity/two-layer", {"drawn": {"x": [0.0], "y": [1.0], "corner_x": [0.0], "corner_y": [1.0, 2.0]}}),
        ("kernel/minimum-norm-not-predictive", {"kind": "raw", "norms": [1.0, 2.0], "test_errors": [0.1]}),
    ],
)
def test_lists_that_do_not_belong_together_are_not_drawn(name, values):
    lines = [line.path for chart in charts(name, [case("x", "a")], {"a": values}) for line in chart.lines]
    assert len(lines) == ("drawn" in values)  # the other of the network and its sample


def test_a_problem_says_its_size_its_seeds_and_its_data():
    def about(*found, keys=1):
        return solves.about(case("x", *map(str, range(keys))), list(found))

    assert about({"points": 20}) == "20 points, of digits"
    assert about({"points": 20}, {"points": 1000}, keys=2) == "2 seeds, 20 to 1,000 points, of digits"
    assert about({"points": 20, "dimensions": 2352}) == "20 points in 2,352 dimensions, of digits"
    assert about({"points": 20}, {"points": 50}, {"points": 1000}) == "20 to 1,000 points, of digits"
    assert about({"norm": 1.0}, {"images": 50, "dimensions": 3}) == "50 images, of digits"
    assert about({"norm": 1.0}, keys=3) == "3 seeds, of digits"
    arms = {"data": "digits", "runs": {"one": {"0.0": ["a"]}, "two": {"0.0": ["b", "c"], "1.0": []}}}
    assert solves.about(arms, [{"norm": 1.0}]) == "2 seeds, of digits"
    runs = {"a": {"values": 1}, "c": {"values": 3}, "x": {"values": 4}, "b": {"curves": {}}}
    assert solves.solved(arms, runs) == [1, 3]


def test_errors_by_the_number_of_features_are_means_of_the_seeds():
    seeds = [{"multiples": [0.5, 1.0], "test_accuracies": [0.4 + more, 0.1 + more]} for more in (0.0, 0.2)]
    (chart,) = charts("since/double-descent", [case("double-descent", "a", "b")], dict(zip("ab", seeds, strict=True)))
    assert drawn(chart) == (
        "test error by the number of features",
        "features for each image",
        "test error, %",
        [("double-descent", "inception", True, 2)],
    )
    assert [cells for _, cells in chart.table] == [["50"], ["80"]]
