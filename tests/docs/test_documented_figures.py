"""Every number in the documents' prose stands in a record that its section names, or in a table here."""

import json
import re
import tomllib
from functools import cache

import pytest
from scipy import stats

from rethinking_audit.fixtures.claimkit.seeds import first
from rethinking_audit.fixtures.runs.agreement import DOUBLE, HALF, MOST, SINGLE, STEPS
from rethinking_audit.fixtures.runs.patience import EVERY, MINUTES
from rethinking_audit.fixtures.streaming.spec import EVERY as BETWEEN_CHECKPOINTS
from rethinking_audit.fixtures.subjects.audit import ALPHA as OWN_ALPHA
from rethinking_audit.fixtures.subjects.learns import KEPT
from rethinking_audit.fixtures.training.contracts import SAMPLE
from rethinking_audit.fixtures.training.engine import WORTH_CAPTURING
from rethinking_audit.fixtures.training.evaluation import CONVOLVED
from rethinking_audit.fixtures.training.run import NEAR_ERROR, NEAR_LOSS
from rethinking_audit.reports.compare import ALPHA
from tests.builders import narrow
from tests.builders.documents import DOCUMENTS, Document
from tests.builders.places import ROOT

# Not figures: places in the paper, and what other tests hold.
PLACE = r"(?:[Tt]heorem|Lemma|Corollary|Table|Figure|ICLR|[Ss]ections?) \d[\w.]*(?:,? (?:and )?\d[\d.]*)*"
CITED = r"arXiv:\d{4}\.\d{5}|doi:10\.\d+/[\w.-]+|\b20[12]\d\b(?! %)"  # other papers, and the years of papers
HELD_ELSEWHERE = re.compile(
    rf"{PLACE}|{CITED}|[Ee]xits? (?:code (?:is )?)?\d+|Python \d\.\d+|[\w./-]*#\d+|^\| \d+ \| [a-z]"
)
FIGURE = re.compile(r"(?<![\w.,-])-?\d+(?:,\d{3})*(?:\.\d+)*(?:e[-+]?\d+)?(?: %)?(?![\w-]|\.\d)")
TOOK = f"in {json.loads((ROOT / 'reports/baselines/fast-2-core-cpu/audit.json').read_text())['seconds']:.0f} s"
SPAN = re.compile(r"(?<=% )\((-?[\d.]+)…(-?[\d.]+)\)")  # an interval beside its estimate in %
MADE = "docs/data.md"  # test_documented_data makes a data set for each row of its tables
UNUSED = ("confusion", "half_errors", "figures", "figure")  # long lists in which almost any number could be found


def power(before, after):
    """How often a shift by four standard deviations is found among 100 measurements, in the first step of Holm's test."""
    freedom, found = before + after - 2, 4 * (before * after / (before + after)) ** 0.5
    return float(stats.nct.sf(stats.t.isf(ALPHA / 100 / 2, freedom), freedom, found))


