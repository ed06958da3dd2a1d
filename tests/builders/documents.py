"""The documents of the project, parsed: their commands, names in code spans, links and prose."""

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from tests.builders.places import ROOT

FILES = (
    "README.md",
    "CONTRIBUTING.md",
    "ci/README.md",
    "ci/visit/README.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
FILES_IN_BLOCKS = ("python", "toml")
NAMED = re.compile(r"# [\w-]+\.(py|toml)")


@dataclass
class Section:
    """The contents under one heading: its code spans, and the prose, a line for each block or table row."""

    spans: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)


class Document:
    """A Markdown text and the name of its file.

    A line of a code block in sh is a command, and so is a code span with a space in it, unless it is an option with its
    value. If the heading of a table's first column is a command, that column has its arguments. All other spans are names.
    `places` pairs a name with the file that the text says it is in or of. `outputs` are the blocks in text, which a command
    prints. A block of code or settings is a file of the reader's if its first line is a name; `files` has it by that name.
    Other blocks in Python are `programs`.
    """

    def __init__(self, name, text=None):
        self.name, self.text = name, (ROOT / name).read_text() if text is None else text
        self.languages, self.commands, self.names, self.links, self.places = [], [], [], [], []
        self.files = {}
        self.outputs, self.programs = [], []
        self.sections = [Section()]
        self._parse()

    def __repr__(self):
        return self.name

    def _parse(self):
        cell, column, command = "", 0, ""
        for token in MarkdownIt("commonmark").enable("table").parse(self.text):
            section = self.sections[-1]
            match token.type:
                case "fence":
                    self.languages.append(token.info)
                    first = token.content.partition("\n")[0]
                    if token.info in FILES_IN_BLOCKS and NAMED.fullmatch(first):
                        self.files[first.removeprefix("# ")] = token.content
                    elif token.info in ("text", "python"):
                        (self.outputs if token.info == "text" else self.programs).append(token.content)
                    else:
                        lines = token.content.replace("\\\n", "").splitlines()
                        self.commands += [line for line in lines if line.strip()]
                case "heading_open":
                    self.sections.append(Section())
                case "table_open":
                    command = ""
                case "tr_open":
                    column = 0
                    section.prose.append("|")
                case "th_open" | "td_open":
                    cell = token.type
                case "th_close" | "td_close":
                    cell, column = "", column + 1
                case "inline":
                    prose = self._inline(token, section, "" if column else command)
                    if cell:
                        section.prose[-1] += f" {prose} |"
                    else:
                        section.prose.append(prose)
                    if cell == "th_open" and column == 0 and "`" in token.content:
                        command = section.spans[-1]

    def _inline(self, token, section, command):
        """Collect the code spans and links of a piece of text; return its prose, with `…` for each span."""
        prose = ""
        for child in token.children:
            if child.type == "code_inline":
                if re.search(r"… (?:of|in) $", prose) and "/" in child.content:
                    self.places.append((section.spans[-1], child.content))
                section.spans.append(child.content)
                is_option = child.content.startswith("-")
                if (command or " " in child.content) and not is_option:
                    self.commands.append(f"{command} {child.content}".strip())
                else:
                    self.names.append(child.content)
                prose += "…"
            elif child.type == "link_open":
                self.links.append(child.attrs["href"])
            else:
                prose += child.content or " "
        return prose


DOCUMENTS = [Document(name) for name in FILES]
