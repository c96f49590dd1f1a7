"""The language table against everything that has to agree with it: README, runtime, representation."""

import ast
import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from caveclient_gen._runtime import casts, decode, encode, errors, merge, normalise
from caveclient_gen._runtime import operation as runtime
from caveclient_gen._runtime import typing as runtime_typing
from codegen import build, ir, literals, load, python_types, resolve, vocabulary
from codegen.kinds import Block, Either, Many, MapOf, OneOrMany
from codegen.language import BLOCKS

README = (Path(__file__).parents[2] / "spec" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", BLOCKS)
def test_the_readme_names_every_field(block):
    words = set(re.findall(r"[A-Za-z_]+", " ".join(re.findall(r"`[^`\n]+`", README) + code_blocks())))
    missing = [field.name for field in BLOCKS[block].fields if field.name not in words]
    assert missing == []


def code_blocks():
    return re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize(
    "names",
    [
        tuple(vocabulary.TYPES),
        tuple(vocabulary.ENCODERS),
        vocabulary.CASTS,
        vocabulary.DECODERS,
        vocabulary.HEADER_READERS,
        vocabulary.UNITS,
        vocabulary.LOCATIONS,
        vocabulary.METHODS,
        vocabulary.STABILITIES,
        vocabulary.EFFECTS,
        vocabulary.MERGES,
    ],
)
def test_the_readme_names_every_word_of_the_closed_sets(names):
    words = set(re.findall(r"[A-Za-z_]+", " ".join(re.findall(r"`[^`\n]+`", README))))
    assert [name for name in names if name not in words] == []


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (vocabulary.TYPES, normalise.NORMALISERS),
        (vocabulary.ENCODERS, encode.ENCODERS),
        (vocabulary.DECODERS, decode.DECODERS),
        (vocabulary.CASTS, casts.CASTS),
        (vocabulary.HEADER_READERS, decode.HEADER_READERS),
        (vocabulary.MERGES, merge.MERGERS),
    ],
)
def test_each_name_stands_for_code_of_the_runtime_and_the_other_way_round(names, table):
    assert sorted(names) == sorted(table)


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (vocabulary.TYPES, python_types.ARGUMENTS),
        (vocabulary.TYPES, literals.LITERALS),
        (vocabulary.CASTS, {**python_types.CASTS, "array": "by its dtype"}),
        (
            vocabulary.DECODERS,
            {
                **python_types.DECODES,
                "json": "by its returns",
                "gzip_json": "by its returns",
                "ndarray": "by its dtype",
            },
        ),
        (runtime_typing.__all__, python_types.ALIASES),
    ],
)
def test_the_generators_own_tables_are_complete(names, table):
    assert sorted(names) == sorted(table)


def test_every_alias_that_an_annotation_names_is_known():
    written = " ".join([*python_types.ARGUMENTS.values(), *python_types.CASTS.values()])
    named = {name for name in re.findall(r"[A-Z]\w+", written) if name not in ("Mapping", "Any")}
    assert named <= python_types.ALIASES


def test_status_errors_are_exactly_the_runtimes_http_errors():
    http_errors = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.HTTPStatusError)
    }
    assert set(vocabulary.STATUS_ERRORS) == http_errors


@pytest.mark.parametrize("name", vocabulary.CALL_ERRORS)
def test_what_a_call_can_end_in_exists(name):
    assert issubclass(getattr(errors, name), errors.CAVEError)


def test_every_decoder_says_which_fields_stand_beside_it():
    assert set(vocabulary.ARM_FIELDS) == set(vocabulary.DECODERS)


def test_every_type_has_a_usual_form_that_its_encoder_writes():
    for name, word in vocabulary.TYPES.items():
        for location in ("query", "body", "path", "header"):
            encoder = word.default_encode(location)
            if encoder is not None:
                assert vocabulary.ENCODERS[encoder].writes(name), (name, location)
                assert location in vocabulary.ENCODERS[encoder].places, (name, location)