# Numbers that no committed audit holds: the words, what they are, and whether it is so, where that can be told here.
KNOWN = [
    ("Ten minutes are 120 missed signs", "patience.py", 60 * MINUTES / EVERY == 120),
    ("23 of its 26 claims held, and 3 did not", "test_readme.py holds them to the committed audit", None),
    ("the costliest part of each tier is at most 1.3 times the mean", "test_shard.py holds the shards to it", None),
    ("A container with 64 MB of /dev/shm is enough", "test_ray.py gives a cluster so much", None),
    ("fashion-MNIST has 43 pairs", "zalandoresearch/fashion-mnist#44", None),
    ("6 GB of disk", "du -sh .venv", None),
    ("5.997 and 6.315 times its speed", "printed by `make bench`; those runs are not committed", None),
    ("images per second stayed within 2 %", "by what the same runs printed", round(100 * (17_290 / 16_870 - 1)) == 2),
    ("128 images of CIFAR-10 at a time on a CPU, here to the same bits as 1,024", "at_once", CONVOLVED // 2352 == 128),
    ("its loss is above 0.2 and its error above 1 %", "run.py", (NEAR_LOSS, NEAR_ERROR) == (0.2, 0.01)),
    ("its epoch limit allows 2,000 steps or more", "engine.py", WORTH_CAPTURING == 2_000),
    (
        "two epochs of ten steps in float64 to 1e-10, 32 steps in float32 at full size, a loss in bfloat16 within a "
        "hundredth",
        "agreement.py",
        (STEPS[DOUBLE], MOST[DOUBLE], STEPS[SINGLE], MOST[HALF]) == (10, 1e-10, 32, 0.01),
    ),
    ("its fresh weights on 512 images", "contracts.py", SAMPLE == 512),
    (
        "With 50,000 training and 10,000 test images, the first run is ready for its first step after 7.1 s (MLP 1x512), "
        "6.3 s (AlexNet) and 8.8 s (Inception) on one core of an AMD EPYC; the next run on the same images after 1.9 s, "
        "1.9 s and 4.4 s. Noise takes 8 to 19 s the first time",
        "printed by tests/benchmarks/bench_preparation.py; that run is not committed",
        None,
    ),
    (
        "(32,000, n = 50,000)",
        "the paper's filters and images",
        "32,000 filters" in (ROOT / "claims/paper.toml").read_text(),
    ),
    ("half of each symmetric matrix, 14.4 GB at n = 60,000", "eight bytes a number", 60_000**2 / 2 * 8 / 1e9 == 14.4),
    ("With 5 seeds in each", "two sides of 5", round(power(5, 5), 2) == 0.40),
    ("in 40 % of cases among 100 measurements", "the power of Student's test", round(power(5, 5), 2) == 0.40),
    ("happen with up to 6.0 % of all seeds", "exact binomial, none of 60", round(100 * (1 - 0.025 ** (1 / 60)), 1) == 6.0),
    ("share an alpha of 1e-3 in equal parts", "audit.py", OWN_ALPHA == 1e-3),
    ("falls below 76.8 % of itself without them", "learns.py", KEPT == 0.768),
    *(
        (words, "the notes of the verdict", note in narrow.NOTES)
        for words, note in (
            ("training error 3.64 % (0.00…7.51)", "training error on random labels is 3.64 % (0.00 to 7.51 %)"),
            ("test accuracy afterwards 10.39 % (9.18…11.60)", "test accuracy is 10.39 % (9.18 to 11.60 %)"),
            ("84.52 % (78.95…90.10)", "above-chance accuracy kept is 84.52 % (78.95 to 90.10 %)"),
            ("over dropout 8.75 points (5.18…12.32)", "with dropout is 8.75 points (5.18 to 12.32 points)"),
            ("over weight decay 5.93 points (3.12…8.73)", "with weight_decay is 5.93 points (3.12 to 8.73 points)"),
            ("is at 15.66 %", "test accuracy (at chance) is 15.66 % (13.96 to 17.35 %)"),
        )
    ),
    (
        "5.3 hours of one core",
        "what its runs took",
        round(sum(run["seconds"] for run in narrow.RUNS) / 3600, 1) == 5.3,
    ),
    ("in 2,000 steps", "its runs", {run["epochs"] * run["steps_per_epoch"] for run in narrow.COMPARED} == {2_000}),
    (
        "test accuracy goes from 36.82 % to 37.04 %, in the table from 59.80 % to 67.18 %",
        "its runs, and Table 2",
        (narrow.ACCURACY, narrow.TABLE_2) == ([0.3682, 0.3704], [0.598, 0.6718]),
    ),
    ("on seeds counted from 3000 it decided", "seeds.toml, and the history of claims/tiers.toml", None),
    ("its seeds count from 3100", "seeds.toml", first(ROOT / "claims" / "seeds.toml", "imagenet") == 3100),
    ("A checkpoint is written every 1,000 steps", "spec.py", BETWEEN_CHECKPOINTS == 1_000),
    (
        "573 images a second of 1,015 from 500x375 pixels to 299, 543 of 987 with crops and flips",
        "printed by tests/benchmarks/bench_pipeline.py; that run is not committed",
        None,
    ),
    ("5.5e17 for three runs of … on 50,000 images", "printed by `--plan`", None),
    ("no honest figure for 1, 8 or 64 GPUs yet", "what was not measured", None),
    ("how long one device, 8 and 64 like this one take", "CLUSTERS of fixtures/plugin/plan_table.py", None),
    ("with 30 in the baseline, always", "the power of Student's test", power(30, 5) > 0.999),
]


def of_span(span):
    """Every number in a file of ours that a document names, or in the audit of a folder."""
    path = ROOT / span
    files = sorted(path.glob("*.json")) if path.is_dir() else [path] if path.is_file() else []
    return set().union(*(of_file(file) for file in files if file.suffix in (".json", ".toml")))


@cache
def of_file(path):
    """Every number in a file as a page would write it; of the curves of a run, how they end."""
    text = path.read_text()
    held = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    if not {"provenance", "runs"} <= set(held):
        return numbers(held)
    for run in held["runs"].values():
        run["curves"] = {curve: points[-1:] for curve, points in run.get("curves", {}).items()}
    return {f"{len(held['runs']):,}", str(round(held["seconds"])), *held["provenance"]["packages"].values()} | numbers(held)


def numbers(value):
    if isinstance(value, dict):
        return set().union(*(numbers(item) for key, item in value.items() if key not in UNUSED))
    if isinstance(value, list):
        return set().union(*map(numbers, value))
    if not isinstance(value, int | float) or isinstance(value, bool):
        return set()
    shares = {f"{100 * share:{form}} %" for share in (value, 1 - value) for form in (".2f", ".4g")}
    return shares | {f"{value:{form}}" for form in (".2f", ".3g", ".4g", ".1e", ",", ",.6g")}


def unknown(document):
    """The figures of a document that stand neither in a file that their section names nor in the table."""
    found = []
    for section in document.sections:
        held = set().union(*map(of_span, section.spans))
        for text in section.prose:
            if document.name == MADE and text.startswith("|"):
                continue
            for words, *_ in KNOWN:
                text = text.replace(words, "")
            text = SPAN.sub(r"\1 %, \2 %", HELD_ELSEWHERE.sub("", text).replace(" points", " %"))
            found += [figure for figure in FIGURE.findall(text) if figure not in held]
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=repr)
def test_every_figure_is_of_a_record_or_known(document):
    assert unknown(document) == []


