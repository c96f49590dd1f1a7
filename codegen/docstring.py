"""Docstrings of generated methods, in numpy's sections: what a caller must know, no wire details."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from codegen import ir, python_types
from codegen.escape import literal
from codegen.example import doctest_of
from codegen.prose import WIDTH, either, fill, paragraphs, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES = {
    "datetime": "datetime, str or float",
    "id": "int",
    "id_array": "array of int, shape (n,)",
    "int_array": "array of int, shape (n,)",
    "str_array": "list of str",
    "bounds": "array of int, shape (3, 2)",
    "point": "array of float, shape (3,)",
    "point_array": "array of float, shape (n, 3)",
    "resolution": "array of float, shape (3,)",
    "mapping": "dict",
    "json": "JSON value",
    "any": "object",
}
"""How a parameter's type reads; those that are missing read as they are called."""

_MEASURES = {"nm": "nm", "voxel": "voxels", "ms": "milliseconds", "s": "seconds"}
"""Units that something is measured in. All others say what is numbered: "root_id"."""

_NUMBERED = {"id": "int, {}", "id_array": "array of {}s, shape (n,)", "int": "int, {}"}

_ANSWERS = {
    "IdArray": "ndarray of int64",
    "FloatArray": "ndarray of float64",
    "BoolArray": "ndarray of bool",
    "pa.Table": "pyarrow.Table",
}

_ERRORS = {
    "NotFoundError": "The server knows no such thing.",
    "PermissionDeniedError": "You may not do this.",
    "BadRequestError": "The server refuses an argument.",
    "AuthError": "The server does not accept the token.",
    "ExpiredVersionError": "That version is no longer there.",
    "RateLimitError": "The server asks to wait.",
    "ServerError": "The server failed.",
    "ServiceUnavailableError": "The server is not available.",
    "UnknownDatastackError": "The server knows no such datastack.",
}
"""What the error classes that a descriptor names mean to a caller."""


def operation_docstring(operation: ir.Operation, service: ir.Service) -> str:
    """Write the docstring of the method that calls `operation`.

    Parameters
    ----------
    operation : Operation
        What the method calls.
    service : Service
        What it belongs to: where people find it, and what its client's attributes mean.
    """
    blocks = [sentence(operation.summary)]
    blocks += [_deprecation(operation.deprecated)] if operation.deprecated is not None else []
    blocks += paragraphs(operation.doc or "", WIDTH)
    meanings = {attribute.name: sentence(attribute.doc) for attribute in service.attributes}
    entries = [_parameter(param, meanings) for param in operation.arguments]
    entries += [_alias(alias, param) for param in operation.arguments for alias in param.aliases]
    blocks += _section("Parameters", entries)
    blocks += _section("Returns", [_entry(kind, words) for kind, words in answers_of(operation)])
    blocks += _section("Raises", [_entry(name, words) for name, words in errors_of(operation)])
    notes = [*_needs(operation), *notes_of(operation)]
    blocks += _section("Notes", [fill(note, WIDTH) for note in notes])
    blocks += _examples(operation, service.attribute)
    return "\n\n".join(blocks)


def alias_docstring(operation: ir.Operation) -> str:
    """Write the docstring of a method that keeps an old name of `operation`."""
    words = f"Old name of `{operation.name}`."
    if operation.aliases_since is None:
        return words
    return f"{words}\n\n{_deprecation(ir.Deprecated(operation.aliases_since, use=operation.name))}"


def api_docstring(service: ir.Service, api: ir.Api) -> str:
    """Write the docstring of the class that holds all operations of one API version."""
    blocks = [sentence(service.summary), *paragraphs(api.doc or "", WIDTH)]
    if api.stability != "stable":
        blocks.append(fill(f"This API version is {api.stability}.", WIDTH))
    blocks += [fill(words, WIDTH) for words in deprecation_of(api)]
    return "\n\n".join(blocks)


def _section(title: str, entries: list[str]) -> list[str]:
    return ["\n".join([title, "-" * len(title), *entries])] if entries else []


def _entry(head: str, *words: str) -> str:
    text = fill(" ".join(word for word in words if word), WIDTH - 4)
    return f"{head}\n{textwrap.indent(text, '    ')}" if text else head


def _parameter(param: ir.Param, meanings: Mapping[str, str]) -> str:
    head = f"{param.name} : {kind_of(param)}"
    if param.is_optional:
        default = None if param.client_default else param.default
        head += ", optional" if default is None else f", default {literal(default)}"
    words = [*facts_of(param, meanings), *bounds_of(param), *_needs(param), *deprecation_of(param)]
    return _entry(head, sentence(param.doc), *words)


def _needs(node: ir.Param | ir.Operation) -> list[str]:
    return [f"Needs server {either(node.server)}."] if node.server else []


def _alias(alias: str, param: ir.Param) -> str:
    since = deprecated_words(ir.Deprecated(param.aliases_since)) if param.aliases_since is not None else ""
    return _entry(f"{alias} : {kind_of(param)}, optional", f"Old name of `{param.name}`.", since)


def kind_of(param: ir.Param) -> str:
    """Name the type of a parameter, with what it numbers or the unit it is measured in."""
    kind = _TYPES.get(param.type, param.type)
    if param.unit is None:
        return kind
    if param.unit in _MEASURES:
        return f"{kind}, in {_MEASURES[param.unit]}"
    numbered = "materialization version" if param.unit == "version" else param.unit.replace("_", " ")
    return _NUMBERED.get(param.type, kind).format(numbered)


