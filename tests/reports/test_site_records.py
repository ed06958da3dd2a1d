"""What a site makes of records: which are shown, what changed with a release, what was sabotaged, and hostile ones."""

import json
import os
import time

import pytest

from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.__main__ import main
from rethinking_audit.reports.folder import Folder
from rethinking_audit.reports.site import pages
from rethinking_audit.reports.site.contents import Contents
from rethinking_audit.reports.site.shown import Shown, experiment, latest
from tests.builders.full import full
from tests.builders.records import give, synthetic
from tests.builders.sites import Site, at, site


def shown(audit: Audit) -> Shown:
    return Shown(audit, "a", None, experiment(audit))


# Experiments


def test_a_later_audit_of_the_same_experiment_takes_the_place_of_an_earlier_one(tmp_path):
    made = site(tmp_path, old=at(synthetic(2), 1), new=at(synthetic(2, draw=1), 2))
    assert made.texts["index.html"].count("<article>") == 1
    assert "2026-11-02 · new" in made.told("index.html")
    assert {"audits/old/audit.html", "audits/new/audit.html"} <= made.reached()


def test_an_earlier_audit_stays_if_it_judged_what_no_later_one_did():
    whole, part = shown(at(synthetic(3), 1)), shown(at(synthetic(2), 2))
    assert latest([part, whole]) == [part, whole]
    assert latest([shown(at(synthetic(3), 3)), part, whole])[1:] == []


def change(what):
    audit = synthetic(2)
    if what == "size":
        for run in audit["runs"].values():
            run["spec"]["train_size"] = 500
    elif what == "card":
        audit["provenance"]["machine"]["gpu"] = "H200"
    elif what == "tier":
        for claim in audit["claims"]:
            for case in claim["cases"]:
                case["tier"] = "small"
    elif what == "data":
        audit["data"] = {"mnist": audit["data"]["digits"]}
    elif what == "code":
        audit["subject"] = "mine.py"
    return audit


@pytest.mark.parametrize("what", ["size", "card", "tier", "data", "code"])
def test_another_size_card_tier_data_set_or_code_is_another_experiment(what):
    assert experiment(change(what)) != experiment(synthetic(2))
    assert len(latest([shown(change(what)), shown(synthetic(2))])) == 2


def test_an_experiment_is_named_by_its_tier_data_size_and_machine():
    assert shown(synthetic(2)).title == "fast · digits, 300 images · CPU"
    assert shown(change("card")).title == "fast · digits, 300 images · H200"
    assert shown(change("code")).title == "mine.py · digits, 300 images · CPU"
    assert shown(synthetic(2, runs=False)).title == "fast · digits, 901 images · CPU"


# One claim in several audits


def test_a_claim_that_an_audit_did_not_judge_is_shown_where_it_was(tmp_path):
    idle = at(synthetic(2), 2)
    idle["claims"][1].update(verdict="NOT RUN")
    for case in idle["claims"][1]["cases"]:
        case.update(verdict="NOT RUN", judgement=None, reason="no time")
    made = site(tmp_path, old=at(synthetic(2), 1), new=idle)
    assert ("audits/old/audit.html", "family-claim-1") in made.links("claims/family/claim-1.html")
    assert ("audits/new/audit.html", "family-claim-0") in made.links("claims/family/claim-0.html")


def drawn(folder, **changes):
    """The pictures of a claim in two audits; the changes are of the judgement in the second."""
    near, far = at(synthetic(1, networks=("alexnet",)), 1), at(change("card"), 2)
    for case in far["claims"][0]["cases"]:
        case["judgement"] |= changes
    return site(folder, near=near, far=far).texts["claims/family/claim-0.html"].split('<path class="whisker"')


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({"quantity": "test error (p = 0.7)"}, True),
        ({"accepted": {"low": None, "high": 0.6}}, True),
        ({"quantity": "training error"}, False),
        ({"unit": "x"}, False),
        ({"accepted": {"low": None, "high": 1e-6}}, False),
        ({"accepted": {"low": 0.0, "high": 0.0}}, True),
    ],
    ids=str,
)
def test_pictures_share_a_scale_if_they_show_one_quantity_with_limits_of_one_size(tmp_path, changes, alike):
    narrow = drawn(tmp_path / "narrow", **changes)
    wide = drawn(tmp_path / "wide", **changes, interval={"low": -0.5, "high": 0.9})
    assert (narrow[-1] != wide[-1]) == alike, "the first audit's picture moves with the interval of the second"


# Releases


def test_audits_with_another_torch_are_compared_and_the_same_torch_is_not(tmp_path):
    old, same = at(synthetic(2), 1), at(synthetic(2, draw=1), 2)
    new = at(give(synthetic(2, draw=2), 1, "alexnet", verdict="REFUTED"), 3, packages={"torch": "2.16.0"})
    made = site(tmp_path, old=old, same=same, new=new)
    told = made.told("releases.html")
    assert "torch 2.15.0 → 2.16.0: 1 regressed" in told
    assert "2026-11-02 to 2026-11-03" in told
    assert "family/claim-1 [fast, digits, alexnet] HELD, now REFUTED: it was REFUTED" in told
    assert made.texts["releases.html"].count("<article>") == 1


