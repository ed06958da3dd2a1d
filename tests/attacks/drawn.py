"""Records drawn from the schema: everything that it accepts may come, mostly what breaks things.

Names are drawn from short lists, so that cases, runs, data sets and tables of a record belong together.
"""

from __future__ import annotations

import copy
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.fixtures.record.shape import Schema, faults
from tests.builders.full import full
from tests.builders.places import ROOT

SCHEMA = json.loads((ROOT / "fixtures" / "record" / "audit.schema.json").read_text(encoding="utf-8"))
BASELINES = sorted((ROOT / "reports" / "baselines").glob("*/audit.json"))

KEYS = [digit * 64 for digit in "0123ab"]
TEXTS = [
    "",
    "word",
    "<img src=x onerror=alert(1)></script>",
    "\"' onload=x %0A::error::x {{ 7 * 7 }}",
    "\u202e\u200b\x1b[31m\x00\ufffe\ud800",
    "]]>--><b>&amp;",
    "a\r\n::error title=x::y\n# | `code` | [link](javascript:x)",
    "=HYPERLINK(1)",
    "../../x",
    "x" * 12_000,
]
NETWORKS = ["inception", "alexnet", "mlp-3x512", "two-layer", "raw", "raw-full"]
DATA = ["cifar10", "digits", "mnist"]
# The names that mean something to the reports, by the field that they stand in; other texts come too.
KNOWN: dict[str, list[str]] = {
    "network": NETWORKS,
    "data": DATA,
    "tier": ["fast", "paper"],
    "source": ["Figure 1a, Table 1", "Figure 1b, Figure 1c, Figure 2b", "Table 3, Table 4"],
    "inputs": ["original", "shuffled", "random", "gaussian"],
    "labels": ["true", "random"],
    "preprocessing": ["none", "Gabor filters"],
    "regularizer": ["weight decay", "random cropping", "flips and rotations to 25 degrees"],
    "place": ["Table 1", "Table 3", "Table 4"],
    "what": ["test accuracy, random labels", "test error", "training accuracy, weight decay", "epochs to fit"],
    "quantity": ["test error", "rank correlation of errors", "ratio (slowdown)"],
    "kind": ["linear", "gaussian"],
    "name": ["1a", "1b", "2a"],
    "description": ["a linear network", "true labels"],
    "nodeid": ["claims/test_x.py::test_y[a]", "claims/test_x.py::test_y[b]"],
}
# The keys of an object with free keys, by the field that it stands in.
NAMES: dict[str, list[str]] = {
    "runs of the record": KEYS,
    "runs": ["random", "true"],
    "levels": ["0.0", "0.5", "1.0", "x"],
    "data": DATA,
    "values": ["by seed", "all: by seed", "random"],
    "figures": ["1a", "1b", "1c", "2a", "2b", "9z"],
    "series": ["true labels", "random labels", "inception", "alexnet", "inception, test", "inception, train", "raw"],
    "packages": ["torch", "numpy"],
}
PATTERNS = {
    "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$": ["", "AAEC", "AAECAw==", "AAECAwQ="],
    "^[0-9a-f]{64}$": KEYS,
    "^[a-z0-9-]+/[a-z0-9-]+$": [
        "expressivity/two-layer",
        "kernel/interpolates-and-generalizes",
        "kernel/minimum-norm-not-predictive",
        "random-labels/zero-training-error",
    ],
}
NUMBERS = [0, 1, -1, 2, 10, 0.0, -0.0, 0.1, 0.5, 1.0, 0.99, 1e-9, 5e-324, -1e-300, 1e99, -1e99, 10**99, -(10**99), 2**63]
DAYS = ["2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z", "0000-99-99T99:99:99Z", "1999-01-01T00:00:00Z"]


