"""A small spec as files, for tests that change one thing in it."""

from pathlib import Path

from codegen import ir
from codegen.load import load_spec
from codegen.problems import SpecErrors

SERVICE = """\
spec: 1
service: demo
client: DemoClient
attribute: demo
module: demo
summary: A service to test with.
server:
  base: /demo
  key: demo_server_address
  address: local
attributes:
  table_name: {type: str, example: tbl, doc: Name of the table.}
  moment: {type: datetime, example: "2024-01-02T03:04:05Z", doc: The client's moment.}
defaults:
  table_id: {attr: table_name}
features:
  tiles: {attr: has_tiles, message: This datastack has no tiles.}
errors: {404: NotFoundError}
groups:
  filters:
    limit: {type: int, in: body, min: 1, doc: Most rows to return.}
    offset: {type: int, in: body, min: 0, doc: Rows to pass over.}
types:
  Row:
    doc: A row.
    fields:
      id: {type: int, doc: Its id.}
"""

V1 = """\
api: "1"
prefix: /api/v1
operations:
  get_roots:
    summary: Look up the roots of supervoxels.
    method: POST
    path: /table/{table_id}/roots
    safe: true
    requires: tiles
    body: {binary: ids, dtype: "<u8"}
    params:
      ids: {type: id_array, required: true, unit: supervoxel_id, doc: Supervoxels to look up.}
      timestamp: {type: datetime, in: query, encode: epoch_seconds, default: client.moment, doc: The moment.}
    response: {decode: ndarray, dtype: "<u8", order: input, doc: Their roots.}
    examples:
      - call: {ids: [1]}
        request: {method: POST, path: /demo/api/v1/table/tbl/roots}
  get_rows:
    summary: Get rows of a table.
    method: POST
    path: /table/{name}/rows
    safe: true
    params:
      table: {type: str, in: path, wire: name, required: true, doc: Table to read.}
      use: filters
      as_list: {type: bool, in: query, default: true, doc: Ask for a list.}
    response:
      - {when: {as_list: true}, decode: json, returns: "list[Row]", doc: The rows.}
      - {decode: text, doc: The rows as text.}
    cache: {ttl: 60, maxsize: 10, key: [table, limit, offset, as_list]}
    examples:
      - call: {table: synapses}
        request: {method: POST, path: /demo/api/v1/table/synapses/rows}
  delete_row:
    summary: Delete a row.
    method: DELETE
    path: /row/{row_id}
    safe: false
    check: Get the row; the server answers 404 when it is gone.
    params:
      row_id: {type: id, in: path, required: true, unit: annotation_id, doc: Row to delete.}
    response: {decode: none}
    examples:
      - call: {row_id: 5}
        request: {method: DELETE, path: /demo/api/v1/row/5}
"""


def write(root: Path, **files: str) -> Path:
    """Write spec/demo/<name>.yaml and return spec/."""
    folder = root / "spec" / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ({"service": SERVICE, "v1": V1} | files).items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root / "spec"


def load(root: Path, **files: str) -> ir.Service:
    """Load the small spec with some of its files replaced or added."""
    return load_spec(write(root, **files)).service("demo")


def mistakes(root: Path, **files: str) -> list[str]:
    """Return what the loader says of the small spec with some of its files replaced."""
    try:
        load(root, **files)
    except SpecErrors as errors:
        return [str(problem) for problem in errors.problems]
    return []


def replaced(text: str, old: str, new: str) -> str:
    """Replace text that must stand there exactly once, so that a test row cannot miss its aim."""
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, part: str) -> int:
    """Return the number of the only line that holds `part`."""
    [number] = [number for number, line in enumerate(text.splitlines(), 1) if part in line]
    return number
