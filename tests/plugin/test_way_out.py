"""However an audit ends, its record, what it printed and the code of the process agree; and 1 means REFUTED alone."""

import signal
from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.plugin import way_out
from rethinking_audit.fixtures.plugin.other_plugins import BREAKING
from rethinking_audit.fixtures.plugin.outcomes import SILENT
from rethinking_audit.fixtures.plugin.record import AUDIT, RECORDER, Recorder, code_of
from rethinking_audit.fixtures.plugin.signals import Signals
from rethinking_audit.fixtures.plugin.terminal import PRINTED
from rethinking_audit.fixtures.plugin.warned import no_warning_is_an_error
from tests.builders.endings import Endings
from tests.builders.records import give, synthetic

STANDS = "The verdicts stand: exit code 0, report: "


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    endings = Endings(tmp_path_factory.mktemp("endings"))
    yield endings
    endings.close()


@pytest.mark.lengthy
def test_an_odd_terminal_and_an_error_at_the_very_end_change_nothing(audit):
    ended = audit(
        *("-W", "error"),
        encoding="ascii",
        COLUMNS="",
        hooks="""
def pytest_configure(config): config.issue_config_time_warning(UserWarning("of another plugin"), 2)
def pytest_unconfigure(): raise ValueError("too late")
""",
    )
    assert (ended.code, ended.record["exit_code"]) == (0, 0)
    assert "+ HELD" in ended.out
    assert "(exit code 0)" in ended.out
    assert "UserWarning: of another plugin" in ended.out
    assert "ValueError: too late: so ended the session, after the claims were judged." in ended.err
    assert STANDS in ended.err
    assert "Traceback" not in ended.err
    assert ended.sessions == []


@pytest.mark.lengthy
def test_a_reader_that_has_gone_ends_nothing(audit):
    ended = audit(stdout=False, hooks="import pytest\ndef pytest_sessionfinish(): pytest.exit('enough', returncode=1)")
    assert (ended.code, ended.record["exit_code"]) == (0, 0)
    assert "Traceback" not in ended.err


@pytest.mark.lengthy
def test_streams_that_the_shell_has_closed_change_no_code(audit):
    closed = "sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = None; os.close(1); os.close(2)"
    ended = audit(before=closed)
    assert (ended.code, ended.record["exit_code"]) == (0, 0)


@pytest.mark.lengthy
def test_a_cache_of_pytests_that_cannot_be_written_changes_no_code(audit):
    ended = audit("-o", f"cache_dir={__file__}/none", cache=True)
    assert (ended.code, ended.record["exit_code"]) == (0, 0)
    assert "+ HELD" in ended.out or "✓ HELD" in ended.out


@pytest.mark.lengthy
def test_a_bug_is_3_and_the_record_says_so(audit):
    ended = audit(hooks="def pytest_runtest_logreport(report): raise ValueError('boo')")
    assert (ended.code, ended.record["exit_code"]) == (3, 3)
    assert "(exit code 3)" in ended.out
    assert ended.sessions == []


@pytest.mark.lengthy
def test_a_full_device_and_no_reporter_at_all_end_nothing(audit):
    quiet = "-o", "addopts=--import-mode=importlib", "-p", "no:terminal"
    ended = audit(*quiet, stdout="/dev/full")
    assert (ended.code, ended.record["exit_code"], ended.err) == (0, 0, "")


