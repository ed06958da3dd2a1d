"""The command that judges a test again."""

import shlex

import pytest

from rethinking_audit.fixtures.plugin.record import command
from rethinking_audit.fixtures.record.again import again, words

NODE = "claims/test_kernel.py::test_norm[fast-raw-grid]"


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (["claims", "-m", "fast", "-n", "2"], "pytest claims -m fast -n 2"),
        (["claims", "--report", "out", "-m", "fast or small"], "pytest claims -m 'fast or small'"),
        (["claims", "--store=a b", "--seeds", "3"], "pytest claims --seeds 3"),
        (["claims", "-k", "kernel and raw", "-n", "2"], "pytest claims -n 2"),
        (["claims", "-kraw", "--baseline=x.json"], "pytest claims"),
        (["claims", "--dataset", "folder:my images"], "pytest claims --dataset 'folder:my images'"),
    ],
)
def test_places_and_the_old_choice_are_left_out_and_words_stay_words(arguments, kept):
    told = f"{kept} -k 'test_norm[fast-raw-grid]'"
    assert again(["pytest", *arguments], NODE) == told
    assert again(words(command(arguments)), NODE) == told  # by what the record has


def test_all_cases_of_a_test_are_chosen_and_no_other_test():
    assert shlex.split(again(["pytest", "claims"], NODE, whole=True))[-2:] == ["-k", "test_norm["]
    assert again(["pytest", "claims"], "claims/test_x.py::test_y", whole=True) == "pytest claims -k test_y"


def test_a_name_that_pytest_cannot_choose_by_is_narrowed_to_its_test():
    assert again(["pytest"], "claims/test_x.py::test_y[fast-my net.py:make]") == "pytest -k 'test_y['"


def test_a_command_of_an_older_record_has_words_too():
    assert words("pytest claims -k don't") == ["pytest", "claims", "-k", "don't"]
