"""`explain`: one operation complete, with the place that says each value."""

import re
from functools import partial

import pytest
from written_spec import SERVICE, line_of, replaced, write
from written_spec import V1 as FIRST

from codegen.explain import explain
from codegen.lookup import UnknownNameError
from codegen.problems import SpecErrors

SECOND = """\
api: "2"
prefix: /api/v2
extends: v1
operations:
  get_rows:
    summary: Get rows, in version two.
    params: {limit: {max: 500}}
    errors: {410: ExpiredVersionError}
"""


def place(name, text, part):
    return f"spec/demo/{name}.yaml:{line_of(text, part)}"


service = partial(place, "service", SERVICE)
first = partial(place, "v1", FIRST)
second = partial(place, "v2", SECOND)


def rows(text):
    """Return {label: (value, place)} of the table."""
    cells = [re.split(r"\s{2,}", line) for line in text.splitlines()[2:]]
    return {label: (value, place) for label, value, place in cells}


def test_every_value_is_told_with_its_file_and_line(tmp_path):
    text = explain(write(tmp_path, v2=SECOND), "demo", "get_rows", "2")
    assert text.startswith("demo.get_rows, API 2\n\n")
    told = rows(text)
    assert told["summary"] == ("Get rows, in version two.", second("summary:"))
    assert told["path"] == (
        "/demo/api/v2/table/{name}/rows",
        ", ".join([service("base:"), second("prefix:"), first("/{name}/rows")]),
    )
    assert told["params.limit.min"] == ("1", service("limit:"))
    assert told["params.limit.max"] == ("500", second("limit:"))
    assert told["params.limit.encode"] == ("native", "by default")
    assert told["params.table.wire"] == ("name", first("wire: name"))
    assert told["errors.404"] == ("NotFoundError", service("errors:"))
    assert told["errors.410"] == ("ExpiredVersionError", second("410"))
    assert told["response[0].decode"] == ("json", first("decode: json"))
    assert told["cache"][1] == first("cache:")
    assert told["examples[0]"] == ('{"table": "synapses"}', first("call: {table"))


@pytest.mark.parametrize(
    ("limits", "label", "said"),
    [
        ("{ids: {max: 9}}", "limits.ids", "9, then error"),
        (
            "{ids: {max: 9, on_exceed: split, merge: concat, unless: [timestamp]}}",
            "limits.ids",
            "9, then split and concat, not with timestamp",
        ),
        (
            "{ids: {first: 2, max: 9, on_exceed: split, merge: concat}}",
            "limits.ids",
            "2 at first, at most 9, then split and concat",
        ),
        ("{rows: {header: Warning, contains: cut}}", "limits.rows", "Warning header, then raise"),
        (
            "{rows: {header: Warning, contains: cut, limit_param: timestamp}}",
            "limits.rows",
            "Warning header, then raise, but for the caller's own timestamp",
        ),
    ],
)
def test_limits_are_told_whole(tmp_path, limits, label, said):
    bar = "      bar: {type: bool, in: none, keyword_only: true, effect: progress, doc: Show a bar.}\n"
    text = replaced(FIRST, "    requires: tiles\n", f"    limits: {limits}\n")
    if "split" in limits:
        text = replaced(text, "    params:\n      ids:", f"    params:\n{bar}      ids:")
    told = rows(explain(write(tmp_path, v1=text), "demo", "get_roots"))
    assert told[label] == (said, f"spec/demo/v1.yaml:{line_of(text, 'limits:')}")


def test_what_fills_a_hole_and_what_a_default_takes_is_told(tmp_path):
    told = rows(explain(write(tmp_path), "demo", "get_roots"))
    assert told["path.{table_id}"] == (
        "client.table_name",
        service("attr: table_name"),
    )
    assert told["params.timestamp.default"] == (
        "client.moment",
        first("client.moment"),
    )
    assert told["body"][0] == "binary: ids"


def test_the_columns_stand_below_each_other(tmp_path):
    lines = explain(write(tmp_path), "demo", "delete_row").splitlines()[2:]
    columns = {line.index("spec/demo") for line in lines if line.count("spec/demo") == 1}
    assert len(columns) == 1


def test_the_newest_version_that_has_the_operation_is_told(tmp_path):
    root = write(tmp_path, v2=replaced(SECOND, "extends: v1\n", "extends: v1\nremoved: [delete_row]\n"))
    assert explain(root, "demo", "get_rows").startswith("demo.get_rows, API 2")
    assert explain(root, "demo", "delete_row").startswith("demo.delete_row, API 1")


def test_old_names_are_told_and_lead_to_the_operation(tmp_path):
    aliases = "    aliases: [read_rows]\n    aliases_since: '5.2.0'\n"
    text = replaced(SECOND, "    summary:", f"{aliases}    summary:")
    text = replaced(text, "max: 500", "max: 500, aliases: [most]")
    told = explain(write(tmp_path, v2=text), "demo", "read_rows")
    assert told.startswith("demo.get_rows, API 2\n")
    assert rows(told)["aliases"] == ('["read_rows"]', place("v2", text, "aliases: [read_rows]"))
    assert rows(told)["aliases_since"] == ("5.2.0", place("v2", text, "aliases_since"))
    assert rows(told)["params.limit.aliases"] == ('["most"]', place("v2", text, "max: 500"))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("dema", "get_rows", None), "There is no service 'dema'. Did you mean 'demo'?"),
        (("demo", "get_row", None), "demo has no operation 'get_row'. Did you mean 'get_rows'?"),
        (("demo", "get_rows", "3"), "demo has no API 3. Known: 1, 2."),
        (("demo", "get_row", "1"), "demo API 1 has no operation 'get_row'. Did you mean 'get_rows'?"),
    ],
)
def test_unknown_names_are_told_with_the_nearest(tmp_path, names, said):
    with pytest.raises(UnknownNameError) as caught:
        explain(write(tmp_path, v2=SECOND), *names)
    assert str(caught.value) == said


def test_a_spec_with_mistakes_is_not_explained(tmp_path):
    with pytest.raises(SpecErrors):
        explain(
            write(tmp_path, v1=replaced(FIRST, "    method: DELETE\n", "    method: PATCH\n")),
            "demo",
            "get_rows",
        )
