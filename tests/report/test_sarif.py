"""`sarif`: held against the part of the standard that it uses."""

import json
import re
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from made import ADDED, ADDRESS, ALL, CACHE, DEFAULT, HOSTILE, REMOVED, comparison, hostile, written
from sarif_schema import SCHEMA

from codegen.report.formats import FORMATS
from codegen.report.manner import Manner

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def run(made):
    (found,) = json.loads(written(made, "sarif", docs=True))["runs"]
    return found


@pytest.mark.parametrize(
    "made", [comparison(*ALL), comparison(ADDED, accepted=(REMOVED,)), *map(hostile, HOSTILE.values())]
)
def test_what_is_written_obeys_the_standard(made):
    VALIDATOR.validate(json.loads(written(made, "sarif", docs=True)))


def test_a_whole_but_empty_log_has_one_run_without_results():
    """Code scanning services close what they showed before when they get such a log."""
    log = json.loads(FORMATS["sarif"](comparison(), Manner()))
    VALIDATOR.validate(log)
    assert [each["results"] for each in log["runs"]] == [[]]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", "2.0.0"),
        ("runs.0.tool.driver.name", ""),
        ("runs.0.tool.driver.rules.0.id", None),
        ("runs.0.results.0.level", "breaking"),
        ("runs.0.results.0.message", "text"),
        ("runs.0.results.0.locations.0.physicalLocation.region.startLine", 0),
        ("runs.0.results.0.more", 1),
    ],
)
def test_the_schema_of_the_tests_refuses_another_shape(path, value):
    log = json.loads(written(comparison(REMOVED), "sarif"))
    *steps, last = path.split(".")
    node = log
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    node[last] = value
    assert not VALIDATOR.is_valid(log)


def test_every_result_points_at_its_rule():
    found = run(comparison(*ALL, accepted=(REMOVED,)))
    rules = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({each.id for each in ALL})
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize(
    ("finding", "level"), [(REMOVED, "error"), (CACHE, "warning"), (ADDED, "note"), (DEFAULT, "error")]
)
def test_levels_have_the_names_of_the_standard(finding, level):
    (result,) = run(comparison(finding))["results"]
    assert result["level"] == level
    assert result["properties"]["silent"] is finding.silent


def test_a_result_keeps_its_fingerprint_and_place():
    (result,) = run(comparison(REMOVED))["results"]
    assert result["partialFingerprints"] == {"codegenFinding/v1": REMOVED.fingerprint}
    assert result["locations"] == [
        {
            "logicalLocations": [{"fullyQualifiedName": "materialize.query_table.limit"}],
            "physicalLocation": {
                "artifactLocation": {"uri": "spec/materialize/v3.yaml"},
                "region": {"startLine": 12},
            },
        }
    ]


@pytest.mark.parametrize(("finding", "keys"), [(ADDRESS, {"artifactLocation"}), (CACHE, set())])
def test_a_place_that_is_not_known_is_left_out(finding, keys):
    (result,) = run(comparison(finding))["results"]
    assert set(result["locations"][0].get("physicalLocation", {})) == keys


def test_what_has_been_accepted_is_suppressed_not_gone():
    found = run(comparison(ADDED, accepted=(REMOVED,)))["results"]
    assert [(each["ruleId"], each["suppressions"]) for each in found] == [
        ("op-added", []),
        ("param-removed", [{"kind": "external", "status": "accepted"}]),
    ]


def as_a_viewer_shows(message):
    """Read a message as the standard says: no holes, no links, then backslashes and doubled braces."""
    assert not re.search(r"(?<!\{)(?:\{\{)*\{[0-9]+\}(?!\})", message)
    assert not re.search(r"(?<!\\)(?:\\\\)*\[", message)
    return re.sub(r"\\([\\\[\]])", r"\1", message.replace("{{", "{").replace("}}", "}"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_messages_show_the_text_and_uris_name_the_file(text):
    (result,) = run(hostile(text))["results"]
    shown = "\n".join(
        "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in line
        ).rstrip()
        for line in f"h{text}".replace("\r\n", "\n").rstrip().split("\n")
    )
    assert as_a_viewer_shows(result["message"]["text"]).endswith(shown)
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (urlsplit(uri).scheme, urlsplit(uri).query, urlsplit(uri).fragment) == ("", "", "")
    assert unquote(uri, errors="surrogatepass") == f"f{text}"
