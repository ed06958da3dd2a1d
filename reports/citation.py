"""How to cite the paper and an audit, as BibTeX."""

from __future__ import annotations

import re

from rethinking_audit.fixtures.record.types import Audit

ESCAPED = {character: f"\\{character}" for character in "&%$#_{}"}  # what LaTeX reads otherwise
ESCAPED |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def bibtex(audit: Audit) -> str:
    """Return the entries of the paper and of the audit; an audit of training code cites no paper."""
    paper, made = audit["paper"], audit["created"]
    commit = audit["provenance"].get("commit")
    note = f"audit of {made[:10]}" + (f", commit {commit[:12]}" if commit else "")
    subject = audit.get("subject")
    title = f"{audit['project']}: an audit of " + (subject or f"“{paper['title']}”")
    ours = _entry("misc", f"rethinking-audit-{made[:10]}", title=title, note=note, year=made[:4])
    if subject:
        return ours
    names = [name.strip() for name in paper["authors"].split(",")]
    year = found[0] if (found := YEAR.search(paper["venue"])) else ""
    told = {"title": paper["title"], "author": " and ".join(names), "booktitle": paper["venue"], "year": year}
    return _entry("inproceedings", _key(names[0], year), **told) + "\n" + ours


def _key(author: str, year: str) -> str:
    """Return the family name of an author with the year."""
    return re.sub(r"\W", "", author.rpartition(" ")[2]).lower() + year or "paper"


def _entry(kind: str, key: str, **fields: str) -> str:
    told = [f"  {name} = {{{_escaped(value)}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(told) + "\n}"


def _escaped(value: str) -> str:
    return "".join(ESCAPED.get(character, character) for character in value)
