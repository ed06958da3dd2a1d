"""Expected deviations in an audit: they keep their verdict, and one that matches nothing is bad input."""

import re
import shutil

import pytest

from tests.builders.projects import Project

DEVIATION = """
[[deviation]]
claim = "random-labels/chance-test-accuracy"
tier = "fast"
network = "mlp-1x512"
data = "digits"
verdict = "REFUTED"
since = 2026-11-21
reason = "the labels are the true ones here"
"""


def test_an_expected_deviation_keeps_its_verdict_and_is_no_news(finished, tmp_path):
    project = Project(tmp_path / "expected")
    shutil.copytree(finished.store, project.store)
    project.edit("test_random_labels.py", ('runs={"random": Arm(corruption=1.0)}', 'runs={"random": Arm(corruption=0.0)}'))
    (project.folder / "claims" / "deviations.toml").write_text(DEVIATION)
    code, output = project.run("-m", "fast", "-k", "accuracy_is_chance")
    (case,) = project.audit()["claims"][0]["cases"]
    assert (case["verdict"], case["deviation"]["since"], code) == ("REFUTED", "2026-11-21", 0)
    assert "expected REFUTED since 2026-11-21: " in output

    (project.folder / "claims" / "deviations.toml").write_text(DEVIATION.replace("REFUTED", "INCONCLUSIVE"))
    code, output = project.run("-m", "fast", "-k", "accuracy_is_chance")
    assert code == 1  # another deviation than the one that is expected is news
    assert "expected INCONCLUSIVE since 2026-11-21, no longer: REFUTED" in output


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("chance-test-accuracy", "chance"), "the claim 'random-labels/chance', expected one of random-labels/zero"),
        (("mlp-1x512", "resnet"), "fast-resnet for random-labels/chance-test-accuracy, expected one of fast-mlp-1x512"),
        (
            ('verdict = "REFUTED"', 'verdict = "HELD"'),
            "[deviation.1] has verdict = 'HELD', expected one of",
        ),
        (('reason = "the labels are the true ones here"', ""), "[deviation.1] has no reason, expected a text"),
    ],
)
def test_a_deviation_that_matches_nothing_is_bad_input(project, change, expected):
    (project.folder / "claims" / "deviations.toml").write_text(DEVIATION.replace(*change))
    code, output = project.run("-m", "fast")
    assert code == 4
    assert re.search(rf"deviations.toml,? (has )?{re.escape(expected)}", output)
