"""The small spec with a few more operations, and changes of the surface as short texts."""

from collections.abc import Iterable
from dataclasses import replace

from written_spec import SERVICE as SMALL_SERVICE
from written_spec import V1 as SMALL_V1
from written_spec import load, replaced

from codegen import ir
from codegen.diff.sides import Side
from codegen.surface.change import SurfaceChange

SERVICE = replaced(
    SMALL_SERVICE,
    "      id: {type: int, doc: Its id.}\n",
    """\
      id: {type: int, doc: Its id.}
      name: {type: "str | None", required: false, doc: Its name.}
  Status:
    doc: What the service says of itself.
    fields:
      up-since: {type: str, doc: When it began.}
      rows: {type: int, doc: Rows that it holds.}
extra_endpoints:
  page: {path: /demo/page, doc: A page for people.}
""",
)

V1 = f"""{SMALL_V1}\
  get_status:
    summary: Tell how the service is.
    method: GET
    path: /status
    endpoint: status
    property: true
    response: {{decode: json, returns: Status, doc: The status.}}
    examples: [{{call: {{}}}}]
  get_view:
    summary: Get a view.
    method: GET
    path: /view/{{view}}
    endpoint: view
    params:
      view: {{type: str, in: path, required: true, doc: View to get.}}
      form: {{type: str, in: query, default: csv, choices: [csv, arrow, json], doc: Form to get.}}
      names: {{type: str_array, in: query, doc: Columns to get.}}
      most: {{type: int, in: query, default: 5, keyword_only: true, doc: Most rows to get.}}
    response: {{decode: json, returns: "int | None", doc: How many.}}
    examples: [{{call: {{view: x}}}}]
"""


def spec_of(folder, service=SERVICE, v1=V1, **others: str) -> ir.Spec:
    """Load the spec with some of its files replaced or added."""
    return ir.Spec((load(folder, service=service, v1=v1, **others),))


def side(spec: ir.Spec, service: str | None = None, api: str | None = None) -> Side:
    """Name a spec, or a part of it."""
    return Side(spec, f"{service or 'spec'}{'@' if api else ''}{api or ''}", service, api)


def copies(services: Iterable[ir.Service]) -> Side:
    """Make one spec of many services, numbered: one comparison for all of them takes as long as for a few."""
    numbered = [renamed(service, f"service_{number}") for number, service in enumerate(services)]
    return side(ir.Spec(tuple(numbered)))


def renamed(service: ir.Service, name: str) -> ir.Service:
    """Give a service another name; all else stays."""
    apis = tuple(replace(api, service=name) for api in service.apis)
    return replace(service, name=name, apis=apis)


def said(change: SurfaceChange) -> str:
    """Write a change in one line: its kind, what it is about, and the two values."""
    values = f": {change.old} -> {change.new}" if change.old is not None or change.new is not None else ""
    name = change.name.replace("DemoOperationsV1.", "")
    return f"{change.kind} {name}{values}".replace("{demo_server_address}", "")


def swapped(text: str, *edits: tuple[str, str]) -> str:
    """Make several replacements, each of a text that stands there exactly once."""
    for old, new in edits:
        text = replaced(text, old, new)
    return text
