"""`json`: all that is known, in the shape that `comparison.schema.json` promises."""

import copy
import json
from dataclasses import fields
from pathlib import Path

import jsonschema
import orjson
import pytest
from made import ADDED, ALL, HOSTILE, REMOVED, comparison, hostile, written

from codegen.report import json_report
from codegen.report.finding import Finding
from codegen.report.formats import FORMATS
from codegen.report.manner import Manner
from codegen.report.rule import RANKS

SCHEMA = json.loads(Path(json_report.__file__).with_name("comparison.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def document(made):
    return json.loads(written(made, "json", docs=True))


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "made", [comparison(*ALL), comparison(*ALL, accepted=(ADDED,)), *map(hostile, HOSTILE.values())]
)
def test_what_is_written_obeys_the_schema(made):
    VALIDATOR.validate(document(made))


def test_a_whole_but_empty_report_obeys_the_schema():
    VALIDATOR.validate(json.loads(FORMATS["json"](comparison(), Manner())))


def blocks(schema):
    """List every block of the schema that has fields."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for item in schema.values():
            yield from blocks(item)
    elif isinstance(schema, list):
        for item in schema:
            yield from blocks(item)


def test_the_schema_is_strict():
    found = list(blocks(SCHEMA))
    assert len(found) == 5
    for block in found:
        assert block["additionalProperties"] is False
        assert block["required"] == list(block["properties"])


def test_every_field_of_a_finding_is_told():
    told = set(SCHEMA["$defs"]["finding"]["properties"])
    own = {field.name for field in fields(Finding)} - {"docs", "of_list", "old_place", "new_place"}
    assert told == own | {"level", "fingerprint", "where"}


def test_the_schema_knows_the_verdicts():
    assert set(SCHEMA["$defs"]["verdict"]["enum"]) == set(RANKS)


MUTATIONS = [
    ("schema", 2),
    ("schema", "1"),
    ("kind", "Diff 1"),
    ("kind", None),
    ("old", None),
    ("summary", {}),
    ("summary.breaking", -1),
    ("summary.silent", "1"),
    ("summary.other", 1),
    ("findings", None),
    ("findings.0.level", "none"),
    ("findings.0.level", "error"),
    ("findings.0.wire", "bad"),
    ("findings.0.source", None),
    ("findings.0.silent", 1),
    ("findings.0.id", "Param removed"),
    ("findings.0.service", None),
    ("findings.0.api", 2),
    ("findings.0.text", None),
    ("findings.0.hint", None),
    ("findings.0.affects", "minnie"),
    ("findings.0.also", [1]),
    ("findings.0.where", None),
    ("findings.0.where.old.line", 0),
    ("findings.0.where.old.line", "41"),
    ("findings.0.where.old.column", 1),
    ("findings.0.where.new", {"file": "x"}),
    ("findings.0.where.both", None),
    ("findings.0.fingerprint", "8D983FBC2CC4"),
    ("findings.0.fingerprint", "8d98"),
    ("findings.0.docs", False),
    ("more", 1),
]


def changed(path, value):
    """Return a real document with one value replaced or added."""
    result = copy.deepcopy(document(comparison(REMOVED)))
    *steps, last = path.split(".")
    node = result
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    node[last] = value
    return result


@pytest.mark.parametrize(("path", "value"), MUTATIONS)
def test_the_schema_refuses_another_shape(path, value):
    assert not VALIDATOR.is_valid(changed(path, value))


@pytest.mark.parametrize(
    "name",
    [*SCHEMA["properties"], *(f"findings.0.{name}" for name in SCHEMA["$defs"]["finding"]["properties"])],
)
def test_the_schema_misses_nothing_quietly(name):
    made = document(comparison(REMOVED))
    node = made["findings"][0] if "." in name else made
    del node[name.rpartition(".")[2]]
    assert not VALIDATOR.is_valid(made)


def test_a_finding_is_told_completely():
    made = document(comparison(REMOVED, accepted=(ADDED,)))
    assert made == {
        "schema": 1,
        "kind": "diff",
        "old": "materialize@2",
        "new": "materialize@3",
        "summary": {"breaking": 1, "warning": 0, "info": 0, "silent": 0, "accepted": 1},
        "findings": [
            {
                "id": "param-removed",
                "level": "breaking",
                "wire": "warning",
                "source": "breaking",
                "silent": False,
                "service": "materialize",
                "api": "2 -> 3",
                "operation": "query_table",
                "param": "limit",
                "where": {
                    "old": {"file": "spec/materialize/v2.yaml", "line": 41},
                    "new": {"file": "spec/materialize/v3.yaml", "line": 12},
                },
                "text": "a parameter is gone",
                "old": "{type: int}",
                "new": None,
                "hint": "Keep `limit` as an alias of `max_rows`.",
                "affects": ["minniev1 (5.13.2)", "wclee (4.0.0)"],
                "also": ["materialize.query_view", "materialize.live_live_query", "materialize.join_query"],
                "fingerprint": REMOVED.fingerprint,
            }
        ],
    }


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_texts_come_back_as_they_were(text):
    """Read by a strict reader, too: it refuses half characters, which are written as escapes."""
    made = hostile(text)
    told = orjson.loads(written(made, "json"))["findings"][0]
    sound = text.encode("utf-8", "backslashreplace").decode()
    assert told["text"] == f"t{sound}"
    assert told["old"] == f"a{sound}"
    assert told["where"]["new"]["file"] == f"f{sound}"
    assert told["fingerprint"] == made.findings[0].fingerprint
