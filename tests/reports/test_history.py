"""A folder of audits has an index, and another experiment begins another series."""

import json

from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.compare import compare
from rethinking_audit.reports.history import read_folder
from tests.builders.records import synthetic


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
    assert html.count('href="3/audit.html"') == html.count("href=") == 1
    assert "drifted:</span> <code>family/claim-0 [fast, digits, alexnet]</code>" in html
    assert html.count("drifted:") == 1
    assert "broken.json&#39; is not JSON" in html
    assert html.count("audit-compare") == 0
    audits, refused = read_folder(tmp_path)
    assert (len(audits), len(refused)) == (12, 1)


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
    assert "Nothing drifts." in (tmp_path / "page.html").read_text()


def test_a_folder_without_an_audit_is_refused_by_name(tmp_path, capsys):
    assert main(["history", str(tmp_path)]) == 4
    assert f"{str(tmp_path)!r} holds no audit.json" in capsys.readouterr().err