def test_another_driver_is_a_release_and_another_experiment_is_none(tmp_path):
    first = at(synthetic(2), 1, machine={"gpu": "H200", "driver": "570.1"})
    second = at(synthetic(2), 2, machine={"gpu": "H200", "driver": "580.2"})
    assert "driver 570.1 → 580.2: Nothing regressed" in site(tmp_path / "a", a=first, b=second).told("releases.html")
    elsewhere = at(change("size"), 2, packages={"torch": "2.16.0"})
    assert "releases.html" not in site(tmp_path / "b", a=at(synthetic(2), 1), b=elsewhere).pages


# Sabotage


def fault(caught):
    audit = give(synthetic(2), 0, "alexnet", verdict="REFUTED" if caught else "HELD")
    return audit | {"sabotage": {"id": "no-step", "what": "no step", "source": "a paper", "caught_by": ["family/claim-0"]}}


@pytest.mark.parametrize(("caught", "told"), [(True, "1 of 1 faults caught"), (False, "0 of 1 faults caught")])
def test_a_sabotaged_audit_is_in_the_matrix_and_nowhere_else(tmp_path, caught, told):
    red_elsewhere = at(give(synthetic(2), 1, "alexnet", verdict="REFUTED"), 1)
    made = site(tmp_path, faults__clean=synthetic(2), faults__step=fault(caught), nightly__one=red_elsewhere)
    assert told in made.told("sabotage.html")
    assert "nothing red in 1 audit without one" in made.told("sabotage.html")
    assert not [name for name in made.pages if "step" in name]
    assert list(made.dead()) == []
    assert made.reached() == set(made.pages)


# What is there decides what is shown


def test_a_folder_of_one_small_audit_has_no_page_for_what_it_lacks(tmp_path):
    made = site(tmp_path, one=synthetic(2))
    assert sorted(name for name in made.pages if "/" not in name) == ["claims.html", "glossary.html", "index.html"]
    assert list(made.dead()) == []


def test_names_with_spaces_and_signs_are_addresses_all_the_same(tmp_path):
    bytes_alone = os.fsdecode(b"caf\xe9")
    made = site(tmp_path, **{"night #1 ?": synthetic(2), "a%20b": at(synthetic(2), 1), bytes_alone: at(synthetic(2), 2)})
    assert "audits/caf%E9/audit.html" in made.texts["claims.html"]
    assert list(made.dead()) == []
    assert "audits/night #1 ?/audit.html" in made.reached()


def test_records_directly_in_the_folder_and_beside_each_other_have_pages(tmp_path):
    for name in ("audit", "other"):
        (tmp_path / f"{name}.json").write_text(json.dumps(synthetic(2)))
    assert main(["site", str(tmp_path)]) == 0
    made = Site(tmp_path / "site")
    assert {"audits/audit.html", "audits/other.html"} <= set(made.pages)
    assert main(["site", str(tmp_path)]) == 0, "a site may be made again"
    assert Site(tmp_path / "site").texts == made.texts


def test_an_audit_of_ones_own_code_is_shown_with_its_name(tmp_path):
    made = site(tmp_path, own=change("code"))
    assert "mine.py · digits, 300 images · CPU" in made.told("index.html")


# Bad input


def test_what_cannot_be_read_is_named_and_the_rest_is_shown(tmp_path, capsys):
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "broken.json").write_text("{")
    made = site(tmp_path, one=synthetic(2))
    assert "broken.json' is not JSON" in capsys.readouterr().err
    assert "Not shown: 'broken.json' is not JSON" in made.told("index.html")
    assert str(tmp_path) not in made.texts["index.html"]


def records(folder):
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps(synthetic(1)))
    return folder


BAD = {
    "no folder": (lambda here: [here / "gone"], "gone' holds no audit.json"),
    "no audit": (lambda here: [here], "' holds no audit.json"),
    "a file as the folder": (lambda here: [records(here / "a") / "one.json"], "one.json' holds no audit.json"),
    "a file as the target": (lambda here: [records(here / "a"), "--into", here / "a" / "one.json"], "cannot be written: "),
    "a file on the way": (lambda here: [records(here / "a"), "--into", here / "a/one.json/b"], "cannot be written: "),
    "no address": (lambda here: [records(here / "a"), "--url", "example.org"], "'example.org' is no address, expected one"),
    "an odd address": (lambda here: [records(here / "a"), "--url", 'https://x/"y'], "is no address, expected one such as"),
}


