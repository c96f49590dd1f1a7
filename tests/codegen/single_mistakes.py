"""One mistake each: what is replaced in the small spec, by what, and what the loader says (None: nothing)."""


def limited(limits, bar="bool", effect="progress", *, two=False):
    """Write the middle of get_roots anew: with limits, and a parameter that says whether to show a bar."""
    names = ("bar", "bar_too") if two else ("bar",)
    shown = f"{{type: {bar}, in: none, keyword_only: true, effect: {effect}, doc: Show a bar.}}"
    bars = "".join(f"      {name}: {shown}\n" for name in names)
    return f'    body: {{binary: ids, dtype: "<u8"}}\n    limits: {limits}\n    params:\n{bars}'


MISTAKES = {
    ("service", "  address: local\n"): [
        ("  address: local\nextra_endpoints: {get_version: {path: /v, doc: A page.}}\n", None),
        (
            "  address: local\n  version_path: /v\n  fallback_api: '1'\n  fallback_servers: ['<3', '>=4']\n",
            None,
        ),
        (
            "  address: local\n  version_path: /v\n  fallback_api: '1'\n  fallback_servers: '>=two'\n",
            "fallback_servers: ",
        ),
        (
            "  address: local\n  version_path: /v\n  fallback_servers: '>=2'\n",
            "without 'fallback_api' it says nothing.",
        ),
        (
            "  address: local\n  fallback_api: '1'\n  fallback_servers: '>=2'\n",
            "without 'version_path' it says nothing.",
        ),
        (
            "  address: local\n  version_path: /v\nextra_endpoints: {get_version: {path: /v, doc: X.}}\n",
            "'get_version' stands under 'server' already.",
        ),
    ],
    ("service", "  base: /demo"): [
        ("  base: demo", "server.base: 'demo' is not a path"),
    ],
    ("service", "  address: local"): [
        ("  address: lokal", "Did you mean 'local'?"),
    ],
    ("service", "spec: 1"): [
        ("spec: 2", "2 is not 1, the format of this language."),
    ],
    ("service", "service: demo"): [
        ("service: domo", "the service 'domo' lies in the folder 'demo'."),
    ],
    ("service", "service: demo\n"): [
        ("service: demo\nrenamed_from: demonstration\n", None),
        ("service: demo\nrenamed_from: demo\n", "renamed_from: that is its name now."),
        ("service: demo\nrenamed_from: Demo\n", "'Demo' is not the name of the folder."),
    ],
    ("service", "client: DemoClient"): [
        ("client: demoClient", "is not a class name."),
    ],
    ("service", "module: demo\n"): [
        ("module: class\n", "'class' is a word of Python."),
        ("", "'module' is missing."),
    ],
    ("service", "errors: {404: NotFoundError}"): [
        ("errors: {404: NotFound}", "Did you mean 'NotFoundError'?"),
        ("errors: {'404': NotFoundError}", "'404' is not an HTTP status."),
    ],
    ("service", "example: tbl"): [
        ("example: 3", "3 is not a str."),
    ],
    ("service", "{type: int, doc: Its id.}"): [
        ("{type: ints, doc: Its id.}", "there is no type 'ints'. Did you mean 'int'?"),
        ("{type: 'list[int', doc: Its id.}", "']' is expected where the end stands."),
        ("{type: 'dict[float, int]', doc: Its id.}", "the keys of a dict are str or int."),
    ],
    ("service", "  Row:\n"): [
        ("  Answer:\n", "'Answer' is taken by the generated modules."),
        ("  IdArray:\n", "'IdArray' is taken by the generated modules."),
        ("  DEMO:\n", "'DEMO' is taken by the generated modules."),
        ("  DemoOperationsV1:\n", "'DemoOperationsV1' is taken by the generated modules."),
    ],
    ("v1", 'api: "1"'): [
        ("api: 1", '1 is not an API number in quotes, like "2".'),
        ('api: "2"', "API '2' stands in v1.yaml."),
    ],
    ("v1", "prefix: /api/v1"): [
        ("prefix: /api/v1/", "is not a path"),
    ],
    ("v1", "prefix: /api/v1\n"): [
        ("prefix: /api/v1\nextends: v7\n", "there is no v7.yaml."),
        ("prefix: /api/v1\nextends: v1\n", "a version cannot extend itself: v1 -> v1."),
        ("prefix: /api/v1\nextra_endpoints: {old: {path: /old, doc: A page.}}\n", None),
        ("prefix: /api/v1\nextra_endpoints: {old: {path: /old}}\n", "'doc' is missing."),
        ("prefix: /api/v1\nextra_endpoints: {old: {path: old, doc: A page.}}\n", "is not a path"),
        ("prefix: /api/v1\nextra_endpoints: {old: {pth: /old, doc: A page.}}\n", "Did you mean 'path'?"),
        (
            "prefix: /api/v1\nextra_endpoints: {old-one: {path: /old, doc: A page.}}\n",
            "is not a Python name.",
        ),
    ],
    ("v1", "    method: DELETE\n"): [
        ("    methud: DELETE\n", "Did you mean 'method'?"),
        ("    method: PATCH\n", "'PATCH' is not one of GET, POST, PUT, DELETE."),
        ("", "'method' is missing."),
    ],
    ("v1", "    summary: Delete a row.\n"): [
        ("", "'summary' is missing."),
    ],
    ("v1", "  delete_row:\n"): [
        ("  class:\n", "'class' is a word of Python."),
        # `@property` and `list[int]` below a method of that name would mean the method.
        ("  property:\n", "'property' is a word that the generated class uses itself."),
        ("  list:\n", "'list' is a word that the generated class uses itself."),
        ("  prepare:\n", "'prepare' is taken by every client."),
        ("  _delete_row:\n", "'_delete_row' is not a Python name."),
        ("  delete-row:\n", "'delete-row' is not a Python name."),
    ],
    ("v1", "    summary: Get rows of a table.\n"): [
        (f"    summary: Get rows of a table.\n{more}", said)
        for more, said in (
            ("    aliases: [read_rows, rows]\n    aliases_since: '5.2.0'\n", None),
            ("    aliases: read_rows\n", "'read_rows' is not a list."),
            ("    aliases: []\n", "the list must have at least 1 item(s)."),
            ("    aliases: [read-rows]\n", "'read-rows' is not a Python name."),
            ("    aliases: [_rows]\n", "'_rows' is not a Python name."),
            ("    aliases: [rows, rows]\n", "aliases[1]: 'rows' stands there twice."),
            ("    aliases: [get_rows]\n", "aliases[0]: 'get_rows' is its name now."),
            ("    aliases: [get_roots]\n", "'get_roots' is another operation."),
            ("    aliases: [import]\n", "'import' is a word of Python."),
            ("    aliases: [prepare]\n", "'prepare' is taken by every client."),
            ("    aliases: [list]\n", "'list' is a word that the generated class uses itself."),
            ("    aliases: null\n", "there is no 'aliases' to take away."),
            ("    aliases_since: '5.2.0'\n", "there is no old name that it could be about. Remove it."),
            ("    aliases: [rows]\n    aliases_since: 5.2\n", "5.2 is not a version in quotes"),
            ("    aliases: [rows]\n    raw: true\n", "a mixin owns what this operation is called by"),
            ("    aliases: [rows]\n    override: true\n", "a mixin owns what this operation is called by"),
        )
    ],
    ("v1", "      table: {type: str,"): [
        (
            "      table: {aliases: [source], type: str,",
            "only a parameter that may be left out can be passed",
        ),
    ],
    ("v1", "      as_list: {type: bool,"): [
        (f"      as_list: {{aliases: {aliases}, type: bool,", said)
        for aliases, said in (
            ("[listed]", None),
            ("[listed], aliases_since: '5.2.0'", None),
            ("listed", "'listed' is not a list."),
            ("[listed, listed]", "aliases[1]: 'listed' stands there twice."),
            ("[as_list]", "'as_list' is its name now."),
            ("[table]", "'table' belongs to 'table' already."),
            ("[self]", "'self' is taken by every client."),
            ("[class]", "'class' is a word of Python."),
        )
    ]
    + [
        (
            "      as_list: {aliases_since: '5.2.0', type: bool,",
            "there is no old name that it could be about.",
        ),
        (
            "      as_table: {type: bool, in: query, aliases: [flag], doc: X.}\n"
            "      as_list: {aliases: [flag], type: bool,",
            "'flag' belongs to 'as_table' already.",
        ),
        (
            "      fast: {const: true, in: query, aliases: [quick]}\n      as_list: {type: bool,",
            "'aliases' means nothing beside 'const'",
        ),
    ],
    ("v1", "      - {when: {as_list: true}, decode: json"): [
        ("      - {when: {listed: true}, decode: json", "there is no argument 'listed'."),
    ],
    ("v1", "      ids: {type"): [
        ("      self: {type", "'self' is taken by every client."),
        ("      from: {type", "'from' is a word of Python."),
    ],
    ("v1", "path: /row/{row_id}"): [
        ("path: /row/{id}", "nothing fills the hole {id}."),
        ("path: /row", "the path has no hole {row_id}."),
        ("path: /row/{row_id}/{row_id}", "the hole {row_id} stands there 2 times."),
        ("path: /../row/{row_id}", "'.' and '..' are no segments of a route."),
        ("path: /row/{row_id}?x=1", "is not a path"),
        ("path: row/{row_id}", "is not a path"),
    ],
    ("v1", "    path: /row/{row_id}\n"): [
        ("    path: /row/{row_id}\n    pin_api: '7'\n", "there is no v7.yaml."),
        ("    path: /row/{row_id}\n    pin_api: '1'\n", "this is that API version."),
    ],
    ("v1", "row_id: {type: id, in: path, required: true, unit: annotation_id, doc: Row to delete.}"): [
        (
            "row_id: {type: id, in: path, required: true, doc: Row.}\n"
            "      twin: {type: id, in: path, wire: row_id, required: true, doc: Row.}",
            "two parameters fill the hole {row_id}.",
        ),
        (
            "row_id: {type: id, in: path, required: true, doc: Row.}\n"
            "      ghost: {type: bool, in: none, doc: Boo.}",
            "it is not sent, chooses no arm and has no effect.",
        ),
        (
            "row_id: {type: id_array, in: path, required: true, doc: Rows.}\n"
            "      bar: {type: bool, in: none, effect: progress, doc: Show a bar.}\n"
            "    limits: {row_id: {max: 1, on_exceed: split, merge: concat}}",
            "a write in pieces can happen by half.",
        ),
        (
            "row_id: {type: id, in: path, required: true, doc: Row.}\n"
            "      where: {type: mapping, in: body, doc: Rows.}\n"
            "    limits: {where.*: {max: 1}}",
            "the lists in a mapping can only be split.",
        ),
        (
            "row_id: {type: id, in: path, required: true, doc: Row.}\n"
            "      here: {type: str, in: address, required: true, doc: Server.}\n"
            "      there: {type: str, in: address, required: true, doc: Server.}",
            "'here' is the address already.",
        ),
    ],
    ("v1", "wire: name, required: true"): [
        ("wire: name", "a hole of the path is never empty."),
        ("wire: [name, title], required: true", "a path parameter fills one hole."),
    ],
    ("v1", "    safe: false\n"): [
        ("", "a DELETE must say whether it may be sent again."),
        ("    safe: false\n    kind: url\n", "an address is not sent: 'safe' means nothing."),
        ("    safe: false\n    scheme: graphene\n", "only kind: url has a scheme."),
        ("    safe: false\n    headers: {authorization: x}\n", "belongs to the transport."),
        ("    safe: false\n    property: true\n", "a property has no arguments."),
        ("    safe: false\n    pin_api: '2'\n    prefix: /x\n", "'pin_api' says the prefix already."),
        ("    safe: false\n    raw: true\n    override: true\n", "a raw operation is a mixin's already."),
    ],
    ("v1", "    check: Get the row; the server answers 404 when it is gone.\n"): [
        ("", "safe: false needs a 'check'"),
    ],
    ("v1", "    requires: tiles\n"): [
        ("    requires: tilez\n", "Did you mean 'tiles'?"),
        ("    server: '5.13'\n", "is not a version range"),
        ("    server: ['>=5', '>=banana']\n", "'>=banana' is not a version range."),
        ("    server: 5.13\n", "5.13 is not a version range in quotes"),
        ("    endpoint_path: /x\n", "'endpoint' is missing"),
        ("    limits: {ids: {max: 10, on_exceed: split}}\n", "on_exceed: split needs a 'merge'."),
        ("    limits: {ids: {max: 10, merge: concat}}\n", "'merge' needs on_exceed: split."),
        ("    limits: {idz: {max: 10}}\n", "there is no argument 'idz'. Did you mean 'ids'?"),
        ("    limits: {row: {max: 10}}\n", "there is no argument 'row'. Did you mean 'rows'?"),
        (
            "    limits: {rows.*: {max: 10, on_exceed: split, merge: concat}}\n",
            "there is no argument 'rows'. Known: ids, timestamp.",
        ),
        ("    limits: {ids.: {max: 10}}\n", "is not a parameter, or the lists in one"),
        ("    limits: {ids: {max: 10, unless: [timestamp]}}\n", "'unless' needs on_exceed: split."),
        ("    limits: {ids: {max: 10, nothing_found: none}}\n", "'nothing_found' needs on_exceed: split."),
        ("    limits: {ids: {max: 10, first: 3}}\n", "'first' needs on_exceed: split."),
        (
            "    limits: {ids: {first: 10, max: 10, on_exceed: split, merge: concat}}\n",
            "'first' is no less than 'max' (10).",
        ),
        (
            "    limits: {rows: {header: Warning, contains: cut, usual: 9}}\n",
            "'usual' needs on_truncate: split.",
        ),
        ("    server_message: Too old.\n", "there is no version range that it could explain."),
        ("    exclusive: [[timestamp, moment]]\n", "there is no argument 'moment'."),
        ("    limits: {ids.*: {max: 10, on_exceed: split, merge: concat}}\n", "'ids' is not a mapping."),
        ("    limits: {ids: {max: 10, on_exceed: split, merge: join}}\n", "'join' is not one of"),
        (
            "    limits: {ids: {max: 10, on_exceed: split, merge: concat}}\n",
            "must say whether to show a bar.",
        ),
        (
            "    limits: {rows: {header: Warning, contains: cut, on_truncate: split}}\n",
            "there is no list that could be divided.",
        ),
        ("    limits: {timestamp: {max: 10}}\n", "'timestamp' is not an array."),
        ("    limits: {rows: {header: Warning}}\n", "'contains' is missing."),
        (
            "    limits: {rows: {header: Warning, contains: cut, limit_param: x}}\n",
            "there is no argument 'x'.",
        ),
        ("    exclusive: [[ids, timestamp]]\n", "'ids' is required, so it excludes the others always."),
        ("    exclusive: [[timestamp]]\n", "at least 2 item(s)."),
    ],
    ("v1", "{type: bool, in: query, default: true"): [
        ("{type: bool, in: query, default: 'yes'", "'yes' is not a bool."),
        ("{type: boolean, in: query, default: true", "Did you mean 'bool'?"),
        ("{type: bool, default: true", "'in' is missing."),
        ("{type: bool, in: query, required: true, default: true", "a required parameter has no default."),
        ("{type: bool, in: query, const: true", "there is no argument 'as_list'."),
        ("{type: bool, in: query, min: 1, default: true", "'min' bounds numbers, and this is a bool."),
        ("{type: bool, in: query, encode: csv, default: true", "csv does not write a bool."),
        ("{type: bool, in: query, encode: native, default: true", "native does not write into a query."),
        ("{type: bool, in: query, server: 'x', default: true", "is not a version range"),
        (
            "{type: bool, in: query, effect: log_warnings, default: true",
            "a parameter that is sent has no effect",
        ),
        ("{type: bool, in: query, wire: limit, default: true", None),
        ("{type: bool, in: body, wire: limit, default: true", "'limit' is sent as 'limit' already."),
        ("{type: bool, in: query, wrap: table, default: true", "only a field of the body can be wrapped."),
        ("{type: bool, in: body, wrap: tabel, default: true", "Did you mean 'table'?"),
        (
            "{type: bool, in: query, default: true, default_for: table",
            "only a default that the client holds can depend on a parameter.",
        ),
        ("{type: str, in: query, default: client.table_name, default_for: tabel", "Did you mean 'table'?"),
        ("{type: bool, in: address, default: true", "an address is an argument of type str."),
        ("{type: str, in: address", "an address is needed always."),
        ("{type: json, in: body, encode: browser_json", "browser_json writes a whole document."),
        (
            "{type: str, in: address, required: true, wire: host",
            "it is where the call goes, so it has no name",
        ),
        ("{type: str, in: address, required: true, encode: json", "an address is written as it is"),
        (
            "{type: bool, in: none, wire: x, effect: log_warnings",
            "it is not sent, so it has no name on the wire.",
        ),
        ("{type: bool, in: query, wire: [a, a], default: true", "a name on the wire stands here twice."),
        (
            "{type: bool, in: header, wire: Cookie, default: true",
            "'Cookie' is no header that a parameter may set.",
        ),
        ("{const: true, default: false, in: query", "'default' means nothing beside 'const'"),
        ("{const: null, in: query", "a constant null is never sent."),
        ("{type: int, const: true, in: query", "true is not an int."),
        ("{const: true, in: none", "a constant that is not sent does nothing."),
        (
            "{type: bool, in: query, max_items: 3, default: true",
            "'max_items' counts items, and this is a bool.",
        ),
        ("{type: bool, in: query, server: '>=banana', default: true", "'>=banana' is not a version range."),
        (
            "{type: bool, in: query, choices_from: demo.get_row, default: true",
            "Did you mean 'demo.get_rows'?",
        ),
        ("{type: bool, in: query, choices_from: get_row, default: true", "Did you mean 'get_rows'?"),
        ("{type: bool, in: query, choices: [false], default: true", "true is not one of the choices."),
    ],
    ("v1", "{type: bool, in: query, default: true, doc: Ask for a list.}"): [
        ("{type: bool, in: query, default: true}", "'doc' is missing."),
    ],
    ("service", "{type: int, in: body, min: 1"): [
        ("{type: int, in: body, default: 0, min: 1", "0 lies outside min and max."),
        ("{type: int, in: body, max: 0, min: 1", "min 1 is above max 0."),
        ("{type: int, in: body, choices: [1, one]", "'one' is not an int."),
    ],
    ("v1", "default: client.moment"): [
        ("default: client.momint", "Did you mean 'moment'?"),
        ("default: client.table_name", "client.table_name is a str, the parameter a datetime."),
    ],
    ("v1", "      use: filters\n"): [
        ("      use: filter\n", "there is no group 'filter'. Did you mean 'filters'?"),
    ],
    ("v1", "body: {binary: ids,"): [
        ("body: {binary: idz,", "there is no parameter 'idz'."),
    ],
    ("v1", 'body: {binary: ids, dtype: "<u8"}'): [
        ("body: {binary: ids}", "binary needs a 'dtype'."),
        ('body: {json: ids, dtype: "<u8"}', "'dtype' means nothing beside json."),
        ("body: {}", "a body is binary or json."),
    ],
    ("v1", '    body: {binary: ids, dtype: "<u8"}\n    params:\n'): [
        (limited("{ids: {max: 10, on_exceed: split, merge: concat}}"), None),
        (limited("{ids: {max: 10, on_exceed: split, merge: sum}}"), "merge: concat"),
        (
            limited("{ids: {max: 10, on_exceed: split, merge: sum}}"),
            "sum puts numbers together, and the answers are",
        ),
        (
            limited("{ids: {max: 10, on_exceed: split, merge: dict_union}}"),
            "dict_union puts mappings together",
        ),
        (limited("{ids: {max: 10, on_exceed: split, merge: concat, unless: [timestamp]}}"), None),
        (
            limited("{ids: {max: 10, on_exceed: split, merge: concat, unless: [timestmp]}}"),
            "there is no argument 'timestmp'. Did you mean 'timestamp'?",
        ),
        (
            limited("{ids: {max: 10, on_exceed: split, merge: concat, unless: [ids]}}"),
            "'ids' would keep itself whole, always.",
        ),
        (limited("{ids: {max: 10}}"), "this call is one request: there is no progress to show."),
        (
            limited("{ids: {max: 10, on_exceed: split, merge: concat}}", two=True),
            "'bar' has this effect already.",
        ),
        (
            limited("{ids: {max: 10, on_exceed: split, merge: concat}}", bar="int"),
            "progress is switched by a bool.",
        ),
        (
            limited("{ids: {max: 10, on_exceed: split, merge: concat}}", effect="progres"),
            "'progres' is not one of log_warnings, progress.",
        ),
    ],
    ("v1", "ids: {type: id_array,"): [
        ("ids: {in: query, type: id_array,", "it is the body. Leave out `in`, or say in: body."),
        ("ids: {type: str,", "only ids are sent as bytes"),
    ],
    ("v1", "timestamp: {type: datetime, in: query"): [
        ("timestamp: {type: datetime, in: body", "the body is 'ids' alone"),
    ],
    ("v1", 'response: {decode: ndarray, dtype: "<u8"'): [
        ("response: {decode: ndarray", "decode: ndarray needs a 'dtype'."),
        ("response: {decode: ndarray, dtype: uint64", "does not say the order of its bytes."),
        (
            'response: {decode: ndarray, select: a, dtype: "<u8"',
            "'select' means nothing beside decode: ndarray.",
        ),
    ],
    ("v1", 'response: {decode: ndarray, dtype: "<u8", order: input'): [
        ("response: {decode: json, cast: array", "cast: array needs a 'dtype'."),
        ("response: {decode: json, headers: {X: text}", "only a raw operation hands headers"),
        ("response: {decode: json, headers: {X: txt}", "Did you mean 'text'?"),
        ("response: {decode: json, returns: 'dict[int, str]'", "the keys of a JSON object are texts."),
        ("response: {decode: json, status: 503", "503 is not a success."),
        ("response: {decode: json, keyed_by: timestamp", "'timestamp' is no array of ids, numbers or texts."),
        ("response: {decode: json, keyed_by: idz", "Did you mean 'ids'?"),
        ("response: {decode: json, keyed_by: ids, cast: id_array_map", "a cast reads the whole object"),
        ("response: {decode: gzip_text, select: roots", "'select' means nothing beside decode: gzip_text."),
        ("response: {decode: gzip_bytes, returns: str", "'returns' means nothing beside decode: gzip_bytes."),
        ("response: {decode: gzip_jsn", "Did you mean 'gzip_json'?"),
        ('response: {decode: gzip_json, dtype: "<u8"', "'dtype' needs cast: array."),
        ("response: {decode: json, cast: id_array, returns: str", "says already what is returned."),
        ("response: {decode: json, map_keys: int, returns: 'dict[str, str]'", "makes the keys ints, and"),
        (
            "response: {decode: json, cast: id_array_map, map_keys: int",
            "a cast decides about the keys itself.",
        ),
        ("response: {decode: text, keyed_by: ids", "'keyed_by' means nothing beside decode: text."),
    ],
    ("v1", "    response: {decode: none}\n"): [
        (
            "    response: {decode: json, order: input, doc: X.}\n",
            "exactly one parameter of type id_array, and there are 0",
        ),
        ("", "'response' is missing."),
        (
            "    response: {decode: none}\n    cache: {ttl: 1, maxsize: 1}\n",
            "what changes something is not cached.",
        ),
    ],
    ("v1", "when: {as_list: true}"): [
        ("when: {as_list: 1}", "1 is not a bool."),
        ("when: {as_list: null}", "None is not a bool."),
        ("when: {as_lists: true}", "there is no argument 'as_lists'. Did you mean 'as_list'?"),
    ],
    ("v1", "- {when: {as_list: true}, decode"): [
        ("- {decode", "only the last arm may leave out 'when'."),
    ],
    ("v1", "- {decode: text,"): [
        ("- {when: {as_list: true}, decode: text,", "the same arguments fit this arm and the one at line"),
        ("- {when: {as_list: true, limit: 1}, decode: text,", "the same arguments fit this arm"),
        ("- {when: {as_list: false}, decode: text,", None),
        ("- {when: {as_list: false, limit: 3}, decode: text,", "some arguments fit no arm."),
    ],
    ("v1", '"list[Row]"'): [
        ('"list[Rows]"', "there is no type 'Rows'. Did you mean 'Row'?"),
    ],
    ("v1", "key: [table, limit, offset, as_list]"): [
        ("key: [table, limit, as_list]", "the key leaves out offset."),
        ("key: [table, limit, as_list], key_ignores: [offset]", None),
        (
            "key: [tabel, table, limit, offset, as_list]",
            "there is no argument 'tabel'. Did you mean 'table'?",
        ),
    ],
    ("v1", "cache: {ttl: 60,"): [
        ("cache: {ttl: 0,", "0 is not a number of seconds above 0."),
        ("cache: {ttl: 60, lasting: 60,", "60 s is not longer than the ttl."),
        ("cache: {ttl: 60, lasting: 61,", "only answers that are JSON as they came can lie in a file."),
    ],
    ("v1", "- call: {row_id: 5}"): [
        ("- call: {rowid: 5, row_id: 5}", "there is no argument 'rowid'. Did you mean 'row_id'?"),
        ("- call: {}", "the required argument 'row_id' is missing."),
        ("- call: {row_id: 5}\n        raises: Keyerror", "'Keyerror' is not one of"),
        ("- call: {row_id: 5}\n        returns: 3", "without a 'response' nothing is returned."),
        (
            "- call: {row_id: 5}\n        returns: 3\n        raises: ValueError\n        response: {}",
            "a call returns or raises.",
        ),
        ("- call: {row_id: 5}\n        response: {json: 1, text: a}", "a response has one body"),
        ("- call: {row_id: 5}\n        response: {json: {1: a}}", "JSON has only texts as keys."),
        ("- call: {row_id: 5}\n        client: {tabl: x}", "the service's 'attributes' have no 'tabl'."),
        ("- call: {row_id: 5}\n        api: '2'", "there is no example for this API version."),
    ],
    ("v1", "as_list: {type: bool, in: query, default: true"): [
        ("as_list: {type: bool, in: query, required: true", "required, but after the optional 'offset'."),
    ],
}
