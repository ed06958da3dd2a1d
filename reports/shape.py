"""Whether a record has the shape that its schema says: as much of JSON Schema as the schemas beside this file use.

Fields that a schema does not name are let through, so that an older reader can read a newer record of its version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
# What the schemas here may use; a keyword that is not among them would be ignored in silence.
NOTES = {"$schema", "$defs", "title", "description"}
KEYWORDS = NOTES | {
    *("$ref", "allOf", "anyOf", "type", "const", "enum", "pattern", "minimum", "exclusiveMinimum", "exclusiveMaximum"),
    *("required", "properties", "additionalProperties", "items", "minItems", "maxItems"),
}


def faults(value: Any, schema: Schema, root: Schema, place: str = "the record") -> Iterator[str]:
    """Yield what is wrong with a value, each with its place."""
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, place)
    for part in schema.get("allOf", ()):
        yield from faults(value, part, root, place)
    if "anyOf" in schema and all(any(faults(value, part, root)) for part in schema["anyOf"]):
        yield from faults(value, schema["anyOf"][0], root, place)  # the others are null
    if "type" in schema and type(value) not in _allowed(schema["type"]):
        yield f"{place} is {type(value).__name__}, expected {schema['type']}"
    elif "const" in schema and value != schema["const"]:
        yield f"{place} is {str(value)[:40]!r}, expected {schema['const']!r}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{place} is {str(value)[:40]!r}, expected one of {schema['enum']}"
    elif isinstance(value, dict):
        yield from _object(value, schema, root, place)
    elif isinstance(value, list):
        yield from _array(value, schema, root, place)
    elif isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{place} is {value[:40]!r}, expected {schema['pattern']}"
    elif value is not None:
        yield from _number(value, schema, place)


def _allowed(kind: str | list[str]) -> set[type]:
    return {type_ for name in ([kind] if isinstance(kind, str) else kind) for type_ in TYPES[name]}


def _object(value: dict[str, Any], schema: Schema, root: Schema, place: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{place} has no {name!r}"
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, item in value.items():
        part = known.get(name, others)
        if part:
            yield from faults(item, part, root, f"{place}, {name[:80]!r}")


def _array(value: list[Any], schema: Schema, root: Schema, place: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{place} has {len(value)} items"
    items = schema.get("items")
    if items is None:
        return
    if items.keys() == {"type"} and {type(item) for item in value} <= _allowed(items["type"]):
        return  # curves are most of a record
    for index, item in enumerate(value):
        yield from faults(item, items, root, f"{place}, item {index}")


def _number(value: float, schema: Schema, place: str) -> Iterator[str]:
    least, above, below = (schema.get(name) for name in ("minimum", "exclusiveMinimum", "exclusiveMaximum"))
    if (least is not None and value < least) or (above is not None and value <= above):
        yield f"{place} is {value:g}, expected more"
    if below is not None and value >= below:
        yield f"{place} is {value:g}, expected less than {below:g}"
