"""What the documents write as code exists: options, files, networks, claims, functions; and their links lead somewhere."""

import ast
import re
import tomllib
from functools import cache

import pytest

from rethinking_audit.fixtures.claimkit.paper import order
from rethinking_audit.fixtures.claimkit.tier_file import read
from rethinking_audit.fixtures.data.datasets import NAMES, SCHEMES
from rethinking_audit.fixtures.networks import NETWORKS
from rethinking_audit.fixtures.runs.cards import DeviceUnavailable, choose
from rethinking_audit.fixtures.training.engine import CHOICES
from rethinking_audit.reports.__main__ import _parser
from tests.builders.documents import DOCUMENTS, Document
from tests.builders.places import ROOT

TIERS = read(ROOT / "claims" / "tiers.toml")
SOURCES = [path for folder in ("claims", "fixtures", "reports", "ci") for path in sorted((ROOT / folder).rglob("*.py"))]
SOURCES += sorted((ROOT / "rethinking_audit").glob("*.py"))
NAMES_OF_READERS = (  # of variables
    "cluster/ray_cluster.py",
    "data/paths.py",
    "runs/cards.py",
    "tasks/target.py",
    "training/numerics.py",
)
READERS = [ROOT / "fixtures" / name for name in NAMES_OF_READERS]
WORKFLOWS = ROOT / ".github" / "workflows"
# What is not in a checkout, and the file that makes it.
MADE = {
    ".venv": "Makefile",
    ".visit/carried": "ci/visit/folders.py",
    "audit.json": "fixtures/plugin/record.py",
    "audit.html": "reports/plugin.py",
    "claims/calibration.toml": "fixtures/plugin/calibrate.py",
    "feed.xml": "reports/site/places.py",
    "sabotage.html": "reports/__main__.py",
    "rethinking-audit": "pyproject.toml",
    "rethinking-audit-report": "rethinking_audit/__main__.py",
}


@cache
def defined():
    """The names that the code and its tables define, and the functions with their arguments."""
    names, signatures = set(), set()
    for node in (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))):
        match node:
            case ast.FunctionDef(name=name, args=ast.arguments(args=arguments)):
                names.add(name)
                signatures.add(f"{name}({', '.join(argument.arg for argument in arguments)})")
            case ast.ClassDef(name=name) | ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
    tables = [tomllib.loads(path.read_text()) for path in (ROOT / "claims").glob("*.toml")]
    return names.union(*map(keys, tables)), signatures


def keys(value):
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


@cache
def subjects():
    """The names of what is judged, of what it is judged on, and of the rooms and files of the house."""
    problems = {name for tier in TIERS.values() for name in tier.problems}
    rooms = {path.name for folder in (ROOT, ROOT / "fixtures") for path in folder.iterdir() if path.is_dir()}
    files = {path.stem for path in SOURCES}
    return {*TIERS, *NAMES, *NETWORKS, *problems, *order(ROOT / "claims" / "paper.toml"), *rooms, *files}


@cache
def of_ours():
    """Every option of our own commands, and of plugins that are not always plugged in."""
    (commands,) = _parser()._subparsers._group_actions
    found = {name for command in commands.choices.values() for action in command._actions for name in action.option_strings}
    for node in (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))):
        match node:
            case ast.Call(func=ast.Attribute(attr="addoption" | "add_argument"), args=arguments):
                found |= {argument.value for argument in arguments if isinstance(argument, ast.Constant)}
    return found


def of_pytest(config):
    groups = (config._parser._anonymous, *config._parser._groups)
    return {name for group in groups for option in group.options for name in option.names()}


def is_device(value):
    try:
        choose(value)
    except DeviceUnavailable:
        return True  # elsewhere
    except ValueError:
        return False
    return True


VALUES = {
    "--dataset": lambda value: value.partition(":")[0] in NAMES + SCHEMES,
    "--device": is_device,
    "--networks": lambda value: any(value in tier.judged for tier in TIERS.values()),
    "--engine": CHOICES.__contains__,
    "-m": TIERS.__contains__,
}


def wrong_option(span, options):
    option, _, values = span.partition(" ")
    if option not in options:
        return f"there is no option {option!r}"
    bad = [value for value in values.split("|") if not VALUES.get(option, lambda value: True)(value)] if values else []
    return f"{option} cannot be {bad}" if bad else None


