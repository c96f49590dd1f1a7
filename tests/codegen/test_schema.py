"""The JSON schema accepts every descriptor we have, and refuses what the language does not know."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from written_spec import SERVICE, V1, replaced

from codegen.problems import Problems
from codegen.schema import schema
from codegen.yaml_source import parse, plain

SPEC = Path(__file__).parents[2] / "spec"
DESCRIPTORS = sorted(SPEC.glob("*/*.yaml"))


def as_json(text):
    """Return a descriptor as JSON knows it: every key a text."""
    return json.loads(json.dumps(plain(parse(text, "f.yaml", Problems()))))


@pytest.fixture(scope="module")
def validator():
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


@pytest.mark.parametrize("file", DESCRIPTORS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_our_descriptors_fit(validator, file):
    errors = [error.message for error in validator.iter_errors(as_json(file.read_text(encoding="utf-8")))]
    assert errors == []


@pytest.mark.parametrize("text", [SERVICE, V1])
def test_the_small_spec_fits(validator, text):
    assert validator.is_valid(as_json(text))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (SERVICE, "service: demo\n", "service: demo\nrenamed_from: old\n"),
        (V1, "    method: DELETE\n", "    method: DELETE\n    aliases: [drop]\n    aliases_since: '5'\n"),
        (V1, "    method: DELETE\n", "    method: DELETE\n    aliases: null\n"),
        (V1, "{type: bool, in: query", "{aliases: [flat], aliases_since: '5', type: bool, in: query"),
    ],
)
def test_what_may_be_added_fits(validator, text, old, new):
    assert validator.is_valid(as_json(replaced(text, old, new)))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (SERVICE, "  address: local", "  adress: local"),
        (SERVICE, "  address: local", "  address: lokal"),
        (SERVICE, "summary: A service to test with.\n", ""),
        (SERVICE, "  Row:\n", "  row:\n"),
        (SERVICE, "spec: 1", "spec: 2"),
        (V1, 'api: "1"', "api: 1"),
        (V1, "prefix: /api/v1\n", ""),
        (V1, "    method: DELETE\n", "    methud: DELETE\n"),
        (V1, "    method: DELETE\n", "    method: PATCH\n"),
        (V1, "path: /row/{row_id}", "path: row/{row_id}"),
        (V1, "{type: bool, in: query", "{type: boolean, in: query"),
        (V1, "cache: {ttl: 60,", "cache: {ttl: 0,"),
        (V1, "- call: {row_id: 5}", "- called: {row_id: 5}"),
        (V1, "summary: Delete a row.", "summary: ' '"),
        (V1, "    method: DELETE\n", "    method: DELETE\n    aliases: []\n"),
        (V1, "{type: bool, in: query", "{aliases: flat, type: bool, in: query"),
    ],
)
def test_what_the_language_does_not_know_is_refused(validator, text, old, new):
    assert not validator.is_valid(as_json(replaced(text, old, new)))


def test_the_file_beside_the_descriptors_is_this_schema():
    assert json.loads((SPEC / "descriptor.schema.json").read_text(encoding="utf-8")) == schema()


def test_patterns_are_those_that_editors_understand():
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(schema()))
    assert patterns
    assert not [pattern for pattern in patterns if "(?" in pattern.replace("(?:", "")]
