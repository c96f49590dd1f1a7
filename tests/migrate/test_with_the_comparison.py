"""From an edit of a descriptor to a rewritten script, with the comparison itself in between."""

import pytest
from changed_spec import (
    AS_LIST,
    HEADER,
    LIMIT,
    NAME,
    OFFSET,
    RENAMED_ARGUMENT,
    RENAMED_OPERATION,
    both,
    migrated,
)

from codegen.diff.compare import compare
from codegen.diff.sides import Side
from codegen.migrate.find import find
from codegen.migrate.plan import plan


def compared(old, new):
    return plan(compare(Side(old, "old"), Side(new, "new")), old, new)


OPERATION_ALIAS = '  list_rows:\n    aliases: [get_rows]\n    aliases_since: "2.0"\n'
ARGUMENT_ALIAS = LIMIT.replace("limit: {", 'max_rows: {aliases: [limit], aliases_since: "2.0", wire: limit, ')
GET = "client.demo.get_rows("

ROWS = [
    pytest.param(RENAMED_OPERATION, f"{GET}'t', 5)", "client.demo.list_rows('t', 5)", id="method"),
    pytest.param(
        {"v1": ((NAME, OPERATION_ALIAS),)}, f"{GET}'t')", "client.demo.list_rows('t')", id="method with alias"
    ),
    pytest.param(RENAMED_ARGUMENT, f"{GET}'t', limit=5)", f"{GET}'t', max_rows=5)", id="argument"),
    pytest.param(
        {"service": ((LIMIT, ARGUMENT_ALIAS),)},
        f"{GET}'t', limit=5)",
        f"{GET}'t', max_rows=5)",
        id="argument with alias",
    ),
    pytest.param(
        {"service": ((LIMIT, "    order: {type: str, in: body, doc: Order.}\n" + LIMIT),)},
        f"{GET}'t', 5)",
        f"{GET}'t', limit=5)",
        id="inserted",
    ),
    pytest.param(
        {"service": ((LIMIT, ""), (OFFSET, OFFSET + LIMIT))},
        f"{GET}'t', 5, 6)",
        f"{GET}'t', limit=5, offset=6)",
        id="order",
    ),
    pytest.param(
        {"v1": ((AS_LIST, AS_LIST.replace("default", "keyword_only: true, default")),)},
        f"{GET}'t', 5, 6, True)",
        f"{GET}'t', 5, 6, as_list=True)",
        id="keyword only",
    ),
    pytest.param(
        {"v1": ((AS_LIST, AS_LIST.replace("default: true", "default: false")),)},
        f"{GET}'t')",
        f"{GET}'t', as_list=True)",
        id="default",
    ),
    pytest.param(
        {"service": (("client: DemoClient", "client: RowsClient"), ("attribute: demo", "attribute: rows"))},
        "from caveclient_gen.demo import DemoClient; client.demo.x",
        "from caveclient_gen.demo import RowsClient; client.rows.x",
        id="class and attribute",
    ),
    pytest.param({"service": ((LIMIT, ""),)}, f"{GET}'t', limit=5)", None, id="argument gone"),
    pytest.param({"v1": ((NAME, "  list_rows:\n"),)}, f"{GET}'t')", None, id="method gone"),
    pytest.param({"v1": ((NAME, "  get_rows:\n    raw: true\n"),)}, f"{GET}'t')", None, id="hand-written"),
    pytest.param(
        {"service": ((LIMIT, LIMIT.replace("min: 1", "min: 9")),)}, f"{GET}'t', 5)", None, id="bound"
    ),
    pytest.param(
        {"service": (("errors: {404: NotFoundError}", "errors: {404: ServerError}"),)},
        f"from caveclient_gen.errors import NotFoundError\ntry: {GET}'t')\nexcept NotFoundError: pass",
        None,
        id="error",
    ),
    pytest.param(
        {"service": (("id: {type: int,", "id: {type: str,"),)}, f"{GET}'t')", None, id="key of an answer"
    ),
    pytest.param(
        {"v1": (('dtype: "<u8", order: input', 'dtype: "<u8"'),)},
        "client.demo.get_roots([1])",
        None,
        id="another method",
    ),
]


@pytest.mark.parametrize(("edits", "before", "after"), ROWS)
def test_a_script_follows_the_descriptor(edits, before, after, tmp_path):
    changes = compared(*both(tmp_path, **edits))
    text = f"{HEADER}{before}\n"
    once = migrated(changes, tmp_path, text, pin_defaults=True)
    assert once == (text if after is None else f"{HEADER}{after}\n")
    places = find(changes, [tmp_path / "script.py"]).places
    assert places
    assert {place.certainty for place in places} == {"sure"}


def test_an_old_name_that_works_no_more(tmp_path):
    _, with_aliases = both(tmp_path / "a", service=((LIMIT, ARGUMENT_ALIAS),), v1=((NAME, OPERATION_ALIAS),))
    _, without = both(
        tmp_path / "b",
        service=((LIMIT, LIMIT.replace("limit: {", "max_rows: {wire: limit, ")),),
        v1=((NAME, "  list_rows:\n"),),
    )
    changes = compared(with_aliases, without)
    before = (
        f"{HEADER}{GET}'t')\nclient.demo.list_rows('t', limit=5)\nclient.demo.list_rows('t', max_rows=5)\n"
    )
    assert migrated(changes, tmp_path, before) == before.replace("get_rows", "list_rows").replace(
        "limit=", "max_rows="
    )


def test_nothing_is_asked_where_nothing_differs(tmp_path):
    assert compared(*both(tmp_path)) == ()
