"""Tell mutmut which files it may change and which tests judge the changes, and run it: `python -m tests.mutate GROUP ...`.

mutmut reads only `pyproject.toml`. This file tells it what `mutants.toml` says, always of all groups: mutmut forgets every
result when the list of tests changes.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

LIST = Path(__file__).with_name("mutants.toml")
PACKAGE = Path("rethinking_audit")


def names_of(files: Sequence[str]) -> list[str]:
    """Return the patterns of the names that mutmut gives the mutants of these files."""
    return [file.removesuffix(".py").replace("/", ".") + ".*" for file in files]


def main(groups: Sequence[str]) -> None:
    """Make the mutants of these groups and run their tests."""
    from mutmut.__main__ import cli
    from mutmut.configuration import config

    tables, settings = tomllib.loads(LIST.read_text(encoding="utf-8")), config()
    settings.only_mutate = [file for group in tables["group"].values() for file in group["files"]]
    settings.do_not_mutate = tables["spared"]
    settings.pytest_add_cli_args_test_selection = tables["tests"]
    # The rooms are real folders among the mutants. mutmut would copy the links to them over those folders.
    settings.also_copy += [path for path in PACKAGE.iterdir() if path.is_file()]
    cli(["run", "--max-children", "1", *(name for group in groups for name in names_of(tables["group"][group]["files"]))])


if __name__ == "__main__":
    main(sys.argv[1:])
