"""Text is written in any encoding, at any width, and to a reader that has gone."""

import errno
import io
import os
import sys

import pytest

from rethinking_audit.fixtures.record.printing import Printer, columns, printed, printing

SIGNS = "✓ HELD – “x” 2.00 × Ж"


def encoded(encoding, text=SIGNS, as_xml=False):
    file = io.TextIOWrapper(io.BytesIO(), encoding, newline="")
    printer = Printer(file)
    printer.as_xml = as_xml
    assert printer.write(text) == len(text)
    printer.flush()
    return file.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", SIGNS),
        ("ascii", '+ HELD - "x" 2.00 x ?'),
        ("latin-1", '+ HELD - "x" 2.00 × ?'),
        ("cp1252", "+ HELD – “x” 2.00 × ?"),
        ("cp1251", "+ HELD – “x” 2.00 x Ж"),
    ],
)
def test_what_an_encoding_lacks_is_written_plainly(encoding, written):
    assert encoded(encoding) == written


def test_xml_is_the_same_text_in_every_encoding():
    assert encoded("cp1252", "é✓", as_xml=True) == "&#233;&#10003;"
    assert encoded("utf8", "é✓", as_xml=True) == "é✓"


class Full(io.StringIO):
    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("file", [None, Full(), io.TextIOWrapper(io.BytesIO())])
def test_a_file_that_takes_nothing_raises_nothing(file):
    if isinstance(file, io.TextIOWrapper):
        file.close()
    printer = Printer(file)
    printer.writelines(["a", "b"])
    printer.flush()
    printer.close()
    assert (printer.fault is None) == (file is None)


def test_python_ends_quietly_after_a_reader_has_gone(monkeypatch):
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)

        def main(words):
            for _ in range(100_000):
                print("a line")
            return 7

        assert printed(main) == 7
        pipe.flush()  # as Python does when it ends


def test_the_standard_streams_are_themselves_again_afterwards(capsys):
    before = sys.stdout, sys.stderr
    with printing() as out:
        print("said")
        assert out is sys.stdout
        assert not out.isatty()
    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr().out == "said\n"


@pytest.mark.parametrize(
    ("text", "width"), [("", 7), ("0", 7), ("wide", 7), ("-3", 7), ("1e3", 7), ("²", 7), ("80", 80), ("9" * 30, 10_000)]
)
def test_a_width_that_is_none_is_not_used(monkeypatch, text, width):
    monkeypatch.setenv("COLUMNS", text)
    assert columns(7) == width
