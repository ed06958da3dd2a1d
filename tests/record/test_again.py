"""The command that judges a test again."""

import shlex

import pytest

from rethinking_audit.fixtures.record.again import again

NODE = "claims/test_kernel.py::test_norm[fast-raw-grid]"


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("pytest claims -m fast -n 2", "pytest claims -m fast -n 2"),
        ("pytest claims --report …/out -m fast", "pytest claims -m fast"),
        ("pytest claims --store='a b' --seeds 3", "pytest claims --seeds 3"),
        ("pytest claims -k 'kernel and raw' -n 2", "pytest claims -n 2"),
        ("pytest claims --baseline=x.json", "pytest claims"),
    ],
)
def test_places_and_the_old_choice_are_left_out(command, kept):
    assert again(command, NODE) == f"{kept} -k 'test_norm[fast-raw-grid]'"


def test_all_cases_of_a_test_are_chosen_and_no_other_test():
    command = again("pytest claims", NODE, whole=True)
    assert shlex.split(command)[-2:] == ["-k", "test_norm["]
    assert again("pytest claims", "claims/test_x.py::test_y", whole=True) == "pytest claims -k test_y"
