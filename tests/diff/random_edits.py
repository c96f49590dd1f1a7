"""Random edits of real specs: each changes one thing of one operation, the way a person would."""

from dataclasses import dataclass, replace
from pathlib import Path

from codegen import ir
from codegen.diff.sides import Side
from codegen.load import load_spec

SPEC = load_spec(Path(__file__).parents[2] / "spec")

SERVICES = ("chunkedgraph", "state", "skeleton", "annotation")
"""Services whose operations are of many kinds."""


@dataclass(frozen=True)
class Edit:
    """One edit: what it touches, and what it makes of a service."""

    kind: str
    target: tuple[str, ...]
    """(operation, parameter or part, field): two edits of other targets do not meet."""
    service: ir.Service
    renames: tuple[tuple[str, str], ...] = ()
    """Old and new names of operations or parameters."""


def side(service):
    """Make a side of one service."""
    return Side(ir.Spec((service,)), service.name, service.name)


def with_operation(service, number, name, new):
    """Put an operation in the place of another (None: take it away)."""
    apis = []
    for api in service.apis:
        operations = tuple(
            new if each.name == name and api.number == number else each for each in api.operations
        )
        apis.append(replace(api, operations=tuple(each for each in operations if each is not None)))
    return replace(service, apis=tuple(apis))


def with_param(operation, name, new):
    """Put a parameter in the place of another (None: take it away)."""
    params = tuple(new if each.name == name else each for each in operation.params)
    return replace(operation, params=tuple(each for each in params if each is not None))


# ---- edits of a parameter: kind -> (which it fits, what becomes of it)

TEXT = "x" * 3


def _free(param):
    return param.location in ("query", "body") and not param.is_const and param.effect is None


PARAM_EDITS = {
    "default": (
        lambda p: _free(p) and not p.required and p.type == "int",
        lambda p: replace(p, default=(p.default or 0) + 7),
    ),
    "no default": (lambda p: _free(p) and p.default is not None, lambda p: replace(p, default=None)),
    "lazy default": (
        lambda p: _free(p) and p.default is not None,
        lambda p: replace(p, default=None, client_default="somewhere"),
    ),
    "required": (
        lambda p: _free(p) and p.is_optional,
        lambda p: replace(p, required=True, default=None, client_default=None),
    ),
    "optional": (lambda p: _free(p) and p.required, lambda p: replace(p, required=False)),
    "keyword-only": (
        lambda p: _free(p) and not p.required,
        lambda p: replace(p, keyword_only=not p.keyword_only),
    ),
    "wire": (lambda p: _free(p), lambda p: replace(p, wire_names=(f"{p.wire_names[0]}_x",))),
    "more wire": (lambda p: _free(p), lambda p: replace(p, wire_names=(*p.wire_names, "also_x"))),
    "place": (
        lambda p: _free(p) and p.wrap is None,
        lambda p: replace(p, location="query" if p.location == "body" else "body"),
    ),
    "encoding": (lambda p: p.encode == "epoch_seconds", lambda p: replace(p, encode="iso_utc_micros")),
    "list form": (
        lambda p: p.encode in ("csv", "repeat") and p.type.endswith("_array"),
        lambda p: replace(p, encode={"csv": "repeat", "repeat": "csv"}[p.encode]),
    ),
    "type": (lambda p: _free(p) and p.type == "int" and p.default is None, lambda p: replace(p, type="str")),
    "wider": (lambda p: _free(p) and p.type == "mapping", lambda p: replace(p, type="json")),
    "min": (
        lambda p: p.type in ("int", "float"),
        lambda p: replace(p, minimum=(p.minimum if p.minimum is not None else 0) + 2),
    ),
    "no min": (lambda p: p.minimum is not None, lambda p: replace(p, minimum=None)),
    "max items": (
        lambda p: p.type.endswith("_array"),
        lambda p: replace(p, max_items=(p.max_items or 50) - 1 or 50),
    ),
    "choices": (lambda p: len(p.choices) > 1, lambda p: replace(p, choices=p.choices[1:])),
    "more choices": (
        lambda p: p.choices and p.type == "str",
        lambda p: replace(p, choices=(*p.choices, "another")),
    ),
    "unit": (lambda p: p.unit is not None, lambda p: replace(p, unit="ms" if p.unit != "ms" else "s")),
    "range": (lambda p: _free(p), lambda p: replace(p, server=(">=99",))),
    "no range": (lambda p: p.server, lambda p: replace(p, server=())),
    "deprecated": (
        lambda p: p.deprecated is None,
        lambda p: replace(p, deprecated=ir.Deprecated("9", use="other")),
    ),
    "server's default": (lambda p: p.server_default is not None, lambda p: replace(p, server_default="else")),
    "words": (lambda p: True, lambda p: replace(p, doc=f"{p.doc} {TEXT}")),
    "gone": (lambda p: _free(p) and p.is_optional, lambda p: None),
}

