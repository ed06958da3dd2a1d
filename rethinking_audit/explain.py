"""`rethinking-audit explain NAME`: what a claim of the paper states, what refutes it, and its limit; or the page of a code.

A code is a check of the user's own training code, such as E2.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from rethinking_audit.fixtures.claimkit.claim import Claim
from rethinking_audit.fixtures.claimkit.paper import order, section
from rethinking_audit.fixtures.record.exit_codes import BAD_INPUT
from rethinking_audit.fixtures.subjects.codes import codes, page

CLAIMS = "rethinking_audit.claims"
# The labels of the entries of paper.toml; an entry that is not listed keeps its name.
LABELS = {
    "value": "the paper's number",
    "where": "its place",
    "origin": "why this limit",
    "fitted": "a fit errs at most",
    "wrong": "must not pass",
    "wrong_origin": "why this value",
}


def main(arguments: list[str]) -> int:
    """Print what the names stand for and return 0; return 4 if a name is unknown."""
    folder = list(import_module(CLAIMS).__path__)
    paper = Path(folder[0]) / "paper.toml"
    known = [*order(paper), *codes()]
    names = [name.upper() if name.upper() in codes() else name for name in arguments]
    if not names or (unknown := [name for name in names if name not in known]):
        said = f"{unknown[0]!r} is neither a claim nor a code" if names else "rethinking-audit explain names nothing"
        print(f"{said}, expected one of {', '.join(known)}.", file=sys.stderr)
        return BAD_INPUT
    declared = declarations(folder) if any(name not in codes() for name in names) else {}
    told = [page(name).rstrip() if name in codes() else explained(declared[name], section(paper, name)) for name in names]
    print("\n\n".join(told))
    return 0


def declarations(folder: list[str]) -> dict[str, list[Claim]]:
    """Return the declarations of the claim files by id. A claim may have one for networks and one for problems."""
    found: dict[str, list[Claim]] = {}
    for module in iter_modules(folder, f"{CLAIMS}."):
        for test in vars(import_module(module.name)).values():
            if isinstance(declared := getattr(test, "claim", None), Claim):
                found.setdefault(declared.id, []).append(declared)
    return found


def explained(declared: list[Claim], entry: dict[str, Any]) -> str:
    """Return the text of a claim; `entry` is its table in paper.toml."""
    first = declared[0]
    rows = [("place", first.source), ("refuted by", first.refuted_by)]
    rows += [(LABELS.get(name, name.replace("_", " ")), plain(value)) for name, value in entry.items()]
    rows += [("control", f"{one.description}: must be {one.expected}") for claim in declared for one in claim.controls]
    said = [first.id, first.statement, *([first.explanation] if first.explanation else [])]
    return "\n".join([*said, "", *(f"{label + ':':<20}{text}" for label, text in dict.fromkeys(rows))])


def plain(value: Any) -> str:
    """Return a value of paper.toml as text; a table of tiers or networks with its names."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {plain(part)}" for name, part in value.items())
    return str(value)
