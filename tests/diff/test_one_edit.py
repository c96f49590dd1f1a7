"""One edit is told once: what follows from it is left out, and what many operations share is joined."""

import pytest
from rule_spec import load, replaced, written

from codegen.diff.compare import compare
from codegen.diff.sides import Side

RANK = "rank: {type: int, in: query, doc: Rank of the cell.}"
KIND = "kind: {type: str, in: query, choices: [axon, dendrite, soma], doc: Kind of cell.}"
LIMIT = "limit: {type: int, in: query, max: 500000, doc: Most cells to return.}"
OFFSET = "offset: {type: int, in: query, doc: Cells to pass over.}"
MOST = "limit: {type: int, in: body, doc: Most cells to return.}"
WORDS = "words: {type: str_array, in: body, doc: Words of notes.}"
IDS = "ids: {max: 500, on_exceed: split, merge: dict_union, unless: [limit]}"
CUT = "rows: {header: Warning, contains: [Limited query to], on_truncate: raise, limit_param: limit}"
NAMES = "response: {decode: json, map_keys: int, doc: Names by root.}"
FIRST = "first: {type: int, in: query, keyword_only: true, min: 0, doc: Number of the first row.}"
LABEL = "label: {type: str, in: query, keyword_only: true, choices_from: get_labels, doc: Label of the cell.}"
LANGUAGE = "language: {type: str, in: query, doc: Language of the labels.}"
GONE = 'deprecated: {since: "4.9.0", use: get_supervoxels, sunset: "2027-01-31"}'
LABELS = "get_labels:\n  summary: List the labels."
SORT = "order_by: {type: str, in: query, doc: What they are sorted by.}"
AS_TEXT = "as_text: {type: bool, in: query, default: false, doc: Ask for text.}"
DATASET = "dataset: {type: str, in: body, doc: Data set to look in.}"
ASCENDING = "ascending: {type: bool, in: query, keyword_only: true, doc: Whether the smallest comes first.}"
SINCE = (
    "since: {type: datetime, in: query, keyword_only: true, encode: epoch_seconds, doc: Only newer cells.}"
)
DEFAULTS = "graph: {attr: graph_name}"


def renamed(line, old, new):
    """Rename a parameter, and leave it on the wire as it was."""
    return line.replace(f"{old}: {{", f"{new}: {{wire: {old}, renamed_from: {old}, ", 1)