class Drawer:
    """Draws values that a schema accepts."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.root = chance, SCHEMA

    def pair(self) -> list[dict[str, Any]]:
        """Return two records: all of both drawn, or one that an audit wrote, each time with some places drawn anew."""
        if self.chance.random() < 0.3:
            return [self.value(self.root) for _ in range(2)]
        written = self.chance.choice(_written())
        return [self._changed(written) for _ in range(2)]

    def _changed(self, written: dict[str, Any]) -> dict[str, Any]:
        record = copy.deepcopy(written)
        kinds = defaultdict(list)  # a curve has many numbers and a claim one id, but all kinds of places are equally likely
        for kind, *place in places(record, self.root, self.root):
            kinds[kind].append(place)
        for kind in self.chance.choices(list(kinds), k=self.chance.choice((1, 2, 5, 20))):
            self._change(*self.chance.choice(kinds[kind]))
        return record

    def _change(self, holder: Any, key: Any, schema: Schema | None, name: str, required: bool) -> None:
        if not required and self.chance.random() < 0.5:
            holder.pop(key, None)
        else:
            holder[key] = self.value(schema, name)

    def value(self, schema: Schema | None, name: str = "") -> Any:
        """Return a value that the schema accepts; `name` is the field that it is for."""
        schema = whole(schema, self.root) if schema else {}
        if "const" in schema or "enum" in schema:
            return self.chance.choice(schema.get("enum", [schema.get("const")]))
        if "anyOf" in schema:
            return self.value(self.chance.choice(schema["anyOf"]), name)
        kinds = schema.get("type", ["object", "array", "string", "integer", "number", "boolean", "null"])
        kind = self.chance.choice([kinds] if isinstance(kinds, str) else kinds)
        return {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._number,
            "number": self._number,
            "boolean": lambda *_: self.chance.random() < 0.5,
            "null": lambda *_: None,
        }[kind](schema, name, *([kind] if kind in ("integer", "number") else []))

    def _object(self, schema: Schema, name: str) -> dict[str, Any]:
        found = {}
        for field, part in schema.get("properties", {}).items():
            if field in schema.get("required", ()) or self.chance.random() < 0.7:
                inner = f"{field} of the record" if schema is self.root and field == "runs" else field
                found[field] = self.value(part, inner)
        if isinstance(others := schema.get("additionalProperties"), dict):
            within = "levels" if name == "runs" else name
            names = NAMES.get(name, NAMES["series"])
            for field in self.chance.sample(names, self.chance.randint(0, len(names))):
                found[field] = self.value(others, within)
            found |= {field: self.value(others, within) for field in schema.get("required", ()) if field not in found}
        elif others is None and self.chance.random() < 0.1:
            found[self.chance.choice(TEXTS)] = self._anything()
        return found

    def _array(self, schema: Schema, name: str) -> list[Any]:
        least = schema.get("minItems", 0)
        most = schema.get("maxItems", max(least, self.chance.choice((0, 1, 2, 3, 5))))
        return [self.value(schema.get("items"), name) for _ in range(self.chance.randint(least, most))]

    def _string(self, schema: Schema, name: str) -> str:
        if pattern := schema.get("pattern"):
            return self.chance.choice(PATTERNS.get(pattern, DAYS))
        return self.chance.choice(KNOWN[name] if name in KNOWN and self.chance.random() < 0.8 else TEXTS)

    def _number(self, schema: Schema, _: str, kind: str) -> float:
        while True:
            drawn = self.chance.choice(NUMBERS) if self.chance.random() < 0.6 else round(self.chance.uniform(-1, 3), 2)
            value = int(drawn) if kind == "integer" else drawn
            if not any(faults(value, {**schema, "type": kind}, self.root)):
                return value

    def _anything(self) -> Any:
        return self.chance.choice([None, True, 1e99, "x", [[[]]], {"a": {"b": [1, {}]}}, {"\ud800": {}}])


def whole(schema: Schema, root: Schema) -> Schema:
    """Return a part of the schema with what it refers to."""
    if "$ref" in schema:
        schema = {**whole(root["$defs"][schema["$ref"].rpartition("/")[2]], root), **schema}
    for part in schema.get("allOf", ()):
        base = whole(part, root)
        properties = {**base.get("properties", {}), **schema.get("properties", {})}
        schema = {**base, **schema, "properties": properties, "required": [*base["required"], *schema.get("required", ())]}
    return schema


Place = tuple[str, Any, Any, Schema | None, str, bool]


def places(value: Any, schema: Schema | None, root: Schema, kind: str = "", name: str = "") -> Iterator[Place]:
    """Yield each place in a value: its kind, what holds it, its key, its schema, its field, and whether it is required."""
    schema = whole(schema, root) if schema else {}
    for part in schema.get("anyOf", ()):
        if not any(faults(value, part, root)):
            yield from places(value, part, root, kind, name)
            return
    if isinstance(value, dict):
        known, required = schema.get("properties", {}), schema.get("required", ())
        for key, item in value.items():
            part = known.get(key, schema.get("additionalProperties"))
            inner = "runs of the record" if schema is root and key == "runs" else key if key in known else name
            yield f"{kind}.{key if key in known else '*'}", value, key, part or None, inner, key in required
            yield from places(item, part or None, root, f"{kind}.{key if key in known else '*'}", inner)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield f"{kind}[]", value, place, schema.get("items"), name, True
            yield from places(item, schema.get("items"), root, f"{kind}[]", name)


_kept: list[dict[str, Any]] = []


def _written() -> list[dict[str, Any]]:
    """Small records as audits wrote them: parts of the committed ones, and one with everything that the page needs."""
    if not _kept:
        _kept.append(_short(full()))
        for path in BASELINES:
            audit = read_audit(path)
            for start in range(0, len(audit["claims"]), 4):
                _kept.append(_part(audit, start, start + 4))
    return _kept


def _part(audit: Any, start: int, stop: int) -> dict[str, Any]:
    claims = [{**claim, "cases": claim["cases"][:2]} for claim in audit["claims"][start:stop]]
    used = {
        key
        for claim in claims
        for case in claim["cases"]
        for levels in case["runs"].values()
        for keys in levels.values()
        for key in keys[:2]
    }
    runs = {key: run for key, run in audit["runs"].items() if key in used}
    return _short({**audit, "claims": claims, "runs": runs, "readings": audit.get("readings", [])[:1]})


def _short(value: Any) -> Any:
    """Return a value with six items of each array: curves and figures have hundreds."""
    if isinstance(value, dict):
        return {name: _short(item) for name, item in value.items()}
    return [_short(item) for item in value[:6]] if isinstance(value, list) else value
