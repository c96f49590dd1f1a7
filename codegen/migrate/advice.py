"""What each rule means for scripts, as a table.

A rule that is not in the table is one about a call as a whole, or about an argument that the call passes;
both are told in the finding's own words. So a new rule needs a row only if scripts can say more.

Braces in sentences: `call` and `new_call` ("client.materialize.query_table"), `method` and `new_method`
(without the receiver), `param` and `new_param`, `pin` (the old default as Python), `renames` (names, old and
new), `replacement` (what a deprecation says to use), `about` (the part of the operation that the finding is
about, with a colon), `text` (what the finding says).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.migrate.change import Touches


@dataclass(frozen=True, slots=True)
class Advice:
    """What a rule means for scripts."""

    touches: Touches
    sentence: str
    edit: str = ""
    automatic: bool = False
    pins: bool = False
    """Whether writing the old default into the call keeps its meaning."""
    always: bool = False
    """Told although scripts go on working: they can be mended before they break."""


CALLS = Advice("use", "Look at calls of {call}: {about}{text}.")
SILENT_CALLS = Advice("use", "Look at calls of {call}; answers can differ without an error: {about}{text}.")
ARGUMENT = Advice("given", "Look at calls of {call} that pass {param}: {text}.")
SILENT_ARGUMENT = Advice(
    "given", "Look at calls of {call} that pass {param}; answers can differ without an error: {text}."
)
ELSEWHERE = Advice("nothing", "Scripts do not name it, so no place can be found: {text}.")
HAND_WRITTEN = Advice(
    "use",
    "{call} is hand-written around this operation; look whether what the script relies on changed: "
    "{about}{text}.",
)

_PIN = "add {new_param}={pin} to keep what the call means"
_OMITTED = "Calls of {call} that leave out {param} mean something else now: {text}."
_VALUE = "Calls of {call} may pass a {param} that is refused now: {text}."
_KEYWORD = "by position -> by name"
_DEPRECATED = "{call} should no longer be used: {text}."

RULES: Mapping[str, Advice] = {
    # methods
    "op-removed": Advice("use", "{call} is gone: {text}.", "{call} -> {replacement}"),
    "op-renamed": Advice("name", "{call} has another name.", "{method} -> {new_method}", automatic=True),
    "op-renamed-with-alias": Advice(
        "name",
        "{call} has another name; the old one works for now.",
        "{method} -> {new_method}",
        automatic=True,
        always=True,
    ),
    "op-became-raw": Advice(
        "use", "{call} is hand-written now: look whether it still takes what the script passes."
    ),
    "op-became-property": Advice(
        "kind", "{call} is a property now.", "{method}() -> {new_method}", automatic=True
    ),
    "op-became-method": Advice(
        "kind", "{call} is a method now.", "{method} -> {new_method}()", automatic=True
    ),
    "object-kind-changed": Advice(
        "kind", "{call} needs its parentheses added or taken away.", "{kind_edit}", automatic=True
    ),
    "feature-gate-added": Advice(
        "use",
        "{call} raises UnsupportedFeatureError on datastacks without a feature: {text}. Catch it.",
    ),
    "deprecated": Advice("use", _DEPRECATED, "{call} -> {replacement}", always=True),
    "deprecated-without-message": Advice("use", _DEPRECATED, always=True),
    "sent-param-added": Advice("use", "Every call of {call} sends one more value: {text}."),
    # arguments
    "required-param-added": Advice(
        "missing", "{call} needs {param} now: {text}.", "add {param}= (a value that you choose)"
    ),
    "param-removed": Advice("given", "{call} no longer takes {param}: {text}.", "{param}= -> nothing"),
    "param-scope-changed": Advice("given", "Callers no longer decide {param} of {call}: {text}."),
    "param-renamed": Advice(
        "spelled", "{param} of {call} has another name.", "{param}= -> {new_param}=", automatic=True
    ),
    "param-renamed-with-alias": Advice(
        "spelled",
        "{param} of {call} has another name; the old one works for now.",
        "{param}= -> {new_param}=",
        automatic=True,
        always=True,
    ),
    "param-became-required": Advice("left out", "{param} of {call} must be passed.", _PIN, pins=True),
    "param-became-keyword-only": Advice(
        "positions", "{param} of {call} can no longer be passed by position.", _KEYWORD, automatic=True
    ),
    "param-order-changed": Advice(
        "positions", "Arguments by position of {call} mean others now: {text}.", _KEYWORD, automatic=True
    ),
    "positional-param-inserted": Advice(
        "positions",
        "{param} of {call} stands before others, so that arguments by position mean others now.",
        _KEYWORD,
        automatic=True,
    ),
    "param-default-changed": Advice("left out", _OMITTED, _PIN, pins=True),
    "param-default-removed": Advice("left out", _OMITTED, _PIN, pins=True),
    "param-default-became-lazy": Advice("left out", _OMITTED, _PIN, pins=True),
    "param-default-added": Advice("left out", _OMITTED),
    "docs-default-changed": Advice("left out", _OMITTED),
    "default-source-changed": Advice("left out", _OMITTED),
    "param-choice-removed": Advice("value", _VALUE),
    "param-became-choices": Advice("value", _VALUE),
    "param-bound-tightened": Advice("value", _VALUE),
    "param-bound-set": Advice("value", _VALUE),
    "param-max-items-decreased": Advice("value", _VALUE),
    "param-type-changed": Advice("value", _VALUE),
    "param-type-narrowed": Advice("value", _VALUE),
    # errors
    "error-class-changed": Advice(
        "error", "Another error comes out of {call}, so that except clauses miss it: {text}."
    ),
    "error-status-removed": Advice(
        "error", "Another error comes out of {call}, so that except clauses miss it: {text}."
    ),
    # names
    "client-class-renamed": Advice(
        "names", "The client class has another name: {text}.", "{renames}", automatic=True
    ),
    "service-renamed": Advice(
        "names", "client.{attribute} or its module has another name: {text}.", "{renames}", automatic=True
    ),
    "service-removed": Advice("names", "client.{attribute} is gone: {text}."),
    "api-version-removed": Advice("names", "This API version of client.{attribute} is gone: {text}."),
    "endpoint-removed": Advice("names", "A key is gone from the endpoint tables: {text}."),
    "endpoint-template-changed": Advice(
        "names", "An address in the endpoint tables reads otherwise: {text}."
    ),
    "response-type-removed": Advice("names", "The name of a shape of answers is gone: {text}."),
}

NOT_FOR_SCRIPTS = frozenset(
    {
        "breaking-without-version-bump",
        "client-attribute-removed",
        "feature-message-changed",
        "op-override-changed",
        "param-choices-source-changed",
        "stability-decreased",
        "sunset-moved-earlier",
        "sunset-removed",
        "sunset-unparsable",
        "versions-reversed",
    }
)
"""Rules whose findings ask nothing of a script, whatever their verdict."""

SAME_AS: Mapping[tuple[str, bool], str] = {
    ("removed-after-sunset", True): "param-removed",
    ("removed-after-sunset", False): "op-removed",
    ("removed-before-sunset", True): "param-removed",
    ("removed-before-sunset", False): "op-removed",
    ("alias-removed", True): "param-renamed",
    ("alias-removed", False): "op-renamed",
}
"""Rules that mean for scripts what another one means: by their id, and whether they are about an argument."""
