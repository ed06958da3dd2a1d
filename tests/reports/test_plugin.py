"""What pytest does with an audit that was written: its page, and the comparison with an earlier one."""

import json
from types import SimpleNamespace

import pytest

from rethinking_audit.reports.plugin import Regression, narrowed, pytest_addoption, pytest_audit_written, pytest_configure
from tests.builders.records import synthetic


def configuration(**options):
    """As much of a pytest configuration as the plugin reads."""
    registered = []
    manager = SimpleNamespace(
        register=lambda plugin, name: registered.append((plugin, name)),
        get_plugin=lambda name: next((plugin for plugin, own in registered if own == name), None),
    )
    option = SimpleNamespace(**{"collectonly": False, "plan": False, "baseline": None, **options})
    return SimpleNamespace(args=["claims"], option=option, pluginmanager=manager, registered=registered)


def terminal():
    """What is written to a terminal."""
    lines = []
    writer = SimpleNamespace(
        write_sep=lambda sign, title: lines.append(f"{sign} {title}"), write_line=lambda text: lines.append(text)
    )
    return writer, lines


def test_the_option_names_an_earlier_audit():
    parser = pytest.Parser(_ispytest=True)
    parser.getgroup("audit", "audit of the claims").addoption("--store")
    pytest_addoption(parser)
    assert parser.parse(["--baseline", "x"]).baseline == "x"
    assert parser.parse([]).baseline is None
    told = " ".join(parser.optparser.format_help().split())
    assert "audit of the claims: --store=STORE --baseline=FILE an earlier audit.json: exit 1 if anything regressed" in told


def test_a_baseline_is_read_before_anything_is_trained(folder):
    config = configuration(baseline=str(folder / "old.json"))
    pytest_configure(config)
    ((plugin, name),) = config.registered
    assert (name, plugin.baseline, plugin.narrowed) == ("audit-regression", synthetic(2), False)
    narrow = configuration(baseline=str(folder / "old.json"), keyword="chance")
    pytest_configure(narrow)
    assert narrow.registered[0][0].narrowed is True
    for argument, parts in (("claims/test_x.py", True), ("claims/test_x.py::test_y", True), ("claims.pyc", False)):
        config.args = ["claims", argument]
        assert narrowed(config) is parts


def test_without_a_baseline_and_in_a_worker_nothing_is_compared(folder):
    for config in (configuration(), configuration(baseline=str(folder / "old.json"))):
        if config.option.baseline:
            config.workerinput = {}
        pytest_configure(config)
        assert config.registered == []


def test_a_baseline_that_is_no_audit_is_bad_usage(folder):
    with pytest.raises(pytest.UsageError) as error:
        pytest_configure(configuration(baseline=str(folder / "none.json")))
    expected = (
        f"--baseline: {str(folder / 'none.json')!r} cannot be read: No such file or directory; expected an audit.json"
    )
    assert str(error.value) == expected


def test_a_written_audit_gets_its_page(folder):
    pytest_audit_written(configuration(), folder / "old.json")
    page = (folder / "old.html").read_text()
    assert page.strip().startswith("<!doctype html>")
    assert 'id="changed"' not in page


def test_its_page_says_what_changed_since_the_baseline(folder):
    config = configuration(baseline=str(folder / "old.json"))
    pytest_configure(config)
    ((regression, _),) = config.registered
    regression.pytest_audit_judged(json.loads((folder / "new.json").read_text()) | {"exit_code": 0})
    pytest_audit_written(config, folder / "new.json")
    page = (folder / "new.html").read_text()
    assert '<a href="#changed">against that of' in page
    assert page.count("1 regressed</span>") == 2  # on the first screen, and over what changed


def read(path):
    return json.loads(path.read_text())


def test_a_comparison_is_stored_beside_the_audit_and_told(folder):
    config, (writer, lines) = configuration(), terminal()
    regression, audit = Regression(synthetic(2), narrowed=False), read(folder / "new.json") | {"exit_code": 0}
    regression.pytest_audit_judged(audit)
    regression.pytest_audit_written(folder / "new.json")
    regression.pytest_terminal_summary(writer, config)
    assert audit["exit_code"] == 1
    text = (folder / "new-compare.json").read_text()
    assert text == json.dumps(regression.comparison.to_dict(), indent=1)
    assert (folder / "new-compare.md").read_text().startswith("## ✗ 1 regression\n")
    assert lines[0] == "= against the baseline"
    assert lines[1].startswith("1 regression: ")


def test_what_was_not_compared_says_why(folder):
    for audit, why in ((None, "no audit was written"), ({"exit_code": 0}, "KeyError: ")):
        config, (writer, lines) = configuration(), terminal()
        regression = Regression(synthetic(2), narrowed=False)
        session = SimpleNamespace(config=config, exitstatus=0)
        if audit:
            regression.pytest_audit_judged(audit)
            regression.pytest_audit_written(folder / "new.json")
            assert audit["exit_code"] == 10
        regression.pytest_sessionfinish(session)
        regression.pytest_terminal_summary(writer, config)
        assert session.exitstatus == (0 if audit else 10)
        assert lines[1].startswith(f"not compared: {why}")
        assert not (folder / "new-compare.json").exists()


@pytest.mark.parametrize("options", [{"collectonly": True}, {"plan": True}])
def test_where_nothing_is_judged_nothing_is_compared(options):
    config, (writer, lines) = configuration(**options), terminal()
    session = SimpleNamespace(config=config, exitstatus=0)
    regression = Regression(synthetic(), narrowed=False)
    regression.pytest_sessionfinish(session)
    regression.pytest_terminal_summary(writer, config)
    assert (session.exitstatus, lines) == (0, [])


def test_a_version_of_the_suite_without_plans_is_compared():
    config = configuration()
    del config.option.plan
    session = SimpleNamespace(config=config, exitstatus=0)
    Regression(synthetic(), narrowed=False).pytest_sessionfinish(session)
    assert session.exitstatus == 10


def test_a_narrowed_audit_misses_nothing():
    for narrow, missing in ((True, 0), (False, 2)):
        regression = Regression(synthetic(2), narrowed=narrow)
        regression.pytest_audit_judged(synthetic(1))
        assert len(regression.comparison.regressions) == missing
