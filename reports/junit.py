"""An audit as JUnit XML: one test per case, with its figures as properties."""

from __future__ import annotations

from xml.etree import ElementTree

from rethinking_audit.fixtures.record.judged import Case, Claim
from rethinking_audit.fixtures.record.outcome import all_cases, as_expected, paper_value, standing
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import HELD
from rethinking_audit.fixtures.record.words import EXPECTED, clean, limit, number

# JUnit's names of the verdicts; HELD has no element.
ELEMENTS = {"REFUTED": "failure", "ERROR": "error", "INCONCLUSIVE": "skipped", "NOT RUN": "skipped"}


def junit(audit: Audit) -> str:
    """Return the audit as an XML document."""
    cases = list(all_cases(audit))
    kinds = [_element(case) for _, case in cases]
    counts = {name: str(kinds.count(kind)) for name, kind in (("failures", "failure"), ("errors", "error"))}
    totals = {"tests": str(len(cases)), **counts, "skipped": str(kinds.count("skipped")), "time": f"{audit['seconds']:.3f}"}
    root = ElementTree.Element("testsuites", {"name": "rethinking-audit", **totals})
    suite = _add(root, "testsuite", name="claims", timestamp=audit["created"].rstrip("Z"), **totals)
    for claim, case in cases:
        _test(suite, claim, case)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _element(case: Case) -> str | None:
    counted = standing(case)
    return "skipped" if as_expected(case) and counted != HELD else ELEMENTS.get(counted)


def _test(suite: ElementTree.Element, claim: Claim, case: Case) -> None:
    name = f"{case['tier']}-{case['data']}-{case['network']}"
    test = _add(suite, "testcase", classname=claim["id"].replace("/", "."), name=name, time=f"{case['seconds']:.6f}")
    properties = _add(test, "properties")
    for key, value in _figures(claim, case).items():
        _add(properties, "property", name=key, value=value)
    if (element := _element(case)) is not None:
        reason = case["reason"] or case["verdict"]
        kind = EXPECTED if as_expected(case) else case["verdict"]
        _add(test, element, type=kind, message=reason.partition("\n")[0]).text = clean(reason)


def _figures(claim: Claim, case: Case) -> dict[str, object]:
    """The verdict and the figures of a case; numbers in full, and as the report writes them."""
    figures: dict[str, object] = {"verdict": case["verdict"], "statement": claim["statement"], "source": claim["source"]}
    if (judged := case["judgement"]) is not None:
        figures |= {
            "quantity": judged["quantity"],
            "measured": judged["measured"],
            "measured in words": number(judged["measured"], judged["unit"]),
            "interval low": judged["interval"]["low"],
            "interval high": judged["interval"]["high"],
            "accepted low": judged["accepted"]["low"],
            "accepted high": judged["accepted"]["high"],
            "accepted in words": limit(judged),
            "unit": judged["unit"],
            "alpha": judged["alpha"],
        }
        figures |= {name: " ".join(map(_number, values)) for name, values in judged["values"].items()}
    figures["paper"] = paper_value(case)
    return {name: value for name, value in figures.items() if value is not None}


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _add(parent: ElementTree.Element, tag: str, **attributes: object) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {name: clean(value) for name, value in attributes.items()})
