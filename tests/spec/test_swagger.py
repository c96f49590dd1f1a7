"""The descriptors against the Swagger documents of the servers that publish one."""

import json

import pytest
from described import DATA, REQUESTS, by_name, shape

NO_SWAGGER = ("/materialize/upload/", "/materialize/deltalake/", "/health/")
"""Parts of the servers that their documents leave out."""

NOWHERE = "read by the server, and declared nowhere"
UNDECLARED = {
    ("materialize.live_live_query", "merge_reference"): "no server reads it any more",
    ("materialize.get_deltalake_export", "job_id"): "read from the query, and mentioned only in a text",
    ("materialize.start_deltalake_export", "output_specs"): NOWHERE,
    ("materialize.get_spatial_lookup_status", "database"): NOWHERE,
    ("materialize.get_spatial_lookup_details", "database_name"): NOWHERE,
    (
        "materialize.get_spatial_lookup_details",
        "use_staging_database",
    ): NOWHERE,
}
"""Arguments that servers read although their documents do not say so."""


def operations_of(service, file):
    """Read one document: (method, shape) -> names in the query, names in the body."""
    document = json.loads((DATA / "swagger" / file).read_text())
    found = {}
    for path, item in document["paths"].items():
        for method in item.keys() - {"parameters"}:
            parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
            query = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
            body = set().union(*(fields_of(parameter, document) for parameter in parameters))
            found[(service, method.upper(), shape(document["basePath"] + path))] = query, body
    return found


def fields_of(parameter, document):
    """List the fields of a body; parameters elsewhere, and bodies of any form, have none."""
    name = parameter.get("schema", {}).get("$ref", "").split("/")[-1]
    return set(document["definitions"][name]["properties"]) if name else set()


DOCUMENTS = (
    operations_of("info", "info.json")
    | operations_of("schema", "schema.json")
    | operations_of("materialize", "materialization.json")
)
SERVICES = {service for service, *_ in DOCUMENTS}
COVERED = [
    each
    for each in REQUESTS
    if each.service.name in SERVICES and not each.operation.path.startswith(NO_SWAGGER)
]


def test_the_documents_are_whole():
    assert len(DOCUMENTS) == 9 + 4 + 65


@pytest.mark.parametrize("each", COVERED, ids=by_name)
def test_operation(each):
    query, body = DOCUMENTS[(each.service.name, *each.key)]
    undeclared = {name for operation, name in UNDECLARED if operation == each.name}
    assert each.wire_names("query") - undeclared <= query
    assert each.wire_names("body") - undeclared <= body


@pytest.mark.parametrize(("name", "argument"), UNDECLARED)
def test_exceptions_are_needed(name, argument):
    found = [each for each in COVERED if each.name == name]
    assert found
    for each in found:
        query, body = DOCUMENTS[(each.service.name, *each.key)]
        assert argument in (each.wire_names("query") | each.wire_names("body")) - (query | body)
