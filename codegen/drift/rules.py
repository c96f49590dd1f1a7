"""Every kind of drift, as a table.

The old side are the descriptors, the new side is what a server says of itself. So the two verdicts read:

- ``wire``: do clients that were generated from these descriptors still work with that server?
- ``source``: do people get from them what that server offers, and are they told the truth about it?

Servers document themselves carelessly. What a document contradicts is therefore breaking only where a call
could not work if the document were right; what it merely leaves out is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.report.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_DESCRIBE = (
    "Describe it, or enter it in spec/drift_reviewed.yaml with the reason why clients have no use for it."
)
_ASK = "Ask whoever runs the server whether it still reads it; then follow, or enter the reason."

_DOCUMENT_RULES = (
    Rule(
        "base-path-differs", "breaking", "none",
        "The document puts all of its routes under another base path.",
        "Clients ask addresses that the server does not have. The routes below it are compared all the same.",
        "Change `server.base` or the versions' `prefix` if the server has really moved.",
        waiver="The same difference seen from the other side.",
    ),
    Rule(
        "route-unknown", "none", "warning",
        "The server has a route that no operation describes.",
        "People cannot reach through the client what the server offers.",
        _DESCRIBE, mirror=("route-gone",),
    ),
    Rule(
        "route-gone", "breaking", "none",
        "An operation asks a route that the document does not have.",
        "If the server has lost it, every call of the operation fails.",
        "Ask the server. Give the operation a version range or name it under `removed` if the route is gone.",
        mirror=("route-unknown",),
    ),
    Rule(
        "method-differs", "breaking", "none",
        "The server has the path, with another method.",
        "Calls are refused with 405, or do something else.",
        "Change `method`, and look anew at `safe`.",
        waiver="The same difference seen from the other side.",
    ),
    Rule(
        "hole-moved", "breaking", "none",
        "The holes of a path stand in another order.",
        "Values end up in each other's places: the answer is about something else.",
        "Put the holes of `path` into the server's order.",
        waiver="The same difference seen from the other side.", silent=True,
    ),
    Rule(
        "param-unknown", "none", "warning",
        "The server takes a parameter that the descriptor does not send.",
        "People cannot pass it.",
        _DESCRIBE, mirror=("param-undeclared",),
    ),
    Rule(
        "required-param-unknown", "breaking", "warning",
        "The server demands a parameter that the descriptor does not send.",
        "Every call is refused.",
        "Describe it, with a default where there is one that fits all callers.",
        mirror=("param-undeclared",),
    ),
    Rule(
        "param-undeclared", "warning", "none",
        "The descriptor sends a parameter that the document does not declare.",
        "A server that does not know it ignores it, and answers as if nobody had passed it.",
        _ASK, mirror=("param-unknown", "required-param-unknown"), silent=True,
    ),
    Rule(
        "location-differs", "breaking", "none",
        "The server reads a parameter in another place than the one it is sent in.",
        "The server does not see it.",
        "Change `in`.",
        waiver="The same difference seen from the other side.",
    ),
    Rule(
        "type-differs", "warning", "none",
        "A parameter has another type on the server.",
        "The server may refuse what is sent, or read something else in it.",
        "Change `type` or `encode`, if the server means what its document says.",
        waiver="The same difference seen from the other side.",
    ),
    Rule(
        "collection-format-differs", "breaking", "none",
        "An array becomes text in another way: commas, or one name several times.",
        "The server reads one strange item, or the first item only.",
        "Change `encode`: csv, repeat or json_list.",
        waiver="The same difference seen from the other side.", silent=True,
    ),
    Rule(
        "required-there", "breaking", "warning",
        "The server demands a parameter that callers may leave out.",
        "Calls without it are refused.",
        "Say `required: true`, or give it a default.",
        mirror=("required-here",),
    ),
    Rule(
        "required-here", "none", "info",
        "Callers have to pass a parameter that the document does not demand.",
        "Nothing fails, but people may be made to say what the server would know.",
        "Take away `required`, if the server really has an answer without it.",
        mirror=("required-there",),
    ),
    Rule(
        "values-unknown", "none", "warning",
        "The server takes values that `choices` refuses.",
        "People cannot pass them.",
        "Add them to `choices`.",
        mirror=("values-gone",),
    ),
    Rule(
        "values-gone", "breaking", "none",
        "`choices`, or a parameter without any, allows values that the server does not take.",
        "Calls with them are refused.",
        "Take them out of `choices`, or write down the values that are left.",
        mirror=("values-unknown", "values-open"),
    ),
    Rule(
        "values-open", "none", "info",
        "The descriptor allows few values, and the document any.",
        "Nothing fails. The server may know more values by now.",
        "Ask whoever runs the server for the values; then follow, or enter the reason.",
        mirror=("values-gone",),
    ),
    Rule(
        "bound-tighter", "warning", "none",
        "The server allows fewer numbers than the descriptor.",
        "Calls with the others are refused by the server, with words that are less clear than the client's.",
        "Set `min` and `max` as the server has them.",
        mirror=("bound-wider",),
    ),
    Rule(
        "bound-wider", "none", "info",
        "The descriptor allows fewer numbers than the document.",
        "Nothing fails, but people cannot pass numbers that the server may take.",
        "Loosen `min` and `max`, if those numbers make sense.",
        mirror=("bound-tighter",),
    ),
    Rule(
        "server-default-differs", "none", "warning",
        "The server uses another default than the documentation says.",
        "Calls that leave the argument out have another answer than people are told.",
        "Change `server_default`, and say it in the changelog.",
        waiver="The same difference seen from the other side.", silent=True,
    ),
    Rule(
        "body-unknown", "none", "warning",
        "The server takes a body, and the descriptor sends none.",
        "People cannot pass what stands in it.",
        _DESCRIBE, mirror=("body-undeclared",),
    ),
    Rule(
        "body-undeclared", "warning", "none",
        "The descriptor sends a body, and the document declares none.",
        "A server that reads none ignores all that is said there.",
        _ASK, mirror=("body-unknown",), silent=True,
    ),
    Rule(
        "body-form-differs", "breaking", "none",
        "The descriptor sends bytes, and the server reads JSON fields.",
        "Every call is refused.",
        "Describe the fields as parameters `in: body`.",
        waiver="Documents have no word for bodies of bytes.",
    ),
    Rule(
        "answer-type-differs", "warning", "none",
        "The answer has another media type than those that the descriptor reads.",
        "The client may refuse the answer, or read it in the wrong way.",
        "Change `decode` or `media_type`, if the server means what its document says.",
        waiver="The same difference seen from the other side.",
    ),
    Rule(
        "deprecated-there", "none", "warning",
        "The server calls a route deprecated, and the descriptor does not.",
        "People build on what will go.",
        "Say `deprecated`, with what to use instead.",
        mirror=("deprecated-here",),
    ),
    Rule(
        "deprecated-here", "none", "info",
        "The descriptor calls an operation deprecated, and the server does not.",
        "Nothing fails; people are warned of something that may stay.",
        "Take `deprecated` away, or enter the reason.",
        mirror=("deprecated-there",),
    ),
)  # fmt: skip

_VERSION_RULES = (
    Rule(
        "api-unknown", "none", "warning",
        "The server speaks an API version that has no descriptor.",
        "People cannot use it.",
        "Start one with `python -m codegen new-version`.",
        mirror=("api-gone",),
    ),
    Rule(
        "api-gone", "breaking", "none",
        "The server speaks an API version no longer that is described.",
        "Clients of that version fail with every call.",
        "Say `stability: legacy`, and look at `fallback_api`.",
        mirror=("api-unknown",),
    ),
)  # fmt: skip

_SERVER_RULES = (
    Rule(
        "service-silent", "breaking", "none",
        "A service does not answer.",
        "Nothing can be said about it; to people who work with it now, it is down.",
        "Run the command again later, or ask whoever runs the server.",
        waiver="The opposite is no difference.",
    ),
    Rule(
        "question-unanswered", "warning", "none",
        "A service does not tell what the descriptor says that it tells.",
        "Clients take the fallback version, or refuse calls that need to know the server's version.",
        "Correct `version_path` or `api_versions_path`; leave it out where there is none any more.",
        waiver="Routes that nobody describes are not asked.",
    ),
    Rule(
        "document-unread", "none", "warning",
        "The document of a service is not there, or cannot be read.",
        "Routes and parameters are compared with nothing, so that no difference in them is seen.",
        "Ask whoever runs the server where its document is, and compare that with --swagger.",
        waiver="A document that is read is no difference.",
    ),
    Rule(
        "software-changed", "none", "info",
        "A server runs another version than spec/deployments.yaml says.",
        "The spec diff judges changes by versions that nobody runs any more.",
        "Run `python -m codegen drift --server ADDRESS --record NAME`.",
        waiver="The same difference seen from the other side.",
    ),
)  # fmt: skip

_LIST_RULES = (
    Rule(
        "reviewed-unused", "none", "breaking",
        "An entry of spec/drift_reviewed.yaml fits no difference.",
        "Its reason misleads, and would hide the next difference of that name.",
        "Remove the entry.",
        waiver="An entry that is used is no difference.",
    ),
    Rule(
        "reviewed-expired", "none", "breaking",
        "An entry of spec/drift_reviewed.yaml was meant to last until a day that is over.",
        "What was to be done by then is not done.",
        "Do it and remove the entry, or set a later day.",
        waiver="An entry that still holds is no difference.",
    ),
)  # fmt: skip

ONLY_OF_DOCUMENTS = frozenset(rule.id for rule in _DOCUMENT_RULES)
"""What nothing but a document can tell."""

OF_DOCUMENTS = frozenset(rule.id for rule in (*_DOCUMENT_RULES, *_VERSION_RULES))
"""What comparing a document can find."""

OF_LIST = frozenset(rule.id for rule in _LIST_RULES)
"""What is wrong with the list of reviewed differences itself: it cannot be reviewed away."""

RULES: Mapping[str, Rule] = {
    rule.id: rule for rule in (*_DOCUMENT_RULES, *_VERSION_RULES, *_SERVER_RULES, *_LIST_RULES)
}
"""Every rule by its id."""
