"""Code of a user's, written into a file and audited."""

import numpy as np

from rethinking_audit import own
from rethinking_audit.fixtures.subjects import audit, bench

HEAD = "def fit_predict(X, y, X_test, seed):\n    "
LOOP = "import asyncio; asyncio.run(asyncio.sleep(0))\n"
HONEST = HEAD + "return [0] * len(X_test)\n"
draw = np.random.default_rng(0)
X, Y = draw.normal(size=(60, 4)), np.arange(60) % 2


def writer(folder, monkeypatch):
    """Return what writes code into a file and returns its place; audits are cut short meanwhile."""
    monkeypatch.setattr(bench, "LEAST", 1.0)  # a hang takes a second
    monkeypatch.setattr(audit, "LOOKS", (1,))  # one draw of random labels; the rest is no matter of these tests

    def write(text, name="fit_predict"):
        path = folder / "subject.py"
        path.write_text(text, encoding="utf-8")
        return f"{path}:{name}"

    return write


def errors(where, seconds=30.0, data=(X, Y)):
    """Return the sentences of the ERROR findings, and the audit."""
    found = own.check(where, data=data, seconds=seconds)
    return [one.sentence for one in found if one.verdict == "ERROR"], found
