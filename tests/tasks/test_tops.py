"""What a claim reads of streamed runs: the five likeliest classes, and the best epoch."""

from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.tasks.tops import Tops


def of(classes, *curves):
    confusion = [[0] * classes for _ in range(classes)]
    results = [SimpleNamespace(confusion=confusion, curves=SimpleNamespace(**one)) for one in curves]
    return Tops(results, list(curves))


@pytest.mark.parametrize("classes", [10, 12, 1000])
def test_five_guesses_are_right_by_chance_as_one_of_a_fifth_of_the_classes(classes):
    assert 1 / of(classes, {"test_error": [0.5]}).top5_classes == pytest.approx(5 / classes)


def test_accuracies_are_those_of_the_end_and_of_the_best_epoch():
    curves = {"test_error": [0.9, 0.4, 0.5], "test_top5_error": [0.5, 0.1, 0.2], "train_top5_error": [0.5, 0.0]}
    runs = of(10, curves)
    assert runs.best_accuracy == [0.6]
    assert (runs.test_top5_accuracy, runs.best_top5_accuracy) == ([0.8], [0.9])
    assert runs.train_top5_accuracy == [1.0]