def wrong_file(span, document):
    """A file is named from the checkout or from the document's folder, a workflow by its name alone."""
    if any((folder / span).exists() for folder in (ROOT, (ROOT / document.name).parent, WORKFLOWS)):
        return None
    name = span.removeprefix("reports/out/")  # the default of --report
    if name in MADE and name.removeprefix("audit") in (ROOT / MADE[name]).read_text():
        return None
    if "TIER" in span and span.replace("TIER", "$tier") in (ROOT / "ci" / "run.sh").read_text():
        return None
    return f"there is no file {span!r}"


def wrong(span, document, options):
    """What is wrong with a name in a document; None if nothing is."""
    names, signatures = defined()
    if span in names | subjects() or any(span[0] == "-" and name.endswith(span) for name in subjects()):
        return None
    if re.fullmatch("[A-Z]+(_[A-Z]+)+", span):
        return None  # a variable of the environment: unset() looks for who reads it
    if span[0] == "-":
        return wrong_option(span, options)
    if span.endswith(")"):
        return None if span in signatures else f"there is no function {span!r}"
    if span[0] == "." and hasattr(dict, span[1:]):
        return None
    if re.fullmatch(r"(fixtures|reports|claims|tests)(\.\w+)+", span):
        span = span.replace(".", "/")
        span = span if (ROOT / span).is_dir() else f"{span}.py"
    return wrong_file(span, document)


NAMED = {(document, span): None for document in DOCUMENTS for span in document.names}


@pytest.mark.parametrize(("document", "span"), NAMED, ids=str)
def test_every_name_is_that_of_something(document, span, pytestconfig):
    assert wrong(span, document, of_pytest(pytestconfig) | of_ours()) is None


PLACES = [(document, *place) for document in DOCUMENTS for place in document.places]


@pytest.mark.parametrize(("document", "name", "path"), PLACES, ids=str)
def test_every_name_is_in_the_file_that_is_said_to_have_it(document, name, path):
    files = [ROOT / path] if (ROOT / path).is_file() else (ROOT / path).glob("*.py")
    assert any(re.search(rf"\b{name}\b", file.read_text()) for file in files)


def target(document, link):
    """The file that a link leads to, and the heading in it."""
    path, _, heading = link.partition("#")
    return ((ROOT / document.name).parent / path if path else ROOT / document.name), heading


def leads_somewhere(document, link):
    if re.match(r"https?://", link):
        return True
    path, heading = target(document, link)
    return path.exists() and (not heading or heading in anchors(path.read_text()))


def anchors(text):
    """GitHub's names of the headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=repr)
def test_every_link_leads_somewhere(document):
    assert [link for link in document.links if not leads_somewhere(document, link)] == []


def unset(document):
    """The variables of the environment that a document names and nobody reads."""
    readers = [*(ROOT / "ci").iterdir(), *WORKFLOWS.iterdir(), *READERS]
    text = "\n".join(path.read_text() for path in readers if path.is_file() and path.suffix != ".md")
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", document.text)) - {name for name, _ in document.places}
    return sorted(name for name in named if not re.search(rf"\b{name}\b", text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=repr)
def test_every_variable_of_the_environment_is_read(document):
    assert unset(document) == []


@pytest.mark.parametrize(
    "span",
    [
        "--no-such-option",
        "--dataset digits|imagenet",
        "--device tpu",
        "-m slow",
        "-q|x",
        "claims/test_nothing.py",
        "fixtures/nothing",
        "rethinking_audit.fixtures.theory.nothing",
        "reports/out/audit.pdf",
        "random-labels/no-such-claim",
        "resnet",
        "drain(queue)",
        ".take",
        "no_such_function",
    ],
)
def test_a_name_of_nothing_is_caught(span, pytestconfig):
    document = Document("README.md", f"See `{span}`.")
    assert wrong(*document.names, document, of_pytest(pytestconfig) | of_ours())


def test_a_link_to_nothing_and_a_variable_of_nobody_are_caught():
    document = Document(
        "docs/a.md", "[a](gone.md) [b](../README.md#no-such-heading) [c](../README.md#why-believe-it) NO_SUCH=1"
    )
    assert [leads_somewhere(document, link) for link in document.links] == [False, False, True]
    assert unset(document) == ["NO_SUCH"]
