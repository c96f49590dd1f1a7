"""What real servers were asked and answered, byte for byte, held against the documents.

Every exchange of `tests/recordings` must be one that a document allows: its route, every parameter and the
body of its request, its status, content type, headers and body. What a server refused may have been asked
wrongly, so of those only the answer counts. The tables say what is left out, and why; a row that is not
needed any more fails.
"""

from __future__ import annotations

import copy

import pytest
from contract import Contract
from documents import DOCUMENTS
from replay_server import RECORDINGS, Recording

CONTRACTS = {name: Contract(document) for name, document in DOCUMENTS.items()}

NAMES = [
    f"{folder.name}/{file.stem}"
    for folder in sorted(RECORDINGS.iterdir())
    if folder.is_dir()
    for file in sorted(folder.glob("*.json"))
]

ABOUT_SERVERS = {
    path
    for document in DOCUMENTS.values()
    for field in ("x-version-path", "x-api-versions-path")
    if (path := document["info"].get(field))
}
"""Where servers tell their versions: no operations, but each document names its own."""

NOT_DESCRIBED = {
    "/annotation/api/swagger.json": "a document of the server about itself",
    "/auth/version": "a sentence that no program can read",
    "/info/api/swagger.json": "a document of the server about itself",
    "/materialize/api/v2/datastack/testds/version/2/table/synapses/query": "it always fails; API 3 has it",
    "/materialize/nope": "no server has it",
    "/materialize/swagger.json": "a document of the server about itself",
    "/nothing/here": "no server has it",
    "/schema/api/swagger.json": "a document of the server about itself",
    "/schema/versions": "the schema service lists here what its package has; no operation needs it",
    "/schema/views/version": "a page for people",
    "/skeletoncache/api/swagger.json": "a document of the server about itself",
}
"""Path that no document has -> why."""

_EXACT = "our JSON is exact, so ids are never asked for as texts"
_ONCE_IN_QUERY = (
    "the route reads its body; the old client sent the level in the query too, where nothing looks"
)

ASKED_OTHERWISE = {
    "chunkedgraph/045_get_lineage_graph": (
        ["query: name is not described"],
        "the old client sent `name=timestamp_future`, a slip for the bound itself; servers ignore it",
    ),
    "chunkedgraph/046_get_lineage_graph_nx": (
        ["query: name is not described"],
        "the old client sent `name=timestamp_future`, a slip for the bound itself; servers ignore it",
    ),
    "l2cache/006_get_l2data": (["query: int64_as_str is not described"], _EXACT),
    "l2cache/008_get_l2data_table": (["query: int64_as_str is not described"], _EXACT),
    "l2cache/009_get_l2data_table_split": (["query: int64_as_str is not described"], _EXACT),
    "l2cache/010_get_l2data_missing": (["query: int64_as_str is not described"], _EXACT),
    "routes/047_query_no_compression": (
        ["query: ipc_compress is not described"],
        "the transport decides about compression",
    ),
    "routes/067_pcg_roots_json_str": (
        [
            "query: int64_as_str is not described",
            "answer: root_ids.0: '288230376151712144' is not of type 'integer'",
            "answer: root_ids.1: '288230376151711751' is not of type 'integer'",
        ],
        f"{_EXACT}; the answer has them as texts because it was asked to",
    ),
    "skeleton/006_skeletons_exist": (["query: verbose_level is not described"], _ONCE_IN_QUERY),
    "skeleton/007_skeletons_exist_one": (
        [
            "query: verbose_level is not described",
            "body: root_ids.0: '288230376151711751' is not of type 'integer'",
        ],
        f"{_ONCE_IN_QUERY}; and it sent a single id as text",
    ),
    "skeleton/012_skeletons_exist_after": (["query: verbose_level is not described"], _ONCE_IN_QUERY),
    "skeleton/013_generate_bulk_skeletons_async": (["query: verbose_level is not described"], _ONCE_IN_QUERY),
    "skeleton/014_skeletons_exist_bulk": (["query: verbose_level is not described"], _ONCE_IN_QUERY),
}
"""Recording -> exactly what differs, and why the document is right."""


def is_refusal(exchange):
    return exchange.reply.status >= 400


def complaints(exchange, contracts):
    """Say in what an exchange differs from the documents that have its path; None if there is none."""
    ask, reply = exchange.ask, exchange.reply
    told = []
    for contract in contracts:
        found = contract.find(ask.method, ask.path)
        if found is None:
            continue
        asked = [] if is_refusal(exchange) else contract.request_complaints(found, list(ask.query), ask.body)
        headers = dict(reply.headers)
        told.append([*asked, *contract.answer_complaints(found, reply.status, headers, reply.body)])
    return max(told, key=len) if told else None


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_call_is_as_described(name):
    differs = []
    for exchange in Recording.load(name).exchanges:
        if exchange.ask.path in ABOUT_SERVERS:
            continue
        told = complaints(exchange, CONTRACTS.values())
        assert (told is None) == (exchange.ask.path in NOT_DESCRIBED), str(exchange.ask)
        differs += told or []
    assert differs == ASKED_OTHERWISE.get(name, ([], ""))[0]