def facts_of(param: ir.Param, meanings: Mapping[str, str]) -> list[str]:
    """Tell what a parameter may be, and what it is when it is left out; `meanings` are the attributes'."""
    facts = []
    if param.client_default:
        meaning = meanings.get(param.client_default) or f"The client's `{param.client_default}`."
        facts.append(f"Left out: {meaning[0].lower()}{meaning[1:]}")
    if param.server_default is not None:
        facts.append(f"Left out: the server takes {literal(param.server_default)}.")
    if param.choices:
        facts.append(f"One of {', '.join(literal(choice) for choice in param.choices)}.")
    if param.choices_from:
        facts.append(f"`{param.choices_from}` lists what there is.")
    return facts


def bounds_of(param: ir.Param) -> list[str]:
    """Tell what is checked before a value is sent."""
    bounds = []
    if param.minimum is not None:
        bounds.append(f"At least {param.minimum:g}.")
    if param.maximum is not None:
        bounds.append(f"At most {param.maximum:g}.")
    if param.max_items is not None:
        bounds.append(f"At most {param.max_items} items.")
    return bounds


def deprecation_of(node: ir.Param | ir.Api) -> list[str]:
    """Tell since when something is deprecated, and what to do instead."""
    if node.deprecated is None:
        return []
    return [deprecated_words(node.deprecated)]


def deprecated_words(said: ir.Deprecated) -> str:
    """Tell since when something is deprecated, and what to do instead, in one line."""
    return f"Deprecated since {said.since}. {instead(said)}".strip()


def answers_of(operation: ir.Operation) -> list[tuple[str, str]]:
    """List the forms of the answer as (type, words)."""
    entries: dict[str, list[str]] = {}
    for arm in operation.response:
        head = python_types.answer(operation, arm)
        words = sentence(arm.doc or "")
        if arm.order == "input" and "order" not in words:
            words = f"{words} One per item, in the same order.".strip()
        chosen = " and ".join(f"`{name}={literal(value)}`" for name, value in arm.when)
        if chosen and len(operation.response) > 1:
            words = f"{words.removesuffix('.')}, with {chosen}." if words else f"With {chosen}."
        entries.setdefault(_ANSWERS.get(head, head), []).append(words)
    if operation.kind == "url" and not entries:
        entries["str"] = ["The address; nothing is sent."]
    return [(head, " ".join(filter(None, words))) for head, words in entries.items() if head != "None"]


def errors_of(operation: ir.Operation) -> list[tuple[str, str]]:
    """List what a call may raise as (class, words)."""
    raised = {"InvalidArgumentError": "An argument is not what it should be; nothing was sent."}
    if not operation.arguments:
        raised = {}
    if operation.server or any(param.server for param in operation.params):
        raised["ServerIncompatibilityError"] = "The server is too old, or too new."
    if operation.requires:
        raised["UnsupportedFeatureError"] = "This datastack does not have the feature."
    for _, name in operation.errors:
        raised[name] = _ERRORS.get(name, "The server refuses the call.")
    if operation.rows is not None and operation.rows.on_truncate != "warn":
        raised["TruncatedResultError"] = "The server left rows out; the error holds those that came."
    if not operation.safe and operation.check:
        raised["UnknownOutcomeError"] = (
            f"The answer was lost, so it may have happened. {sentence(operation.check)}"
        )
    return list(raised.items())


def notes_of(operation: ir.Operation) -> list[str]:
    """List what else a caller must know, a sentence or two each."""
    notes = []
    if operation.stability != "stable":
        notes.append(f"This operation is {operation.stability}.")
    if operation.cache is not None:
        notes.append(f"Answers are reused for {operation.cache.ttl:g} s.")
        if operation.cache.lasting:
            notes.append(f"In a cache folder they are kept for {operation.cache.lasting / 86400:g} d.")
    for item in operation.items:
        if item.on_exceed == "split":
            notes.append(_split_note(operation, item))
        if item.on_exceed == "truncate":
            notes.append(f"Only the first {item.max} `{item.param}` are looked at, with a warning.")
        if item.on_exceed == "error":
            notes.append(f"At most {item.max} `{item.param}`.")
    return notes


def _split_note(operation: ir.Operation, item: ir.ItemLimit) -> str:
    whole = f" Not with {either(tuple(f'`{name}`' for name in item.unless))}." if item.unless else ""
    if not item.depth:
        return f"More than {item.first or item.max} `{item.param}` are sent in several requests.{whole}"
    again = operation.rows is not None and operation.rows.on_truncate == "split"
    halves = " Where the server cuts an answer, halves of its list are asked again." if again else ""
    most = item.first or item.max
    return f"A list of more than {most} in `{item.param}` is sent in several requests.{halves}{whole}"


def _deprecation(deprecated: ir.Deprecated) -> str:
    since = " ".join(deprecated.since.split())
    words = fill(instead(deprecated), WIDTH - 4) or "Do not use it in new code."
    return f".. deprecated:: {since}\n{textwrap.indent(words, '    ')}"


def instead(said: ir.Deprecated) -> str:
    """Tell what to do instead of something deprecated; nothing where the descriptor does not."""
    words = [sentence(said.message)] if said.message else []
    if said.use:
        words.append(f"Use `{said.use}` instead.")
    if said.sunset:
        words.append(f"It goes away with {sentence(said.sunset)}")
    return " ".join(words)


def _examples(operation: ir.Operation, attribute: str) -> list[str]:
    """Show the first example that has an answer. Raw operations are private: their mixins have examples."""
    shown = [example for example in operation.examples if example.has_returns]
    if operation.raw or not shown:
        return []
    return _section("Examples", [doctest_of(operation, shown[0], attribute)])
