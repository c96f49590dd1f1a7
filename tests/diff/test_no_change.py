"""What is written otherwise and means the same is no change: nothing at all is found."""

import pytest
from rule_spec import load, replaced, written

from codegen.diff.compare import compare
from codegen.diff.sides import Side

FIRST = "first: {type: int, in: query, keyword_only: true, min: 0, doc: Number of the first row.}"
ROWS = "rows: {type: int, in: query, keyword_only: true, min: 1, doc: Most rows of a page.}"
KIND = "kind: {type: str, in: query, choices: [axon, dendrite, soma], doc: Kind of cell.}"
KIND_IN_LINES = """\
kind:
  type: str
  in: query
  choices:
    - axon
    - dendrite
    - soma
  doc: Kind of cell."""
RADIUS = "radius: {type: float, in: query, keyword_only: true, max: 100, doc: How far around.}"
CREATOR = "creator: {type: str, in: query, keyword_only: true, wire: user_id, doc: Who made the cell.}"
AUTHOR = "author: {type: str, in: query, keyword_only: true, doc: Who named the kind.}"
STATUS = "status: {type: str, in: query, keyword_only: true, doc: State of proofreading.}"
CELLS = (
    'response: {decode: json, returns: "list[Cell]", status: [200, 404], '
    "media_type: application/json, doc: The cells.}"
)
L2 = "l2cache: {attr: has_l2cache, message: This datastack has no L2 cache.}"
MESHES = "meshes: {attr: has_meshes, message: This datastack has no meshes.}"
PAGE = "status: {path: /cells/status, doc: A page for people.}"
MANUAL = "manual: {path: /cells/manual, doc: The manual.}"
SUPERVOXELS = "supervoxel_ids: {type: id_array, required: true, doc: Supervoxels to look up.}"
CELL_ID = "root_id: {type: id, in: path, required: true, doc: Root of the cell.}"
CUT = "rows: {header: Warning, contains: [Limited query to], on_truncate: raise, limit_param: limit}"
IDS = "ids: {max: 500, on_exceed: split, merge: dict_union, unless: [limit]}"
TEXT_ARM = "- {when: {as_text: true}, decode: text, doc: The rows as text.}"
ARROW_ARM = (
    "- {decode: arrow_stream, headers: {Resolution: float_csv, Columns: python_literal}, "
    "columns: {id: int64, size: float64}, doc: The rows.}"
)
COUNT = """\
count:
  summary: Count the cells.
  method: GET
  path: /count
  response: {decode: json, returns: int, doc: How many there are.}
  examples: [{call: {}}]"""
SIZE = """\
size:
  summary: Tell how large the volume is.
  method: GET
  path: /size
  response: {decode: text, doc: Its size.}
  examples: [{call: {}}]"""
V2 = """\
# cells/v2.yaml
api: "2"
prefix: /api/v2
extends: v1
operations: {}"""
DRAFT = """\
Draft:
  doc: A cell that nobody has looked at.
  fields:
    root_id: {type: int}"""


def inside(text, field):
    """Write a field into braces."""
    return text.replace("{", f"{{{field}, ", 1)


def indented(text):
    return "\n".join(f"  {line}" for line in text.splitlines())


