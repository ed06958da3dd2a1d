"""Unpack at home: records join the store of the visits, audits and logs get their own folder."""

from __future__ import annotations

import json
import lzma
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ci.visit.folders import Folders
from ci.visit.results import RESULTS, SUMMARY, TABLE


class NothingCame(Exception):
    """The folder holds nothing of a visit; the message says what was expected."""


def unpack(folders: Folders, came: Path) -> list[str]:
    """Unpack what a visit left in the folder, and return the lines of a summary.

    A record is taken only if it is intact, and it never replaces an intact one. Damaged files are reported, and the rest is
    taken.

    Raises:
        NothingCame: the folder holds nothing of a visit.
    """
    if not (came / SUMMARY).exists():
        raise NothingCame(f"'{came}' has no {SUMMARY}, expected the folder that a visit wrote into")
    lines = [*take_records(folders, came)]
    about = json.loads((came / SUMMARY).read_text(encoding="utf-8"))
    kept = folders.visits / f"{about['at']}-{about['visit']}"
    kept.mkdir(parents=True, exist_ok=True)
    for name in (SUMMARY, TABLE):
        with suppress(FileNotFoundError):
            shutil.copy(came / name, kept)
    lines += extract(came / RESULTS, kept)
    lines += [f"audit: {path}" for path in sorted(kept.rglob("audit.json"))]
    return [*lines, f"logs and figures: {kept}", *text_of(kept / TABLE)]


def text_of(table: Path) -> list[str]:
    """Return the lines of a table after an empty line; nothing without a table."""
    return ["", *table.read_text(encoding="utf-8").splitlines()] if table.exists() else []


def take_records(folders: Folders, came: Path) -> Iterator[str]:
    """Move the new records into the store; yield a line for each damaged record, and one with the counts."""
    from rethinking_audit.fixtures.runs.store import DamagedRecord, Store

    store, taken, there = Store(folders.store), 0, 0
    with tempfile.TemporaryDirectory(dir=folders.store) as folder:
        for archive in sorted(came.glob("store-*.tar.xz")):
            yield from extract(archive, Path(folder))
        arrived = Store(Path(folder))
        for path in sorted((Path(folder) / "runs").glob("*.json")):
            try:
                arrived.read(path.stem)
            except DamagedRecord:
                yield f"record {path.stem[:12]} came damaged, and was not taken"
                continue
            with suppress(KeyError, DamagedRecord):
                store.read(path.stem)
                there += 1
                continue
            path.replace(store.path(path.stem))
            taken += 1
    whole = len(list((folders.store / "runs").glob("*.json")))
    yield f"records: {taken} new, {there} that were here, {whole} in {folders.store}"


def extract(archive: Path, folder: Path) -> Iterator[str]:
    """Unpack the readable part of an archive; yield a line if it is damaged or cut short."""
    try:
        with tarfile.open(archive, "r:xz") as opened:  # a stream would end silently at the cut
            for member in opened:
                opened.extract(member, folder, filter="data")
    except (tarfile.TarError, lzma.LZMAError, EOFError, OSError) as error:
        yield f"{archive.name} is damaged or cut short ({error}); what could be read of it was taken"
