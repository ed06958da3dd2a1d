"""What a decoder warns of is said once, with the files that it came from, and never ends an audit."""

import logging
import warnings

import pytest

from rethinking_audit.fixtures.data.heard import heard


@pytest.mark.filterwarnings("error")
def test_warnings_are_said_once_with_their_files():
    with heard() as said:
        for index in range(5):
            warnings.warn("corrupt  EXIF\ndata", stacklevel=1)
            warnings.warn("corrupt  EXIF\ndata", stacklevel=1)
            said.note(f"{index}.jpg")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        said.note("9.jpg")
        said.note("10.jpg")
    assert said.remarks == (
        "a decoder warns of 0.jpg, 1.jpg, 2.jpg and 2 more: corrupt EXIF data",
        "a decoder warns of 9.jpg: old",
    )


def test_what_pillow_logs_is_kept_from_the_terminal(capsys):
    with heard():
        logging.getLogger("PIL.TiffImagePlugin").error("More samples per pixel than can be decoded")
    assert capsys.readouterr().err == ""
    assert logging.getLogger("PIL").handlers == []