# What the descriptor calls a field, where the representation calls it otherwise.
CALLED = {
    "operation": {"property": "is_property", "limits": "items"},
    "parameter": {
        "in": "location",
        "wire": "wire_names",
        "min": "minimum",
        "max": "maximum",
        "const": "is_const",
    },
    "arm": {},
    "cache": {},
    "items": {},
    "rows": {},
    "deprecated": {},
    "feature": {},
    "attribute": {},
    "extra_endpoint": {},
}
OF = {
    "operation": ir.Operation,
    "parameter": ir.Param,
    "arm": ir.Arm,
    "cache": ir.Cache,
    "items": ir.ItemLimit,
    "rows": ir.RowLimit,
    "deprecated": ir.Deprecated,
    "feature": ir.Feature,
    "attribute": ir.Attribute,
    "extra_endpoint": ir.ExtraEndpoint,
}


@pytest.mark.parametrize("block", OF)
def test_fields_are_part_of_the_same_thing_in_the_language_and_in_the_representation(block):
    facets = {field.name: field.metadata["facet"] for field in dataclasses.fields(OF[block])}
    for field in BLOCKS[block].fields:
        name = CALLED[block].get(field.name, field.name)
        if name in ("base", "prefix"):  # become a part of the path
            continue
        assert facets[name] == field.facet, field.name


@pytest.mark.parametrize(
    "made",
    [ir.Operation, ir.Param, ir.Arm, ir.Example, ir.RowLimit, ir.ItemLimit, ir.Server, ir.Api, ir.Service],
)
def test_every_field_of_the_representation_is_built(made):
    """A field with a default that nobody fills would be ignored in silence."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(build))) if isinstance(node, ast.Call)]
    (call,) = (call for call in calls if ast.unparse(call.func) == f"ir.{made.__name__}")
    assert {each.arg for each in call.keywords} == {field.name for field in dataclasses.fields(made)}


@pytest.mark.parametrize("block", sorted(BLOCKS.keys() - {"request", "response", "arrow", "arrow_column"}))
def test_every_field_of_the_language_is_read(block):
    """What `request` and `response` of an example hold goes on as it is."""
    trees = [ast.parse(inspect.getsource(module)) for module in (build, resolve, load)]
    read = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    only_checked = {"spec"}  # the format's number: there is one
    assert {field.name for field in BLOCKS[block].fields} - read - only_checked == set()


@pytest.mark.parametrize("made", [value for value in vars(ir).values() if dataclasses.is_dataclass(value)])
def test_every_field_of_the_representation_says_what_it_is_part_of(made):
    if made is not ir.Origin:
        for field in dataclasses.fields(made):
            assert field.metadata["facet"] in ("wire", "python", "doc", "meta"), field.name


def test_places_are_not_compared():
    here = ir.Attribute("a", "int", 1, "Doc.")
    assert here == ir.Attribute("a", "int", 1, "Doc.")
    one = ir.NamedType("Row", (), origins={"": ir.Origin("a", 1)})
    assert one == ir.NamedType("Row", (), origins={"": ir.Origin("b", 2)})


def test_what_the_runtime_takes_over_keeps_its_default():
    """A generated module leaves defaults out, so both sides must mean the same by that."""
    for block in (ir.Param, ir.Arm, ir.Operation, ir.RowLimit, ir.ItemLimit):
        theirs = {field.name: field.default for field in dataclasses.fields(getattr(runtime, block.__name__))}
        for field in dataclasses.fields(block):
            if field.name in theirs and theirs[field.name] is not dataclasses.MISSING:
                assert theirs[field.name] == field.default, (block, field.name)


def test_every_block_is_reached():
    reached = {"service", "version"}
    for _ in BLOCKS:
        for name in tuple(reached):
            for field in BLOCKS[name].fields:
                reached |= blocks_of(field.kind)
    assert reached == set(BLOCKS)


def blocks_of(kind):
    if isinstance(kind, Block):
        return {kind.name}
    if isinstance(kind, Many | OneOrMany):
        return blocks_of(kind.item)
    if isinstance(kind, MapOf):
        return blocks_of(kind.value).union(*map(blocks_of, kind.special.values()))
    if isinstance(kind, Either):
        return set().union(*map(blocks_of, kind.kinds))
    return set()


def test_reserved_words_are_frozen():
    """A name that becomes reserved renames somebody's argument."""
    assert vocabulary.RESERVED_PARAMETERS == ("self", "cls", "use")
    assert len(vocabulary.RESERVED_OPERATIONS) == 7
    assert vocabulary.RESERVED_RAW_OPERATIONS == ("call", "operations", "service", "transport")
