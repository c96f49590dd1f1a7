"""Strict YAML: what passes reads the same to everybody, and every value knows its line."""

import math

import pytest

from codegen.problems import Problems, SpecErrors
from codegen.yaml_source import MapNode, Refused, parse, plain, read, read_plain, walk


def complaints(text):
    problems = Problems()
    parse(text, "f.yaml", problems)
    try:
        problems.raise_if_any()
    except SpecErrors as errors:
        return [str(problem) for problem in errors.problems]
    return []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-7", -7),
        ("864691136008567725", 864691136008567725),  # an id beyond 2**53 stays exact
        ("18446744073709551615", 2**64 - 1),
        ("1.5", 1.5),
        ("-0.25e-3", -0.00025),
        ("text", "text"),
        ("/api/v1", "/api/v1"),
        ("5.13.0", "5.13.0"),
        ("nothing", "nothing"),
        ("none", "none"),
        ("y", "y"),  # a coordinate: no reader in use takes it for a truth value
        ("1-2", "1-2"),
        ("0a", "0a"),
        ("TODOS", "TODOS"),
        ("Todo is a word", "Todo is a word"),
    ],
)
def test_plain_scalars_that_all_readers_agree_on(text, value):
    result = read_plain(text)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "TODO",
        "TODO(say whether it may be sent twice)",
        "TODO later",
        "",
        "~",
        "Null",
        "NULL",
        "True",
        "FALSE",
        "yes",
        "No",
        "ON",
        "off",
        "010",
        "-01",
        "007_1",
        "0x1F",
        "0o17",
        "0b11",
        "1_000",
        "1_000.5",
        "12:30",
        "12:30:45",
        "1:2.5",
        "2024-01-02",
        "2024-1-2",
        "2024-01-02T03:04:05Z",
        "2024-01-02 03:04:05",
        ".5",
        "5.",
        "1e3",
        "+.5",
        ".inf",
        "-.Inf",
        ".NaN",
        "<<",
        "=",
        "1" * 41,
    ],
)
def test_plain_scalars_that_readers_disagree_on_are_refused(text):
    assert isinstance(read_plain(text), Refused)


@pytest.mark.parametrize("text", ["no", "010", "2024-01-02", "12:30", "~", "1_000", "", "null", "7"])
def test_quotes_make_a_text(text):
    assert plain(parse(f"key: '{text}'", "f.yaml", Problems())) == {"key": text}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "f.yaml:2: a: duplicate key 'a': it stands at line 1 already."),
        ("a: &x 1\n", "f.yaml:1: a: anchor &x: anchors are not used here. Remove it."),
        ("a: [*x]\n", "f.yaml:1: a[0]: alias *x: aliases are not used here. Repeat the value."),
        ("a: !!str 1\n", "f.yaml:1: a: tag tag:yaml.org,2002:str: tags are not used here. Remove it."),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: a second document starts here. One file, one document."),
        ("%YAML 1.1\n---\na: 1\n", "f.yaml:1: YAML directives are not used here. Remove the % line."),
        ("a:\n  b:\n", "f.yaml:2: a.b: the value is missing. Write null, a value, or remove the key."),
        ("a: no\n", "f.yaml:1: a: plain no is a truth value to some readers, a text to others. Quote it."),
        ("null: 1\n", "f.yaml:1: 'null' cannot be a key. Quote it."),
        ("1.5: 1\n", "f.yaml:1: '1.5' cannot be a key. Quote it."),
        ("? [a]\n: 1\n", "f.yaml:1: a key must be a text or a whole number."),
        ("a: b\n  c: d\n", "f.yaml:2: not YAML: mapping values are not allowed in this context."),
        ("a: \x01\n", "f.yaml:1: not YAML: unacceptable character"),
        ("", "f.yaml:1: the file is empty."),
        ("a: " + "[" * 60 + "]" * 60, f"f.yaml:1: a{'[0]' * 40}: nested deeper than 40 levels."),
    ],
)
def test_what_is_not_in_the_subset_is_an_error_with_its_line(text, said):
    [complaint] = complaints(text)
    assert complaint.startswith(said)


@pytest.mark.parametrize("text", ["a: 1\n\tb: 2\n", "a:\n  b:\n  \tc: 1\n", "a: 1\n\n\tb: 2"])
def test_a_tab_is_told_with_its_remedy(text):
    """The parser's own words differ between its releases; where it is and what to do do not."""
    [complaint] = complaints(text)
    line = text[: text.index("\t")].count("\n") + 1
    assert complaint.startswith(f"f.yaml:{line}: not YAML: ")
    assert complaint.endswith(". Indent with blanks, not with tabs.")


def test_all_mistakes_of_a_file_are_told_at_once():
    assert len(complaints("a: no\nb: 010\nc: {d: ~, e: [yes, 1]}\na: 3\n")) == 5


def test_every_value_knows_its_line_and_path():
    text = "a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\ne: |\n  long\n  text\n"
    tree = parse(text, "f.yaml", Problems())
    places = {path: (node.origin.line, node.origin.path) for path, node in walk(tree)}
    assert places == {
        "": (1, ""),
        "a": (1, "a"),
        "b": (2, "b"),
        "b[0]": (3, "b[0]"),
        "b[1]": (4, "b[1]"),
        "b[1].c": (4, "b[1].c"),
        "b[1].d": (5, "b[1].d"),
        "e": (6, "e"),
    }


def test_number_keys_stay_numbers():
    tree = parse("{404: NotFoundError, '410': x}", "f.yaml", Problems())
    assert isinstance(tree, MapNode)
    assert list(tree.items) == [404, "410"]


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    file = tmp_path / "v1.yaml"
    file.write_bytes(b"a: 1\nb: \xff\n")
    problems = Problems()
    assert read(file, "spec/demo/v1.yaml", problems) is None
    with pytest.raises(SpecErrors, match=r"spec/demo/v1.yaml:2: byte 8 is not UTF-8"):
        problems.raise_if_any()


def test_floats_are_what_they_say():
    assert math.isclose(plain(parse("4.0", "f.yaml", Problems())), 4.0)
