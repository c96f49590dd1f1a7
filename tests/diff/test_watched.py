"""Every field that people or servers depend on is watched by a rule, and an edit of any of them is told."""

from dataclasses import fields, is_dataclass, replace
from functools import cache

import pytest
from rule_spec import load, written

from codegen import ir
from codegen.diff.compare import compare
from codegen.diff.rules import RULES
from codegen.diff.sides import Side

CLASSES = (
    ir.Spec, ir.Service, ir.Server, ir.Api, ir.Operation, ir.Param, ir.Body, ir.Arm, ir.RowLimit,
    ir.ItemLimit, ir.Cache, ir.Deprecated, ir.NamedType, ir.TypeField, ir.Attribute, ir.Feature,
    ir.ExtraEndpoint, ir.Example,
)  # fmt: skip

COMPARED = [
    f"{cls.__name__}.{field.name}"
    for cls in CLASSES
    for field in fields(cls)
    if field.metadata["facet"] != "meta"
]
PARTS_OF_OPERATIONS = (
    "Operation", "Param", "Body", "Arm", "RowLimit", "ItemLimit", "Cache", "Deprecated", "Example",
)  # fmt: skip
WATCHED = {name for rule in RULES.values() for name in rule.watches}

OTHER = {
    "Service.server": lambda server: replace(server, key="other"),
    "Server.address": "global",
    "Server.auth": "none",
    "Server.unknown_version": "deny",
    "Server.fallback_servers": (">=2,<3",),
    "Api.doc": "Other words.",
    "Api.number": "9",
    "Api.stability": "legacy",
    "Api.deprecated": None,
    "Operation.doc": "Other words.",
    "Operation.method": "DELETE",
    "Operation.kind": "url",
    "Operation.scheme": "other",
    "Operation.endpoint": "key",
    "Operation.endpoint_path": "/cells/other",
    "Operation.check": "Other words.",
    "Operation.body": ir.Body("json", "kind"),
    "Operation.headers": (("X-More", "1"),),
    "Operation.server": (">=7",),
    "Operation.server_message": "Other words.",
    "Operation.unknown_version": lambda word: "allow" if word == "deny" else "deny",
    "Operation.requires": "meshes",
    "Operation.errors": ((418, "ServerError"),),
    "Operation.rows": ir.RowLimit("X-Cut", ("cut",)),
    "Operation.cache": ir.Cache(1, 1, ()),
    "Operation.timeout": 7.0,
    "Operation.stability": "legacy",
    "Operation.deprecated": ir.Deprecated("9"),
    "Operation.pin_api": "2",
    "Operation.aliases": ("former",),
    "Operation.aliases_since": "9",
    "Param.aliases_since": "9",
    "Param.type": "resolution",
    "Param.location": "header",
    "Param.encode": "json_list",
    "Param.default": 17,
    "Param.client_default": "moment",
    "Param.default_for": "kind",
    "Param.wrap": "dataset",
    "Param.server": (">=7",),
    "Param.minimum": 3,
    "Param.maximum": 4,
    "Param.max_items": 5,
    "Param.choices": ("a", "b"),
    "Param.choices_from": "count",
    "Param.unit": "voxel",
    "Param.server_default": 17,
    "Param.effect": "progress",
    "Param.aliases": ("former",),
    "Param.deprecated": ir.Deprecated("9"),
    "Body.kind": lambda kind: "json" if kind == "binary" else "binary",
    "Body.dtype": ">i4",
    "Arm.decode": "gzip_bytes",
    "Arm.when": (("kind", "axon"),),
    "Arm.dtype": "<f4",
    "Arm.media_type": ("image/png",),
    "Arm.select": ("inside",),
    "Arm.cast": "datetime",
    "Arm.map_keys": "int",
    "Arm.headers": (("X-More", "text"),),
    "Arm.status": (207,),
    "Arm.order": "input",
    "Arm.keyed_by": "kind",
    "Arm.returns": "dict[str, str]",
    "Arm.columns": (("more", "int8"),),
    "Arm.doc": "Other words.",
    "RowLimit.on_truncate": "warn",
    "ItemLimit.param": "tags",
    "ItemLimit.on_exceed": lambda word: "error" if word == "truncate" else "truncate",
    "ItemLimit.merge": "sum",
    "ItemLimit.unless": ("dataset",),
    "ItemLimit.nothing_found": "nothing",
    "ItemLimit.first": 3,
    "RowLimit.usual": 1000,
    "Cache.key_ignores": ("language", "prefix"),
    "Cache.lasting": 86400.0,
    "Deprecated.use": "count",
    "Deprecated.message": "Other words.",
    "Deprecated.sunset": "2031-01-31",
    "NamedType.doc": "Other words.",
    "TypeField.doc": "Other words.",
    "Example.call": (("other", 1),),
    "Example.title": "Other words.",
    "Example.api": "1",
    "Example.server": "9",
    "Example.client": (("other", 1),),
    "Example.request": {"path": "/other"},
    "Example.response": {"status": 201},
    "Example.returns": 5,
    "Example.raises": "ValueError",
}
"""Another value, or what makes one, for fields where the value does not tell which others there are."""

