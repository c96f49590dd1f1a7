"""`changes`: what differs between two API versions, told once each."""

from pathlib import Path

import pytest
from written_spec import V1, load, replaced

from codegen.changes import changes
from codegen.load import load_spec

SPEC = Path(__file__).parents[2] / "spec"
HEAD = 'api: "2"\nprefix: /api/v2\nextends: v1\n'

EVERYTHING = f"""{HEAD}removed: [delete_row]
extra_endpoints: {{old: {{path: /demo/old, doc: A page.}}}}
operations:
  get_roots:
    pin_api: "1"
  get_rows:
    cache: null
    params:
      offset: null
      limit: {{max: 5}}
      after: {{type: id, in: body, doc: Row to begin after.}}
  list_rows:
    summary: List rows.
    method: GET
    path: /rows
    response: {{decode: none}}
    examples: [{{call: {{}}}}]
"""

ALL_OF_IT = """\
demo: API 1 -> API 2

Prefix /api/v1 -> /api/v2 (1 routes move with it)

Added (1)
  list_rows  GET /demo/api/v2/rows

Removed (1)
  delete_row  DELETE /demo/api/v1/row/{row_id}

Still on the routes of API 1 (1)
  get_roots  POST /demo/api/v1/table/{table_id}/roots

Parameters (1)
  get_rows  +after -offset ~limit (max: none -> 5)

Calls (1)
  get_rows  cache: ttl=60 maxsize=10 key=table limit offset as_list -> none

Extra endpoints (1)
  old  none -> /demo/old"""


def told(tmp_path, text):
    service = load(tmp_path, v2=text)
    return changes(service.api("1"), service.api("2"))


def test_everything_that_can_differ_is_told(tmp_path):
    assert told(tmp_path, EVERYTHING) == ALL_OF_IT


def test_a_new_prefix_claims_the_routes_that_move_with_it(tmp_path):
    text = told(tmp_path, f"{HEAD}operations: {{}}\n")
    assert "Prefix /api/v1 -> /api/v2 (3 routes move with it)" in text
    assert text.endswith("Nothing differs.")


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (
            "get_rows: {path: '/list/{name}'}",
            "get_rows  POST /demo/api/v1/table/{name}/rows -> POST /demo/api/v2/list/{name}",
        ),
        (
            "delete_row: {method: POST}",
            "delete_row  DELETE /demo/api/v1/row/{row_id} -> POST /demo/api/v2/row/{row_id}",
        ),
        (
            "delete_row: {base: /other}",
            "delete_row  DELETE /demo/api/v1/row/{row_id} -> DELETE /other/api/v2/row/{row_id}",
        ),
    ],
)
def test_a_route_that_differs_in_more_than_the_prefix_is_told(tmp_path, operation, line):
    text = told(tmp_path, f"{HEAD}operations:\n  {operation}\n")
    assert f"Re-routed (1)\n  {line}" in text
    assert "(2 routes move with it)" in text


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (
            "get_rows: {response: {decode: json, keyed_by: names, returns: 'dict[str, int]', doc: X.}, "
            "params: {as_list: null, names: {type: str_array, in: body, doc: X.}}, cache: null}",
            "response: decode=json when=as_list True returns=list[Row] decode=text "
            "-> decode=json keyed_by=names returns=dict[str, int]",
        ),
        (
            "get_roots: {response: {decode: json, cast: id_array, order: input, doc: X.}}",
            "get_roots  response.decode: ndarray -> json, response.dtype: <u8 -> none, "
            "response.cast: none -> id_array",
        ),
        (
            "get_roots: {limits: {ids: {max: 5, on_exceed: split, merge: concat}}, "
            "params: {bar: {type: bool, in: none, keyword_only: true, effect: progress, doc: X.}}}",
            "get_roots  limits: none -> param=ids max=5 on_exceed=split merge=concat",
        ),
        (
            "get_rows: {limits: {rows: {header: Warning, contains: cut, on_truncate: warn}}}",
            "get_rows  limits.rows: none -> header=Warning contains=cut on_truncate=warn",
        ),
        ("get_rows: {server: '>=2'}", "get_rows  server: none -> >=2"),
        ("get_rows: {errors: {410: ExpiredVersionError}}", "get_rows  errors: 404 NotFoundError -> 404 "),
        ("get_rows: {timeout: 3}", "get_rows  timeout: none -> 3"),
        ("delete_row: {safe: true, check: null}", "delete_row  safe: False -> True"),
        ("delete_row: {headers: {X-Why: x}}", "delete_row  headers: none -> X-Why x"),
    ],
)
def test_what_else_differs_of_a_call_is_told(tmp_path, operation, line):
    text = told(tmp_path, f"{HEAD}operations:\n  {operation}\n")
    _, _, calls = text.partition("Calls (1)\n")
    assert line in calls


def test_a_version_without_a_prefix_moves_too(tmp_path):
    bare = replaced(V1, "prefix: /api/v1", 'prefix: ""').replace("/demo/api/v1/", "/demo/")
    service = load(tmp_path, v1=bare, v2=f"{HEAD}operations: {{}}\n")
    text = changes(service.api("1"), service.api("2"))
    assert text.endswith("Prefix (none) -> /api/v2 (3 routes move with it)\n\nNothing differs.")


def test_declared_renames_are_no_loss(tmp_path):
    text = told(
        tmp_path,
        f"""{HEAD}removed: [delete_row]
operations:
  drop_row:
    summary: Drop a row.
    renamed_from: delete_row
    method: DELETE
    path: /row/{{row}}
    safe: true
    params:
      row: {{type: id, in: path, required: true, renamed_from: row_id, doc: Row to drop.}}
    response: {{decode: none}}
    examples: [{{call: {{row: 1}}}}]
""",
    )
    assert "Renamed (1)\n  delete_row -> drop_row" in text
    assert "drop_row  row_id->row" in text
    assert "Added" not in text
    assert "Removed" not in text


@pytest.mark.parametrize(
    "operation",
    [
        "get_rows: {summary: Other words.}",
        "get_rows: {doc: More words.}",
        "get_rows: {params: {limit: {doc: Other words.}}}",
        "get_rows: {params: {limit: {wire: limit}}}",
        "get_rows: {params: {limit: {server_default: 5}}}",
    ],
)
def test_words_and_other_ways_to_write_the_same_are_no_change(tmp_path, operation):
    assert told(tmp_path, f"{HEAD}operations:\n  {operation}\n").endswith("Nothing differs.")


def test_nothing_differs_from_itself():
    for service in load_spec(SPEC).services:
        for api in service.apis:
            assert (
                changes(api, api)
                == f"{service.name}: API {api.number} -> API {api.number}\n\nNothing differs."
            )


def test_our_versions_can_be_told_apart():
    materialize = load_spec(SPEC).service("materialize")
    text = changes(materialize.api("2"), materialize.api("3"))
    assert text.startswith("materialize: API 2 -> API 3\n\nPrefix /api/v2 -> /api/v3")
    assert text == changes(materialize.api("2"), materialize.api("3"))