ONCE = {
    # What refers to something refers to its new name
    "a renamed argument, with its limits": (
        [
            (MOST, renamed(MOST, "limit", "most_cells")),
            (CUT, CUT.replace("limit_param: limit", "limit_param: most_cells")),
            (IDS, IDS.replace("[limit]", "[most_cells]")),
        ],
        ["param-renamed"],
    ),
    "a renamed argument, with what it excludes": (
        [
            (LIMIT, renamed(LIMIT, "limit", "most")),
            ("exclusive: [[limit, offset]]", "exclusive: [[most, offset]]"),
        ],
        ["param-renamed"],
    ),
    "a renamed argument, with its place in the cache key": (
        [
            (SORT, renamed(SORT, "order_by", "sort")),
            (
                "cache: {ttl: 60, maxsize: 10, key_ignores: [order_by]}",
                "cache: {ttl: 60, maxsize: 10, key_ignores: [sort]}",
            ),
        ],
        ["param-renamed"],
    ),
    "a renamed argument, with the forms that it chooses": (
        [
            (AS_TEXT, renamed(AS_TEXT, "as_text", "text")),
            (
                "- {when: {as_text: true}, decode: text, doc: The rows as text.}",
                "- {when: {text: true}, decode: text, doc: The rows as text.}",
            ),
        ],
        ["param-renamed"],
    ),
    "a renamed argument, with the hole that it fills": (
        [
            ("path: /table/{table}", "path: /table/{name}"),
            (
                "table: {type: str, in: path, required: true, doc: The table.}",
                "name: {type: str, in: path, required: true, renamed_from: table, doc: The table.}",
            ),
            ("examples: [{call: {table: synapses}}]", "examples: [{call: {name: synapses}}]"),
        ],
        ["param-renamed", "example-changed"],
    ),
    "a renamed argument, with what is wrapped in its value": (
        [
            (DATASET, renamed(DATASET, "dataset", "data")),
            (
                "where: {type: mapping, in: body, wrap: dataset, doc: Values by column.}",
                "where: {type: mapping, in: body, wrap: data, doc: Values by column.}",
            ),
        ],
        ["param-renamed"],
    ),
    "a renamed operation, with what it lists": (
        [
            (LABELS, "labels:\n  renamed_from: get_labels\n  summary: List the labels."),
            (LABEL, LABEL.replace("get_labels", "labels")),
        ],
        ["op-renamed"],
    ),
    "a renamed argument that is sent under its new name": (
        [(LANGUAGE, LANGUAGE.replace("language: {", "tongue: {renamed_from: language, "))],
        ["param-renamed"],
    ),
    # What comes and goes takes along what is said of it
    "an argument goes with its limit": (
        [(WORDS, ""), ("words: {max: 20, on_exceed: error}", "")],
        ["!param-removed"],
    ),
    "an argument goes with what it excludes": (
        [(OFFSET, ""), ("exclusive: [[limit, offset]]", "")],
        ["param-removed"],
    ),
    "the caller's own limit goes": (
        [
            (MOST, ""),
            (CUT, CUT.replace(", limit_param: limit", "")),
            (IDS, IDS.replace(", unless: [limit]", "")),
        ],
        ["param-removed"],
    ),
    "a new argument excludes an old one": (
        [
            (OFFSET, f"{OFFSET}\n{RANK}"),
            ("exclusive: [[limit, offset]]", "exclusive: [[limit, offset], [kind, rank]]"),
        ],
        ["optional-param-added"],
    ),
    "a new list has a limit": (
        [
            (MOST, f"{MOST}\nsites_of: {{type: str_array, in: body, keyword_only: true, doc: Sites.}}"),
            (IDS, f"{IDS}\nsites_of: {{max: 5}}"),
        ],
        ["optional-param-added"],
    ),
    "a new argument belongs to the cache key": (
        [(LANGUAGE, f"{LANGUAGE}\nstyle: {{type: str, in: query, keyword_only: true, doc: Style.}}")],
        ["optional-param-added"],
    ),
    "a constant under another name has another value": (
        [("pandas: {const: true, in: query}", "frames: {const: false, in: query, wire: pandas}")],
        ["!const-changed"],
    ),
    "an argument fills the hole that the client filled": (
        [
            (
                "root_id: {type: id, in: query, required: true, doc: Root to look at.}",
                "root_id: {type: id, in: query, required: true, doc: Root to look at.}\n"
                "graph: {type: str, in: path, default: client.graph_name, doc: The graph.}",
            ),
        ],
        ["param-scope-changed"],
    ),
    # Places by which calls are made
    "an argument before others by position": ([(KIND, f"{RANK}\n{KIND}")], ["!positional-param-inserted"]),
    "a required one before others by position": (
        [(KIND, f"{RANK.replace('in: query', 'in: query, required: true')}\n{KIND}")],
        ["!required-param-added"],
    ),
    "one by keyword alone, and others move up": (
        [(LIMIT, LIMIT.replace("max: 500000", "max: 500000, keyword_only: true"))],
        ["!param-became-keyword-only"],
    ),
    "one goes, and others move up": ([(KIND, "")], ["!param-removed"]),
    "one by position that stands before others": (
        [
            (ASCENDING, ""),
            (KIND, f"{ASCENDING.replace('keyword_only: true, ', '')}\n{KIND}"),
        ],
        ["!positional-param-inserted"],
    ),
    # Another kind of request
    "a request becomes an address": (
        [
            ("path: /labels", "kind: url\npath: /labels"),
            ('response: {decode: json, returns: "list[str]", doc: The labels.}', "response: {decode: text}"),
            ("cache: {ttl: 3600, maxsize: 100}", ""),
        ],
        ["op-kind-changed"],
    ),
    "another method with another word on safety": (
        [("method: GET\npath: /count", "method: DELETE\nsafe: false\ncheck: Count.\npath: /count")],
        ["op-method-changed", "doc-changed"],
    ),
    "another type, with the encoder that it needs": (
        [
            (SINCE, SINCE.replace("datetime", "float").replace("epoch_seconds", "scalar")),
        ],
        ["param-type-changed"],
    ),
    # Two things are two findings
    "deprecated until a day that is none": (
        [
            (
                "path: /count",
                'path: /count\ndeprecated: {since: "5.0.0", use: get_cells, sunset: "2027-02-30"}',
            )
        ],
        ["sunset-unparsable", "deprecated"],
    ),
    "deprecated by another version, for another thing, until another day": (
        [(GONE, 'deprecated: {since: "5.0.0", use: get_children, sunset: "2027-02-30"}')],
        ["sunset-unparsable", "deprecation-changed", "deprecation-changed"],
    ),
    "min and max on one line": (
        [(OFFSET, OFFSET.replace("in: query", "in: query, min: 0, max: 9"))],
        ["param-bound-set", "param-bound-set"],
    ),
    "another decoder, and no promise of order any more": (
        [
            (
                'response: {decode: ndarray, dtype: "<u8", order: input, doc: Their roots.}',
                "response: {decode: json, cast: id_array, doc: Their roots.}",
            ),
        ],
        ["!response-row-order-dropped", "response-decoder-changed"],
    ),
    # Shared by many
    "an error of the service": (
        [("errors: {404: NotFoundError, 410: ExpiredVersionError}", "errors: {404: NotFoundError}")],
        ["error-status-removed", "stability-beta-changed"],
    ),
    "a parameter of a group": ([(FIRST, FIRST.replace("min: 0", "min: 1"))], ["param-bound-tightened"]),
    "the base of all routes": ([("base: /cells", "base: /neurons")], ["base-url-changed"]),
    "what a hole of many routes is filled with": (
        [(DEFAULTS, DEFAULTS.replace("graph_name", "table_name"))],
        ["!default-source-changed"],
    ),
}
"""What is replaced in the small spec, and the rules of all findings; "!": another answer without a word."""


