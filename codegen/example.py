"""A descriptor's example as a doctest: the call as people write it, and its result where it is small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.escape import literal

if TYPE_CHECKING:
    from codegen import ir

_WIDTH = 92
_ITEMS = 6


def doctest_of(operation: ir.Operation, example: ir.Example, attribute: str) -> str:
    """Write the example as a doctest of `client.<attribute>`."""
    result = shown_result(operation, example)
    start = ">>> " if result is not None or _returns_nothing(operation) else ">>> answer = "
    call = f"client.{attribute}.{operation.python_name}"
    if operation.is_property:
        lines = [f"{start}{call}"]
    else:
        arguments = _arguments(operation, example)
        lines = [f"{start}{call}({', '.join(arguments)})"]
        if len(lines[0]) > _WIDTH:
            lines = [f"{start}{call}(", *(f"...     {argument}," for argument in arguments), "... )"]
    return "\n".join(lines if result is None else [*lines, result])


def shown_result(operation: ir.Operation, example: ir.Example) -> str | None:
    """Return what the interpreter shows for the result, or None where that is long or may vary."""
    arm = arm_of(operation, example)
    if operation.has_envelope:
        return None
    value = example.returns
    shown = repr(value) if _is_plain(operation, arm, example) else _shown_ids(arm, value)
    return (
        shown
        if shown is not None and len(shown) <= _WIDTH and shown.isprintable() and value is not None
        else None
    )


def arm_of(operation: ir.Operation, example: ir.Example) -> ir.Arm | None:
    """Find the form of the answer that the example's arguments choose."""
    given = {param.name: param.default for param in operation.params} | dict(example.call)
    for arm in operation.response:
        if all(given.get(name) == value for name, value in arm.when):
            return arm
    return None


def _arguments(operation: ir.Operation, example: ir.Example) -> list[str]:
    """Write required arguments by position, the others by name."""
    given = dict(example.call)
    arguments: list[str] = []
    for param in operation.arguments:
        if param.name not in given:
            continue
        value = literal(given[param.name])
        positional = param.required and not param.keyword_only
        arguments.append(value if positional else f"{param.name}={value}")
    return arguments


def _returns_nothing(operation: ir.Operation) -> bool:
    return all(arm.decode == "none" for arm in operation.response) and bool(operation.response)


def _is_plain(operation: ir.Operation, arm: ir.Arm | None, example: ir.Example) -> bool:
    """Whether the value is JSON or text that comes back as it stands in the example, keys in that order."""
    if arm is None:
        return operation.kind == "url"
    if arm.cast == "id" or arm.decode == "text":
        return True
    if arm.decode != "json" or arm.cast is not None or arm.map_keys is not None:
        return False
    document = (example.response or {}).get("json")
    for step in arm.select:
        document = _item(document, step)
    return repr(document) == repr(example.returns)


def _item(document: Any, step: str | int) -> Any:
    """Take one step into a JSON document; a step that leads nowhere ends at None."""
    if isinstance(document, dict):
        return document.get(step)
    if isinstance(document, list) and isinstance(step, int) and -len(document) <= step < len(document):
        return document[step]
    return None


def _shown_ids(arm: ir.Arm | None, value: Any) -> str | None:
    """Return how numpy shows a few ids."""
    is_ids = arm is not None and (arm.cast == "id_array" or (arm.decode == "ndarray" and arm.cast is None))
    if not is_ids or not isinstance(value, (list, tuple)) or not 0 < len(value) <= _ITEMS:
        return None
    if not all(type(item) is int for item in value):
        return None
    width = max(len(str(item)) for item in value)
    # numpy pads to one width and breaks lines near 75 columns: shown only where neither happens.
    padded = ", ".join(str(item).rjust(width) for item in value)
    return f"array([{padded}])" if len(padded) < 66 else None
