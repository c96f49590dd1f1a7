"""More single edits: of answers, types and services, and such that take nothing from scripts."""

from single_edits import (
    ARM,
    ARMS,
    AS_LIST,
    FORM,
    GROUP,
    ID,
    KEY,
    MOST,
    OPERATIONS,
    PARAMETERS,
    VIEW,
    Edit,
    answer,
)

ANSWERS = (
    Edit(
        "an answer can be something else",
        (answer('decode: json, returns: "int | str | None"'),),
        ("return-type-changed demo_v1.get_view: int | None -> int | str | None",),
    ),
    Edit(
        "an answer is always there",
        (answer("decode: json, returns: int"),),
        (),
        ("return-type-changed demo_v1.get_view: int -> int | None",),
    ),
    Edit(
        "an answer is decoded otherwise",
        (answer("decode: text"),),
        ("return-type-changed demo_v1.get_view: int | None -> str",),
        ("return-type-changed demo_v1.get_view: str -> int | None",),
    ),
    Edit(
        "an answer is no longer described",
        (answer("decode: json"),),
        ("return-type-changed demo_v1.get_view: int | None -> Any",),
    ),
    Edit(
        "the keys of an answer are numbers",
        (
            answer('decode: json, map_keys: int, returns: "dict[int, str]"'),
            ("{decode: none}", '{decode: json, returns: "dict[str, str]", doc: X.}'),
        ),
        ("return-type-changed demo_v1.get_view: int | None -> dict[int, str]",),
        (
            "return-type-changed demo_v1.delete_row: dict[str, str] -> None",
            "return-type-changed demo_v1.get_view: dict[int, str] -> int | None",
        ),
    ),
    Edit(
        "an array holds something else",
        (('{decode: ndarray, dtype: "<u8"', '{decode: ndarray, dtype: "<f8"'),),
        ("return-type-changed demo_v1.get_roots: IdArray -> FloatArray",),
        ("return-type-changed demo_v1.get_roots: FloatArray -> IdArray",),
    ),
    Edit(
        "an array has another layout, which scripts do not see",
        (('{decode: ndarray, dtype: "<u8"', '{decode: ndarray, dtype: "<i8"'),),
    ),
    Edit(
        "what returned nothing returns something",
        (("{decode: none}", "{decode: json, returns: int, doc: Its number.}"),),
        (),
        ("return-type-changed demo_v1.delete_row: int -> None",),
    ),
    Edit(
        "a property holds something else",
        (("returns: Status", 'returns: "Status | None"'),),
        ("attribute-type-changed demo_v1.get_status: Status -> Status | None",),
    ),
    Edit(
        "one form of an answer changes",
        (("{decode: text, doc: The rows as text.}", "{decode: bytes, doc: The rows as text.}"),),
        ("overload-changed demo_v1.get_rows: as_list=False -> str -> bytes",),
        ("overload-changed demo_v1.get_rows: as_list=False -> bytes -> str",),
    ),
    Edit(
        "one form of an answer is gone",
        ((ARMS, ARM),),
        ("overload-removed demo_v1.get_rows: as_list=False -> str -> None",),
        ("return-type-changed demo_v1.get_rows: list[Row] -> list[Row] | str",),
    ),
    Edit(
        "another argument chooses the form",
        (
            ("when: {as_list: true}", "when: {as_rows: true}"),
            (AS_LIST, f"{AS_LIST}      as_rows: {{type: bool, in: none, default: true, doc: X.}}\n"),
            (KEY, KEY.replace("as_list", "as_list, as_rows")),
        ),
        (
            "overload-removed demo_v1.get_rows: as_list=False -> str -> None",
            "overload-removed demo_v1.get_rows: as_list=True -> list[Row] -> None",
        ),
        ("parameter-removed demo_v1.get_rows(as_rows)",),
    ),
    Edit(
        "the argument that chooses is gone",
        ((ARMS, ARM), (AS_LIST, ""), (KEY, KEY.replace(", as_list", ""))),
        ("parameter-removed demo_v1.get_rows(as_list)",),
    ),
    Edit(
        "the other form becomes the usual one",
        (("default: true, doc: Ask for a list", "default: false, doc: Ask for a list"),),
        ("parameter-default-changed demo_v1.get_rows(as_list): True -> False",),
        ("parameter-default-changed demo_v1.get_rows(as_list): False -> True",),
    ),
)

TYPES = (
    Edit(
        "a key is removed",
        ((ID, ""),),
        ("key-removed types_demo.Row.id",),
        service=True,
    ),
    Edit(
        "a key that is no Python name is removed",
        (("      up-since: {type: str, doc: When it began.}\n", ""),),
        ("key-removed types_demo.Status.up-since",),
        service=True,
    ),
    Edit(
        "a key is null at times",
        ((ID, ID.replace("type: int", 'type: "int | None"')),),
        ("key-type-changed types_demo.Row.id: int -> int | None",),
        service=True,
    ),
    Edit(
        "a key is missing at times",
        ((ID, ID.replace("type: int", "type: int, required: false")),),
        ("key-became-optional types_demo.Row.id",),
        service=True,
    ),
    Edit(
        "a key beside one that is no Python name is a text",
        (("      rows: {type: int,", "      rows: {type: str, required: false,"),),
        (
            "key-became-optional types_demo.Status.rows",
            "key-type-changed types_demo.Status.rows: int -> str",
        ),
        ("key-type-changed types_demo.Status.rows: str -> int",),
        service=True,
    ),
    Edit(
        "a type has a key more that is no Python name",
        ((ID, f"{ID}      last-seen: {{type: str, doc: X.}}\n      last.seen: {{type: str, doc: X.}}\n"),),
        (),
        ("key-removed types_demo.Row.last-seen", "key-removed types_demo.Row.last.seen"),
        service=True,
    ),
)