def test_every_row_of_the_tables_is_needed():
    asked = {exchange.ask.path for name in NAMES for exchange in Recording.load(name).exchanges}
    assert set(NOT_DESCRIBED) <= asked
    assert set(ASKED_OTHERWISE) <= set(NAMES)


def test_the_recordings_reach_a_good_part_of_the_documents():
    """Requests and answers of most operations that servers speak were recorded."""
    reached = {
        (name, found.operation["operationId"])
        for recording in NAMES
        for exchange in Recording.load(recording).exchanges
        for name, contract in CONTRACTS.items()
        if not is_refusal(exchange) and (found := contract.find(exchange.ask.method, exchange.ask.path))
    }
    assert len(reached) >= 100


# ---- a document that is wrong is found out: one thing is broken, and the recordings tell


def _operation(document, path, method):
    return document["paths"][path][method]


ROOTS = "/segmentation/api/v1/table/{table_id}/node/{supervoxel_id}/root"
QUERY = "/materialize/api/v3/datastack/{datastack_name}/version/{version}/table/{table_name}/query"
TABLE = "/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}"


def drop_path(document):
    del document["paths"][ROOTS]


def rename_query(document):
    operation = _operation(document, ROOTS, "get")
    next(each for each in operation["parameters"] if each["in"] == "query")["name"] = "moment"


def require_more(document):
    _operation(document, ROOTS, "get")["parameters"].append(
        {"name": "depth", "in": "query", "required": True, "schema": {"type": "integer"}}
    )


def other_kind_of_parameter(document):
    parameters = _operation(document, ROOTS, "get")["parameters"]
    next(each for each in parameters if each["name"] == "timestamp")["schema"] = {"type": "integer"}


def ids_as_texts(document):
    content = _operation(document, ROOTS, "get")["responses"]["2XX"]["content"]["application/json"]
    content["schema"]["properties"]["root_id"] = {"type": "string"}


def other_label(document):
    content = _operation(document, QUERY, "post")["responses"]["2XX"]["content"]
    for media in content.values():
        media.pop("x-also-labelled", None)


def other_filter(document):
    schema = _operation(document, QUERY, "post")["requestBody"]["content"]["application/json"]["schema"]
    del schema["properties"]["filter_in_dict"]


def other_header(document):
    header = _operation(document, QUERY, "post")["responses"]["2XX"]["headers"]["dataframe_resolution"]
    header["schema"] = {"type": "string", "pattern": "^[0-9]+$"}


def other_status(document):
    responses = _operation(document, TABLE, "get")["responses"]
    responses["200"] = responses.pop("2XX")
    responses.pop("default")


def required_key(document):
    document["components"]["schemas"]["TableMetadata"]["required"].append("owner")


def refusal_of_another_form(document):
    document["components"]["schemas"]["refusal-code"]["properties"]["message"] = {"type": "integer"}
    for form in ("refusal-message", "refusal-bare"):
        document["components"]["schemas"][form] = {"type": "boolean"}


BROKEN = [
    (drop_path, "chunkedgraph-v1", "chunkedgraph/001_get_root_id", None),
    (rename_query, "chunkedgraph-v1", "chunkedgraph/001_get_root_id", "query: timestamp is not described"),
    (require_more, "chunkedgraph-v1", "chunkedgraph/001_get_root_id", "query: depth is missing"),
    (other_kind_of_parameter, "chunkedgraph-v1", "chunkedgraph/001_get_root_id", "is not of type 'integer'"),
    (ids_as_texts, "chunkedgraph-v1", "chunkedgraph/001_get_root_id", "is not of type 'string'"),
    (other_label, "materialize-v3", "materialize/017_query_table_synapses", "data.arrow is not described"),
    (
        other_filter,
        "materialize-v3",
        "materialize/024_query_table_filter_in",
        "filter_in_dict is not described",
    ),
    (other_header, "materialize-v3", "materialize/017_query_table_synapses", "header dataframe_resolution"),
    (other_status, "annotation-v2", "annotation/033_get_table_metadata_tags", "status 201 is not described"),
    (
        required_key,
        "annotation-v2",
        "annotation/033_get_table_metadata_tags",
        "'owner' is a required property",
    ),
    (
        refusal_of_another_form,
        "annotation-v2",
        "annotation/008_create_table_badname",
        "answer: : ",
    ),
]


@pytest.mark.parametrize(("broken", "document", "name", "told"), BROKEN)
def test_a_broken_document_is_found_out(broken, document, name, told):
    made = copy.deepcopy(DOCUMENTS[document])
    broken(made)
    found = [complaints(exchange, [Contract(made)]) for exchange in Recording.load(name).exchanges]
    if told is None:
        assert None in found
    else:
        assert any(told in complaint for listed in found for complaint in listed or ())
