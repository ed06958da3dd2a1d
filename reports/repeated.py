"""Which runs of an audit repeat an experiment of the paper, and how they differ from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rethinking_audit.fixtures.record.judged import Case
from rethinking_audit.fixtures.record.measured import Recipe, Stream, Training, TrainingSpec
from rethinking_audit.fixtures.record.paper import IMAGENET, PAPERS_DATA, departures
from rethinking_audit.fixtures.record.types import Audit

Matches = Callable[[TrainingSpec], bool]


@dataclass(frozen=True)
class PaperTier:
    """The tier of an audit nearest to the paper's experiments on CIFAR-10, or that on ImageNet, and the differences.

    `same` is whether the numbers have the paper's scale: its data set, all images, networks of full width.
    """

    audit: Audit
    tier: str
    same: bool
    note: str
    images: int | None

    def runs(self, place: str, matches: Matches) -> list[Training]:
        """Return the trainings, one per seed, that repeat the experiment at a place of the paper; empty without a match.

        If several match, those of the first claim that names the place count.
        """
        return next((group for group in self.groups(place) if matches(group[0]["spec"])), [])

    def groups(self, place: str) -> Iterator[list[Training]]:
        """Yield all trainings of the tier by experiment; claims that name the place come first, then wider networks."""
        for claim in sorted(self.audit["claims"], key=lambda claim: place not in claim["source"]):
            cases = (case for case in claim["cases"] if case["tier"] == self.tier)
            found = [group for case in cases for group in trainings(case, self.audit)]
            yield from sorted(found, key=lambda group: -group[0]["spec"].get("width", 1.0))


# The regularizers of Table 2 and Figure 2a, as the recipe of a training says them.
REGULARIZERS: dict[str, Callable[[Recipe], bool]] = {
    "augmentation": lambda recipe: bool(recipe.get("crop")),
    "dropout": lambda recipe: bool(recipe.get("dropout")),
    "weight decay": lambda recipe: bool(recipe.get("weight_decay")),
}


def on_imagenet(regularizers: Collection[str], *, random: bool) -> Matches:
    """Return whether a training of Inception v3, on true or on random labels, had these regularizers and no other."""
    wanted = [name in regularizers for name in REGULARIZERS]

    def matches(spec: TrainingSpec) -> bool:
        had = [regularized(spec.get("recipe") or Recipe()) for regularized in REGULARIZERS.values()]
        return spec.get("network") == "inception-v3" and spec.get("corruption") == float(random) and had == wanted

    return matches


def trainings(case: Case, audit: Audit) -> Iterator[list[Training]]:
    """Yield the finished trainings of a case: all seeds of each arm and level."""
    for levels in case["runs"].values():
        for keys in levels.values():
            found = (audit["runs"][key] for key in keys if key in audit["runs"])
            if group := [run for run in found if "curves" in run]:
                yield group


def paper_tier(audit: Audit) -> PaperTier | None:
    """Return the tier of an audit nearest to the paper's experiments on CIFAR-10; None if nothing was trained."""
    return _nearest(audit, [case for case in _trained(audit) if case["tier"] != IMAGENET], PAPERS_DATA)


def imagenet_tier(audit: Audit) -> PaperTier | None:
    """Return the tier that repeats the paper's experiments on ImageNet; None if nothing was trained in it."""
    return _nearest(audit, [case for case in _trained(audit) if case["tier"] == IMAGENET], IMAGENET)


def _trained(audit: Audit) -> Iterator[Case]:
    cases = (case for claim in audit["claims"] for case in claim["cases"])
    return (case for case in cases if next(trainings(case, audit), None))


def _nearest(audit: Audit, cases: Sequence[Case], papers: str) -> PaperTier | None:
    if not cases:
        return None
    tiers = Counter((case["tier"], case["data"]) for case in cases for _ in trainings(case, audit))
    tier, name = max(tiers, key=lambda one: (one[1] == papers, tiers[one]))
    data, cut = audit["data"].get(name), _cut([case for case in cases if case["tier"] == tier], audit)
    differences = list(departures(name, bool(data and data["stand_in"]), *cut, papers))
    note = f"Ours: {data['title'] if data else name}, tier {tier}"
    if differences:
        note += f"; not the paper's experiment: {', '.join(differences)}"
    return PaperTier(audit, tier, not differences, note + ".", max(cut.images, default=None))


def smaller(audit: Audit, tier: str) -> list[str]:
    """Return in which way the trainings of a tier are smaller than the paper's; nothing if they are not."""
    cut = _cut([case for case in _trained(audit) if case["tier"] == tier], audit)
    return list(departures(PAPERS_DATA, False, *cut))


class _Cut(NamedTuple):
    """The numbers of training images and of classes, for trainings that did not use all, and the networks' widths."""

    images: set[int]
    widths: set[float]
    classes: set[int]


def _cut(cases: Sequence[Case], audit: Audit) -> _Cut:
    specs = [group[0]["spec"] for case in cases for group in trainings(case, audit)]
    return _Cut(
        {train_size for spec in specs if (train_size := spec.get("train_size"))},
        {spec.get("width", 1.0) for spec in specs},
        {classes for spec in specs if (classes := spec.get("stream", Stream()).get("classes"))},
    )
