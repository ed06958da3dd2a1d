"""A solve as a run: drained like a training, watched, kept from labels that are not its own, and read by its values."""

import pytest

from rethinking_audit.fixtures.data.contracts import ContractBroken
from rethinking_audit.fixtures.data.datasets import find
from rethinking_audit.fixtures.runs import prepare
from rethinking_audit.fixtures.runs.identity import key
from rethinking_audit.fixtures.runs.session import Session
from rethinking_audit.fixtures.runs.store import Store
from rethinking_audit.fixtures.tasks import sample
from rethinking_audit.fixtures.tasks.solutions import Solutions, mixed
from rethinking_audit.fixtures.tasks.solve import ProblemSolve
from rethinking_audit.fixtures.tasks.sources import canonical
from rethinking_audit.fixtures.tasks.target import Target
from tests.builders.problems import SPEC


def test_a_solve_is_drained_like_a_training_and_its_record_is_the_same_wherever_it_is_made(tmp_path):
    records = []
    for name in ("one", "other"):
        store = Store(tmp_path / name)
        prepare.drain({key(SPEC, Target()): SPEC}, store, Session(tmp_path / "s"), Target(), "main")
        records.append({**store.read(key(SPEC, Target())), "made": None})
    assert canonical(records[0]) == canonical(records[1])
    assert records[0]["spec"] == SPEC.to_dict()
    assert "no_image_in_both_splits" in records[0]["result"]["contracts"]


def test_a_solve_says_how_far_it_is(tmp_path, monkeypatch):
    beats = []
    monkeypatch.setattr(prepare, "BEAT_EVERY", 0)
    monkeypatch.setattr(Session, "beat", lambda self, worker, beat: beats.append(beat))
    spec = ProblemSolve.of("depth", find("digits"), {"depths": [2, 3]}, train_size=50)
    prepare.drain({key(spec, Target()): spec}, Store(tmp_path), Session(tmp_path / "s"), Target(), "main")
    assert [(beat.epoch, beat.units, beat.unit) for beat in beats if beat][-1] == (1, 2, "part")


def test_labels_that_are_not_what_the_spec_says_break_a_contract(monkeypatch):
    monkeypatch.setattr(sample, "corrupt_labels", lambda labels, *_: (labels + 1) % 10)
    with pytest.raises(ContractBroken, match="label corruption"):
        sample.checked(SPEC.data, SPEC.train_size, SPEC.corruption, SPEC.seed)
    draws = iter(range(2))
    monkeypatch.setattr(sample, "corrupt_labels", lambda labels, *_: labels + next(draws))
    with pytest.raises(ContractBroken, match="same on every read"):
        sample.checked(SPEC.data, SPEC.train_size, SPEC.corruption, SPEC.seed)


def test_values_are_attributes_by_seed():
    solved = Solutions([{"error": 0.1}, {"error": 0.3}])
    assert solved.error == [0.1, 0.3]
    assert solved.worst("error") == {"error": 0.3}
    assert Solutions([{"wrong": "c0", "tested": 3}]).wrong == [[True, True, False]]
    assert Solutions([{"draws": [1, 2]}, {"draws": [3]}]).pooled("draws") == [1, 2, 3]
    with pytest.raises(AttributeError, match="no value 'norm'; it has error"):
        _ = solved.norm


def test_a_share_of_the_flags_is_taken_from_another_solve():
    right, wrong = "00" * 100, "ff" * 100
    assert [mixed(right, wrong, share) for share in (0.0, 1.0, 2.0)] == [right, wrong, wrong]
    (half,) = Solutions([{"wrong": mixed(right, wrong, 0.25), "tested": 800}]).wrong
    assert sum(half) == 200
    assert mixed([right, None], [wrong, wrong], 1.0) == [wrong, None]


def test_values_are_found_by_the_numbers_at_their_places():
    solved = Solutions([{"sizes": [1, 2], "errors": [0.5, 0.1]}, {"sizes": [1, 2], "errors": [0.6, 0.2]}])
    assert solved.by("sizes", "errors") == {1: [0.5, 0.6], 2: [0.1, 0.2]}
