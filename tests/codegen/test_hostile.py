"""No text of a descriptor can change the shape of a generated module."""

import ast
import dataclasses

import pytest
from demo_spec import DEMO
from hostile_texts import HOSTILE

from codegen import ir
from codegen.escape import EscapeError
from codegen.render import render
from codegen.tidy import tidy

# What Python itself sees as names and kinds; everything else that is text may be anything.
NAMES = {
    ir.Param: {"name", "type", "location", "encode", "client_default", "wrap", "effect", "unit", "aliases"},
    ir.Body: {"kind", "param", "dtype"},
    ir.Arm: {"decode", "when", "dtype", "select", "cast", "map_keys", "order", "returns"},
    ir.RowLimit: {"on_truncate", "limit_param"},
    ir.ItemLimit: {"param", "on_exceed", "merge", "unless"},
    ir.Cache: {"key", "key_ignores"},
    ir.Example: {"call", "client"},
    ir.Operation: {
        "name",
        "method",
        "kind",
        "unknown_version",
        "requires",
        "exclusive",
        "errors",
        "aliases",
    },
    ir.TypeField: {"name", "type"},
    ir.NamedType: {"name"},
    ir.Attribute: {"name", "type"},
    ir.Feature: {"name", "attr"},
    ir.Server: {"address", "auth", "unknown_version", "key"},
    ir.Api: {"service", "number"},
    ir.Service: {"name", "client", "attribute", "module"},
}


def poisoned(node, text):
    """Copy `node` with `text` added to every free text in it."""
    if isinstance(node, str):
        return node + text
    if isinstance(node, dict):
        return {key: poisoned(value, text) for key, value in node.items()}
    if isinstance(node, (tuple, list)):
        return type(node)(poisoned(item, text) for item in node)
    if not dataclasses.is_dataclass(node):
        return node
    kept = NAMES.get(type(node), set())
    changes = {
        field.name: poisoned(getattr(node, field.name), text)
        for field in dataclasses.fields(node)
        if field.name not in kept and field.metadata["facet"] != "meta"
    }
    if isinstance(node, ir.Example):
        changes["call"] = tuple((name, poisoned(value, text)) for name, value in node.call)
    return dataclasses.replace(node, **changes)


def shape(source):
    """Describe a module's tree: kinds of nodes and names, without the constants' values."""
    return [
        (
            type(node).__name__,
            *(getattr(node, name) for name in ("name", "id", "attr", "arg") if hasattr(node, name)),
        )
        for node in ast.walk(ast.parse(source))
    ]


CLEAN = {output.path: shape(output.text) for output in render(DEMO)}


def test_the_demo_has_every_free_text():
    """The poison reaches what it should: otherwise this file proves nothing."""
    written = "".join(output.text for output in render(poisoned(DEMO, " POISON")))
    assert written.count("POISON") > 80


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_texts_keep_the_shape(text):
    found = {output.path: shape(output.text) for output in render(poisoned(DEMO, text))}
    assert found == CLEAN


def test_texts_keep_the_shape_after_formatting():
    everything = poisoned(DEMO, "".join(HOSTILE.values()))
    clean = tidy({output.path: output.text for output in render(DEMO)})
    found = tidy({output.path: output.text for output in render(everything)})
    assert {path: shape(text) for path, text in found.items()} == {
        path: shape(text) for path, text in clean.items()
    }


def test_values_arrive_unchanged():
    """What is poisoned in the descriptor is, letter by letter, what the runtime gets."""
    text = "".join(HOSTILE.values())
    (module,) = (output for output in render(poisoned(DEMO, text)) if output.path.endswith("demo_v1.py"))
    constants = {node.value for node in ast.walk(ast.parse(module.text)) if isinstance(node, ast.Constant)}
    assert {f"Roots need a newer chunkedgraph.{text}", f"fast{text}", f"Limited query to{text}"} <= constants


def _with_operation(**changes):
    service = DEMO.services[0]
    api = service.apis[0]
    operation = dataclasses.replace(api.operations[0], **changes)
    return ir.Spec((dataclasses.replace(service, apis=(dataclasses.replace(api, operations=(operation,)),)),))


def _with_type(**changes):
    service = DEMO.services[0]
    return ir.Spec((dataclasses.replace(service, types=(dataclasses.replace(service.types[0], **changes),)),))


@pytest.mark.parametrize("text", ["x y", "x)", "x: int = 1", "x\n", "class", "é", 'x"""'])
def test_names_are_refused_not_repaired(text):
    param = dataclasses.replace(DEMO.services[0].apis[0].operations[0].params[0], name=text)
    old = dataclasses.replace(DEMO.services[0].apis[0].operations[0].params[1], aliases=(text,))
    for spec in (
        _with_operation(name=text),
        _with_operation(aliases=(text,)),
        _with_operation(params=(param,)),
        _with_operation(params=(old,)),
        _with_type(name=text),
    ):
        with pytest.raises(EscapeError):
            render(spec)


@pytest.mark.parametrize("text", ["int; x", "f()", "int # x", "list[int]\nx = 1", "'x'", "lambda: 0"])
def test_types_are_refused_not_repaired(text):
    fields = (ir.TypeField("x", text),)
    for spec in (_with_type(fields=fields), _with_operation(response=(ir.Arm("json", returns=text),))):
        with pytest.raises(EscapeError):
            render(spec)
