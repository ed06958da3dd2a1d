"""A folder of audits has an index, and another experiment begins another series."""

import json
import re

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.cusum import Cusum
from rethinking_audit.reports.folder import read_folder
from rethinking_audit.reports.history import History
from tests.builders.full import DEVIATION
from tests.builders.records import give, synthetic


def test_a_folder_of_audits_has_an_index(tmp_path, capsys):
    for night in range(12):
        audit = synthetic(claims=2, draw=night, first_seed=5 * night)
        audit["created"] = f"2026-11-{night + 1:02}T08:00:00Z"
        if night >= 9:
            for case in audit["claims"][0]["cases"][:1]:
                values = case["judgement"]["values"]
                values["by seed"] = [value + 0.02 for value in values["by seed"]]
        (tmp_path / f"{night}").mkdir()
        (tmp_path / f"{night}" / "audit.json").write_text(json.dumps(audit))
    (tmp_path / "3" / "audit.html").write_text("a page")
    (tmp_path / "3" / "audit-compare.json").write_text(json.dumps(compare(audit, audit).to_dict()))
    (tmp_path / "broken.json").write_text("{")
    assert main(["history", str(tmp_path)]) == 1
    html = (tmp_path / "index.html").read_text()
    assert html.count('href="3/audit.html"') == 1
    assert "drifted:</span> <code>family/claim-0 [fast, digits, alexnet]</code>" in html
    assert html.count("drifted:") == 1
    assert "broken.json&#39; is not JSON" in html
    assert html.count("audit-compare") == 0
    found = read_folder(tmp_path)
    assert (len(found.audits), len(found.left_out)) == (12, 1)


def test_another_experiment_begins_another_series(tmp_path):
    for night in range(8):
        audit = synthetic(claims=1, draw=night, first_seed=5 * night)
        audit["created"] = f"2026-11-{night + 1:02}T08:00:00Z"
        if night >= 4:
            audit["data"]["digits"]["digest"] = "1" * 64
            for case in audit["claims"][0]["cases"]:
                case["judgement"]["values"]["by seed"] = [value + 0.3 for value in case["judgement"]["values"]["by seed"]]
        (tmp_path / f"{night}.json").write_text(json.dumps(audit))
    assert main(["history", str(tmp_path), str(tmp_path / "page.html")]) == 0
    assert "nothing drifts" in (tmp_path / "page.html").read_text()


def written(folder, *audits):
    """The history page of audits, one a night, and the exit code."""
    for night, audit in enumerate(audits):
        audit["created"] = f"2026-11-{night + 1:02}T08:00:00Z"
        (folder / f"{night}.json").write_text(json.dumps(audit))
    code = main(["history", str(folder), str(folder / "page.html")])
    return code, (folder / "page.html").read_text()


def test_a_claim_that_fails_in_its_latest_audit_comes_first_with_its_date(tmp_path):
    red = [give(synthetic(), 2, "alexnet", verdict="REFUTED") for _ in range(2)]
    code, html = written(tmp_path, synthetic(), *red)
    assert code == 1
    assert "<code>family/claim-2 [fast, digits, alexnet]</code>, since 2026-11-02T08:00:00Z" in html
    first = re.findall(r'class="turned"><a href="#([\w-]+)"', html)
    assert (first[0], len(first)) == ("family-claim-2", 5)
    assert html.count('<span class="refuted"><span class="unseen">REFUTED</span></span>') == 2


def test_what_failed_once_or_is_expected_does_not_fail(tmp_path):
    old = give(synthetic(), 2, "alexnet", verdict="REFUTED")
    known = give(synthetic(), 2, "alexnet", verdict="REFUTED", deviation=DEVIATION)
    assert written(tmp_path, old, synthetic())[0] == 0
    code, html = written(tmp_path, old, known)
    assert code == 0
    assert "REFUTED, expected</span>" in html


def test_a_misreading_that_was_rejected_is_good(tmp_path):
    audit = synthetic()
    audit["readings"] = [{**audit["claims"].pop(), "expected": "REFUTED"}]
    for case in audit["readings"][0]["cases"]:
        case.update(verdict="REFUTED", expected="REFUTED")
    assert written(tmp_path, audit)[0] == 0


def test_a_drift_at_a_level_of_corruption_is_no_probability():
    one = History(("x/y", "fast", "digits", "a"), cusums={"p = 0.7": Cusum(high=0.5)})
    assert one.drift == "0.5 up (alarm 5.77), at corruption 70 %"


def test_a_folder_without_an_audit_is_refused_by_name(tmp_path, capsys):
    assert main(["history", str(tmp_path)]) == 4
    assert f"{str(tmp_path)!r} holds no audit.json" in capsys.readouterr().err
