"""Since 2017: what others found when they asked what the paper left open.

None of it is the paper's. Each claim has its own source, and the answer about the paper does not count it. docs/since.md
says what became of the question.
Refuted by: wrong labels that are learned as soon as right ones; a test error that only falls as a model grows; a weight
decay that costs accuracy wherever it stops memorization; a network that one example moves as much on true labels as on
random ones; a rescaled network that predicts otherwise or is no sharper.
"""

from rethinking_audit.fixtures.claimkit import Arm, Control, Solve, Sweep, claim, part


@claim(
    "since/easy-first",
    source="Arpit et al. 2017, arXiv:1706.05394",
    refuted_by="wrong labels that are learned as soon as right ones",
    runs={"network": Solve()},
    control=Control("random labels, where the rest is no easier than what was changed", {"network": Solve(corruption=1.0)}),
    problems=("easy-first",),
)
def test_what_is_easy_is_learned_before_wrong_labels(runs, paper, judge):
    """A network learns what is easy first, and only then memorizes wrong labels.

    A fifth of the labels are wrong. When nine of ten right labels are learned, the network gives most images with a wrong
    label their right one. In the end it has learned the wrong ones.
    """
    left = part.exactly("wrong labels left in the end", max(runs.network.left), at_most=0, unit="%")
    what = "wrong labels that the network first corrects"
    corrected = part.mean(what, runs.network.corrected, at_least=paper.limit, lowest=0, highest=1)
    judge.provided({"memorizes": left}, corrected)


@claim(
    "since/double-descent",
    source="Belkin, Hsu, Ma and Mandal 2019, doi:10.1073/pnas.1903070116",
    refuted_by="a test error that does not peak at as many features as images, or stays above what few features reach",
    runs={"features": Solve()},
    control=Control("ridge regression on the same features", {"features": Solve(variant="ridge")}),
    problems=("double-descent",),
)
def test_the_test_error_peaks_at_interpolation_and_falls_again(runs, paper, judge):
    """With as many random features as images the test error peaks; with many more it falls below all errors before.

    The fit is that of minimum norm, without l2. n is the number of images. Their labels are true.
    """
    right, tested = runs.features.by("multiples", "test_accuracies"), runs.features.tested[0]
    peak, many = right.pop(1), right[max(right)]
    above, below = "test error at n features less that at another number", "test error at few features less that at many"
    peaks = {at: part.difference(above, one, peak, tested, at_least=paper.limit) for at, one in right.items()}
    falls = {at: part.difference(below, many, one, tested, at_least=0) for at, one in right.items() if at < 1}
    parts = {"peak over": peaks, "fall from": falls}
    judge.all_hold({f"{name} {at:g} n": rule for name, found in parts.items() for at, rule in found.items()})


@claim(
    "since/dose",
    source="Arpit et al. 2017, arXiv:1706.05394",
    refuted_by="a weight decay that stops memorization only where it costs more accuracy than the paper calls a difference",
    runs={
        "without": Arm(under=("compared",)),
        "true": Sweep(over="doses", under=("compared",)),
        "random": Sweep(over="doses", corruption=1.0),
    },
    treated={"true": "without"},
    control=Control(
        "no weight decay under the name of each dose",
        {"random": Sweep(over="doses", corruption=1.0, under=("no-weight-decay",))},
    ),
    networks=("mlp-1x512",),
)
def test_some_dose_stops_memorization_and_costs_little(runs, paper, judge):
    """Some dose of weight decay stops memorization and costs hardly any test accuracy.

    So the sentence that regularizers do not stop memorization is true of common doses, not of all.
    """
    doses = {}
    for dose, true in runs.true.items():
        accuracies = runs.without.test_accuracy, true.test_accuracy
        lost = part.difference("test accuracy lost", *accuracies, true.tested, at_most=paper.limit)
        left = part.mean("random labels left unfitted", runs.random[dose].train_error, at_least=paper.unfitted)
        doses[f"weight decay {dose:g}"] = part.all_hold({"costs little": lost, "stops memorization": left})
    judge.one_holds(doses)


@claim(
    "since/average-stability",
    source="Kuzborskij and Lampert 2018, arXiv:1703.01678; Hardt, Recht and Singer 2016, arXiv:1509.01240",
    refuted_by="a loss at new images that one example moves as much on true labels as on random ones",
    runs={"true": Solve(), "random": Solve(corruption=1.0)},
    control=Control("true and random labels swapped", {"true": Solve(corruption=1.0), "random": Solve()}),
    problems=("average-stability",),
)
def test_stability_on_average_tells_true_labels_from_random_ones(runs, paper, judge):
    """On average one example moves the loss at new images less if the labels are true; in the worst case it does not.

    So stability can depend on the data, where uniform stability, the worst case, is as bad for true labels.
    """
    what = "mean change of the loss at new images, random over true labels"
    average = part.ratio(what, runs.random.mean_change, runs.true.mean_change, at_least=paper.ratio)
    worst = part.mean("largest change of the loss, true labels", runs.true.pooled("changes"), at_least=paper.limit)
    judge.all_hold({"on average": average, "in the worst case": worst})


@claim(
    "since/sharpness",
    source="Dinh, Pascanu, Bengio and Bengio 2017, arXiv:1703.04933",
    refuted_by="a network whose outputs change when it is rescaled, or whose loss keeps its curvature",
    runs={"network": Solve()},
    control=Control("only the first layer multiplied, which is no rescaling", {"network": Solve(variant="spoiled")}),
    problems=("sharpness",),
)
def test_rescaling_changes_the_curvature_and_no_prediction(runs, paper, judge):
    """Rescaling a ReLU network makes its minimum as sharp as one likes, and changes no output.

    One layer is multiplied by 1,000, and the next divided by it. So sharpness, the largest curvature of the loss, cannot by
    itself explain generalization: the two networks have the same test error.
    """
    network = runs.network
    same = part.mean("change of the outputs, over the largest", network.change, at_least=0, at_most=paper.residual, unit="")
    what = "powers of ten by which the largest curvature grows"
    sharper = part.mean(what, network.powers, at_least=paper.limit, unit="")
    judge.all_hold({"the same function": same, "sharper": sharper})