SERVICES = (
    Edit(
        "the class is renamed",
        (("client: DemoClient", "client: OtherClient"),),
        ("object-removed demo_v1.DemoOperationsV1",),
        ("object-removed demo_v1.OtherOperationsV1",),
        service=True,
    ),
    Edit(
        "the service stands elsewhere",
        (("  base: /demo\n", "  base: /other\n"),),
        (
            "attribute-value-changed endpoints.DEMO_COMMON_ROOT: '/demo' -> '/other'",
            "attribute-value-changed endpoints.DEMO_V1_ROOT: '/demo/api/v1' -> '/other/api/v1'",
        ),
        (
            "attribute-value-changed endpoints.DEMO_COMMON_ROOT: '/other' -> '/demo'",
            "attribute-value-changed endpoints.DEMO_V1_ROOT: '/other/api/v1' -> '/demo/api/v1'",
        ),
        service=True,
    ),
    Edit(
        "an extra endpoint is gone",
        (("extra_endpoints:\n  page: {path: /demo/page, doc: A page for people.}\n", ""),),
        ("entry-removed endpoints.DEMO_COMMON['page']: '/demo/page' -> None",),
        service=True,
    ),
    Edit(
        "an extra endpoint leads elsewhere",
        (("{path: /demo/page,", "{path: /demo/pages,"),),
        ("attribute-value-changed endpoints.DEMO_COMMON['page']: '/demo/page' -> '/demo/pages'",),
        ("attribute-value-changed endpoints.DEMO_COMMON['page']: '/demo/pages' -> '/demo/page'",),
        service=True,
    ),
    Edit(
        "an endpoint has another key",
        (("endpoint: status", "endpoint: state"),),
        ("entry-removed endpoints.DEMO_V1['status']: '/demo/api/v1/status' -> None",),
        ("entry-removed endpoints.DEMO_V1['state']: '/demo/api/v1/status' -> None",),
    ),
    Edit(
        "a route changes",
        (("path: /status", "path: /now"),),
        ("attribute-value-changed endpoints.DEMO_V1['status']: '/demo/api/v1/status' -> '/demo/api/v1/now'",),
        ("attribute-value-changed endpoints.DEMO_V1['status']: '/demo/api/v1/now' -> '/demo/api/v1/status'",),
    ),
    Edit(
        "a prefix changes, and claims the routes below it",
        (("prefix: /api/v1", "prefix: /api/one"),),
        ("attribute-value-changed endpoints.DEMO_V1_ROOT: '/demo/api/v1' -> '/demo/api/one'",),
        ("attribute-value-changed endpoints.DEMO_V1_ROOT: '/demo/api/one' -> '/demo/api/v1'",),
    ),
)

NAMES_KEPT = Edit(
    "new names, while the old ones work",
    (
        ("      names: {", "      columns: {wire: names, aliases: [names], "),
        (AS_LIST, AS_LIST.replace("as_list: {", "as_rows: {wire: as_list, aliases: [as_list], ")),
        ("when: {as_list: true}", "when: {as_rows: true}"),
        (KEY, KEY.replace("as_list", "as_rows")),
        ("  get_status:\n", "  tell_status:\n    aliases: [get_status]\n"),
    ),
    (),
    (
        "object-removed demo_v1.tell_status",
        "parameter-removed demo_v1.get_rows(as_rows)",
        "parameter-removed demo_v1.get_view(columns)",
    ),
)

EDITS = (*OPERATIONS, *PARAMETERS, *ANSWERS, *TYPES, *SERVICES, NAMES_KEPT)

NOTHING = (
    Edit(
        "words",
        (("summary: Delete a row.", "summary: Delete one row."), ("doc: View to get.", "doc: Which.")),
    ),
    Edit("a comment", (("  get_view:\n", "  # A comment.\n  get_view:\n"),)),
    Edit(
        "the order of fields",
        (
            (
                "{type: str_array, in: query, doc: Columns to get.}",
                "{in: query, doc: Columns to get., type: str_array}",
            ),
        ),
    ),
    Edit("the order of operations", ((VIEW, ""), ("operations:\n", f"operations:\n{VIEW}"))),
    Edit("the place of a keyword-only parameter", ((MOST, ""), (FORM, MOST + FORM))),
    Edit(
        "parameters leave their group",
        (("      use: filters\n", GROUP.replace("    ", "      ")),),
        beside=((f"groups:\n  filters:\n{GROUP}", ""),),
    ),
    Edit(
        "the order in a group of types",
        ((ID, ""), ("required: false, doc: Its name.}\n", f"required: false, doc: Its name.}}\n{ID}")),
        service=True,
    ),
    Edit(
        "a name on the wire",
        (("{type: str_array, in: query,", "{type: str_array, in: query, wire: columns,"),),
    ),
    Edit("a bound", (("default: 5, keyword_only: true", "default: 5, max: 9, keyword_only: true"),)),
    Edit("a range of servers", (("    path: /status\n", '    path: /status\n    server: ">=2"\n'),)),
    Edit(
        "the server's timeout",
        (("  address: local\n", "  address: local\n  timeout: {connect: 1, read: 2}\n"),),
        service=True,
    ),
)
"""Edits by which no script loses anything."""
