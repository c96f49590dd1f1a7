"""`github`: read back the way the runner reads workflow commands."""

import re

import pytest
from made import ADDED, ALL, CACHE, HOSTILE, REMOVED, comparison, hostile, written

COMMAND = re.compile(r"::(?P<name>[a-z]+) (?P<properties>.*?)::(?P<message>.*)")


def unescaped(text, *, in_properties=False):
    for code, char in (("%3A", ":"), ("%2C", ",")) if in_properties else ():
        text = text.replace(code, char)
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def commands(report):
    """Return each command as the runner sees it: name, properties, message."""
    for line in report.splitlines():
        found = COMMAND.fullmatch(line)
        assert found, line
        pairs = (pair.split("=", 1) for pair in found["properties"].split(","))
        yield (
            found["name"],
            {key: unescaped(value, in_properties=True) for key, value in pairs},
            unescaped(found["message"]),
        )


def test_levels_become_the_three_kinds_of_annotation():
    told = list(commands(written(comparison(REMOVED, CACHE, ADDED), "github")))
    assert [(name, properties["title"]) for name, properties, _ in told] == [
        ("error", "param-removed"),
        ("warning", "cache-ttl-changed"),
        ("notice", "op-added"),
    ]


def test_an_annotation_stands_at_its_line():
    ((_, properties, message),) = commands(written(comparison(REMOVED), "github"))
    assert properties == {"file": "spec/materialize/v3.yaml", "line": "12", "title": "param-removed"}
    assert message.splitlines() == [
        "materialize.query_table.limit (API 2 -> 3): a parameter is gone",
        "It breaks minniev1 (5.13.2), wclee (4.0.0).",
        "It is used by 4 operations.",
        "Keep `limit` as an alias of `max_rows`.",
    ]


@pytest.mark.parametrize(
    ("rule", "properties"),
    [
        ("param-default-changed", {"file", "line", "title"}),
        ("base-url-changed", {"file", "title"}),
        ("cache-ttl-changed", {"title"}),
    ],
)
def test_a_place_that_is_not_known_is_left_out(rule, properties):
    (finding,) = (finding for finding in ALL if finding.id == rule)
    ((_, told, _),) = commands(written(comparison(finding), "github"))
    assert set(told) == properties


def test_silent_changes_say_so():
    report = written(comparison(*ALL), "github")
    assert "title=param-default-changed (silent)::" in report
    assert report.count("answer can differ") == 1


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_makes_another_command(text, explain):
    report = written(hostile(text), "github", explain=explain)
    ((name, properties, message),) = commands(report)
    assert name == "error"
    assert set(properties) == {"file", "line", "title"}
    assert properties["line"] == "3"
    assert properties["title"] == "param-removed"
    assert properties["file"].startswith("f")
    assert message.startswith("s")


@pytest.mark.parametrize(
    ("text", "file"),
    [("a:b,c%d", "f%3A".replace("f", "fa") + "b%2Cc%25d"), ("%0A", "f%250A"), ("\n::x", "f%0A%3A%3Ax")],
)
def test_properties_are_written_with_their_own_escapes(text, file):
    assert f"file={file},line=3," in written(hostile(text), "github")


def test_messages_are_written_with_theirs():
    assert "::s50%25, a::b.o50%25, a::b.p50%25, a::b" in written(hostile("50%, a::b"), "github")
