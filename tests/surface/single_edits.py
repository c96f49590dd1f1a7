"""Single edits of the spec, with what scripts lose by each, and by the same edit undone."""

from dataclasses import dataclass

from surface_spec import SERVICE, V1, swapped


@dataclass(frozen=True)
class Edit:
    """What is replaced in a descriptor, and the changes of the surface."""

    title: str
    replaced: tuple[tuple[str, str], ...]
    changes: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    service: bool = False
    """Whether service.yaml is edited, and not v1.yaml."""
    beside: tuple[tuple[str, str], ...] = ()
    """What is replaced in service.yaml besides."""

    @property
    def files(self) -> dict[str, str]:
        """The descriptors after the edit."""
        if self.service:
            return {"service": swapped(SERVICE, *self.replaced)}
        return {"service": swapped(SERVICE, *self.beside), "v1": swapped(V1, *self.replaced)}


FORM = "      form: {type: str, in: query, default: csv, choices: [csv, arrow, json], doc: Form to get.}\n"
MOST = "      most: {type: int, in: query, default: 5, keyword_only: true, doc: Most rows to get.}\n"
GROUP = """\
    limit: {type: int, in: body, min: 1, doc: Most rows to return.}
    offset: {type: int, in: body, min: 0, doc: Rows to pass over.}
"""
NAMES = "      names: {type: str_array, in: query, doc: Columns to get.}\n"
AS_LIST = "      as_list: {type: bool, in: query, default: true, doc: Ask for a list.}\n"
ROW_ID = "      row_id: {type: id, in: path, required: true, unit: annotation_id, doc: Row to delete.}\n"
VIEW = V1[V1.index("  get_view:\n") :]
COUNT = 'response: {decode: json, returns: "int | None", doc: How many.}'
ARMS = """\
    response:
      - {when: {as_list: true}, decode: json, returns: "list[Row]", doc: The rows.}
      - {decode: text, doc: The rows as text.}
"""
ARM = '    response: {decode: json, returns: "list[Row]", doc: The rows.}\n'
ID = "      id: {type: int, doc: Its id.}\n"
KEY = "    cache: {ttl: 60, maxsize: 10, key: [table, limit, offset, as_list]}\n"
EXAMPLE = "    examples: [{call: {view: x}}]\n"


def answer(text: str) -> tuple[str, str]:
    return COUNT, f"response: {{{text}, doc: How many.}}"


OPERATIONS = (
    Edit(
        "an operation has an old name",
        (("  get_view:\n", "  get_view:\n    aliases: [read_view]\n"),),
        (),
        ("object-removed demo_v1.read_view",),
    ),
    Edit(
        "an operation is renamed",
        (("  get_status:\n", "  tell_status:\n"),),
        ("object-removed demo_v1.get_status",),
        ("object-removed demo_v1.tell_status",),
    ),
    Edit(
        "an operation is removed",
        ((VIEW, ""),),
        (
            "entry-removed endpoints.DEMO_V1['view']: '/demo/api/v1/view/{view}' -> None",
            "object-removed demo_v1.get_view",
        ),
    ),
    Edit(
        "an operation becomes raw",
        (("  get_view:\n", "  get_view:\n    raw: true\n"),),
        ("object-removed demo_v1.get_view",),
    ),
    Edit(
        "a property becomes a method",
        (("    property: true\n", ""),),
        ("object-kind-changed demo_v1.get_status: property -> method",),
        ("object-kind-changed demo_v1.get_status: method -> property",),
    ),
)

