"""Import strings are read without importing anything, and what is none is not taken for one."""

import sys

import pytest

from rethinking_audit.fixtures.guests.strings import Reference, is_a_file, parse, quoted

MALFORMED = [
    "",
    ":",
    "model",
    "model:",
    ":net",
    "model.py",
    "model.py:",
    ".py:net",
    "model:net:more",
    "model..x:net",
    ".model:net",
    "model:net()",
    "model:1net",
    "mo del:net",
    "model/net",
    "folder/model:net",
    "model.py:net.part",
    "model.py:a-b",
    "'model:net'",
    "model :net",
    "model: net",
    "os:system; ls",
    "model:class",
    "import:net",
    "model\0.py:net",
    "https://example.org/model:net",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_import_string_is_none(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "place", "factory", "public"),
    [
        ("model:net", "model", "net", "model:net"),
        ("package.model:Net_2", "package.model", "Net_2", "package.model:Net_2"),
        ("model.py:net", "model.py", "net", "model.py:net"),
        ("../a b/model.py:net", "../a b/model.py", "net", "model.py:net"),
        ("C:/a/model.py:net", "C:/a/model.py", "net", "model.py:net"),
        ("a:b/модель.py:сеть", "a:b/модель.py", "сеть", "модель.py:сеть"),
    ],
)
def test_an_import_string_names_a_place_and_a_factory(text, place, factory, public):
    assert parse(text) == Reference(place, factory)
    assert str(parse(text)) == text
    assert parse(text).public_name == public
    assert "model" not in sys.modules


def test_the_home_of_nobody_is_part_of_a_files_name():
    reference = parse("~nobody-of-that-name/a.py:net")
    assert (reference.path.name, reference.public_name) == ("a.py", "a.py:net")
    assert parse("~\ud800a.py:net").path.name == "~\ud800a.py"


@pytest.mark.parametrize("text", ["x" * 5000, "a\0b", "gone.py", "/", "\ud800.py"])
def test_what_can_be_no_file_is_none(text):
    assert not is_a_file(text)
    assert is_a_file(__file__)


def test_a_quotation_is_one_short_line():
    assert quoted("a\nb") == r"'a\nb'"
    assert len(quoted("x" * 5000)) < 300
    assert quoted("a" + "x" * 5000 + "b").startswith("'ax")
    assert quoted("a" + "x" * 5000 + "b").endswith("xb'")
