"""An error of foreign code is told with the user's own line."""

import sysconfig
from pathlib import Path

import pytest

from rethinking_audit.fixtures.subjects.errors import of_a_library, told


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (Path(sysconfig.get_path("stdlib")) / "json" / "decoder.py", True),
        (Path("/elsewhere/.venv/lib/python3.12/site-packages/numpy/linalg/_linalg.py"), True),
        (Path("/usr/lib/python3/dist-packages/numpy/linalg/_linalg.py"), True),
        (Path("/opt/python/lib/python3.13/json/decoder.py"), True),
        (Path("/home/me/project/lib/python/train.py"), False),
        (Path("/home/me/packages/train.py"), False),
    ],
)
def test_python_and_installed_packages_are_no_users_code_wherever_they_are(file, expected):
    assert of_a_library(file) is expected


def test_the_line_is_the_users_though_a_package_raised(tmp_path):
    place = tmp_path / "site-packages" / "borrowed.py"
    source = "def solve():\n    raise ValueError('no solution')\n"
    borrowed = {}
    exec(compile(source, str(place), "exec"), borrowed)
    user = compile("solve()\n", str(tmp_path / "subject.py"), "exec")
    with pytest.raises(ValueError, match="no solution") as caught:
        exec(user, borrowed)
    assert told(caught.value).endswith("it raised ValueError: no solution, in subject.py line 1")
