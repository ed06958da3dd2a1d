"""Reading a page as a browser does: its elements, attributes and text."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements, attributes and text of a page."""

    VOID = frozenset(("meta", "br", "input", "link", "img"))

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        self.text.append(data)

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


class Told(HTMLParser):
    """The text of a page, line by line: table cells between bars, links with their targets, pictures with their paths."""

    BLOCKS = frozenset(("p", "tr", "li", "dt", "h1", "h2", "h3", "caption", "summary", "option", "pre", "figcaption"))
    CELLS = frozenset(("td", "th", "dd"))
    SILENT = frozenset(("style", "script", "text", "defs"))
    # Not the lines of charts, whose class also names a colour: their tables have the same values.
    PATHS = frozenset(("accepted", "whisker", "paper", "seeds", "measured", "line"))

    def __init__(self, html):
        super().__init__()
        self.lines, self.silent = [""], 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in self.SILENT:
            self.silent += 1
        elif tag in self.BLOCKS:
            self.lines.append("")
        elif tag in self.CELLS:
            self.lines[-1] += " | "
        elif tag == "br":
            self.lines[-1] += " / "
        elif tag == "a" and "href" in given:
            self.lines[-1] += f"<{given['href']}> "
        elif tag == "path" and given.get("class") in self.PATHS:
            self.lines[-1] += f" {{{given['class']}: {given['d']}}} "

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT

    def handle_data(self, data):
        if not self.silent:
            self.lines[-1] += data

    def __str__(self):
        return "\n".join(filter(None, (" ".join(line.split()) for line in self.lines)))
