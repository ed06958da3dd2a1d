"""The first screen answers by the worst verdict that nobody expected, and says what kind of evidence it is."""

import copy

import pytest

from rethinking_audit.fixtures.record.outcome import all_cases
from rethinking_audit.reports.answer import FAMILIES, answer
from tests.builders.everything import everything
from tests.builders.full import DEVIATION
from tests.builders.records import give, synthetic


def whole(audit):
    """The audit with a claim of every family."""
    made = copy.deepcopy(audit)
    first = made["claims"][0]
    made["claims"] = [{**copy.deepcopy(first), "id": f"{family}/x"} for family in FAMILIES]
    return made


def with_verdicts(**changed):
    """What an audit answers whose claims hold, but for those of these families."""
    made = whole(synthetic())
    for claim in made["claims"]:
        verdict = changed.get(claim["id"].partition("/")[0].replace("-", "_"), "HELD")
        claim["verdict"] = verdict
        for case in claim["cases"]:
            case["verdict"] = verdict
    return answer(made)


@pytest.mark.parametrize(
    ("changed", "tone", "sentence"),
    [
        ({}, "HELD", "Yes, on small data: 8 of 8 claims held."),
        ({"kernel": "REFUTED"}, "REFUTED", "Not all of it, on small data: 1 was refuted, 7 of 8 claims held."),
        (
            {"kernel": "REFUTED", "linear": "ERROR"},
            "REFUTED",
            "Not all of it, on small data: 1 was refuted, 6 of 8 claims held.",
        ),
        ({"kernel": "ERROR"}, "ERROR", "No answer, on small data: 1 ended in an error, 7 of 8 claims held."),
        ({"kernel": "INCONCLUSIVE"}, "INCONCLUSIVE", "Mostly yes, on small data: 1 undecided, 7 of 8 claims held."),
        (dict.fromkeys([name.replace("-", "_") for name in FAMILIES], "NOT RUN"), "NOT RUN", "Nothing was decided."),
        (
            dict.fromkeys([name.replace("-", "_") for name in list(FAMILIES)[1:]], "INCONCLUSIVE"),
            "INCONCLUSIVE",
            "Not decided, on small data: 7 undecided, 1 of 8 claims held.",
        ),
        (
            {"kernel": "NOT RUN"},
            "HELD",
            "Yes, on small data, in the part that was judged: 7 of 7 claims held, 1 not run.",
        ),
    ],
)
def test_the_sentence_is_of_the_worst_verdict(changed, tone, sentence):
    found = with_verdicts(**changed)
    assert (found.tone, found.sentence) == (tone, sentence)


def test_a_known_deviation_is_said_and_spoils_nothing():
    made = whole(synthetic())
    made["claims"][3] = give(synthetic(), 2, "alexnet", verdict="REFUTED", deviation=DEVIATION)["claims"][2]
    made["claims"][3]["id"], made["claims"][3]["verdict"] = "capacity/x", "REFUTED"
    found = answer(made)
    assert (found.tone, found.sentence) == (
        "HELD",
        "Yes, on small data: 7 of 8 claims held, 1 did not, as known since 2026-11-21.",
    )


def test_an_audit_of_training_code_is_asked_for_mistakes():
    made = {**synthetic(), "subject": "mine.py:fit"}
    assert answer(made).sentence == "Nothing wrong was found: 5 of 5 checks held."
    made["claims"][0]["verdict"] = "REFUTED"
    assert (answer(made).tone, answer(made).sentence) == ("REFUTED", "Something is wrong in 1 of 5 checks.")
    assert answer(made).title == "✗ mine.py:fit, 2026-11-21"


def test_the_evidence_has_images_width_and_seeds():
    made = synthetic()
    for claim in made["claims"]:
        claim["cases"][0]["judgement"]["seeds"] = 5
    (one,) = answer(made).evidence
    assert one.endswith(": 300 training images, 5 seeds")
    for run in list(made["runs"].values())[::2]:
        run["spec"]["width"] = 0.25
    assert "0.25 to 1 of the paper's width" in answer(made).evidence[0]


def test_controls_count_once_and_undecided_ones_are_said():
    reasons = answer(everything()).reasons
    assert any("controls as they must be" in reason for reason in reasons)
    assert any("false alarms" in reason for reason in reasons)


