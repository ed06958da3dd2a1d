"""The first screen: one sentence that answers, what kind of evidence it is, and how we know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rethinking_audit.fixtures.record.judged import Case, Claim
from rethinking_audit.fixtures.record.outcome import (
    SINCE,
    all_cases,
    as_it_must_be,
    every_control,
    found_since,
    must_be,
    papers_own,
)
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.fixtures.record.verdict import ERROR, HELD, INCONCLUSIVE, NOT_RUN, REFUTED
from rethinking_audit.fixtures.record.words import SIGNS, number, plural
from rethinking_audit.reports.overview import anchor, no_news
from rethinking_audit.reports.repeated import smaller

# The paper's, by the first part of a claim's id.
FAMILIES = {
    "random-labels": "random labels",
    "random-inputs": "random inputs",
    "label-corruption": "label corruption",
    "capacity": "complexity measures",
    "regularizers": "regularizers",
    "expressivity": "expressivity",
    "linear": "linear models",
    "kernel": "kernels",
}
# What an audit of a tier is not, so that nobody takes it for the paper's own experiment.
SCALES = {
    "fast": ("on small data", "Not the paper's experiment, which has CIFAR-10 at full size: that is the paper tier."),
    "small": ("on few natural images", "Not the paper's experiment: few images for each seed, and narrow networks."),
}
ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5}(?:v\d+)?)")
FELL = {REFUTED: "refuted", ERROR: "ended in an error", INCONCLUSIVE: "undecided"}
WORKED = {"curves": "training", "values": "solve"}  # what a run is, by the part of its record


@dataclass(frozen=True)
class Family:
    """The claims of one kind: how many have each verdict, and where the first of them is on the page."""

    name: str
    anchor: str
    shares: list[tuple[str, int, int]]  # verdict, number of claims, where its bar begins
    held: int
    of: int


@dataclass(frozen=True)
class Answer:
    """What the first screen says. `tone` is the verdict whose colour the sentence has, `paper` the address of the paper.

    `since` says what became of the claims found since the paper, which the sentence does not count.
    """

    tone: str
    title: str
    tiers: str
    paper: str | None
    sentence: str
    since: str
    scale: str
    evidence: list[str]
    reasons: list[str]
    families: list[Family]


def answer(audit: Audit) -> Answer:
    """Return what an audit answers."""
    tone, sentence = _own_sentence(audit) if "subject" in audit else _sentence(audit)
    families = [] if "subject" in audit else _families([*papers_own(audit), *found_since(audit)])
    tiers = " and ".join(_tiers(audit))
    of = audit.get("subject", f"{tiers} audit".strip())
    return Answer(
        tone,
        f"{SIGNS[tone]} {of}, {audit['created'][:10]}",
        tiers,
        f"https://arxiv.org/abs/{found[1]}" if (found := ARXIV.search(audit["paper"]["venue"])) else None,
        sentence,
        _since(found_since(audit)),
        _scale(audit),
        list(_evidence(audit)),
        list(_reasons(audit)),
        families,
    )


def _sentence(audit: Audit) -> tuple[str, str]:
    """Return whether the paper holds, by the worst verdict that nobody expected."""
    claims = papers_own(audit)
    judged = [claim for claim in claims if claim["verdict"] != NOT_RUN]
    new = [claim["verdict"] for claim in judged if not no_news(claim)]
    known, left = len(judged) - len(new), len(claims) - len(judged)
    where = "".join(f", {words}" for words in (_kind(audit), _part(judged)) if words)
    told = f"{new.count(HELD)} of {plural(len(judged), 'claim')} held"
    told += f", {known} did not, as known since {_known_since(judged)}" if known else ""
    told += f", {left} not run" if left else ""
    if not judged:
        return NOT_RUN, "No claim of the paper was decided." if found_since(audit) else "Nothing was decided."
    if refuted := new.count(REFUTED):
        return REFUTED, f"Not all of it{where}: {refuted} {'was' if refuted == 1 else 'were'} refuted, {told}."
    if broken := new.count(ERROR):
        return ERROR, f"No answer{where}: {broken} ended in an error, {told}."
    if undecided := new.count(INCONCLUSIVE):
        so_far = "Mostly yes" if undecided < new.count(HELD) else "Not decided"
        return INCONCLUSIVE, f"{so_far}{where}: {undecided} undecided, {told}."
    return HELD, f"Yes{where}: {told}."


def _since(claims: Sequence[Claim]) -> str:
    """Return how many of the claims found since the paper held; nothing if none was judged."""
    verdicts = [claim["verdict"] for claim in claims if claim["verdict"] != NOT_RUN]
    others = (f", {verdicts.count(verdict)} {word}" for verdict, word in FELL.items() if verdict in verdicts)
    held = f"{verdicts.count(HELD)} of {plural(len(verdicts), 'claim')} held"
    return f"Found since 2017, by others: {held}{''.join(others)}." if verdicts else ""


def _own_sentence(audit: Audit) -> tuple[str, str]:
    """Return what an audit of training code found."""
    new = [claim["verdict"] for claim in audit["claims"] if not no_news(claim)]
    for verdict, told in ((ERROR, "No answer in"), (REFUTED, "Something is wrong in")):
        if count := new.count(verdict):
            return verdict, f"{told} {count} of {plural(len(new) - new.count(NOT_RUN), 'check')}."
    judged = new.count(HELD) + new.count(INCONCLUSIVE)
    if not new.count(HELD):
        return INCONCLUSIVE, f"Nothing was decided in {plural(judged, 'check')}."
    undecided = f", {new.count(INCONCLUSIVE)} undecided" if new.count(INCONCLUSIVE) else ""
    return HELD, f"Nothing wrong was found: {new.count(HELD)} of {plural(judged, 'check')} held{undecided}."


def _known_since(judged: Iterable[Claim]) -> str:
    cases = (case for claim in judged if no_news(claim) for case in claim["cases"])
    return min((known["since"] for case in cases if (known := case.get("deviation"))), default="the record")


def _part(judged: Sequence[Claim]) -> str:
    """Return what to say of an audit that judged some kinds of claims alone."""
    return "" if FAMILIES.keys() <= {_family_of(claim) for claim in judged} else "in the part that was judged"


def _family_of(claim: Claim) -> str:
    return claim["id"].partition("/")[0]


def _tiers(audit: Audit) -> list[str]:
    return list(dict.fromkeys(case["tier"] for _, case in all_cases(audit) if case["verdict"] != NOT_RUN))


def _kind(audit: Audit) -> str:
    """Return how small the tiers are, "partly" if one of the paper's own scale is among them; empty for these alone."""
    kinds = [words for words, _ in _scales(audit).values()]
    partly = "partly " if kinds and len(kinds) < len(_tiers(audit)) else ""
    return partly + " and ".join(kinds)


