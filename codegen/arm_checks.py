"""What must hold for the arms of a response."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from codegen.facts import Facts, at
from codegen.grammar import ExpressionError, type_names
from codegen.literals import article, conforms
from codegen.problems import Problem, suggest
from codegen.vocabulary import ARM_FIELDS, MERGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir

_MOST_COMBINATIONS = 256
_KEYS = ("id_array", "int_array", "str_array")


def response_is_there(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that a request has an answer; an address is one already."""
    if operation.kind == "request" and not operation.response:
        yield Problem(at(operation.origins), "'response' is missing.", "response: {decode: json}")
    if operation.kind == "url" and any(arm.decode != "text" for arm in operation.response):
        origin = at(operation.origins, "response")
        yield Problem(origin, "an address is a text, and nothing is decoded.", "decode: text, and a `doc`.")


def selectors(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that `when` names arguments with values that they can have."""
    params = {param.name: param for param in operation.params if param.is_argument}
    for arm in operation.response:
        for name, value in arm.when:
            origin = at(arm.origins, f"when.{name}")
            if name not in params:
                yield Problem(origin, f"there is no argument {name!r}.", suggest(name, params))
                continue
            param = params[name]
            is_unset = value is None and param.can_be_unset
            if not is_unset and not conforms(param.type, value):
                yield Problem(origin, f"{value!r} is not {article(param.type)}.")
            elif param.choices and value is not None and value not in param.choices:
                yield Problem(origin, f"{value!r} is not one of the choices of {name}.")


def distinguishable(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that exactly one arm fits, whatever the arguments are."""
    arms = operation.response
    for arm in arms[:-1]:
        if not arm.when:
            yield Problem(
                at(arm.origins), "only the last arm may leave out 'when'.", "Say which arguments choose it."
            )
    chosen = [arm for arm in arms if arm.when]
    for first, second in combinations(chosen, 2):
        one, other = dict(first.when), dict(second.when)
        if not any(one[name] != other[name] for name in one.keys() & other.keys()):
            message = f"the same arguments fit this arm and the one at line {at(first.origins).line}."
            yield Problem(at(second.origins, "when"), message, "Tell them apart by one argument.")
    if arms and arms[-1].when and not _is_covered(operation):
        yield Problem(
            at(arms[-1].origins, "when"), "some arguments fit no arm.", "Leave 'when' out of the last arm."
        )


def _is_covered(operation: ir.Operation) -> bool:
    """Whether the arms fit every combination of the values that their arguments can have."""
    params = {param.name: param for param in operation.params}
    names = sorted({name for arm in operation.response for name, _ in arm.when})
    domains = [_domain(params[name]) for name in names if name in params]
    size = 1
    for domain in domains:
        size *= len(domain)
    if len(domains) < len(names) or not 0 < size <= _MOST_COMBINATIONS:
        return False
    rows = [dict(zip(names, values, strict=True)) for values in product(*domains)]
    return all(
        any(all(row[name] == value for name, value in arm.when) for arm in operation.response) for row in rows
    )


def _domain(param: ir.Param) -> tuple[Any, ...]:
    """Return all values of a parameter; none if they cannot be counted."""
    values = (True, False) if param.type == "bool" else param.choices
    return (*values, None) if values and param.can_be_unset else values


def fields_fit(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that each field of an arm means something beside its decoder."""
    for arm in operation.response:
        for field in ("select", "cast", "map_keys", "returns", "order", "dtype", "columns", "keyed_by"):
            if field in arm.origins and field not in ARM_FIELDS[arm.decode]:
                yield Problem(at(arm.origins, field), f"{field!r} means nothing beside decode: {arm.decode}.")
        yield from _dtype(arm)
        yield from _returns(arm, facts)
        if arm.cast and arm.map_keys:
            yield Problem(
                at(arm.origins, "map_keys"), "a cast decides about the keys itself.", "Remove one of the two."
            )
        if arm.headers and not operation.raw:
            yield Problem(
                at(arm.origins, "headers"), "only a raw operation hands headers to its caller.", "raw: true"
            )
        for status in arm.status:
            if not 200 <= status < 500:
                yield Problem(
                    at(arm.origins, "status"), f"{status} is not a success.", "Say it under 'errors'."
                )


def _dtype(arm: ir.Arm) -> Iterator[Problem]:
    needs = arm.decode == "ndarray" or arm.cast == "array"
    if needs and arm.dtype is None:
        which = "decode: ndarray" if arm.decode == "ndarray" else "cast: array"
        yield Problem(at(arm.origins), f"{which} needs a 'dtype'.", 'dtype: "<u8"')
    if arm.decode in ("json", "gzip_json") and arm.dtype is not None and arm.cast != "array":
        yield Problem(at(arm.origins, "dtype"), "'dtype' needs cast: array.")
    if arm.decode == "ndarray" and arm.dtype and arm.dtype[0] not in "<>":
        yield Problem(
            at(arm.origins, "dtype"), f"{arm.dtype!r} does not say the order of its bytes.", 'dtype: "<u8"'
        )


def _returns(arm: ir.Arm, facts: Facts) -> Iterator[Problem]:
    if arm.returns is None:
        return
    origin = at(arm.origins, "returns")
    if arm.cast:
        yield Problem(origin, f"cast: {arm.cast} says already what is returned.", "Remove one of the two.")
    yield from expression(arm.returns, facts.types, origin)
    if arm.returns.startswith("dict[int") and arm.map_keys is None:
        yield Problem(origin, "the keys of a JSON object are texts.", "Add map_keys: int.")
    if arm.map_keys and not arm.returns.startswith("dict[int"):
        yield Problem(origin, f"map_keys: int makes the keys ints, and {arm.returns!r} has none.")


def expression(text: str, types: tuple[str, ...], origin: ir.Origin) -> Iterator[Problem]:
    """Check that a type expression can be read and names types that exist."""
    try:
        names = type_names(text)
    except ExpressionError as error:
        yield Problem(origin, f"{text!r} is not a type expression: {error}.")
        return
    for name in names:
        if name not in types:
            simple = ("int", "float", "str", "bool", "Any", "None", "list", "dict")
            yield Problem(origin, f"there is no type {name!r}.", suggest(name, (*types, *simple)))


def order(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that one result per item has exactly one array of ids to count."""
    arrays = [param.name for param in operation.params if param.type == "id_array"]
    for arm in operation.response:
        if arm.order and len(arrays) != 1:
            message = (
                f"order: input needs exactly one parameter of type id_array, and there are {len(arrays)}."
            )
            yield Problem(at(arm.origins, "order"), message)


def keyed_by(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that the items under which values stand are an argument whose items can be keys."""
    arrays = [param.name for param in operation.arguments if param.type in _KEYS]
    for arm in operation.response:
        if arm.keyed_by is None:
            continue
        origin = at(arm.origins, "keyed_by")
        if arm.keyed_by not in arrays:
            message = f"{arm.keyed_by!r} is no array of ids, numbers or texts."
            yield Problem(origin, message, suggest(arm.keyed_by, arrays))
        if arm.cast:
            message = "a cast reads the whole object, and a bare value is none."
            yield Problem(origin, message, "Remove one of the two.")


def merged(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that the answers of parts can be put together the way that their limit says."""
    for limit in operation.items:
        form = MERGES.get(limit.merge or "")
        for arm in operation.response:
            is_whole = any(name in limit.unless and value not in (None, False) for name, value in arm.when)
            found = _form(arm)
            if form is not None and found not in (form, "anything") and not is_whole:
                fitting = ", ".join(name for name, each in MERGES.items() if each == found)
                yield Problem(
                    at(operation.origins, f"limits.{limit.key}.merge"),
                    f"{limit.merge} puts {form} together, and the answers are {found}.",
                    f"merge: {fitting}" if fitting else "on_exceed: error",
                )


def _form(arm: ir.Arm) -> str:
    """Tell what an answer is to those who put several together."""
    if arm.decode in ("ndarray", "arrow_stream"):
        return "lists"
    if arm.cast is not None:
        return {"id": "single values", "datetime": "single values", "id_array_map": "mappings"}.get(
            arm.cast, "lists"
        )
    if arm.decode not in ("json", "gzip_json"):
        return "anything" if arm.decode == "none" else "single values"
    returns = arm.returns or "Any"
    if returns in ("int", "float"):
        return "numbers"
    if "|" in returns.partition("[")[0] or returns in ("Any", "None"):
        return "anything"
    if returns in ("str", "bool"):
        return "single values"
    return "lists" if returns.partition("[")[0] == "list" else "mappings"
