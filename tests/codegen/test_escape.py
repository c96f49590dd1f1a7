"""Filters: what goes in comes out of Python's parser unchanged, or is refused."""

import ast
import inspect

import pytest
from hostile_texts import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from codegen.escape import EscapeError, Record, annotation, comment, docstring, identifier, literal

VALUES = [
    None,
    True,
    1,
    -1,
    2**63 - 1,
    0.1,
    -1.5e300,
    (),
    (1,),
    (1, 2),
    [],
    [1, "a"],
    {},
    {"a": (1, [2.0]), 3: None},
    b"\x00\xff",
    *HOSTILE.values(),
]


@pytest.mark.parametrize("value", VALUES)
def test_literals_read_back(value):
    source = literal(value)
    assert repr(ast.literal_eval(source)) == repr(value)
    assert source.isprintable()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_literal_reads_back(value):
    assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, 1j])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(EscapeError):
        literal(value)


def test_records_are_calls_with_keywords():
    record = Record("Param", (("name", "x"), ("wire", ("a",)), ("inner", (Record("Arm", ()),))))
    assert literal(record) == 'Param(name="x", wire=("a",), inner=(Arm(),))'


@pytest.mark.parametrize("name", ["a b", "", "1a", "class", "x=1, **y", "é"])
def test_records_have_plain_names_only(name):
    with pytest.raises(EscapeError):
        literal(Record("Param", ((name, 1),)))
    with pytest.raises(EscapeError):
        literal(Record(name, ()))


@pytest.mark.parametrize(
    "text", ["One.", 'Ends with "quotes"', "One.\n\nTwo.\n    indented\nback", "a \\ b", '"""', ""]
)
@pytest.mark.parametrize("indent", [0, 4, 8])
def test_docstrings_read_back(text, indent):
    source = docstring(text, indent)
    assert inspect.cleandoc(ast.literal_eval(source)) == text
    assert all(line.startswith(" " * indent) for line in source.split("\n")[1:] if line)


@given(st.text().map(lambda text: inspect.cleandoc(text.replace("\t", " "))))
def test_any_docstring_reads_back_or_is_refused(text):
    try:
        source = docstring(text, 4)
    except EscapeError:
        return
    assert inspect.cleandoc(ast.literal_eval(source)) == text
    assert source.replace("\n", "").isprintable()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_comments_stay_one_comment(text):
    source = comment(text)
    assert source.startswith("# ")
    assert source.isprintable()
    assert ast.dump(ast.parse(f"{source}\nx = 1")) == ast.dump(ast.parse("x = 1"))


@given(st.text())
def test_any_comment_stays_one_comment(text):
    assert ast.parse(f"x = 1\n{comment(text)}\n").body[0].lineno == 1
    assert len(ast.parse(f"{comment(text)}\n").body) == 0


@pytest.mark.parametrize("name", ["x", "_query_table", "Answer2"])
def test_names_pass_unchanged(name):
    assert identifier(name) == name


@pytest.mark.parametrize("name", [*HOSTILE.values(), "", "1x", "class", "None", "a.b", "ﬁ", "x y", "x\n"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(EscapeError):
        identifier(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", "int"),
        ("str|None", "str | None"),
        ("dict[int, RootId]", "dict[int, RootId]"),
        ("pa.Table", "pa.Table"),
        ("Literal['a', 1, True]", "Literal['a', 1, True]"),
        ("Literal[-1] | None", "Literal[-1] | None"),
        ("Answer[list[str]]", "Answer[list[str]]"),
    ],
)
def test_types_pass(text, expected):
    assert annotation(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE.values(),
        "",
        "f()",
        "lambda: 1",
        "a if b else c",
        "'int'",
        "list['x']",
        "1",
        "x := 1",
        "[int]",
        "a; b",
        "int\nx=1",
        "*a",
    ],
)
def test_what_is_no_type_is_refused(text):
    with pytest.raises(EscapeError):
        annotation(text)
