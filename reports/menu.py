"""The menu of every page of a site, relative to where the page lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Menu:
    """The pages that every page links to, by title, and how a page gets to the root of the site: "" or "../" and so on."""

    items: Sequence[tuple[str, str]]  # title, address from the root
    here: str = ""
    root: str = ""

    def at(self, file: PurePosixPath, chapter: PurePosixPath | None = None) -> Menu:
        """Return the menu of a page. A page that is in no menu may belong to a chapter, the file of one that is."""
        return Menu(self.items, (chapter or file).as_posix(), "../" * (len(file.parts) - 1))