PARAMETERS = (
    Edit(
        "a parameter has an old name",
        (("      names: {", "      names: {aliases: [columns], "),),
        (),
        ("parameter-removed demo_v1.get_view(columns)",),
    ),
    Edit(
        "a parameter is removed",
        ((NAMES, ""),),
        ("parameter-removed demo_v1.get_view(names)",),
    ),
    Edit(
        "a parameter in the middle is removed",
        ((FORM, ""),),
        (
            "parameter-moved demo_v1.get_view: view, form, names -> view, names",
            "parameter-removed demo_v1.get_view(form)",
        ),
        ("parameter-moved demo_v1.get_view: view, names -> view, form, names",),
    ),
    Edit(
        "two parameters change places",
        ((FORM, ""), (NAMES, NAMES + FORM)),
        ("parameter-moved demo_v1.get_view: view, form, names -> view, names, form",),
        ("parameter-moved demo_v1.get_view: view, names, form -> view, form, names",),
    ),
    Edit(
        "a parameter is renamed",
        (("      names: {", "      columns: {wire: names, "),),
        ("parameter-removed demo_v1.get_view(names)",),
        ("parameter-removed demo_v1.get_view(columns)",),
    ),
    Edit(
        "a required parameter is renamed",
        ((ROW_ID, ROW_ID.replace("row_id: {", "row: {wire: row_id, ")), ("{row_id: 5}", "{row: 5}")),
        ("parameter-added-required demo_v1.delete_row(row)", "parameter-removed demo_v1.delete_row(row_id)"),
        ("parameter-added-required demo_v1.delete_row(row_id)", "parameter-removed demo_v1.delete_row(row)"),
    ),
    Edit(
        "a required parameter is added",
        (
            (ROW_ID, f"{ROW_ID}      why: {{type: str, in: query, required: true, doc: The reason.}}\n"),
            ("{row_id: 5}", "{row_id: 5, why: x}"),
        ),
        ("parameter-added-required demo_v1.delete_row(why)",),
        ("parameter-removed demo_v1.delete_row(why)",),
    ),
    Edit(
        "a parameter becomes required",
        (
            ("default: 5, keyword_only: true", "required: true, keyword_only: true"),
            (EXAMPLE, EXAMPLE.replace("view: x", "view: x, most: 3")),
        ),
        ("parameter-became-required demo_v1.get_view(most)",),
    ),
    Edit(
        "a parameter without a default becomes required",
        (
            (NAMES, ""),
            (FORM, NAMES.replace("{type: str_array", "{type: str_array, required: true") + FORM),
            (EXAMPLE, EXAMPLE.replace("view: x", "view: x, names: [a]")),
        ),
        (
            "parameter-became-required demo_v1.get_view(names)",
            "parameter-moved demo_v1.get_view: view, form, names -> view, names, form",
        ),
        ("parameter-moved demo_v1.get_view: view, names, form -> view, form, names",),
    ),
    Edit(
        "a parameter becomes keyword-only",
        (("{type: str_array,", "{type: str_array, keyword_only: true,"),),
        ("parameter-kind-changed demo_v1.get_view(names): positional or keyword -> keyword-only",),
    ),
    Edit(
        "an optional parameter is inserted",
        ((FORM, f"      kind: {{type: str, in: query, doc: X.}}\n{FORM}"),),
        ("parameter-moved demo_v1.get_view: view, form, names -> view, kind, form, names",),
        (
            "parameter-moved demo_v1.get_view: view, kind, form, names -> view, form, names",
            "parameter-removed demo_v1.get_view(kind)",
        ),
    ),
    Edit(
        "a parameter is taken from the client",
        (
            (NAMES, ""),
            ("path: /view/{view}", "path: /view/{view}/{table_id}"),
        ),
        (
            "attribute-value-changed endpoints.DEMO_V1['view']: "
            "'/demo/api/v1/view/{view}' -> '/demo/api/v1/view/{view}/{table_id}'",
            "parameter-removed demo_v1.get_view(names)",
        ),
        (
            "attribute-value-changed endpoints.DEMO_V1['view']: "
            "'/demo/api/v1/view/{view}/{table_id}' -> '/demo/api/v1/view/{view}'",
        ),
    ),
    Edit(
        "a default changes",
        (("default: csv", "default: json"),),
        ("parameter-default-changed demo_v1.get_view(form): 'csv' -> 'json'",),
        ("parameter-default-changed demo_v1.get_view(form): 'json' -> 'csv'",),
    ),
    Edit(
        "a default is taken away",
        (("default: csv, ", ""),),
        ("parameter-default-changed demo_v1.get_view(form): 'csv' -> None",),
        ("parameter-default-changed demo_v1.get_view(form): None -> 'csv'",),
    ),
    Edit(
        "a default no longer comes from the client",
        (("default: client.moment", 'default: "2024-01-02T00:00:00Z"'),),
        ("parameter-default-changed demo_v1.get_roots(timestamp): None -> '2024-01-02T00:00:00Z'",),
        ("parameter-default-changed demo_v1.get_roots(timestamp): '2024-01-02T00:00:00Z' -> None",),
    ),
    Edit(
        "a choice is removed",
        (("choices: [csv, arrow, json]", "choices: [csv, json]"),),
        (
            "annotation-narrowed demo_v1.get_view(form): "
            "Literal['csv', 'arrow', 'json'] -> Literal['csv', 'json']",
        ),
    ),
    Edit(
        "a text becomes a choice",
        (("names: {type: str_array,", "names: {type: str, choices: [a, b],"),),
        ("annotation-narrowed demo_v1.get_view(names): StrsLike | None -> Literal['a', 'b'] | None",),
        ("annotation-narrowed demo_v1.get_view(names): Literal['a', 'b'] | None -> StrsLike | None",),
    ),
    Edit(
        "choices are no longer told",
        ((", choices: [csv, arrow, json]", ""),),
        (),
        ("annotation-narrowed demo_v1.get_view(form): str -> Literal['csv', 'arrow', 'json']",),
    ),
    Edit(
        "an id becomes a number",
        (("type: id, in: path, required: true, unit: annotation_id", "type: int, in: path, required: true"),),
        ("annotation-narrowed demo_v1.delete_row(row_id): IdLike -> int",),
    ),
    Edit(
        "ids become one id",
        (("names: {type: str_array", "names: {type: str"),),
        ("annotation-narrowed demo_v1.get_view(names): StrsLike | None -> str | None",),
        ("annotation-narrowed demo_v1.get_view(names): str | None -> StrsLike | None",),
    ),
    Edit(
        "a moment becomes a number",
        (
            (
                "{type: datetime, in: query, encode: epoch_seconds, default: client.moment,",
                "{type: float, in: query,",
            ),
        ),
        ("annotation-narrowed demo_v1.get_roots(timestamp): TimeLike | None -> float | None",),
    ),
    Edit(
        "a number becomes anything",
        (
            ("most: {type: int, in: query, default: 5,", "most: {type: any, in: body, default: 5,"),
            ("    method: GET\n    path: /view", "    method: POST\n    safe: true\n    path: /view"),
        ),
        (),
        ("annotation-narrowed demo_v1.get_view(most): Any -> int",),
    ),
)
