"""The parsers of what names a user's code or data: the string, and the module that it leads to."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from rethinking_audit.fixtures.data import datasets
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from rethinking_audit.fixtures.guests.strings import Refused
from rethinking_audit.fixtures.networks.guest_makers import maker
from rethinking_audit.fixtures.subjects import locate
from rethinking_audit.fixtures.subjects.call import BadSubject
from rethinking_audit.fixtures.subjects.given import BadGiven
from tests.attacks.apart import Make
from tests.attacks.attack import Parser
from tests.attacks.text_parsers import damaged, written
from tests.builders.guests import SMALL
from tests.builders.user_data import arrays, write_folder

# The modules of a user, sound and broken, and how each is named.
MODULES = {
    "sound.py": SMALL + "\ndata = fit = nothing = None\nnumber = 3\ndef gone(): return None\ndef needs(one): pass\n",
    "broken.py": "import no_such_module\n",
    "wrong.py": "def net(:\n",
    "leaves.py": "raise SystemExit(3)\n",
    "raises.py": "class Odd(BaseException): pass\nraise Odd('a\\nb')\n",
    "bytes.py": "net = '\0'\n",
    "lazy.py": "def __getattr__(name): raise RuntimeError(name)\n",
    "pack/__init__.py": "",
    "pack/mod.py": SMALL,
    "folder.py/x": "",
}
FILES = [f"{name}:net" for name in MODULES if "/" not in name]
CODE = [
    *FILES,
    "sound.py:gone",
    "sound:needs",
    "sound:number",
    "lazy:net",
    "pack.mod:net",
    "folder.py:net",
    "pack/mod.py:net",
]
LIBRARIES = ["torchvision:resnet18", "torchvision:inception_v3", "timm:resnet18", "timm:"]
TABLE = "a,b,label\n" + "".join(f"{row},{row % 3},{row % 2}\n" for row in range(30))


@contextlib.contextmanager
def within(folder: Path) -> Iterator[None]:
    """Work in a folder, and forget what is imported meanwhile from there."""
    before, modules = Path.cwd(), set(sys.modules)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        for name in set(sys.modules) - modules:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]


def _of_names(names: list[str], read: Callable[[str], Any], *documented: type[Exception]) -> Make:
    """Return what makes the parser of a string that names something in a folder with modules and data."""

    def make(folder: Path) -> Parser:
        for name, text in MODULES.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        write_folder(folder / "images", count=1)
        np.savez(folder / "mine.npz", **arrays())
        import_module("torchvision.models")  # torch makes a folder when it is first imported
        (folder / "table.csv").write_text(TABLE)

        def read_there(text: str) -> None:
            with within(folder):
                read(text)

        return Parser(partial(damaged, names), read_there, documented)

    return make


def _of_modules(text: str, read: Callable[[str], Any], *documented: type[Exception]) -> Make:
    """Return what makes the parser of a user's module: its name is sound, its text damaged."""

    def make(folder: Path) -> Parser:
        def read_there(path: Path) -> None:
            with within(folder):
                read(f"{path.name}:net")

        number = iter(range(sys.maxsize))
        return Parser(
            partial(damaged, [text]), read_there, documented, lambda text: written(folder / f"m{next(number)}.py", text)
        )

    return make


def _data_set(text: str) -> None:
    source = datasets.find(text)
    if source.path:
        source.module.decode(source.path)


PARSERS: dict[str, Make] = {
    "network": _of_names([*CODE, *LIBRARIES], maker, Refused),
    "module": _of_modules(SMALL, maker, Refused),
    "data-set": _of_names([*CODE, "folder:images", "npz:mine.npz", "digits"], _data_set, ValueError, DataUnavailable),
    "subject": _of_names(CODE, locate.place, BadSubject),
    "subject-data": _of_names([*CODE, "npz:mine.npz", "csv:table.csv::label"], locate.check_data, BadGiven),
}
