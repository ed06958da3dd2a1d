"""How to cite the paper and an audit of it, as BibTeX."""

from __future__ import annotations

import re

from rethinking_audit.fixtures.record.types import Audit

SPECIAL = re.compile(r"([&%$#_{}~^\\])")  # what LaTeX reads otherwise; the last three have no short escape and are left out


def bibtex(audit: Audit) -> str:
    """Return the entries of the paper and of the audit."""
    paper, made = audit["paper"], audit["created"]
    authors = " and ".join(name.strip() for name in paper["authors"].split(","))
    year = found[0] if (found := re.search(r"\d{4}", paper["venue"])) else ""
    commit = audit["provenance"].get("commit")
    note = f"audit of {made[:10]}" + (f", commit {commit[:12]}" if commit else "")
    return "\n".join(
        [
            _entry("inproceedings", "paper", title=paper["title"], author=authors, booktitle=paper["venue"], year=year),
            _entry("misc", "audit", title=f"{audit['project']}: an audit of “{paper['title']}”", note=note, year=made[:4]),
        ]
    )


def _entry(kind: str, key: str, **fields: str) -> str:
    told = [f"  {name} = {{{SPECIAL.sub(_escaped, value)}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(told) + "\n}"


def _escaped(found: re.Match[str]) -> str:
    return "" if found[0] in "~^\\" else f"\\{found[0]}"
