"""What several tests of the reports use."""

import json

import pytest

from rethinking_audit.reports.render import render
from tests.builders.full import full
from tests.builders.records import give, synthetic


@pytest.fixture
def folder(tmp_path):
    """Two audits, of which the second has a claim that fell."""
    (tmp_path / "old.json").write_text(json.dumps(synthetic(2)))
    (tmp_path / "new.json").write_text(json.dumps(give(synthetic(2), 1, "alexnet", verdict="REFUTED")))
    return tmp_path


@pytest.fixture(scope="module")
def html():
    return render(full())
