"""A site as files, and as a reader follows its links."""

import json
import posixpath
import re
from urllib.parse import unquote

from rethinking_audit.reports.__main__ import main
from tests.builders.pages import Page


class Site:
    """The pages of a site by their place in it."""

    def __init__(self, root):
        self.root = root
        self.texts = {file.relative_to(root).as_posix(): file.read_text() for file in sorted(root.rglob("*.html"))}
        self.pages = {name: Page(text) for name, text in self.texts.items()}

    def links(self, name):
        """Where a page's links lead in the site: each as the place of a file and the id in it."""
        hrefs = (attributes["href"] for _, attributes in self.pages[name].elements if "href" in attributes)
        for href in hrefs:
            if not re.match(r"https?://", href):
                path, _, anchor = href.partition("#")
                yield (
                    posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path, errors="surrogateescape")))
                    if path
                    else name,
                    anchor,
                )

    def dead(self):
        """The links that lead nowhere, each with its page."""
        ids = {name: {attributes.get("id") for _, attributes in page.elements} for name, page in self.pages.items()}
        for name in self.pages:
            for file, anchor in self.links(name):
                if not (self.root / file).is_file() or (anchor and anchor not in ids[file]):
                    yield name, file, anchor

    def reached(self):
        """The pages that a reader can come to from the front page."""
        found, left = set(), ["index.html"]
        while left:
            name = left.pop()
            if name in self.pages and name not in found:
                found.add(name)
                left += [file for file, _ in self.links(name)]
        return found

    def told(self, name):
        """A page's text on one line."""
        return " ".join(" ".join(self.pages[name].text).split())


def site(folder, **records):
    """Return the site of records, each in a folder of its name; two underscores are a slash."""
    for name, record in records.items():
        file = folder / "records" / name.replace("__", "/") / "audit.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record))
    assert main(["site", str(folder / "records"), "--into", str(folder / "site")]) == 0
    return Site(folder / "site")


def at(record, day, **provenance):
    """Return a copy of a record that was made on a day of November, with other packages or another machine."""
    changed = json.loads(json.dumps(record)) | {"created": f"2026-11-{day:02}T08:00:00Z"}
    for part, values in provenance.items():
        changed["provenance"][part] |= values
    return changed
