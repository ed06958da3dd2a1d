"""A claim reads as a sentence: what may stand in the files of claims, held by their syntax trees."""

import ast

import pytest

from tests.builders.claims import CLAIM_FILES

KIT = "rethinking_audit.fixtures.claimkit"
LINES = 12
LEVELS = ("corruption", "only")  # the arguments whose numbers are levels of label corruption
NO_CALL = {"hasattr", "getattr", "vars", "partial", "Interval"}


def objections(tree):
    """What is in the file that a reader of the paper would stumble over."""
    levels = {id(part) for word in words(tree, *LEVELS) for part in ast.walk(word.value)}
    for node in ast.walk(tree):
        yield from _objections(node, levels)
    for test in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        yield from _objections_to_test(test)


def words(tree, *names):
    return (node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in names)


def _objections(node, levels):
    match node:
        case ast.Import():
            yield "an import from outside of the kit"
        case ast.ImportFrom() if node.module != KIT:
            yield "an import from outside of the kit"
        case ast.Lambda():
            yield "a lambda"
        case ast.Call(func=ast.Name(id=name)) if name in NO_CALL:
            yield f"a call of {name}"
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str())]):
            yield "a number in words"
        case ast.Attribute(attr="alpha"):
            yield "alpha"
        case ast.Constant(value=float()) if id(node) not in levels:
            yield "a number that is no level"
        case ast.Tuple(elts=[one, other]) if ast.dump(one) == ast.dump(other):
            yield "a pair of equal values"
        case ast.BinOp(op=ast.Pow()):
            yield "a power"
        case ast.BinOp(left=ast.Tuple(), op=ast.Mult()):
            yield "a pair of equal values"


def _objections_to_test(test):
    if test.end_lineno - test.lineno + 1 > LINES:
        yield "a long test"
    named = [node for node in ast.walk(test) if isinstance(node, ast.Name) and node.id == "judge"]
    last = test.body[-1]
    match last:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="judge")))) if len(named) == 1:
            return
    yield "not one judgement at the end"


@pytest.mark.parametrize("path", CLAIM_FILES, ids=lambda path: path.name)
def test_a_claim_file_says_what_is_judged_and_nothing_else(path):
    assert list(objections(ast.parse(path.read_text()))) == []


GOOD = f"""
from {KIT} import Arm, claim

@claim("a/b", runs={{"random": Arm(corruption=1.0)}})
def test_something(runs, paper, judge):
    judge.mean("training error", runs.random.train_error, at_most=paper.limit)
"""
END = '    judge.mean("training error", runs.random.train_error, at_most=paper.limit)\n'


@pytest.mark.parametrize(
    ("planted", "objection"),
    [
        ("", None),
        ("    judge.mean(1)\n", "not one judgement at the end"),
        ("    for one in runs.levels:\n        judge.mean(one)\n", "not one judgement at the end"),
        ("    judge(part)\n", "not one judgement at the end"),
        ("    from math import inf\n", "an import from outside of the kit"),
        ("    import math\n", "an import from outside of the kit"),
        ("    rule = lambda alpha: alpha\n", "a lambda"),
        ('    hasattr(runs, "slower")\n', "a call of hasattr"),
        ('    getattr(runs, "slower")\n', "a call of getattr"),
        ("    Interval(0, 1)\n", "a call of Interval"),
        ("    partial(rule, 1)\n", "a call of partial"),
        ('    any = float("inf")\n', "a number in words"),
        ("    any = 1e999\n", "a number that is no level"),
        ("    limit = 0.05\n", "a number that is no level"),
        ("    use(paper.alpha)\n", "alpha"),
        ("    pairs = [(value, value) for value in runs.random.gain]\n", "a pair of equal values"),
        ("    pairs = [(value,) * 2 for value in runs.random.gain]\n", "a pair of equal values"),
        ("    error = (p * (1 - p)) ** (1 / 2)\n", "a power"),
        ("    pass\n" * 10, None),
        ("    pass\n" * 11, "a long test"),
    ],
)
def test_what_a_claim_does_not_say_is_found(planted, objection):
    found = list(objections(ast.parse(GOOD.replace(END, planted + END))))
    assert found == ([] if objection is None else [objection])


def test_a_claim_without_a_judgement_is_found():
    assert list(objections(ast.parse(GOOD.replace(END, "    pass\n")))) == ["not one judgement at the end"]
