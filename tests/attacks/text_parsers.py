"""Every parser of texts on mutated texts: only its documented exceptions may come, each with a message in one line."""

from __future__ import annotations

import json
import random
import re
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rethinking_audit.fixtures.claimkit import recipe_file, tier_file
from rethinking_audit.fixtures.claimkit.tiers import Scale
from rethinking_audit.fixtures.guests import strings
from rethinking_audit.fixtures.networks import guest_names
from rethinking_audit.fixtures.plugin.shard import Shard
from rethinking_audit.fixtures.record.reading import UnreadableAudit, read_audit
from rethinking_audit.fixtures.runs.store import DamagedRecord, Store
from rethinking_audit.fixtures.subjects import script
from rethinking_audit.fixtures.subjects.call import BadSubject
from rethinking_audit.fixtures.subjects.given import BadGiven
from tests.builders.places import CLAIMS
from tests.builders.records import synthetic

Attack = Callable[[int, int], list[str]]
# What breaks parsers: brackets, quotes, signs, numbers that are none, and characters that are seldom tried.
PIECES = [
    *(
        "",
        "\0",
        "\ud800",
        "\u202e",
        "\ufeff",
        "é",
        " ",
        "\n",
        ":",
        ".",
        "/",
        ",",
        "-",
        "0",
        "9" * 400,
        "1e999",
        "nan",
        "inf",
    ),
    *("[", "]", "{", "}", "(", ")", "\\", '"', "'", "*", "+", "?", "{999999999999}", "[" * 2000, "(" * 500, '{"a":' * 2000),
    *("true", "null", "= =", "#", ".py", "import", "torchvision:", "1_0", "0x1", "٣", "~"),
]


def mutated(text: str, chance: random.Random) -> str:
    """Return a text with some of its parts cut, doubled, swapped or replaced."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        start = chance.randrange(len(text) + 1)
        stop = min(len(text), start + chance.choice((0, 1, 1, 3, 20)))
        part = text[start:stop]
        other = chance.choice([chance.choice(PIECES), chance.choice(PIECES), part * 2, part[::-1]])
        text = text[:start] + other + text[stop:]
    return text


def _faults(
    name: str,
    texts: Iterable[str],
    parse: Callable[[str], Any],
    documented: tuple[type[Exception], ...],
    count: int,
    seed: int,
) -> Iterator[str]:
    chance, texts = random.Random(seed), list(texts)
    for _ in range(count):
        text = mutated(chance.choice(texts), chance)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python warns of some regular expressions
                parse(text)
        except documented as error:
            if len(error.args) != 1 or not str(error) or "\n" in str(error):
                yield f"{name}, {text[:200]!r}: {error!r:.200} is no sentence"
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            yield f"{name}, {text[:200]!r}: {error!r:.200} at {Path(place.filename).name}:{place.lineno}"


def _in_a_file(read: Callable[[Path], Any], path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    read(path)


def _figure(text: str) -> None:
    if found := script.pattern(text).search("Accuracy: 9/10, 0.5, inf, nan, 1e999"):
        script.read(found)


def _printed(text: str) -> None:
    if found := re.search(r"Accuracy: ([^,/]*)/?([^,]*)", text):
        script.read(found)


def _networks(text: str) -> None:
    tier = tier_file.read(CLAIMS / "tiers.toml")["fast"]
    tier.cut(Scale(networks=tuple(name.strip() for name in text.split(",") if name.strip())))


NAMES = ["a.py:net", "pkg.module:factory", "torchvision:resnet18", "timm:vit_tiny", "/a/b c/d.py:f", "~/x.py:g"]
RECIPE = "batch = 64\nlearning_rate = 0.1\ncrop = true\n"
AUDIT = json.dumps(synthetic(1, seeds=1, networks=("a",)))
TIERS = '[fast]\ndata = "digits"\nseeds = 2\n[fast.problems.a]\nsolver = "lemma"\n'


def _of_texts(name: str, texts: list[str], parse: Callable[[str], Any], *documented: type[Exception]) -> Attack:
    return lambda count, seed: list(_faults(name, texts, parse, documented, count, seed))


def _of_files(name: str, texts: list[str], read: Callable[[Path], Any], *documented: type[Exception]) -> Attack:
    def attack(count: int, seed: int) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            parse = partial(_in_a_file, read, Path(folder) / "file")
            return list(_faults(name, texts, parse, documented, count, seed))

    return attack


def _stored(count: int, seed: int) -> list[str]:
    """Mutate records of a store: each is read as it was written, or damaged."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.write("a" * 64, {"result": {"loss": [0.5, None], "status": "fit"}})
        whole = store.path("a" * 64).read_text()
        written = store.read("a" * 64)

        def parse(text: str) -> None:
            store.path("a" * 64).write_bytes(text.encode("utf-8", "surrogatepass"))
            if store.read("a" * 64) != written:
                raise AssertionError("a changed record was read")

        return list(_faults("store record", [whole], parse, (DamagedRecord,), count, seed))


PARSERS: dict[str, Attack] = {
    "import string": _of_texts("import string", NAMES, strings.parse),
    "network": _of_texts("network", NAMES, guest_names.name_of, strings.Refused),
    "accuracy": _of_texts("accuracy", [r"Accuracy: (\d+)/(\d+)", r"([0-9.]+)%"], _figure, BadGiven, BadSubject),
    "figure": _of_texts("figure", ["Accuracy: 9/10", "Accuracy: 0.5"], _printed, BadSubject),
    "shard": _of_texts("shard", ["1/2", "10/12"], Shard.of, ValueError),
    "networks": _of_texts("networks", ["mlp-1x512,alexnet", "inception"], _networks, ValueError),
    "recipe": _of_files("recipe", [RECIPE], recipe_file.read, ValueError),
    "tiers": _of_files("tiers", [TIERS], tier_file.read.__wrapped__, ValueError),
    "audit.json": _of_files("audit.json", [AUDIT], read_audit, UnreadableAudit),
    "store record": _stored,
}