ADDED = ir.Param("brand_new", "int", "query", ("brand_new",), "scalar", "A new one.", keyword_only=True)
REQUIRED = replace(ADDED, keyword_only=False, required=True)

# ---- edits of an operation


def _has_new(operation):
    return any(param.name == ADDED.name for param in operation.params)


def _arm(operation, **fields):
    return replace(operation, response=(replace(operation.response[0], **fields), *operation.response[1:]))


def _items(operation, **fields):
    return replace(operation, items=(replace(operation.items[0], **fields), *operation.items[1:]))


OPERATION_EDITS = {
    "method": (lambda o: o.kind == "request", lambda o: replace(o, method="PUT" if o.method != "PUT" else "POST")),
    "path": (lambda o: True, lambda o: replace(o, path=f"{o.path}/more")),
    "safe": (lambda o: True, lambda o: replace(o, safe=not o.safe)),
    "raw": (lambda o: not o.aliases, lambda o: replace(o, raw=not o.raw)),
    "property": (lambda o: not o.arguments and not o.raw, lambda o: replace(o, is_property=not o.is_property)),
    "override": (lambda o: not o.raw, lambda o: replace(o, override=not o.override)),
    "range": (lambda o: True, lambda o: replace(o, server=(">=98",) if o.server != (">=98",) else ())),
    "unknown": (lambda o: True, lambda o: replace(o, unknown_version="deny" if o.unknown_version is None else None)),
    "feature": (lambda o: True, lambda o: replace(o, requires="it" if o.requires is None else None)),
    "header": (lambda o: "X-New" not in dict(o.headers), lambda o: replace(o, headers=(*o.headers, ("X-New", "1")))),
    "negotiation": (lambda o: "Accept" not in dict(o.headers), lambda o: replace(o, headers=(*o.headers, ("Accept", "x/y")))),
    "error": (lambda o: 418 not in dict(o.errors), lambda o: replace(o, errors=(*o.errors, (418, "ServerError")))),
    "no error": (lambda o: o.errors, lambda o: replace(o, errors=o.errors[1:])),
    "timeout": (lambda o: True, lambda o: replace(o, timeout=(o.timeout or 120.0) + 5)),
    "dtype": (lambda o: o.body and o.body.kind == "binary", lambda o: replace(o, body=replace(o.body, dtype="<i4"))),
    "decoder": (lambda o: len(o.response) == 1 and o.response[0].decode == "json", lambda o: _arm(o, decode="text")),
    "select": (lambda o: o.response and o.response[0].decode == "json", lambda o: _arm(o, select=("there",))),
    "returns": (lambda o: o.response and o.response[0].returns and "None" not in o.response[0].returns and not o.response[0].cast, lambda o: _arm(o, returns=f"{o.response[0].returns} | None")),
    "media type": (lambda o: o.response, lambda o: _arm(o, media_type=(*o.response[0].media_type, "new/one"))),
    "order": (lambda o: o.response, lambda o: _arm(o, order=None if o.response[0].order else "input")),
    "arm": (lambda o: len(o.response) > 1, lambda o: replace(o, response=o.response[1:])),
    "batch": (lambda o: o.items, lambda o: _items(o, max=o.items[0].max - 1)),
    "excess": (lambda o: o.items, lambda o: _items(o, on_exceed="truncate" if o.items[0].on_exceed != "truncate" else "error")),
    "no cache": (lambda o: o.cache, lambda o: replace(o, cache=None)),
    "ttl": (lambda o: o.cache, lambda o: replace(o, cache=replace(o.cache, ttl=o.cache.ttl + 1))),
    "cache": (lambda o: o.cache is None and o.safe, lambda o: replace(o, cache=ir.Cache(60, 5, ()))),
    "rows": (lambda o: o.rows, lambda o: replace(o, rows=None)),
    "deprecated": (lambda o: o.deprecated is None, lambda o: replace(o, deprecated=ir.Deprecated("9", message="No."))),
    "stability": (lambda o: o.stability == "stable", lambda o: replace(o, stability="legacy")),
    "summary": (lambda o: True, lambda o: replace(o, summary=f"{o.summary} {TEXT}")),
    "new argument": (lambda o: o.kind == "request" and not _has_new(o), lambda o: replace(o, params=(*o.params, ADDED))),
    "new required": (lambda o: o.kind == "request" and not _has_new(o), lambda o: replace(o, params=(REQUIRED, *o.params))),
    "gone": (lambda o: True, lambda o: None),
}  # fmt: skip