def found(text):
    sides = Side(load(written()), "old"), Side(load(text), "new")
    return compare(*sides).findings


@pytest.mark.parametrize(("edits", "rules"), ONCE.values(), ids=ONCE)
def test_it_is_told_once(edits, rules):
    text = written()
    for old, new in edits:
        text = replaced(old, new, text)
    told = [f"{'!' if each.silent else ''}{each.id}" for each in found(text)]
    assert told == rules


KEYS = "dict[int, str]", "dict[str, str]"


def test_keys_of_another_kind_are_told_once():
    """Both sides are written anew: the type expression follows the kind of the keys."""
    old = replaced(NAMES, NAMES.replace("int,", f'int, returns: "{KEYS[0]}",'), written())
    new = replaced(NAMES, NAMES.replace("map_keys: int", f'returns: "{KEYS[1]}"'), written())
    [finding] = compare(Side(load(old), "old"), Side(load(new), "new")).findings
    assert finding.id == "response-map-keys-changed"


def test_others_that_share_the_line_are_named():
    [finding] = found(replaced(FIRST, FIRST.replace("min: 0", "min: 1"), written()))
    assert finding.where == "cells.get_leaves.first"
    assert finding.also == ("cells@2.get_leaves",)


def test_another_shape_names_the_operations_that_answer_with_it():
    kind = "kind: {type: str, doc: Kind of cell.}"
    [finding] = found(replaced(kind, kind.replace("str", "int"), written()))
    assert finding.where == "cells.Cell"
    assert finding.operations == ("get_cell", "get_cells")
    assert finding.versions == ("1", "2")


def test_a_private_method_may_hide_what_only_its_signature_shows():
    line = "dry: {type: bool, in: query, default: false, doc: Only try.}"
    [finding] = found(replaced(line, line.replace("default: false, ", ""), written()))
    assert (finding.id, finding.source) == ("param-default-removed", "warning")
    assert finding.hint == "`get_frame` is hand-written: look whether its mixin passes this on to scripts."
