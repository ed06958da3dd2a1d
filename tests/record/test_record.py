"""The record's room: schema and types say the same, it needs nothing beside Python, and old records still render."""

import ast
import copy
import json
import sys
import types
import typing

import pytest

from rethinking_audit.fixtures.record import measured
from rethinking_audit.fixtures.record.reading import read_audit
from rethinking_audit.fixtures.record.types import Audit
from rethinking_audit.reports.markdown import summary
from rethinking_audit.reports.render import render
from tests.builders.places import ROOT

ROOM = ROOT / "fixtures" / "record"
SCHEMA = json.loads((ROOM / "audit.schema.json").read_text(encoding="utf-8"))
BASELINES = sorted((ROOT / "reports" / "baselines").glob("*/audit.json"))
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


# The types and the schema


def whole(schema, root):
    """A part of the schema with what it refers to."""
    if "$ref" in schema:
        schema = {**whole(root["$defs"][schema["$ref"].rpartition("/")[2]], root), **schema}
    for part in schema.get("allOf", ()):
        base = whole(part, root)
        properties = {**base.get("properties", {}), **schema.get("properties", {})}
        required = [*base.get("required", ()), *schema.get("required", ())]
        schema = {**base, **schema, "properties": properties, "required": required}
    return schema


def kinds(schema):
    """The kinds of JSON value that a part of the schema allows."""
    if "const" in schema or "enum" in schema:
        return {PLAIN[type(value)] for value in schema.get("enum", [schema.get("const")])}
    kind = schema.get("type", [])
    return set([kind] if isinstance(kind, str) else kind)


def differences(hint, schema, root, place="audit"):
    """What a type says otherwise than the schema, each with its place."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        yield from of_union(typing.get_args(hint), schema, root, place)
        return
    schema = whole(schema, root)
    if typing.is_typeddict(hint):
        yield from of_object(hint, schema, root, place)
    elif hint is typing.Any:
        return
    elif (outer := typing.get_origin(hint)) in (dict, list):
        inner = schema.get("items" if outer is list else "additionalProperties")
        part = typing.get_args(hint)[-1]
        if kinds(schema) != {"array" if outer is list else "object"}:
            yield f"{place} is {hint}, and {kinds(schema)} in the schema"
        elif inner is not None:
            yield from differences(part, inner, root, f"{place}[]")
        elif part is not typing.Any and "required" not in schema:
            yield f"{place} holds {part}, and anything in the schema"
    elif kinds(schema) != {PLAIN[hint]}:
        yield f"{place} is {hint.__name__}, and {kinds(schema)} in the schema"


def of_union(hints, schema, root, place):
    """One of several: None is a kind of its own, and the others are in the order of the schema's `anyOf`."""
    schema, others = whole(schema, root), [hint for hint in hints if hint is not type(None)]
    parts = [whole(part, root) for part in schema.get("anyOf", ())]
    null = {"type": "null"} in parts if parts else "null" in kinds(schema)
    if null != (type(None) in hints):
        yield f"{place} may {'' if null else 'not '}be null in the schema"
    if parts:
        rest = [part for part in parts if part != {"type": "null"}]
    else:
        rest = [{**schema, "type": [kind for kind in kinds(schema) if kind != "null"]}]
    if len(rest) != len(others):
        yield f"{place} is one of {len(others)} types, and of {len(rest)} in the schema"
    for hint, part in zip(others, rest, strict=False):
        yield from differences(hint, part, root, place)


def of_object(hint, schema, root, place):
    """A dictionary of known keys: the same keys, and the same of them required."""
    hints, properties = typing.get_type_hints(hint), schema.get("properties", {})
    if kinds(schema) != {"object"}:
        yield f"{place} is an object, and {kinds(schema)} in the schema"
    yield from (f"{place}.{name} is in the schema alone" for name in properties.keys() - hints.keys())
    yield from (f"{place}.{name} is in the types alone" for name in hints.keys() - properties.keys())
    for name in hint.__required_keys__ ^ set(schema.get("required", ())):
        yield f"{place}.{name} is required in {'the types' if name in hint.__required_keys__ else 'the schema'} alone"
    for name in hints.keys() & properties.keys():
        yield from differences(hints[name], properties[name], root, f"{place}.{name}")


def test_schema_and_types_say_the_same():
    assert list(differences(Audit, SCHEMA, SCHEMA)) == []


def objects(schema):
    """Every part of the schema that names the fields of an object."""
    if isinstance(schema.get("properties"), dict):
        yield schema
    for part in schema.values():
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, dict):
                yield from objects(one)


@pytest.mark.parametrize("place", range(len(list(objects(SCHEMA)))))
def test_a_field_that_the_schema_alone_has_is_noticed(place):
    planted = copy.deepcopy(SCHEMA)
    list(objects(planted))[place]["properties"]["planted"] = {"type": "string"}
    assert any(".planted is in the schema alone" in said for said in differences(Audit, planted, planted))


def test_a_field_that_the_types_alone_have_is_noticed(monkeypatch):
    for made in (Audit, measured.Data, measured.Training, measured.Recipe, measured.Rate):
        with monkeypatch.context() as patch:
            patch.setitem(made.__annotations__, "planted", str)
            assert any(".planted is in the types alone" in said for said in differences(Audit, SCHEMA, SCHEMA)), made


def test_a_field_of_another_type_or_necessity_is_noticed(monkeypatch):
    planted = copy.deepcopy(SCHEMA)
    planted["$defs"]["data"]["properties"]["train"] = {"type": "string"}
    planted["$defs"]["data"]["required"].remove("test")
    planted["$defs"]["provenance"]["properties"]["commit"] = {"type": "string"}
    assert sorted(differences(Audit, planted, planted)) == [
        "audit.data[].test is required in the types alone",
        "audit.data[].train is int, and {'string'} in the schema",
        "audit.provenance.commit may not be null in the schema",
        "audit.shards[].provenance.commit may not be null in the schema",
    ]


# Who knows whom


def imported(path):
    """The modules that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield node.module


def test_the_record_needs_nothing_beside_python():
    for path in ROOM.glob("*.py"):
        for name in imported(path):
            own = name.startswith("rethinking_audit.fixtures.record")
            assert own or name.partition(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_the_reports_know_one_room_of_the_fixtures():
    for path in (ROOT / "reports").glob("*.py"):
        for name in imported(path):
            if name.startswith("rethinking_audit.fixtures"):
                assert name.startswith("rethinking_audit.fixtures.record."), f"{path.name} imports {name}"


# Old records


def test_there_are_baselines_to_read():
    assert len(BASELINES) >= 4


@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.parent.name)
def test_an_old_record_still_renders(path):
    audit = read_audit(path)
    page, told = render(audit), summary(audit)
    for claim in audit["claims"]:
        assert f'id="{claim["id"].replace("/", "-")}"' in page
        assert f"`{claim['id']}`" in told
