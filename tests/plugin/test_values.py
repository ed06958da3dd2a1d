"""Odd values of every option: a sentence that quotes them, or an audit; never a traceback."""

import shlex
from types import SimpleNamespace

import pytest

from rethinking_audit.fixtures.data import paths
from rethinking_audit.fixtures.data.paths import NoHome, cache_folder, data_folder, store_folder
from rethinking_audit.fixtures.plugin import guests, minutes, watch
from rethinking_audit.fixtures.plugin.shard import Shard
from rethinking_audit.fixtures.plugin.values import check_numbers, check_python, folder_of
from rethinking_audit.own import settled
from tests.builders.endings import Endings
from tests.builders.places import ROOT

NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf"), "0": 0, "-1": -1, "1e12": 1e12}


@pytest.mark.parametrize("value", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("name", ["seeds", "max_seeds", "train_size", "width"])
def test_a_number_that_cannot_be_meant_is_quoted(name, value):
    option = SimpleNamespace(first_seed=None, **{name: value})
    with pytest.raises(ValueError, match=rf"^--{name.replace('_', '-')} is {value}, expected (a positive|at most)"):
        check_numbers(SimpleNamespace(option=option))


def test_a_python_without_docstrings_is_refused(monkeypatch):
    for level in (0, 1):
        monkeypatch.setattr("sys.flags", SimpleNamespace(optimize=level))
        check_python()
    monkeypatch.setattr("sys.flags", SimpleNamespace(optimize=2))
    with pytest.raises(ValueError, match="Python runs with -OO or PYTHONOPTIMIZE=2, expected neither"):
        check_python()


@pytest.mark.parametrize("value", [-1, 2**31, 10**30])
def test_a_first_seed_that_cannot_be_meant_is_quoted(value):
    with pytest.raises(ValueError, match=f"^--first-seed is {value}, expected 0 or a positive number, at most 2147483647"):
        check_numbers(SimpleNamespace(option=SimpleNamespace(first_seed=value)))


@pytest.mark.parametrize("value", NUMBERS.values(), ids=NUMBERS)
def test_a_patience_that_cannot_be_meant_is_quoted(value):
    config = SimpleNamespace(option=SimpleNamespace(patience=value), stash={})
    with pytest.raises(pytest.UsageError, match=f"^--patience is {value}, expected minutes above 0 and at most 10080"):
        watch.pytest_configure(config)


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "0", "", "x", "1e999"])
def test_minutes_that_cannot_be_meant_are_quoted(value):
    with pytest.raises(pytest.UsageError, match=f"^--minutes is {value!r}, expected a positive number"):
        minutes.parsed(value)


@pytest.mark.parametrize("value", ["", "0/0", "2/1", "-1/2", "1", "1/x", "99999/99999", "nan/inf"])
def test_a_shard_that_is_none_is_quoted(value):
    with pytest.raises(ValueError, match=f"^--shard is {value!r}, expected i/n"):
        Shard.of(value)


@pytest.mark.parametrize("value", [value for value in NUMBERS.values() if value != 1e12], ids=str)
def test_seconds_that_cannot_be_meant_are_quoted(value):
    with pytest.raises(ValueError, match=f"^the seconds are {value}, expected a number above 0"):
        settled(value, None)


@pytest.mark.parametrize("text", ["", "  ", "{file}", "{file}/below", "a\0b", "x" * 5000])
def test_a_folder_that_is_none_is_quoted(tmp_path, text):
    (tmp_path / "file").touch()
    text = text.format(file=tmp_path / "file")
    if text.endswith("below"):
        assert folder_of("--store", text) == tmp_path / "file" / "below"  # the store says that it cannot be made
        return
    with pytest.raises(ValueError, match=r"^--store is '.*', "):
        folder_of("--store", text)


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    endings = Endings(tmp_path_factory.mktemp("endings"))
    yield endings
    endings.close()


FILE = ROOT / "pyproject.toml"


@pytest.mark.lengthy
@pytest.mark.parametrize(
    "words",
    [
        f"--report={FILE} --plan",
        f"--store={FILE}/below",
        "--device= --engine=x",
        "--first-seed=x",
    ],
)
def test_an_odd_value_is_a_sentence_and_exit_4(audit, words):
    ended = audit(*shlex.split(words))
    assert (ended.code, ended.record) == (4, None)
    assert "Traceback" not in ended.out + ended.err
    assert shlex.split(words)[0].partition("=")[0] in ended.err or "the store" in ended.err


@pytest.fixture
def nobody(monkeypatch):
    """A user without a home and without a name, who has set nothing."""
    for name in ("HOME", "RETHINKING_CACHE", "RETHINKING_DATA", "XDG_CACHE_HOME", "XDG_DATA_HOME", "USER", "LOGNAME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(*_):
        raise KeyError("uid not found")

    monkeypatch.setattr("pwd.getpwuid", unknown)


SAID = "this user has no home folder, expected HOME, or the folders that --store, RETHINKING_CACHE and RETHINKING_DATA name"


@pytest.mark.parametrize("place", [store_folder, data_folder, cache_folder])
def test_a_user_without_a_home_is_told_what_to_set(nobody, place):
    with pytest.raises(NoHome, match=SAID):
        place()


def test_a_user_without_a_home_may_name_folders(nobody, monkeypatch, tmp_path):
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path))
    assert paths.cache_folder() == tmp_path
    for place in ("~/x", "~nobody-at-all/x"):
        monkeypatch.setenv("RETHINKING_CACHE", place)
        with pytest.raises(NoHome, match=f"RETHINKING_CACHE is '{place}', and there is no such home folder"):
            paths.cache_folder()


@pytest.mark.lengthy
def test_digits_need_no_home_where_the_store_is_named(audit):
    before = "import pwd\ndef none(*_): raise KeyError('uid not found')\npwd.getpwuid = none"
    names = ["HOME", "RETHINKING_CACHE", "RETHINKING_DATA", "XDG_CACHE_HOME", "XDG_DATA_HOME", "USER", "LOGNAME"]
    ended = audit(before=before, without=names)
    assert (ended.code, ended.record["exit_code"]) == (0, 0), ended.err


def test_the_users_networks_are_named_by_what_names_one():
    config = SimpleNamespace(option=SimpleNamespace(network=[""], width=None))
    with pytest.raises(ValueError, match="''"):
        guests.names(config)