@pytest.mark.parametrize(("words", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_sentence_and_nothing_is_lost(tmp_path, capsys, words, said):
    given = [str(word) for word in words(tmp_path)]
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    try:
        code = main(["site", *given])
    except SystemExit as ended:
        code = ended.code
    assert code == 4
    last = capsys.readouterr().err.splitlines()[-1]
    assert said in last
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_page_that_is_no_sites_is_not_overwritten(tmp_path, capsys):
    folder = records(tmp_path / "a")
    (folder / "index.html").write_text("mine")
    assert main(["site", str(folder), "--into", str(folder)]) == 4
    assert "index.html' is no page of a site, expected --into to name" in capsys.readouterr().err
    assert (folder / "index.html").read_text() == "mine"


# Hostile and large records


MARKUP = "<img src=x onerror=alert(1)> \" onload='x ]]>--><b>&amp;"
SIGNS = "\u202e\x00\ud800 a\nb"


@pytest.mark.parametrize("text", [MARKUP, SIGNS], ids=["markup", "signs"])
def test_a_hostile_record_stays_text_on_every_page(tmp_path, text):
    def say(audit, words):
        audit["command"] = audit["paper"]["title"] = audit["data"]["digits"]["title"] = words
        audit["provenance"]["machine"]["gpu"] = audit["provenance"]["machine"]["driver"] = words
        audit["consistency"] = [{"item": words, "against": words, "view": words}]
        for claim in audit["claims"]:
            claim.update(statement=words, explanation=words, source=words, refuted_by=words, control=words)
            for case in claim["cases"]:
                case.update(tier=words, network=case["network"] + words, reason=words)
                case["paper"].update(where=words, origin=words)
                case["judgement"].update(quantity=words, rule=words, notes=[words])
        return audit

    def made(words):
        red = at(give(full(), 1, "alexnet", verdict="REFUTED"), 2, packages={"torch": words})
        reading = at(full(), 1)
        reading["readings"] = [reading["claims"].pop() | {"id": "readings/three", "expected": "REFUTED"}]
        sabotaged = fault(True) | {"sabotage": {"id": "x", "what": words, "source": words, "caught_by": [words]}}
        folder = tmp_path / str(len(words))
        return site(folder, **{"a": say(red, words), "b": say(reading, words), "c": say(sabotaged, words)})

    tame, wild = made("word"), made(text)
    assert set(tame.pages) == set(wild.pages)
    for name, page in wild.pages.items():
        assert [tag for tag, _ in page.elements] == [tag for tag, _ in tame.pages[name].elements], name
        assert not [1 for _, attributes in page.elements for one in attributes if one.startswith("on")]
    assert list(wild.dead()) == []


def test_a_matrix_of_many_audits_has_the_latest(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "MOST_CELLS", 5)
    made = site(tmp_path, a=at(synthetic(2), 1), b=at(synthetic(2), 2), c=at(synthetic(2), 3))
    assert "The latest 2 of 3 audits." in made.told("claims.html")
    crossed = made.texts["claims.html"].partition('id="dates"')[2].partition("</section>")[0]
    assert [crossed.count(f"<small>{name}</small>") for name in "abc"] == [0, 1, 1]
    assert "audits/a/audit.html" in made.texts["claims.html"]


def test_findings_on_training_code_are_no_claims_of_the_paper(tmp_path):
    made = site(tmp_path, paper=at(synthetic(1), 1), own=at(synthetic(3), 2) | {"subject": "mine.py:fit"})
    assert [name for name in made.pages if name.startswith("claims/")] == ["claims/family/claim-0.html"]
    assert "mine.py:fit" in made.told("index.html")
    assert "hold?" in made.told("index.html")


def test_a_site_of_training_code_alone_names_no_paper(tmp_path):
    made = site(tmp_path, own=at(synthetic(3), 2) | {"subject": "mine.py:fit"})
    assert "claims.html" not in made.pages
    assert "Is there a mistake in the training code?" in made.told("index.html")
    assert list(made.dead()) == []


def test_a_file_that_is_of_no_site_is_not_replaced(tmp_path, capsys):
    (tmp_path / "audit.json").write_text(json.dumps(synthetic(1)))
    theirs = tmp_path / "site" / "claims.html"
    theirs.parent.mkdir()
    theirs.write_text("<h1>Our claims</h1>")
    assert main(["site", str(tmp_path)]) == 4
    assert f"{str(theirs)!r} is no page of a site" in capsys.readouterr().err
    assert theirs.read_text() == "<h1>Our claims</h1>"
    theirs.unlink()
    assert [main(["site", str(tmp_path)]) for _ in range(2)] == [0, 0]


@pytest.mark.lengthy
def test_a_thousand_claims_have_small_pages_in_seconds(tmp_path):
    found = Folder([(tmp_path / "one.json", synthetic(claims=1000, runs=False))])
    start = time.process_time()
    made = {file: len(text.encode()) for file, text in pages.pages(Contents(tmp_path, found)) if file.parts[0] != "audits"}
    assert time.process_time() - start <= 20
    assert len(made) == 1004
    assert max(made.values()) < 1_000_000
