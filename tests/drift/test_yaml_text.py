"""What is written in strict YAML is read back as the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.drift.yaml_text import Todo, flow, scalar
from codegen.problems import Problems
from codegen.yaml_source import parse, plain

TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "",
        "null",
        "yes",
        "No",
        "~",
        "1",
        "1.0",
        "0x1",
        "1e3",
        "12:30",
        "2024-01-02",
        "TODO",
        "<<",
        "- a",
        "a: b",
        "a #b",
    ]
)
NUMBERS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False, width=32)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def read(text):
    problems = Problems()
    tree = parse(text, "it.yaml", problems)
    problems.raise_if_any()
    return plain(tree)


@settings(deadline=None)
@given(VALUES)
def test_values_come_back(value):
    assert read(f"it: {flow(value)}\n") == {"it": value}


@settings(deadline=None)
@given(TEXTS)
def test_a_text_stays_on_its_line(text):
    assert "\n" not in scalar(text)
    assert all(char.isprintable() for char in scalar(text))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Name of the table.", "Name of the table."),
        ("a, b", '"a, b"'),
        ("2", '"2"'),
        (2, "2"),
        (True, "true"),
        ("true", '"true"'),
        (None, "null"),
        (1e16, "1.0e+16"),
        ("\x1b[2J", '"\\u001b[2J"'),
        ("\U000e0001", '"\\U000e0001"'),
        (Todo("what it means"), "TODO(what it means)"),
        ({"a": [1, "x"]}, "{a: [1, x]}"),
    ],
)
def test_forms(value, written):
    assert flow(value) == written
