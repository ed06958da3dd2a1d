"""The imports of a file, and those that the table of CONTRIBUTING forbids."""

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.builders.places import ROOT

OURS = "rethinking_audit"
TOPS = ("claims", "ci", "tests", "conftest")  # modules of a checkout that are not inside the package
MODULE = re.compile(rf"{OURS}(\.\w+)+\.?(:\w+)?")  # a module in a string, or the start of a name that code completes
EVERYTHING = "everything"


@dataclass(frozen=True)
class Line:
    """The rooms and packages that a room may import."""

    rooms: frozenset[str]
    packages: frozenset[str]

    def allows(self, imported):
        return EVERYTHING in self.rooms or imported in self.rooms | self.packages


NOTHING = Line(frozenset(), frozenset())


def table(text):
    """Return the lines of the table in a document by room, in their order."""
    rows = re.findall(r"^\| `([\w./]+)` \|(.*)\|(.*)\|$", text, re.M)
    words = re.compile(r"[\w./]+")
    return {
        room: Line(frozenset(words.findall(rooms)), frozenset(words.findall(packages))) for room, rooms, packages in rows
    }


def sources():
    """Yield every Python file of the checkout, by its path in it."""
    for folder in ("fixtures", "reports", "claims", OURS, "ci", "tests"):
        linked = [path for path in (ROOT / folder).iterdir() if path.is_symlink()]
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not set(linked) & set(path.parents):
                yield PurePosixPath(path.relative_to(ROOT))
    yield PurePosixPath("conftest.py")


def room_of(place):
    """Return the room of a file; None if it is in none."""
    top, *inside = place.parts
    return (inside[0] if len(inside) > 1 else None) if top == "fixtures" else top


def line_of(place, lines):
    """Return the line for a file: its own, else its room's. A file outside the rooms may import nothing."""
    return lines.get(str(place)) or lines.get(room_of(place), NOTHING)


def names(place, text):
    """Yield the modules that a source imports anywhere, and those that it names in a string."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=imported):
                yield from (alias.name for alias in imported)
            case ast.ImportFrom(module=module, names=imported, level=level):
                start = [OURS, *place.parts[:-level]] if level else []
                yield from (".".join([*start, *([module] if module else []), alias.name]) for alias in imported)
            case ast.Call(func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module")):
                yield from (word.value for word in node.args if isinstance(word, ast.Constant))
            case ast.Constant(value=str(value)) if MODULE.fullmatch(value):
                yield value.partition(":")[0]


def imported(name):
    """Return the room or package that a module belongs to; None for the standard library."""
    top, *inside = name.split(".")
    if top in TOPS:
        return "conftest.py" if top == "conftest" else top
    if top != OURS or not inside:
        return None if top in sys.stdlib_module_names else top
    if inside[0] == "fixtures":
        return inside[1] if len(inside) > 1 else "fixtures"
    return inside[0] if inside[0] in ("reports", *TOPS) else OURS


def forbidden(place, text, lines):
    """Return the imports of a source that the table forbids."""
    line, own = line_of(place, lines), room_of(place)
    found = {imported(name) for name in names(place, text)} - {None, own}
    return {one for one in found if not line.allows(one)}
