"""An audit on one page to print or to save as a PDF from the browser."""

from __future__ import annotations

import hashlib

from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.answer import answer
from rethinking_audit.reports.overview import no_news
from rethinking_audit.reports.render import page


def certificate(audit: Audit, text: bytes) -> str:
    """Return the page; `text` is the record as it was read, whose digest the page shows."""
    return page(
        "certificate.html",
        audit=audit,
        answer=answer(audit),
        claims=[(claim, no_news(claim)) for claim in audit["claims"]],
        readings=[(claim, no_news(claim)) for claim in audit.get("readings", [])],
        made_on=_made_on(audit),
        digest=hashlib.sha256(text).hexdigest(),
    )


def _made_on(audit: Audit) -> str:
    made = audit["provenance"]
    machine, packages = made["machine"], made["packages"]
    parts = [str(machine.get("gpu") or machine.get("processor")), f"Python {made['python']}"]
    if packages.get("torch"):
        parts.append(f"torch {packages['torch']}")
    if made["commit"]:
        parts.append(f"commit {made['commit'][:12]}" + (" with changes" if made["dirty"] else ""))
    return ", ".join(parts)