def _scales(audit: Audit) -> dict[str, tuple[str, str]]:
    """Return what each tier is not, in some words and in a sentence; a tier of the paper's own scale is left out."""
    found = {}
    for tier in _tiers(audit):
        if tier in SCALES:
            found[tier] = SCALES[tier]
        elif ways := smaller(audit, tier):
            found[tier] = "on a small scale", f"Not the paper's experiment: {', '.join(ways)}."
    return found


def _scale(audit: Audit) -> str:
    """Return what the audit is not, by tier if it has several; the evidence names the stand-in."""
    scales = _scales(audit)
    told = [sentence for _, sentence in scales.values()]
    if len(_tiers(audit)) > 1:
        told = [f"The tier {tier} is {sentence[0].lower()}{sentence[1:]}" for tier, (_, sentence) in scales.items()]
    of = [data["stand_in"] for data in audit["data"].values()]
    if any(of):
        told.append(
            "The data are a stand-in for the paper's." if all(of) else "Some of the data are a stand-in for the paper's."
        )
    return " ".join(told)


def _evidence(audit: Audit) -> Iterable[str]:
    """Yield a line for each data set: how many images, which widths, how many seeds."""
    if "subject" in audit:
        return
    for name, data in audit["data"].items():
        specs: list[Mapping[str, Any]] = [run["spec"] for run in audit["runs"].values() if run["spec"].get("data") == name]
        if not specs:
            continue
        images = {spec["train_size"] or data["train"] for spec in specs if "train_size" in spec}
        widths = {spec["width"] for spec in specs if "width" in spec}
        seeds = {count for _, case in all_cases(audit) if case["data"] == name and (count := _seeds(case))}
        told = [f"{_span(images)} training images"] * bool(images)
        told += [f"{_span(widths)} of the paper's width"] * bool(widths - {1.0})
        told += ["one seed" if seeds == {1} else f"{_span(seeds)} seeds"] * bool(seeds)
        yield f"{data['title']}: {', '.join(told)}"


def _seeds(case: Case) -> int:
    return case["judgement"].get("seeds", 0) if case["judgement"] else 0


def _span(values: Iterable[float]) -> str:
    """Return the least and the largest of some numbers."""
    least, most = min(values, default=0), max(values, default=0)
    return f"{least:,g}" if least == most else f"{least:,g} to {most:,g}"


def _reasons(audit: Audit) -> Iterable[str]:
    """Yield how we know: decisions, controls, runs, and how often an audit is wrong."""
    decided = sum(case["verdict"] in (HELD, REFUTED) for _, case in all_cases(audit))
    yield plural(decided, "decision")
    controls = [control for *_, control in every_control(audit) if control["verdict"] != NOT_RUN]
    if controls:
        undecided = sum(control["verdict"] == INCONCLUSIVE != must_be(control) for control in controls)
        told = f"{sum(map(as_it_must_be, controls))} of {plural(len(controls), 'control')} as they must be"
        yield told + (f", {undecided} undecided" if undecided else "")
    for part, what in WORKED.items():
        if count := sum(part in run for run in audit["runs"].values()):
            yield plural(count, what)
    if calibration := audit.get("calibration"):
        alarms = calibration["false_alarms"]
        ends = f"[{number(alarms['low'], '')}, {number(alarms['high'], '')}]"
        yield f"in a thousand such audits {number(alarms['value'], '')} {ends} false alarms"


def _families(claims: Sequence[Claim]) -> list[Family]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim["verdict"] != NOT_RUN:
            found.setdefault(_family_of(claim), []).append(claim)
    return [_family(name, own) for name, own in found.items()]


def _family(name: str, claims: Sequence[Claim]) -> Family:
    verdicts = [claim["verdict"] for claim in claims]
    shares, begun = [], 0
    for verdict in (HELD, INCONCLUSIVE, ERROR, REFUTED):
        if count := verdicts.count(verdict):
            shares.append((verdict, count, begun))
            begun += count
    known = {**FAMILIES, "imagenet": "ImageNet", SINCE: "found since 2017"}
    return Family(known.get(name, name.replace("-", " ")), anchor(claims[0]), shares, verdicts.count(HELD), len(claims))