SAME = {
    # How YAML is written
    "keys in another order": [
        (KIND, "kind: {doc: Kind of cell., choices: [axon, dendrite, soma], in: query, type: str}")
    ],
    "a mapping over several lines": [
        (
            RADIUS,
            "radius:\n  type: float\n  in: query\n  keyword_only: true\n  max: 100\n  doc: How far around.",
        )
    ],
    "a list over several lines": [
        (
            KIND,
            KIND_IN_LINES,
        )
    ],
    "quotes": [("summary: Count the cells.", 'summary: "Count the cells."')],
    "single quotes": [("summary: Count the cells.", "summary: 'Count the cells.'")],
    "comments": [("path: /count", "# Where it is.\npath: /count  # on every server")],
    "empty lines": [("path: /count", "\npath: /count\n")],
    "line breaks in words": [
        ("summary: Notes that people leave at cells.", "summary: >\n  Notes that people\n  leave at cells.")
    ],
    "fields of an operation in another order": [("method: GET\npath: /count", "path: /count\nmethod: GET")],
    "another first line": [("spec: 1\nservice: notes", "service: notes\nspec: 1")],
    # Defaults that are written, or left out
    "the place of what is the body": [
        (
            SUPERVOXELS,
            inside(SUPERVOXELS, "in: body"),
        )
    ],
    "required: false": [(RADIUS, inside(RADIUS, "required: false"))],
    "keyword_only: false": [(KIND, inside(KIND, "keyword_only: false"))],
    "the usual encoder": [(KIND, inside(KIND, "encode: scalar"))],
    "a name on the wire that is its own": [(AUTHOR, inside(AUTHOR, "wire: author"))],
    "default: null": [(AUTHOR, inside(AUTHOR, "default: null"))],
    "safe on a GET": [("path: /count", "path: /count\nsafe: true")],
    "flags of an operation": [("path: /count", "path: /count\nraw: false\noverride: false\nproperty: false")],
    "kind: request": [("path: /count", "path: /count\nkind: request")],
    "stability: stable": [("path: /count", "path: /count\nstability: stable")],
    "the time that its service waits": [("path: /count", "path: /count\ntimeout: 120")],
    "its service's word on unknown versions": [("path: /count", "path: /count\nunknown_version: allow")],
    "errors of its service": [("path: /count", "path: /count\nerrors: {404: NotFoundError}")],
    "auth: bearer": [("auth: bearer", "")],
    "seconds that are usual": [("timeout: {connect: 10, read: 120}", "")],
    "on_exceed: error": [("words: {max: 20, on_exceed: error}", "words: {max: 20}")],
    "on_truncate: raise": [(CUT, CUT.replace("on_truncate: raise, ", ""))],
    "a key of an answer that is required": [
        ("kind: {type: str, doc: Kind of cell.}", "kind: {type: str, required: true, doc: Kind of cell.}")
    ],
    "a cache key of all arguments": [
        ("cache: {ttl: 3600, maxsize: 100}", "cache: {ttl: 3600, maxsize: 100, key: [language, short]}")
    ],
    "the value that is left for the last form": [(ARROW_ARM, inside(ARROW_ARM, "when: {as_text: false}"))],
    # One or a list of one
    "wire: a name or a list of it": [(CREATOR, CREATOR.replace("user_id", "[user_id]"))],
    "media_type: a text or a list of it": [(CELLS, CELLS.replace("application/json", "[application/json]"))],
    "one form of the answer, as a list": [
        ("response: {decode: text, doc: Its size.}", "response:\n  - {decode: text, doc: Its size.}")
    ],
    "use: a name or a list of it": [("use: page", "use: [page]")],
    "contains: a text or a list of it": [(CUT, CUT.replace("[Limited query to]", "Limited query to"))],
    "server: a range or a list of it": [('server: ">=5.0.0"', 'server: [">=5.0.0"]')],
    # Ranges
    "bounds of a range in another order": [('server: "<6,>=5.2"', 'server: ">=5.2,<6"')],
    "a range with blanks": [('server: "<6,>=5.2"', 'server: ">= 5.2, < 6"')],
    "a range with zeros": [('server: ">=5.0.0"', 'server: ">=5"')],
    "a range in two that meet": [('server: "<6,>=5.2"', 'server: ["<5.5,>=5.2", "<6,>=5.5"]')],
    # Order
    "order of choices": [(KIND, KIND.replace("axon, dendrite, soma", "soma, dendrite, axon"))],
    "order of errors": [
        (
            "errors: {403: PermissionDeniedError, 409: BadRequestError}",
            "errors: {409: BadRequestError, 403: PermissionDeniedError}",
        )
    ],
    "order of statuses": [(CELLS, CELLS.replace("[200, 404]", "[404, 200]"))],
    "order of operations": [(f"{COUNT}\n{SIZE}", f"{SIZE}\n{COUNT}")],
    "order of arguments by keyword": [(f"{FIRST}\n{ROWS}", f"{ROWS}\n{FIRST}")],
    "order of request headers": [
        ("headers: {X-Origin: client, X-Reason: edit}", "headers: {X-Reason: edit, X-Origin: client}")
    ],
    "case of header names": [("headers: {Accept-Encoding: zstd}", "headers: {accept-encoding: zstd}")],
    "order of limits": [(f"{CUT}\n{IDS}", f"{IDS}\n{CUT}")],
    "order of shapes": [(DRAFT, ""), ("Cell:\n  doc: A cell.", f"{DRAFT}\nCell:\n  doc: A cell.")],
    "order of keys of an answer": [
        (
            "root_id: {type: int, doc: Root of the cell.}\nkind: {type: str, doc: Kind of cell.}",
            "kind: {type: str, doc: Kind of cell.}\nroot_id: {type: int, doc: Root of the cell.}",
        )
    ],
    "order of what excludes each other": [("exclusive: [[limit, offset]]", "exclusive: [[offset, limit]]")],
    "order of features": [
        (
            f"{L2}\n{MESHES}",
            f"{MESHES}\n{L2}",
        )
    ],
    "order of templates": [
        (
            f"{PAGE}\n{MANUAL}",
            f"{MANUAL}\n{PAGE}",
        )
    ],
    "order of forms": [
        (TEXT_ARM, inside(ARROW_ARM, "when: {as_text: false}")),
        (ARROW_ARM, TEXT_ARM),
    ],
    # Groups and versions
    "a parameter out of its group": [(ROWS, ""), ("use: page", f"use: page\n{ROWS}")],
    "parameters in a group": [
        (f"{STATUS}", "use: state"),
        ("groups:", f"groups:\n  state:\n    {STATUS}"),
    ],
    "a group under another name": [
        ("use: page", "use: rows_of_page"),
        (f"page:\n  {FIRST}", f"rows_of_page:\n  {FIRST}"),
    ],
    "an operation that is repeated": [(V2, V2.replace("operations: {}", f"operations:\n{indented(COUNT)}"))],
    "a field that is repeated": [(V2, V2.replace("operations: {}", "operations:\n  count: {path: /count}"))],
    "a bound that is repeated": [
        (V2, V2.replace("operations: {}", "operations:\n  find_cells: {params: {radius: {max: 100}}}"))
    ],
    # Names that nobody sees
    "a hole with the parameter that fills it": [
        ("path: /cell/{root_id}", "path: /cell/{cell}"),
        (
            CELL_ID,
            inside(CELL_ID, "wire: cell"),
        ),
    ],
    "a constant under another name": [
        ("pandas: {const: true, in: query}", "as_frame: {const: true, in: query, wire: pandas}")
    ],
    "the route of its own prefix": [("path: /count", "path: /count\nbase: /cells")],
}
"""What is replaced in the small spec, by what."""


@pytest.mark.parametrize("edits", SAME.values(), ids=SAME)
def test_nothing_is_found(edits):
    text = written()
    for old, new in edits:
        text = replaced(old, new, text)
    assert text != written()
    old, new = Side(load(written()), "old"), Side(load(text), "new")
    assert [(each.id, each.text) for each in compare(old, new).findings] == []
    assert [(each.id, each.text) for each in compare(new, old).findings] == []
