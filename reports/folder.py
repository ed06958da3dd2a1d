"""All audit records in a folder and its subfolders, the oldest first, and why the others are left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rethinking_audit.fixtures.record.reading import UnreadableAudit, as_audit, read_json, void
from rethinking_audit.fixtures.record.types import Audit

Found = list[tuple[Path, Audit]]


@dataclass(frozen=True)
class Folder:
    """The audits of a folder, those with a fault that was put into them, and a sentence for each unreadable record."""

    audits: Found = field(default_factory=list)
    sabotaged: Found = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def left_out(self) -> list[str]:
        """A sentence for each record whose verdicts do not count."""
        return [*self.unreadable, *(void(path, audit) for path, audit in self.sabotaged)]


def read_folder(folder: Path) -> Folder:
    """Return what a folder holds; the files of comparisons are no audits.

    Raises:
        UnreadableAudit: the folder holds no readable audit without a fault.
    """
    found = Folder()
    for path in sorted(folder.rglob("*.json")):
        try:
            record = read_json(path)
            if not _is_comparison(record):
                audit = as_audit(path, record)
                (found.sabotaged if "sabotage" in audit else found.audits).append((path, audit))
        except UnreadableAudit as error:
            found.unreadable.append(str(error))
    if not found.audits:
        raise UnreadableAudit(f"{str(folder)!r} holds no audit.json" + "".join(f": {one}" for one in found.left_out[:1]))
    found.audits.sort(key=lambda item: item[1]["created"])
    return found


def _is_comparison(record: Any) -> bool:
    return isinstance(record, dict) and "comparison" in record
