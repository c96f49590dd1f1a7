"""What generated modules say: signatures, types, docstrings, and the runtime's records."""

import ast
import dataclasses
import tomllib
from pathlib import Path

import pytest
from demo_spec import DEMO, GET_RECORD, GET_ROOTS, TYPES, service

from caveclient_gen._runtime import operation as runtime
from codegen import ir, naming, records
from codegen.docstring import operation_docstring
from codegen.escape import literal
from codegen.example import doctest_of
from codegen.prose import paragraphs, sentence
from codegen.python_types import answer
from codegen.render import render
from codegen.tidy import RUFF, TidyError, tidy
from codegen.views import operations_module


def module(*operations):
    """Render the operations and return the module, formatted."""
    made = {output.path: output.text for output in render(ir.Spec((service(*operations),)))}
    return tidy(made)[f"{naming.PACKAGE}/demo_v1.py"]


def definitions(source, name):
    """Write each signature of a method on one line: the overloads; the method's own is the last of them."""
    (made,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    methods = [node for node in made.body if isinstance(node, ast.FunctionDef) and node.name == name]
    written = [
        f"({ast.unparse(node.args).removeprefix('self').lstrip(', ')}) -> {ast.unparse(node.returns)}"
        for node in methods
    ]
    assert len(written) == 1 or written.pop() == written[-1]
    return written


@pytest.mark.parametrize(
    ("fields", "source", "target"),
    [
        (records.PARAM, ir.Param, runtime.Param),
        (records.BODY, ir.Body, runtime.Body),
        (records.ARM, ir.Arm, runtime.Arm),
        (records.ROW_LIMIT, ir.RowLimit, runtime.RowLimit),
        (records.ITEM_LIMIT, ir.ItemLimit, runtime.ItemLimit),
        (records.CACHE, ir.Cache, runtime.CachePolicy),
        (records.DEPRECATION, ir.Deprecated, runtime.Deprecation),
        (records.FEATURE, ir.Feature, runtime.Feature),
        (records.OPERATION, ir.Operation, runtime.Operation),
        (records.SERVER, ir.Server, runtime.ServiceInfo),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_records_have_the_fields_and_defaults_of_the_runtime(fields, source, target):
    """Left out means the same on both sides, because the generator cannot ask the runtime."""
    sources = {field.name: field for field in dataclasses.fields(source)}
    targets = {field.name: field for field in dataclasses.fields(target)}
    for name, goal in fields:
        default = sources[name].default
        if target is not runtime.ServiceInfo and default is not dataclasses.MISSING:
            assert targets[goal].default == default, name
        assert goal in targets


@pytest.mark.parametrize(
    ("target", "also"),
    [
        (runtime.Param, {field for _, field in records.PARAM}),
        (runtime.Arm, {field for _, field in records.ARM} | {"same_length_as"}),
        (
            runtime.Operation,
            {field for _, field in records.OPERATION}
            | {"params", "body", "response", "rows", "items", "cache", "deprecated", "envelope"},
        ),
        (
            runtime.ServiceInfo,
            {field for _, field in records.SERVER} | {"name", "attribute", "api_versions", "features"},
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_no_field_of_the_runtime_is_forgotten(target, also):
    assert {field.name for field in dataclasses.fields(target)} == also


def test_records_build_the_runtime_values():
    record = records.operation_record(GET_ROOTS)
    values = {name: getattr(runtime, name) for name in dir(runtime) if name[0].isupper()}
    built = eval(literal(record), values)
    assert built.params[0] == runtime.Param(
        "supervoxel_ids", "id_array", "body", ("supervoxel_ids",), "native", required=True, max_items=100
    )
    assert built.params[-1].is_const
    assert built.response[0].same_length_as == "supervoxel_ids"
    assert built.cache == runtime.CachePolicy(
        3600, 100, ("supervoxel_ids", "timestamp", "stop_layer", "note", "mode")
    )
    assert built.rows.limit_param is None
    assert not built.envelope


def arm(decode="json", **fields):
    return ir.Arm(decode, **fields)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (arm(), "Any"),
        (arm(map_keys="int"), "dict[int, Any]"),
        (arm(returns="list[RootId]"), "list[RootId]"),
        (arm(cast="id"), "int"),
        (arm(cast="id_array"), "IdArray"),
        (arm(cast="array", dtype="float64"), "FloatArray"),
        (arm(cast="array", dtype="int32"), "IdArray"),
        (arm(cast="array", dtype="bool"), "BoolArray"),
        (arm(cast="bool_array"), "BoolArray"),
        (arm(cast="datetime"), "datetime"),
        (arm(cast="datetime_array"), "list[datetime]"),
        (arm(cast="id_array_map"), "dict[int, IdArray]"),
        (arm("ndarray", dtype="<u8"), "IdArray"),
        (arm("ndarray", dtype="<f8"), "FloatArray"),
        (arm("arrow_stream"), "pa.Table"),
        (arm("text"), "str"),
        (arm("bytes"), "bytes"),
        (arm("none"), "None"),
        (arm(headers=(("X", "bool"),)), "Answer[Any]"),
        (arm("arrow_stream", headers=(("X", "bool"),)), "Answer[pa.Table]"),
    ],
    ids=str,
)
def test_types_of_answers(given, expected):
    operation = dataclasses.replace(GET_RECORD, response=(given,))
    assert answer(operation, given) == expected


def flag(default, **fields):
    return ir.Param("flag", "bool", "none", ("flag",), "scalar", "Flag.", default=default, **fields)


def number(name, **fields):
    return ir.Param(name, "int", "query", (name,), "scalar", "Number.", **fields)


def word(name, **fields):
    return ir.Param(name, "str", "query", (name,), "scalar", "Word.", **fields)


YES = ir.Arm("text", when=(("flag", True),))
NO = ir.Arm("bytes", when=(("flag", False),))
ELSE = ir.Arm("bytes")


@pytest.mark.parametrize(
    ("params", "arms", "expected"),
    [
        # One form: no overloads.
        ((number("a"),), (ELSE,), ["(a: int | None=None) -> bytes"]),
        ((flag(True),), (YES, ir.Arm("text", when=(("flag", False),))), ["(flag: bool=True) -> str"]),
        # The default is True: that overload may be called without it.
        (
            (flag(True),),
            (YES, NO),
            [
                "(flag: Literal[True]=True) -> str",
                "(flag: Literal[False]) -> bytes",
                "(flag: bool=True) -> str | bytes",
            ],
        ),
        # The default is False, and the last arm is "everything else".
        (
            (flag(False),),
            (YES, ELSE),
            [
                "(flag: Literal[True]) -> str",
                "(flag: Literal[False]=False) -> bytes",
                "(flag: bool=False) -> str | bytes",
            ],
        ),
        # Behind an optional parameter the choice has to be made by name.
        (
            (number("a"), flag(False), number("b")),
            (YES, NO),
            [
                "(a: int | None=None, *, flag: Literal[True], b: int | None=None) -> str",
                "(a: int | None=None, flag: Literal[False]=False, b: int | None=None) -> bytes",
                "(a: int | None=None, flag: bool=False, b: int | None=None) -> str | bytes",
            ],
        ),
        # Required: no default anywhere.
        (
            (number("a", required=True), flag(None, required=True)),
            (YES, NO),
            [
                "(a: int, flag: Literal[True]) -> str",
                "(a: int, flag: Literal[False]) -> bytes",
                "(a: int, flag: bool) -> str | bytes",
            ],
        ),
        # Already behind the star.
        (
            (number("a"), flag(False, keyword_only=True)),
            (YES, NO),
            [
                "(a: int | None=None, *, flag: Literal[True]) -> str",
                "(a: int | None=None, *, flag: Literal[False]=False) -> bytes",
                "(a: int | None=None, *, flag: bool=False) -> str | bytes",
            ],
        ),
        # A word with choices; what is left has no literal.
        (
            (word("form", default="a", choices=("a", "b", "c")),),
            (
                ir.Arm("text", when=(("form", "a"),)),
                ir.Arm("bytes", when=(("form", "b"),)),
                ir.Arm("json", returns="int"),
            ),
            [
                "(form: Literal['a']='a') -> str",
                "(form: Literal['b']) -> bytes",
                "(form: Form='a') -> str | bytes | int",
            ],
        ),
        # Any swallows everything: overloads would promise what is not known.
        ((flag(True),), (YES, ir.Arm("json", when=(("flag", False),))), ["(flag: bool=True) -> Any"]),
        # Keyword-only parameters come last, whatever their place in the descriptor.
        (
            (number("a", keyword_only=True), number("b", required=True)),
            (ELSE,),
            ["(b: int, *, a: int | None=None) -> bytes"],
        ),
        # Defaults: the client's are None here; lists are shared by all calls, so they become tuples.
        ((number("a", client_default="version"),), (ELSE,), ["(a: int | None=None) -> bytes"]),
        ((number("a", default=5),), (ELSE,), ["(a: int=5) -> bytes"]),
        (
            (ir.Param("r", "resolution", "body", ("r",), "native", "R.", default=[4, 4, 40]),),
            (ELSE,),
            ["(r: ResolutionLike=(4, 4, 40)) -> bytes"],
        ),
        # Old names come behind everything else, and take what the new ones take.
        (
            (
                number("a", default=5, aliases=("old", "older")),
                word("b", client_default="version", aliases=("c",)),
                number("d", keyword_only=True),
            ),
            (ELSE,),
            [
                "(a: int=5, b: str | None=None, *, d: int | None=None, old: int | None=None, "
                "older: int | None=None, c: str | None=None) -> bytes"
            ],
        ),
        (
            (ir.Param("v", "any", "body", ("v",), "native", "V.", aliases=("old",)),),
            (ELSE,),
            ["(v: Any=None, *, old: Any=None) -> bytes"],
        ),
        (
            (word("form", default="a", choices=("a", "b"), aliases=("shape",)),),
            (ELSE,),
            ["(form: Form='a', *, shape: Form | None=None) -> bytes"],
        ),
        # The old name of what chooses the form: only the last overload takes it.
        (
            (flag(True, aliases=("old",)), number("a", default=1, aliases=("b",))),
            (YES, NO),
            [
                "(flag: Literal[True]=True, a: int=1, *, old: None=None, b: int | None=None) -> str",
                "(flag: Literal[False], a: int=1, *, old: None=None, b: int | None=None) -> bytes",
                "(flag: bool=True, a: int=1, *, old: bool | None=None, b: int | None=None) -> str | bytes",
            ],
        ),
        # A constant is no argument.
        ((flag(True, is_const=True),), (ELSE,), ["() -> bytes"]),
    ],
)
def test_signatures(params, arms, expected):
    operation = dataclasses.replace(GET_RECORD, params=params, response=arms, examples=())
    assert definitions(module(operation), "get_record") == expected


def test_a_method_is_a_signature_a_docstring_and_a_call():
    made = ast.parse(module(*DEMO.services[0].apis[0].operations))
    (owner,) = (node for node in made.body if isinstance(node, ast.ClassDef))
    for method in (node for node in owner.body if isinstance(node, ast.FunctionDef)):
        is_overload = any(
            isinstance(name, ast.Name) and name.id == "overload" for name in method.decorator_list
        )
        assert len(method.body) == 1 if is_overload else 2 <= len(method.body) <= 3
        assert is_overload or ast.get_docstring(method)


def test_raw_operations_are_private_and_properties_are_properties():
    source = module(*DEMO.services[0].apis[0].operations)
    assert "    def _create(self, text: str) -> Answer[int]:" in source
    assert '_call("create", text=text)' in source
    assert "    @property\n    def volume_path(self) -> str:" in source
    assert "def remove(self, record_id: IdLike) -> None:" in source


def test_nothing_is_imported_in_vain():
    source = module(dataclasses.replace(GET_RECORD, params=(), response=(ir.Arm("none"),), examples=()))
    assert "TYPE_CHECKING" not in source
    assert "typing" not in source


def test_choices_are_named_once():
    first = dataclasses.replace(
        GET_RECORD, name="first", params=(word("kind", choices=("a", "b")),), examples=()
    )
    second = dataclasses.replace(first, name="second")
    third = dataclasses.replace(first, name="third", params=(word("kind", choices=("c",)),))
    view = operations_module(service(), ir.Api("demo", "1", "", (first, second, third)))
    assert [(named.name, named.values) for named in view.literals] == [
        ("Kind", ("a", "b")),
        ("ThirdKind", ("c",)),
    ]


@pytest.mark.parametrize("name", ["Any", "Answer", "DemoOperationsV1", "DEMO"])
def test_a_type_cannot_take_a_name_that_the_module_needs(name):
    types = (dataclasses.replace(TYPES[0], name=name),)
    spec = ir.Spec((dataclasses.replace(service(GET_RECORD), types=types),))
    with pytest.raises(ValueError, match="rename it in the descriptor"):
        render(spec)


def test_answer_types():
    made = tidy({output.path: output.text for output in render(DEMO)})
    source = made[f"{naming.PACKAGE}/types_demo.py"]
    assert "    note: NotRequired[str | None]\n" in source
    assert 'Links = TypedDict("Links", {"next-page": "str | None"})' in source


def test_docstring():
    assert operation_docstring(GET_ROOTS, service()).split("\n") == [
        "Look up the root id of many supervoxels at one moment.",
        "",
        ".. deprecated:: 3.0",
        "    Too slow. Use `get_root_ids` instead. It goes away with 4.0.",
        "",
        "Roots change when the segmentation is edited.",
        "",
        "There is more to say.",
        "",
        "Parameters",
        "----------",
        "supervoxel_ids : array of supervoxel ids, shape (n,)",
        "    Supervoxels to look up. At most 100 items.",
        "timestamp : datetime, str or float, optional",
        "    Moment to look up. Left out: the client's moment. Deprecated since 2.0. It has a new name. Use",
        "    `moment` instead.",
        "stop_layer : int, layer, optional",
        "    Chunk layer to stop at. Left out: the server takes 5. At least 1. At most 20. Needs server",
        "    >=2.0.",
        'note : str, default "none"',
        "    A note. `get_notes` lists what there is.",
        'mode : str, default "fast"',
        '    How. One of "fast", "slow".',
        "",
        "Returns",
        "-------",
        "ndarray of int64",
        "    Roots. One per item, in the same order.",
        "",
        "Raises",
        "------",
        "InvalidArgumentError",
        "    An argument is not what it should be; nothing was sent.",
        "ServerIncompatibilityError",
        "    The server is too old, or too new.",
        "UnsupportedFeatureError",
        "    This datastack does not have the feature.",
        "NotFoundError",
        "    The server knows no such thing.",
        "TruncatedResultError",
        "    The server left rows out; the error holds those that came.",
        "",
        "Notes",
        "-----",
        "Needs server <3,>=2.18.0 or <4,>=3.0.5.",
        "Answers are reused for 3600 s.",
        "More than 10 `supervoxel_ids` are sent in several requests.",
        "",
        "Examples",
        "--------",
        '>>> client.demo.get_roots([1, 2], note="a note")',
        "array([10, 11])",
    ]


def example(call=(), returns=None, **response):
    return ir.Example(call=tuple(call), has_returns=True, returns=returns, response=response)


@pytest.mark.parametrize(
    ("arms", "given", "expected"),
    [
        (
            (arm(),),
            example([("record_id", 1)], {"a": 1}, json={"a": 1}),
            [">>> client.demo.get_record(1)", "{'a': 1}"],
        ),
        # Another order of keys would be shown differently.
        (
            (arm(),),
            example([], {"a": 1, "b": 2}, json={"b": 2, "a": 1}),
            [">>> answer = client.demo.get_record()"],
        ),
        ((arm(select=("x", 0)),), example([], 5, json={"x": [5]}), [">>> client.demo.get_record()", "5"]),
        ((arm(cast="id"),), example([], 5, json="5"), [">>> client.demo.get_record()", "5"]),
        (
            (arm(cast="id_array"),),
            example([], [5, 10], json=[5, 10]),
            [">>> client.demo.get_record()", "array([ 5, 10])"],
        ),
        ((arm(cast="id_array"),), example([], [], json=[]), [">>> answer = client.demo.get_record()"]),
        (
            (arm(cast="datetime"),),
            example([], "2024-01-01", json=""),
            [">>> answer = client.demo.get_record()"],
        ),
        ((arm("none"),), example([("record_id", 1)], None), [">>> client.demo.get_record(1)"]),
        ((arm("text"),), example([], "a\\b"), [">>> client.demo.get_record()", "'a\\\\b'"]),
        ((arm(),), example([], "x" * 200, json="x" * 200), [">>> answer = client.demo.get_record()"]),
        (
            (arm(),),
            example([("record_id", 1), ("layer", 2), ("kind", "k" * 80)], 1, json=1),
            [
                ">>> client.demo.get_record(",
                "...     1,",
                "...     layer=2,",
                f'...     kind="{"k" * 80}",',
                "... )",
                "1",
            ],
        ),
    ],
)
def test_doctests(arms, given, expected):
    operation = dataclasses.replace(GET_RECORD, response=arms)
    assert doctest_of(operation, given, "demo").split("\n") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One", "One."),
        ("One.", "One."),
        ("One?", "One?"),
        ("a\n  b", "a b."),
        ("", ""),
        ("As this:", "As this:"),
    ],
)
def test_sentences(text, expected):
    assert sentence(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n\nc", ["a b", "c"]),
        ("one two three four", ["one two\nthree four"]),
        ("unbreakable-long-word x", ["unbreakable-long-word\nx"]),
        ("List:\n- one\n- two", ["List:\n- one\n- two"]),
        ("  x\n    y", ["x\n  y"]),
        ("\n\n \n", []),
    ],
)
def test_paragraphs(text, expected):
    assert paragraphs(text, 10) == expected


def test_the_formatter_is_pinned_where_it_is_installed():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert f"ruff=={RUFF}" in project["project"]["optional-dependencies"]["codegen"]


def test_what_is_no_python_is_a_defect_of_the_generator():
    with pytest.raises(TidyError, match=r"x\.py"):
        tidy({"x.py": "def"})