@pytest.mark.parametrize(("words", "what", "holds"), KNOWN)
def test_every_known_figure_is_written_and_so(words, what, holds):
    assert any(words in " ".join(section.prose) for document in DOCUMENTS for section in document.sections)
    assert what
    assert holds in (None, True)


@pytest.mark.parametrize(
    ("name", "figure", "other"),
    [
        ("docs/results.md", "98.43 %", "98.47 %"),
        ("README.md", "torch 2.15.0", "torch 2.15.1"),
        ("README.md", TOOK, "in 139 s"),
        ("docs/results.md", "23 trainings", "24 trainings"),
        ("README.md", "100.00 % (63.10…", "100.00 % (63.12…"),
        ("docs/results.md", "8.1e-06", "8.2e-06"),
        ("docs/results.md", "103,072", "103,073"),
        ("docs/results.md", "40 %", "41 %"),
        ("docs/results.md", "60,000", "70,001"),
        ("CONTRIBUTING.md", "must pass.", "must pass in 77 s."),
        ("ci/README.md", "exact versions", "78 exact versions"),
    ],
)
def test_a_made_up_figure_is_caught(name, figure, other):
    text = (ROOT / name).read_text()
    assert text.count(figure) >= 1
    assert unknown(Document(name, text.replace(figure, other, 1)))


def test_a_figure_is_looked_up_in_the_record_of_its_own_section():
    whole = (ROOT / "README.md").read_text()
    assert unknown(Document("README.md", whole.replace("`reports/baselines/fast-2-core-cpu`", "committed")))
