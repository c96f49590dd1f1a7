"""What the schema service answers. It asks for no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.annotations.schemas import documents, schema_names, schema_of
from caveclient_gen.offline.http.json_forms import indented_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.http.served import Served

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

__all__ = ["served"]

served = Served("schema")

MODELLED = "5.26.3"
"""The version of the schema service whose schemas these are."""


@served("get_schemas", needs="nothing")
def get_schemas(call: Call) -> Reply:
    """List the kinds of annotation."""
    return indented_json(schema_names())


@served("schema_definition", needs="nothing")
def schema_definition(call: Call) -> Reply:
    """Answer the document of one kind."""
    return indented_json(schema_of(call.path["schema_type"]).document())


@served("schema_definition_multi", needs="nothing")
def schema_definition_multi(call: Call) -> Reply:
    """Answer the documents of several kinds, whose names stand in one text with commas between them."""
    text = call.text("schema_names")
    if text is None and call.body.strip():
        text = call.fields().get("schema_names")
    if isinstance(text, list):
        raise Refusal(400, "schema_names must be one text with commas between the names, not a list.")
    if not isinstance(text, str) or not text:
        raise Refusal(400, "Say schema_names: names of schemas with commas between them.")
    return indented_json({name: schema_of(name).document() for name in text.split(",")})


@served("schema_definition_all", needs="nothing")
def schema_definition_all(call: Call) -> Reply:
    """Answer the documents of all kinds."""
    return indented_json(documents())


@served.also("/versions")
def versions(call: Call) -> Reply:
    """Answer which versions of the API there are."""
    return indented_json([2], indent=2)


@served.also("/views/version")
def version(call: Call) -> Reply:
    """Answer whose schemas these are."""
    return indented_json(MODELLED)