def ends(record=None, outcomes=(), error=None, code=0):
    """What the hook makes of a session that ended with a code or an error, and of its record."""
    recorder = Recorder()
    recorder.outcomes = dict.fromkeys(outcomes, SILENT)
    stash = {
        RECORDER: recorder,
        way_out.STATE: SimpleNamespace(session=SimpleNamespace(folder="nowhere", rest=lambda: None)),
    }
    if record is not None:
        stash |= {AUDIT: {"exit_code": record}, PRINTED: True}
    options = SimpleNamespace(option=SimpleNamespace(), known_args_namespace=SimpleNamespace(), stash=stash)
    hook = way_out.pytest_cmdline_main(options)
    next(hook)
    with pytest.raises(StopIteration) as ended:
        hook.send(code) if error is None else hook.throw(error)
    return ended.value.value


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"record": 10, "code": 1}, 10),
        ({"record": 1, "code": 0}, 1),
        ({"record": 0, "error": ValueError("late")}, 0),
        ({"record": 1, "error": pytest.UsageError("late")}, 1),
        ({"record": 2, "error": KeyboardInterrupt()}, 2),
        ({"error": ValueError("early")}, 3),
        ({"error": SystemExit(1)}, 3),
        ({"error": KeyboardInterrupt()}, 2),
        ({"code": 1}, 2),
        ({"code": 1, "outcomes": ["a test that is no claim"]}, 3),
        ({"code": 5}, 5),
    ],
)
def test_the_code_is_the_records_and_never_1_without_one(monkeypatch, capsys, about, code):
    monkeypatch.setattr(way_out, "audits", lambda config: True)
    assert ends(**about) == code
    err = capsys.readouterr().err
    assert ("no verdicts" in err) == ("error" in about and code == 3)


def test_bad_input_stays_bad_input(monkeypatch):
    monkeypatch.setattr(way_out, "audits", lambda config: True)
    with pytest.raises(pytest.UsageError):
        ends(error=pytest.UsageError("--store is 'x'"))


def coded(audit, ended, uncollected=False, outcomes=()):
    recorder = Recorder()
    recorder.pytest_collectreport(SimpleNamespace(failed=uncollected))
    recorder.outcomes = dict.fromkeys(outcomes, SILENT)
    config = SimpleNamespace(stash={RECORDER: recorder}, option=SimpleNamespace(controls=False))
    return code_of(config, audit, {"cases": {"a claim": {}}}, ended)


def test_what_ended_the_session_outweighs_the_verdicts_and_a_refutation_outweighs_the_suites_own_tests():
    held, refuted = synthetic(), give(synthetic(), 0, "alexnet", verdict="REFUTED")
    assert (coded(held, 0), coded(held, 1), coded(refuted, 1)) == (0, 0, 1)
    assert coded(refuted, 2) == 2
    assert coded(held, 3) == 3
    assert coded(held, 1, uncollected=True) == 2
    assert coded(held, 1, outcomes=["a claim"]) == 0
    assert coded(held, 1, outcomes=["a claim", "a test that is no claim"]) == 3
    assert coded(refuted, 1, outcomes=["a test that is no claim"]) == 1


@pytest.mark.usefixtures("no_nohup")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_an_audit_once_and_not_while_it_ends(name):
    signals, number = Signals(), getattr(signal, name)
    with signals.heeded():
        with pytest.raises(KeyboardInterrupt, match=name):
            signal.raise_signal(number)
        signal.raise_signal(number)
        assert signals.name == name
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Signals().heeded():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_warning_that_the_command_line_makes_an_error_is_a_warning_in_an_audit():
    option = SimpleNamespace(pythonwarnings=["error", "error::DeprecationWarning", "e", "ignore:error"])
    no_warning_is_an_error(SimpleNamespace(option=option, known_args_namespace=SimpleNamespace()))
    assert option.pythonwarnings == ["default", "default::DeprecationWarning", "default", "ignore:error"]


@pytest.mark.parametrize(("name", "option"), BREAKING.items())
def test_a_plugin_that_breaks_the_run_stage_is_refused_in_an_audit_alone(monkeypatch, name, option):
    from rethinking_audit.fixtures.plugin import other_plugins

    config = SimpleNamespace(option=SimpleNamespace(**{name: True}))
    monkeypatch.setattr(other_plugins, "audits", lambda config: False)
    other_plugins.pytest_configure(config)
    monkeypatch.setattr(other_plugins, "audits", lambda config: True)
    with pytest.raises(pytest.UsageError, match=f"^{option} is given, expected an audit without it"):
        other_plugins.pytest_configure(config)


def test_an_option_that_another_plugin_has_too_is_a_sentence():
    from _pytest.config.argparsing import Parser

    from rethinking_audit.fixtures.plugin import options, other_plugins

    parser = Parser(_ispytest=True)
    parser.getgroup("theirs").addoption("--report")
    other_plugins.pytest_addoption(parser)
    with pytest.raises(pytest.UsageError, match="--report is an option of another plugin too, expected an audit without"):
        options.pytest_addoption(parser)