def edited(chance, service):
    """Make an edit of a service; `chance` is a `random.Random`."""
    places = [(api, each) for api in service.apis for each in api.operations]
    api, operation = chance.choice(places)
    kinds = [("", kind, edit) for kind, (fits, edit) in OPERATION_EDITS.items() if fits(operation)]
    kinds += [
        (param.name, kind, edit)
        for param in operation.params
        for kind, (fits, edit) in PARAM_EDITS.items()
        if fits(param)
    ]
    kinds += [
        ("", "rename", None),
        *((param.name, "rename", None) for param in operation.params if _free(param)),
    ]
    part, kind, edit = chance.choice(kinds)
    target = (f"{api.number}.{operation.name}", part, kind)
    if kind == "rename":
        return _renamed(service, api, operation, part, target)
    if part:
        [param] = [each for each in operation.params if each.name == part]
        new = with_param(operation, part, edit(param))
    else:
        new = edit(operation)
    return Edit(kind, target, with_operation(service, api.number, operation.name, new))


def _renamed(service, api, operation, part, target):
    if not part:
        new = replace(operation, name=f"{operation.name}_new", renamed_from=operation.name)
        names = (operation.name, new.name)
    else:
        new = _with_other_name(operation, part, f"{part}_new")
        names = (part, f"{part}_new")
    return Edit("rename", target, with_operation(service, api.number, operation.name, new), (names,))


def _with_other_name(operation, old, later):
    """Rename a parameter, and everything that speaks of it; on the wire it stays what it was."""

    def name(each):
        return later if each == old else each

    def names(each):
        return tuple(map(name, each))

    [param] = [each for each in operation.params if each.name == old]
    renamed = with_param(operation, old, replace(param, name=later, renamed_from=old))
    params = [replace(p, wrap=name(p.wrap), default_for=name(p.default_for)) for p in renamed.params]
    items = [replace(each, param=name(each.param), unless=names(each.unless)) for each in operation.items]
    arms = [
        replace(arm, when=tuple((name(key), value) for key, value in arm.when), keyed_by=name(arm.keyed_by))
        for arm in operation.response
    ]
    body, rows, cache = operation.body, operation.rows, operation.cache
    return replace(
        renamed,
        params=tuple(params),
        body=body and replace(body, param=name(body.param)),
        items=tuple(items),
        rows=rows and replace(rows, limit_param=name(rows.limit_param)),
        exclusive=tuple(map(names, operation.exclusive)),
        cache=cache and replace(cache, key=names(cache.key), key_ignores=names(cache.key_ignores)),
        response=tuple(arms),
    )
