"""The wrong and the right code on the page of each check, and what its command asks."""

import re
import shlex

from sklearn import datasets

from rethinking_audit.checking import parser
from rethinking_audit.fixtures.subjects.codes import page
from rethinking_audit.fixtures.subjects.locate import BUILT_IN

BLOCK = re.compile(r"^## (Wrong|Right)\n\n```python\n# rethinking-audit (check [^\n]*)\n(.*?)^```$", re.M | re.S)


def blocks(code):
    """The wrong and the right piece of code, each with the command in its first line."""
    return {name.lower(): (shlex.split(command), text) for name, command, text in BLOCK.findall(page(code))}


def asked(code, name, folder):
    """Write a piece of code where its command expects it, and return what the command asks of `check`."""
    (_, *words), text = blocks(code)[name]
    (folder / f"{name}.py").write_text(text)
    found = parser().parse_args(words)
    data = f"{folder}/{found.data}" if ":" in found.data else found.data
    expected = dict(text.split("=", 1) for text in found.expected)
    return {"code": f"{folder}/{found.code}", "data": data, "augments": found.augments, "expected": expected}


def rows(code, name):
    """The rows, labels and what else the data of a piece of code have."""
    (_, *words), text = blocks(code)[name]
    wanted = parser().parse_args(words).data
    if wanted in BUILT_IN:
        return getattr(datasets, BUILT_IN[wanted])(return_X_y=True)
    held = {}
    exec(text, held)
    return held["data"]()