def test_a_family_has_a_bar_with_its_verdicts():
    found = {family.name: family for family in with_verdicts(kernel="REFUTED").families}
    assert found["kernels"].shares == [("REFUTED", 1, 0)]
    assert (found["linear models"].held, found["linear models"].of) == (1, 1)


def test_the_paper_is_linked_where_its_venue_names_it():
    made = synthetic()
    made["paper"]["venue"] = "ICLR 2017, arXiv:1611.03530v2"
    assert answer(made).paper == "https://arxiv.org/abs/1611.03530v2"
    made["paper"]["venue"] = "arXiv:javascript"
    assert answer(made).paper is None


def of_all_images(*tiers):
    """An audit of these tiers, one after the other, whose networks are trained on all images."""
    made = whole(synthetic())
    for place, (_, case) in enumerate(all_cases(made)):
        case["tier"] = tiers[place % len(tiers)]
    for run in made["runs"].values():
        run["spec"]["train_size"] = None
    return made


@pytest.mark.parametrize(
    ("tiers", "sentence", "scale"),
    [
        (("paper",), "Yes: ", ""),
        (("fast", "paper"), "Yes, partly on small data: ", "The tier fast is not the paper's experiment, which has"),
        (
            ("fast", "small"),
            "Yes, on small data and on few natural images: ",
            "The tier fast is not the paper's experiment,",
        ),
    ],
)
def test_of_several_tiers_each_that_is_not_the_papers_is_said(tiers, sentence, scale):
    made = of_all_images(*tiers)
    assert answer(made).sentence.startswith(sentence)
    assert answer(made).scale.startswith(scale)
    assert bool(answer(made).scale) == bool(scale)


@pytest.mark.parametrize("tier", ["paper", "imagenet"])
@pytest.mark.parametrize(
    ("spec", "way"),
    [
        ({"train_size": 300}, "at most 300 training images"),
        ({"width": 0.125}, "networks narrowed to 0.125 of their width"),
        ({"stream": {"classes": 10}}, "10 classes"),
    ],
)
def test_a_tier_that_trains_less_than_the_paper_did_says_how(tier, spec, way):
    made = of_all_images(tier)
    for run in made["runs"].values():
        run["spec"].update(spec)
    assert answer(made).sentence == "Yes, on a small scale: 8 of 8 claims held."
    assert answer(made).scale == f"Not the paper's experiment: {way}."


def test_a_stand_in_of_some_of_the_data_is_said_of_these():
    made = whole(synthetic())
    (data,) = made["data"].values()
    made["data"] = {"a": data | {"stand_in": True}, "b": data | {"stand_in": False}}
    assert answer(made).scale.endswith(" Some of the data are a stand-in for the paper's.")


def with_since(*verdicts, papers=True):
    """What an audit answers that judged claims found since 2017 too."""
    made = whole(synthetic())
    first = made["claims"][0]
    found = [{**copy.deepcopy(first), "id": f"since/{place}", "verdict": one} for place, one in enumerate(verdicts)]
    made["claims"] = [*found[:1], *(made["claims"] if papers else []), *found[1:]]
    return answer(made)


@pytest.mark.parametrize(
    ("verdicts", "since"),
    [
        ((), ""),
        (("NOT RUN",), ""),
        (("HELD", "HELD"), "Found since 2017, by others: 2 of 2 claims held."),
        (
            ("REFUTED", "HELD", "INCONCLUSIVE", "ERROR", "NOT RUN"),
            "Found since 2017, by others: 1 of 4 claims held, 1 refuted, 1 ended in an error, 1 undecided.",
        ),
    ],
)
def test_what_was_found_since_is_said_and_never_counted_as_the_papers(verdicts, since):
    found = with_since(*verdicts)
    assert (found.tone, found.sentence) == ("HELD", "Yes, on small data: 8 of 8 claims held.")
    assert found.since == since
    assert [family.name for family in found.families][8:] == ["found since 2017"] * bool(since)


def test_an_audit_of_what_was_found_since_alone_says_nothing_of_the_paper():
    found = with_since("HELD", papers=False)
    assert (found.tone, found.sentence) == ("NOT RUN", "No claim of the paper was decided.")
    assert found.since == "Found since 2017, by others: 1 of 1 claim held."