SAYS_NOTHING = {
    "Api.service": ("It repeats the name of the service around it.", lambda api: True),
    "Param.wire_names": ("What is not sent has no name.", lambda param: param.location == "none"),
    "Operation.endpoint_path": ("A template without a key is in no table.", lambda op: not op.endpoint),
    "Param.name": ("Nobody passes a constant.", lambda param: param.is_const),
    "Param.type": ("A constant is sent as it is written.", lambda param: param.is_const),
    "Param.keyword_only": ("Nobody passes a constant.", lambda param: param.is_const),
    "Param.default": ("The client's own value stands before it.", lambda param: param.client_default),
    "Param.default_for": (
        "Only what is read from the client depends on another argument.",
        lambda param: not param.client_default,
    ),
}
"""Fields whose change alone means nothing at some nodes: why, and at which."""


def other(name, value):
    """Return another value of a field; the same if there is nothing that could be taken away."""
    if name in OTHER:
        made = OTHER[name]
        return made(value) if callable(made) else made
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    assert isinstance(value, tuple), f"{name} needs a row in OTHER: {value!r}"
    return value[:-1]


def small(operation):
    """Make a spec of the small service with one API version and one operation."""
    cells, *_ = load(written()).services
    extra = (ir.ExtraEndpoint("page", "/cells/page", "A page."),)
    api = replace(
        cells.api("1"), operations=(operation,), extra_endpoints=extra, deprecated=ir.Deprecated("8")
    )
    return ir.Spec((replace(cells, apis=(api,)),))


def changed(node, name):
    """Yield each node that has the field, with the whole in which it has another value."""
    cls, field = name.split(".")
    if type(node).__name__ == cls:
        yield node, replace(node, **{field: other(name, getattr(node, field))})
    for inner in fields(node):
        value = getattr(node, inner.name)
        if is_dataclass(value):
            yield from ((at, replace(node, **{inner.name: new})) for at, new in changed(value, name))
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            for number, item in enumerate(value):
                for at, new in changed(item, name):
                    items = (*value[:number], new, *value[number + 1 :])
                    yield at, replace(node, **{inner.name: items})


@cache
def specs():
    """List the specs in which fields are changed: one for each operation, since small ones are quick."""
    return tuple(map(small, load(written()).services[0].api("1").operations))


def test_all_classes_are_there():
    named = {name for name, cls in vars(ir).items() if is_dataclass(cls)} - {"Origin"}
    assert {cls.__name__ for cls in CLASSES} == named


def test_every_field_is_watched_and_no_other():
    assert sorted(set(COMPARED) - WATCHED) == []
    assert sorted(WATCHED - set(COMPARED)) == []


@pytest.mark.parametrize("name", COMPARED)
def test_a_change_of_the_field_is_told(name):
    _, says_nothing = SAYS_NOTHING.get(name, ("", lambda node: False))
    is_shared = not name.startswith(PARTS_OF_OPERATIONS)
    told, untold, speaking = set(), [], 0
    for spec in specs()[:1] if is_shared else specs():
        for node, new in changed(spec, name):
            ids = {finding.id for finding in compare(Side(spec, "old"), Side(new, "new")).findings}
            if spec != new and not says_nothing(node):
                speaking += 1
                untold += [] if ids else [node]
                told |= ids
    assert untold == []
    assert speaking or name == "Api.service"
    assert not speaking or [rule for rule in told if name in RULES[rule].watches]
